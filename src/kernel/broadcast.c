/*
** broadcast: plans and their runs (broadcast.h says what they are for).
**
** A run's unit of work is a block of the output: a piece of one row where rows
** (the last dimension of the plan) are long, several whole rows where they are
** short. An operand that walks as the output does is never copied, nor is a
** long row. A single number, or short rows that repeat for every block, fill
** their buffer once; all else is gathered block by block.
*/
#include "kernel/broadcast.h"

#include <string.h>

#include "core/parallel.h"
#include "kernel/reduce.h"

/* Whether operand k goes on from dimension `last` of the plan into one of `size` with `stride` without a jump. */
static bool joins(const ae_broadcast *plan, int last, int64_t size, const int64_t *stride) {
  for (int k = 0; k < plan->n; k++) {
    if (plan->strides[k][last] != stride[k] * size) return false;
  }
  return true;
}

void ae_broadcast_plan(const ae_shape *out, const ae_shape *const *in, int n, ae_broadcast *plan) {
  *plan = (ae_broadcast){.n = n, .count = ae_shape_count(out)};
  int64_t strides[AE_MAX_DIMS][AE_BROADCAST_OPERANDS] = {{0}};
  for (int k = 0; k < n; k++) {
    int64_t stride = 1;
    for (int d = out->ndim - 1, j = in[k]->ndim - 1; j >= 0; d--, j--) {
      strides[d][k] = in[k]->dims[j] == 1 ? 0 : stride;
      stride *= in[k]->dims[j];
    }
    plan->whole[k] = ae_shape_count(in[k]) == plan->count;
  }
  int last = -1;
  for (int d = 0; d < out->ndim; d++) {
    int64_t size = out->dims[d];
    if (size == 1) continue;
    if (last >= 0 && joins(plan, last, size, strides[d])) {
      plan->dims[last] *= size;
    } else {
      plan->dims[++last] = size;
    }
    for (int k = 0; k < n; k++) plan->strides[k][last] = strides[d][k];
  }
  if (last < 0) plan->dims[++last] = 1;
  plan->ndim = last + 1;
}

/* ---- Gathering ---- */

/* rows x width elements into dst, in the size that the compiler sees. */
AE_INLINE void gather_sized(size_t size, const char *src, int64_t row_stride, int64_t step, int64_t rows, int64_t width,
                            char *dst) {
  for (int64_t r = 0; r < rows; r++) {
    const char *from = src + r * row_stride * (int64_t)size;
    if (step == 1) {
      for (int64_t i = 0; i < width; i++) memcpy(dst + i * (int64_t)size, from + i * (int64_t)size, size);
    } else {
      for (int64_t i = 0; i < width; i++) memcpy(dst + i * (int64_t)size, from, size);
    }
    dst += width * (int64_t)size;
  }
}

static void gather(size_t size, const char *src, int64_t row_stride, int64_t step, int64_t rows, int64_t width,
                   char *dst) {
  switch (size) {
  case 1:
    gather_sized(1, src, row_stride, step, rows, width, dst);
    break;
  case 4:
    gather_sized(4, src, row_stride, step, rows, width, dst);
    break;
  default:
    gather_sized(8, src, row_stride, step, rows, width, dst);
    break;
  }
}

/* ---- Walking ---- */

typedef struct run {
  const ae_broadcast *plan;
  const ae_operand *operands;
  ae_block_fn fn;
  void *arg;
  int64_t width;         /* of a row */
  int64_t rows;          /* of the output */
  int64_t rows_in_block; /* short rows; 0 where rows are long */
  int64_t blocks_in_row; /* long rows */
} run;

/* Where in the rows a walk stands. */
typedef struct place {
  int64_t index[AE_MAX_DIMS];
  int64_t offset[AE_BROADCAST_OPERANDS]; /* of the row, in elements */
} place;

static void place_at(const ae_broadcast *plan, int64_t row, place *p) {
  *p = (place){{0}, {0}};
  for (int d = plan->ndim - 2; d >= 0; d--) {
    p->index[d] = row % plan->dims[d];
    row /= plan->dims[d];
    for (int k = 0; k < plan->n; k++) p->offset[k] += p->index[d] * plan->strides[k][d];
  }
}

/* `rows` rows on, which do not go past the end of the innermost row dimension. */
static void place_advance(const ae_broadcast *plan, int64_t rows, place *p) {
  for (int d = plan->ndim - 2; d >= 0; d--) {
    p->index[d] += rows;
    for (int k = 0; k < plan->n; k++) p->offset[k] += rows * plan->strides[k][d];
    if (p->index[d] < plan->dims[d]) return;
    for (int k = 0; k < plan->n; k++) p->offset[k] -= p->index[d] * plan->strides[k][d];
    p->index[d] = 0;
    rows = 1;
  }
}

/* Whether every row of operand k is the same one. */
static bool same_rows(const ae_broadcast *plan, int k) {
  for (int d = 0; d < plan->ndim - 1; d++) {
    if (plan->strides[k][d] != 0) return false;
  }
  return true;
}

typedef struct buffers {
  _Alignas(64) char bytes[AE_BROADCAST_OPERANDS][AE_BROADCAST_BLOCK * sizeof(real)];
} buffers;

static const char *element(const ae_operand *o, int64_t i) {
  return (const char *)o->data + i * (int64_t)o->size;
}

/* Blocks [begin, end) where rows are short: whole rows. */
static void run_short(void *arg, int64_t begin, int64_t end) {
  const run *r = arg;
  const ae_broadcast *plan = r->plan;
  buffers buffer;
  const void *in[AE_BROADCAST_OPERANDS];
  bool each_block[AE_BROADCAST_OPERANDS];
  for (int k = 0; k < plan->n; k++) {
    in[k] = buffer.bytes[k];
    each_block[k] = !plan->whole[k] && !same_rows(plan, k);
    if (plan->whole[k] || each_block[k]) continue;
    gather(r->operands[k].size, r->operands[k].data, 0, plan->strides[k][plan->ndim - 1], r->rows_in_block, r->width,
           buffer.bytes[k]);
  }
  place p;
  place_at(plan, begin * r->rows_in_block, &p);
  for (int64_t block = begin; block < end; block++) {
    int64_t row = block * r->rows_in_block;
    int64_t rows = r->rows - row < r->rows_in_block ? r->rows - row : r->rows_in_block;
    for (int64_t done = 0; done < rows;) {
      int64_t step = rows - done;
      if (plan->ndim > 1) {
        int64_t left = plan->dims[plan->ndim - 2] - p.index[plan->ndim - 2];
        if (left < step) step = left;
      }
      for (int k = 0; k < plan->n; k++) {
        if (!each_block[k]) continue;
        size_t size = r->operands[k].size;
        gather(size, element(&r->operands[k], p.offset[k]), plan->strides[k][plan->ndim - 2],
               plan->strides[k][plan->ndim - 1], step, r->width, buffer.bytes[k] + done * r->width * (int64_t)size);
      }
      place_advance(plan, step, &p);
      done += step;
    }
    int64_t first = row * r->width;
    for (int k = 0; k < plan->n; k++) {
      if (plan->whole[k]) in[k] = element(&r->operands[k], first);
    }
    r->fn(r->arg, first, rows * r->width, in);
  }
}

/* Blocks [begin, end) where rows are long: each is a piece of one row. */
static void run_long(void *arg, int64_t begin, int64_t end) {
  const run *r = arg;
  const ae_broadcast *plan = r->plan;
  buffers buffer;
  const void *in[AE_BROADCAST_OPERANDS];
  int64_t filled[AE_BROADCAST_OPERANDS]; /* which element the buffer repeats */
  for (int k = 0; k < plan->n; k++) filled[k] = -1;
  place p;
  place_at(plan, begin / r->blocks_in_row, &p);
  for (int64_t block = begin; block < end; block++) {
    int64_t row = block / r->blocks_in_row, piece = block % r->blocks_in_row;
    if (piece == 0 && block > begin) place_advance(plan, 1, &p);
    int64_t start = piece * AE_BROADCAST_BLOCK;
    int64_t n = r->width - start < AE_BROADCAST_BLOCK ? r->width - start : AE_BROADCAST_BLOCK;
    for (int k = 0; k < plan->n; k++) {
      const ae_operand *o = &r->operands[k];
      if (plan->strides[k][plan->ndim - 1] == 1) {
        in[k] = element(o, p.offset[k] + start);
        continue;
      }
      in[k] = buffer.bytes[k];
      if (filled[k] == p.offset[k]) continue;
      int64_t most = r->width < AE_BROADCAST_BLOCK ? r->width : AE_BROADCAST_BLOCK;
      gather(o->size, element(o, p.offset[k]), 0, 0, 1, most, buffer.bytes[k]);
      filled[k] = p.offset[k];
    }
    r->fn(r->arg, row * r->width + start, n, in);
  }
}

void ae_broadcast_run(ae_context *ctx, const ae_broadcast *plan, const ae_operand *operands, int64_t grain,
                      ae_block_fn fn, void *arg) {
  if (plan->count == 0) return;
  run r = {.plan = plan, .operands = operands, .fn = fn, .arg = arg, .width = plan->dims[plan->ndim - 1]};
  r.rows = plan->count / r.width;
  bool is_short = r.rows > 1 && r.width <= AE_BROADCAST_BLOCK / 2;
  int64_t blocks, block_size;
  if (is_short) {
    r.rows_in_block = AE_BROADCAST_BLOCK / r.width;
    if (r.rows_in_block > r.rows) r.rows_in_block = r.rows;
    block_size = r.rows_in_block * r.width;
    blocks = (r.rows + r.rows_in_block - 1) / r.rows_in_block;
  } else {
    block_size = r.width < AE_BROADCAST_BLOCK ? r.width : AE_BROADCAST_BLOCK;
    r.blocks_in_row = (r.width + AE_BROADCAST_BLOCK - 1) / AE_BROADCAST_BLOCK;
    blocks = r.rows * r.blocks_in_row;
  }
  int64_t grain_blocks = grain > block_size ? grain / block_size : 1;
  ae_parallel(ctx, blocks, grain_blocks, is_short ? run_short : run_long, &r);
}

/* ---- Back to a shape ---- */

ae_status ae_reduce_to_shape(ae_context *ctx, const ae_tensor *src, ae_tensor *dst, ae_error *err) {
  if (src->count == dst->count) {
    ae_tensor_copy(ctx, dst, src);
    return AE_OK;
  }
  ae_dimset stretched = 0;
  int missing = src->shape.ndim - dst->shape.ndim;
  for (int d = 0; d < src->shape.ndim; d++) {
    if (d < missing || dst->shape.dims[d - missing] != src->shape.dims[d]) stretched |= 1u << d;
  }
  ae_reduce_view view;
  AE_TRY(ae_reduce_open(ctx, src, stretched, &view, err));
  ae_status status = ae_reduce_sum(ctx, &view, AE_TERM_VALUE, NULL, 1, ae_reals(dst), err);
  ae_reduce_close(&view);
  return status;
}
