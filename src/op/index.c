/*
** index: the slices of one dimension that a tensor of places names.
**   x [.., n, ..], places i32 [any shape] -> y [.., the places' shape, ..]
** Places count from 1, negative ones from the end; one may be named often.
** Backward adds up, in the order of places whatever the threads.
**
** Not here: one place for every element (gather.c).
*/
#include <inttypes.h>
#include <string.h>

#include "core/op.h"
#include "core/parallel.h"

typedef struct index_attrs {
  int64_t dim;
  int axis; /* dim resolved */
} index_attrs;

/* x [outer, n, inner], y [outer, count, inner] */
typedef struct job {
  int64_t outer, n, count, inner;
  const int32_t *places;
  size_t row; /* bytes of inner elements */
  char *to;
  const char *from;
} job;

enum { AHEAD = 4, LINE = 64, FETCHED = 16 * LINE };

static ae_status index_shape(ae_call *call, ae_spec *out) {
  index_attrs *attrs = call->attrs;
  const ae_shape *in = &call->in_spec[0].shape, *places = &call->in_spec[1].shape;
  AE_TRY(ae_shape_axis("index", attrs->dim, in->ndim, &attrs->axis, call->err));
  int64_t dims[2 * AE_MAX_DIMS];
  int n = 0;
  for (int d = 0; d < attrs->axis; d++) dims[n++] = in->dims[d];
  for (int d = 0; d < places->ndim; d++) dims[n++] = places->dims[d];
  for (int d = attrs->axis + 1; d < in->ndim; d++) dims[n++] = in->dims[d];
  out->type = call->in_spec[0].type;
  return ae_shape_make("index", n, dims, &out->shape, call->err);
}

static job job_over(const ae_call *call, size_t element) {
  const index_attrs *attrs = call->attrs;
  const ae_shape *s = &call->in_spec[0].shape;
  job j = {.outer = 1, .n = s->dims[attrs->axis], .inner = 1};
  j.count = ae_shape_count(&call->in_spec[1].shape);
  j.places = ae_i32s(call->in[1]);
  for (int d = 0; d < attrs->axis; d++) j.outer *= s->dims[d];
  for (int d = attrs->axis + 1; d < s->ndim; d++) j.inner *= s->dims[d];
  j.row = (size_t)j.inner * element;
  return j;
}

static int64_t place_of(const job *j, int64_t k) {
  const int64_t place = j->places[k];
  return place < 0 ? place + j->n : place - 1;
}

static ae_status check_places(const ae_call *call, const job *j) {
  for (int64_t k = 0; k < j->count; k++) {
    const int64_t place = j->places[k];
    if (place != 0 && place <= j->n && place >= -j->n) continue;
    return ae_fail(call->err, AE_INVALID,
                   "index: wants places of 1 to %" PRId64 " (negative: from the end), got %" PRId64
                   " at number %" PRId64,
                   j->n, place, k + 1);
  }
  return AE_OK;
}

/* Rows lie anywhere: those to come are asked for AHEAD of their turn. */
static void take_rows(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  int64_t outer = begin / j->count, k = begin % j->count;
  for (int64_t i = begin; i < end; i++) {
    const char *rows = j->from + (size_t)(outer * j->n) * j->row;
    if (k + AHEAD < j->count) {
      const char *next = rows + (size_t)place_of(j, k + AHEAD) * j->row;
      for (size_t at = 0; at < j->row && at < FETCHED; at += LINE) __builtin_prefetch(next + at);
    }
    memcpy(j->to + (size_t)i * j->row, rows + (size_t)place_of(j, k) * j->row, j->row);
    if (++k == j->count) {
      k = 0;
      outer++;
    }
  }
}

static ae_status index_forward(ae_call *call) {
  job j = job_over(call, ae_type_size(call->in[0]->type));
  AE_TRY(check_places(call, &j));
  if (call->out[0]->count == 0) return AE_OK;
  j.from = ae_tensor_bytes(call->in[0]);
  j.to = ae_tensor_bytes(call->out[0]);
  ae_parallel(call->ctx, j.outer * j.count, (int64_t)(sizeof(real) * AE_GRAIN_CHEAP / j.row) + 1, take_rows, &j);
  return AE_OK;
}

AE_SIMD static void add_row(real *restrict to, const real *restrict from, int64_t n) {
  for (int64_t i = 0; i < n; i++) to[i] += from[i];
}

/* Places [begin, end) of every outer index: each is one thread's alone. */
static void add_places(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  for (int64_t outer = 0; outer < j->outer; outer++) {
    real *to = (real *)(void *)j->to + outer * j->n * j->inner;
    const real *from = (const real *)(const void *)j->from + outer * j->count * j->inner;
    memset(to + begin * j->inner, 0, (size_t)(end - begin) * j->row);
    for (int64_t k = 0; k < j->count; k++) {
      const int64_t place = place_of(j, k);
      if (place >= begin && place < end) add_row(to + place * j->inner, from + k * j->inner, j->inner);
    }
  }
}

static ae_status index_backward(ae_call *call) {
  ae_tensor *gx;
  AE_TRY(ae_call_gradient(call, 0, &gx));
  job j = job_over(call, sizeof(real));
  j.to = ae_tensor_bytes(gx);
  j.from = ae_tensor_bytes(call->gout[0]);
  if (gx->count > 0) {
    ae_parallel(call->ctx, j.n, j.n * AE_GRAIN_CHEAP / ((j.n + j.count) * j.outer * j.inner) + 1, add_places, &j);
  }
  return AE_OK;
}

const ae_op ae_op_index = {
    .name = "index",
    .doc = "The slices of a dimension (by default the rows) that a tensor of places names, in its order; one may be "
           "named often. Raises where a place is not there. The gradient is that of x alone.",
    .result = "[.., the places' shape, ..] of x's type: the places' dimensions stand where dim was",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[.., n, ..]"},
               {.name = "places",
                .takes = AE_TAKES_I32,
                .doc = "[any shape] numbers of slices, 1 to n; negative ones count from the end"}},
    .attrs = {AE_ATTR(index_attrs, dim, AE_ATTR_DIM, 1, "the dimension; default 1")},
    .attrs_size = sizeof(index_attrs),
    .saves = AE_SAVES_IN(1),
    .shape = index_shape,
    .forward = index_forward,
    .backward = index_backward,
};
