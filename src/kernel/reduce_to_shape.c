/*
** reduce_to_shape: dst[j] = sum of src[i] over all i that broadcasting maps to j.
**
** The plan of broadcasting dst to src alternates dimensions that are kept and
** dimensions that are summed. Where the last is kept, rows are added up, a tile
** of columns at a time; where it is summed, each output adds up runs. Partial
** sums of at most RUN terms are in real, sums of those in double.
**
** Work is split over outputs where there are enough, else over the outermost
** summed dimension, with partial sums added in order.
*/
#include <string.h>

#include "core/parallel.h"
#include "kernel/broadcast.h"

enum {
  TILE = 256, /* columns whose sums are carried at a time */
  RUN = 256,  /* terms added in real before the sum goes on in double */
  LANES = 16, /* independent sums in a run, so that it becomes vector code */
  ROWS = 4    /* rows added at a time */
};

/* Some of the plan's dimensions, outermost first, with src's strides. */
typedef struct dimlist {
  int n;
  int64_t size[AE_MAX_DIMS];
  int64_t stride[AE_MAX_DIMS];
} dimlist;

typedef struct reduction {
  const real *src;
  real *dst;
  dimlist kept, summed;
  bool last_kept;
  int64_t outputs;
  double *partial; /* [parts, outputs] where the sums are split, else NULL */
} reduction;

/* total[0..width) += the sums of `rows` rows of `width` <= TILE that lie `stride` apart. */
static AE_SIMD void add_rows_tile(const real *src, int64_t stride, int64_t rows, int64_t width, double *total) {
  real part[TILE];
  for (int64_t row = 0; row < rows;) {
    int64_t stop = row + RUN < rows ? row + RUN : rows;
    for (int64_t i = 0; i < width; i++) part[i] = 0;
    for (; row + ROWS <= stop; row += ROWS) {
      const real *a = src + row * stride, *b = a + stride, *c = b + stride, *d = c + stride;
      for (int64_t i = 0; i < width; i++) part[i] += (a[i] + b[i]) + (c[i] + d[i]);
    }
    for (; row < stop; row++) {
      const real *a = src + row * stride;
      for (int64_t i = 0; i < width; i++) part[i] += a[i];
    }
    for (int64_t i = 0; i < width; i++) total[i] += (double)part[i];
  }
}

/* The same; narrow rows that follow each other are taken as fewer, wider ones. */
static void add_rows(const real *src, int64_t stride, int64_t rows, int64_t width, double *total) {
  int64_t folds = TILE / width;
  if (stride == width && folds >= 2 && rows >= 2 * folds) {
    double wide[TILE] = {0};
    int64_t wide_rows = rows / folds;
    add_rows_tile(src, folds * width, wide_rows, folds * width, wide);
    for (int64_t f = 0; f < folds; f++) {
      for (int64_t i = 0; i < width; i++) total[i] += wide[f * width + i];
    }
    src += wide_rows * folds * width;
    rows -= wide_rows * folds;
  }
  add_rows_tile(src, stride, rows, width, total);
}

static AE_SIMD double add_run(const real *src, int64_t n) {
  double total = 0;
  int64_t i = 0;
  while (n - i >= LANES) {
    int64_t stop = n - i < RUN ? n : i + RUN;
    real lane[LANES] = {0};
    for (; i + LANES <= stop; i += LANES) {
      for (int j = 0; j < LANES; j++) lane[j] += src[i + j];
    }
    for (int j = 0; j < LANES; j++) total += (double)lane[j];
  }
  for (; i < n; i++) total += (double)src[i];
  return total;
}

/* Offset in src of element i of the first n dimensions of the list. */
static int64_t offset_of(const dimlist *list, int n, int64_t i) {
  int64_t offset = 0;
  for (int d = n - 1; d >= 0; d--) {
    offset += i % list->size[d] * list->stride[d];
    i /= list->size[d];
  }
  return offset;
}

/* How many steps the summed dimensions but the last make. */
static int64_t outer_steps(const dimlist *summed) {
  int64_t steps = 1;
  for (int d = 0; d < summed->n - 1; d++) steps *= summed->size[d];
  return steps;
}

/* out[0..end-begin) = sums of outputs [begin, end) over the summed dimensions as the list has them. */
static void sum_outputs(const reduction *r, const dimlist *summed, const real *src, int64_t begin, int64_t end,
                        double *out) {
  int64_t steps = outer_steps(summed), n = summed->size[summed->n - 1], stride = summed->stride[summed->n - 1];
  int64_t width = r->last_kept ? r->kept.size[r->kept.n - 1] : 1;
  for (int64_t o = begin; o < end;) {
    int64_t tile = 1;
    if (r->last_kept) {
      tile = width - o % width;
      if (tile > TILE) tile = TILE;
      if (tile > end - o) tile = end - o;
    }
    const real *base = src + offset_of(&r->kept, r->kept.n, o);
    double *total = out + (o - begin);
    for (int64_t i = 0; i < tile; i++) total[i] = 0;
    for (int64_t s = 0; s < steps; s++) {
      const real *from = base + offset_of(summed, summed->n - 1, s);
      if (r->last_kept) {
        add_rows(from, stride, n, tile, total);
      } else {
        total[0] += add_run(from, n);
      }
    }
    o += tile;
  }
}

static void sum_range(void *arg, int64_t begin, int64_t end) {
  const reduction *r = arg;
  double total[TILE];
  for (int64_t o = begin; o < end;) {
    int64_t n = end - o < TILE ? end - o : TILE;
    sum_outputs(r, &r->summed, r->src, o, o + n, total);
    for (int64_t i = 0; i < n; i++) r->dst[o + i] = (real)total[i];
    o += n;
  }
}

static void sum_part(void *arg, int part, int64_t begin, int64_t end) {
  const reduction *r = arg;
  dimlist summed = r->summed;
  summed.size[0] = end - begin;
  sum_outputs(r, &summed, r->src + begin * summed.stride[0], 0, r->outputs, r->partial + part * r->outputs);
}

static ae_status sum_in_parts(ae_context *ctx, reduction *r, int parts, ae_error *err) {
  size_t bytes = (size_t)parts * (size_t)r->outputs * sizeof(double);
  void *block;
  AE_TRY(ae_allocate(ctx->allocator, bytes, &block, err));
  r->partial = block;
  ae_parallel_parts(ctx, r->summed.size[0], parts, sum_part, r);
  for (int64_t o = 0; o < r->outputs; o++) {
    double total = 0;
    for (int p = 0; p < parts; p++) total += r->partial[p * r->outputs + o];
    r->dst[o] = (real)total;
  }
  ae_free(ctx->allocator, block, bytes);
  return AE_OK;
}

ae_status ae_reduce_to_shape(ae_context *ctx, const ae_tensor *src, ae_tensor *dst, ae_error *err) {
  if (dst->count == 0) return AE_OK;
  if (src->count == 0) {
    ae_tensor_fill(ctx, dst, 0);
    return AE_OK;
  }
  if (src->count == dst->count) {
    ae_tensor_copy(ctx, dst, src);
    return AE_OK;
  }
  ae_broadcast plan;
  ae_broadcast_plan(&src->shape, (const ae_shape *const[]){&dst->shape}, 1, &plan);
  reduction r = {.src = ae_reals(src), .dst = ae_reals(dst), .outputs = dst->count};
  int64_t stride = plan.count;
  for (int d = 0; d < plan.ndim; d++) {
    stride /= plan.dims[d];
    dimlist *list = plan.strides[0][d] != 0 ? &r.kept : &r.summed;
    list->size[list->n] = plan.dims[d];
    list->stride[list->n++] = stride;
    r.last_kept = list == &r.kept;
  }
  int parts = ae_parallel_count(ctx, src->count, AE_GRAIN_CHEAP);
  int64_t enough = (int64_t)parts * (r.last_kept ? TILE / 4 : 1);
  if (parts > 1 && r.outputs < enough && r.summed.size[0] >= parts) return sum_in_parts(ctx, &r, parts, err);
  int64_t terms = src->count / dst->count;
  int64_t grain = AE_GRAIN_CHEAP / terms;
  ae_parallel(ctx, r.outputs, grain > 0 ? grain : 1, sum_range, &r);
  return AE_OK;
}
