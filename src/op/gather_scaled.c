/*
** gather_scaled: rows of a data set as a batch, converted in the same pass.
**   x [N, ...]   rows [n] i32, from 1   ->   y [n, ...]
**   y[i] = x[rows[i]] / 255 where x is u8; otherwise a copy in x's type
** Not here: gradients (index is the differentiable one).
*/
#include <string.h>

#include "core/op.h"
#include "core/parallel.h"
#include "core/status.h"
#include "kernel/pixel.h"

static ae_status gather_shape(ae_call *call, ae_spec *out) {
  const ae_shape *x = &call->in_spec[0].shape, *rows = &call->in_spec[1].shape;
  char text[AE_SHAPE_TEXT];
  if (x->ndim == 0) return ae_fail(call->err, AE_SHAPE, "gather_scaled: x wants a dimension of samples, got []");
  if (rows->ndim != 1)
    return ae_fail(call->err, AE_SHAPE, "gather_scaled: rows wants [n], got %s", ae_shape_text(rows, text));
  *out = call->in_spec[0];
  if (out->type == AE_U8) out->type = AE_REAL;
  out->shape.dims[0] = rows->dims[0];
  return AE_OK;
}

typedef struct job {
  const void *x;
  void *y;
  const int32_t *rows;
  int64_t width; /* elements of a row */
  size_t size;   /* bytes of an element of x */
} job;

/* Rows lie anywhere in a large data set: the processor is told of them ahead. */
enum { AHEAD = 4, CACHE_LINE = 64, FETCH_MOST = 4096 };

AE_INLINE void fetch(const uint8_t *row, int64_t width) {
  for (int64_t k = 0; k < width && k < FETCH_MOST; k += CACHE_LINE) __builtin_prefetch(row + k);
}

static AE_SIMD void gather_u8(const uint8_t *restrict x, real *restrict y, const int32_t *rows, int64_t n,
                              int64_t width) {
  for (int64_t i = 0; i < n; i++) {
    const uint8_t *row = x + (rows[i] - 1) * width;
    if (i + AHEAD < n) fetch(x + (rows[i + AHEAD] - 1) * width, width);
    for (int64_t k = 0; k < width; k++) y[k] = ae_pixel(row[k]);
    y += width;
  }
}

static void run_u8(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  gather_u8(j->x, (real *)j->y + begin * j->width, j->rows + begin, end - begin, j->width);
}

static void run_copy(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  size_t bytes = (size_t)j->width * j->size;
  const char *x = j->x;
  char *y = (char *)j->y + (size_t)begin * bytes;
  for (int64_t i = begin; i < end; i++, y += bytes) memcpy(y, x + (size_t)(j->rows[i] - 1) * bytes, bytes);
}

static ae_status gather_forward(ae_call *call) {
  const ae_tensor *x = call->in[0], *rows = call->in[1];
  const int32_t *at = ae_i32s(rows);
  for (int64_t i = 0; i < rows->count; i++)
    if (at[i] < 1 || at[i] > x->shape.dims[0])
      return ae_fail(call->err, AE_INVALID, "gather_scaled: row %d of %lld", at[i], (long long)x->shape.dims[0]);
  if (call->out[0]->count == 0) return AE_OK;
  job j = {ae_tensor_bytes(x), ae_tensor_bytes(call->out[0]), at, x->count / x->shape.dims[0], ae_type_size(x->type)};
  int64_t grain = AE_GRAIN_CHEAP / j.width;
  ae_parallel(call->ctx, rows->count, grain > 0 ? grain : 1, x->type == AE_U8 ? run_u8 : run_copy, &j);
  return AE_OK;
}

/* Of x, the rows that were asked for. */
static void gather_work(const ae_call *call, bool back, ae_work *work) {
  (void)back;
  const double count = (double)ae_shape_count(&call->out_spec[0].shape);
  work->bytes = count * (double)(ae_type_size(call->in_spec[0].type) + ae_type_size(call->out_spec[0].type)) +
                (double)call->in_spec[1].shape.dims[0] * (double)sizeof(int32_t);
}

const ae_op ae_op_gather_scaled = {
    .name = "gather_scaled",
    .doc = "Rows of a data set as a batch: u8 becomes real, each element divided by 255; other types are copied.\n"
           "Raises where a row is outside 1..N.",
    .result = "[n, ...] real for u8, else of x's type",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[N, ...] samples"},
               {.name = "rows", .takes = AE_TAKES_I32, .doc = "[n] which, from 1"}},
    .internal = true,
    .no_gradient = "samples are data: batches are taken outside the graph",
    .shape = gather_shape,
    .forward = gather_forward,
    .work = gather_work};
