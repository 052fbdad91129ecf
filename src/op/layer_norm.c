/*
** layer_norm: every sample to mean 0 and variance 1 over its last `dims`
** dimensions D, then scaled and shifted.
**   x [..., D]   scale, shift [D]?
**   y = (x - mean) / sqrt(var + epsilon) * scale + shift, var the biased one
**   back, h = (x - mean) r, g = dy scale, means over D:
**   dx = r (g - mean(g) - h mean(g h))   dscale = sum dy h   dshift = sum dy
** Ba, Kiros, Hinton, "Layer normalization", 2016.
**
** Not here: over positions as well (op/group_norm.c).
*/
#include <string.h>

#include "core/parallel.h"
#include "kernel/lanes.h"
#include "op/normalisation.h"

enum { X = AE_NORMALISED, SCALE, SHIFT };
enum { SAVED_STATS }; /* [samples, 2]: mean, rate */

typedef struct attrs {
  int64_t dims;
  double epsilon;
  int64_t samples, width; /* resolved */
} attrs;

static ae_status layer_norm_shape(ae_call *call, ae_spec *out) {
  attrs *a = call->attrs;
  const ae_shape *x = &call->in_spec[X].shape;
  char text[AE_SHAPE_TEXT];
  if (a->dims < 1 || a->dims > x->ndim)
    return ae_fail(call->err, AE_INVALID, "layer_norm: dims wants 1 to the number of dimensions of x %s, got %lld",
                   ae_shape_text(x, text), (long long)a->dims);
  const int from = x->ndim - (int)a->dims;
  AE_TRY(ae_normalisation_check(call, from, a->epsilon));
  a->samples = a->width = 1;
  for (int d = 0; d < x->ndim; d++) *(d < from ? &a->samples : &a->width) *= x->dims[d];
  *out = (ae_spec){AE_REAL, *x};
  return AE_OK;
}

typedef struct pass {
  int64_t width;
  double epsilon;
  const real *x, *scale, *shift, *dy;
  real *stats, *out; /* y or dx; dx NULL: not wanted */
  double *sums;      /* back: [parts, 2, width]; NULL: not wanted */
  real *scratch;     /* [parts, 2, width] */
} pass;

static pass pass_over(const ae_call *call) {
  const attrs *a = call->attrs;
  return (pass){.width = a->width,
                .epsilon = a->epsilon,
                .x = ae_reals(call->in[X]),
                .scale = call->in[SCALE] ? ae_reals(call->in[SCALE]) : NULL,
                .shift = call->in[SHIFT] ? ae_reals(call->in[SHIFT]) : NULL};
}

static int64_t grain(const attrs *a) {
  return AE_GRAIN_CHEAP / (a->width > 0 ? a->width : 1) + 1;
}

/* ---- Forward ---- */

AE_INLINE double sum_deviations(int64_t n, real mean, const real *x) {
  AE_LANES_SUM(n, i, (x[i] - mean) * (x[i] - mean));
}

AE_SIMD static double row_sum(int64_t n, const real *x) {
  return ae_lanes_sum(n, x);
}

AE_SIMD static double row_deviations(int64_t n, real mean, const real *x) {
  return sum_deviations(n, mean, x);
}

AE_SIMD static void write_row(int64_t n, real mean, real rate, const real *restrict scale, const real *restrict shift,
                              const real *restrict x, real *restrict y) {
  for (int64_t i = 0; i < n; i++) {
    const real h = (x[i] - mean) * rate, scaled = scale ? h * scale[i] : h;
    y[i] = shift ? scaled + shift[i] : scaled;
  }
}

static void forward_rows(void *arg, int64_t begin, int64_t end) {
  const pass *p = arg;
  const int64_t n = p->width;
  for (int64_t row = begin; row < end; row++) {
    const real *x = p->x + row * n;
    const real mean = (real)(row_sum(n, x) / (double)n);
    const real rate = (real)(1 / sqrt(row_deviations(n, mean, x) / (double)n + p->epsilon));
    p->stats[2 * row] = mean, p->stats[2 * row + 1] = rate;
    write_row(n, mean, rate, p->scale, p->shift, x, p->out + row * n);
  }
}

static ae_status layer_norm_forward(ae_call *call) {
  const attrs *a = call->attrs;
  pass p = pass_over(call);
  const int64_t sizes[] = {a->samples, 2};
  ae_shape shape;
  AE_TRY(ae_shape_make("layer_norm", 2, sizes, &shape, call->err));
  AE_TRY(ae_tensor_new(call->ctx, AE_REAL, &shape, &call->saved[SAVED_STATS], call->err));
  p.stats = ae_reals(call->saved[SAVED_STATS]), p.out = ae_reals(call->out[0]);
  ae_parallel(call->ctx, a->samples, grain(a), forward_rows, &p);
  return AE_OK;
}

/* ---- Back ---- */

/* Rows are summed in real over this many, those sums in double. */
enum { SUMMED_ROWS = 32 };

/* sums [2, n] += dy, dy h */
AE_SIMD static void add_row(int64_t n, real mean, real rate, const real *restrict x, const real *restrict dy,
                            real *restrict sums, real *restrict h_sums) {
  for (int64_t i = 0; i < n; i++) {
    sums[i] += dy[i];
    h_sums[i] += dy[i] * ((x[i] - mean) * rate);
  }
}

AE_SIMD static void add_wide(int64_t n, real *restrict from, double *restrict to) {
  for (int64_t i = 0; i < n; i++) to[i] += (double)from[i], from[i] = 0;
}

AE_INLINE double sum_scaled(int64_t n, const real *dy, const real *scale) {
  AE_LANES_SUM(n, i, dy[i] * (scale ? scale[i] : 1));
}

AE_INLINE double sum_scaled_h(int64_t n, real mean, real rate, const real *x, const real *dy, const real *scale) {
  AE_LANES_SUM(n, i, dy[i] * (scale ? scale[i] : 1) * ((x[i] - mean) * rate));
}

AE_SIMD static void row_sums(int64_t n, real mean, real rate, const real *x, const real *dy, const real *scale,
                             double sums[2]) {
  sums[0] = sum_scaled(n, dy, scale);
  sums[1] = sum_scaled_h(n, mean, rate, x, dy, scale);
}

AE_SIMD static void back_row(int64_t n, real mean, real rate, real g_mean, real gh_mean, const real *restrict x,
                             const real *dy, const real *restrict scale, real *dx) {
  AE_IVDEP
  for (int64_t i = 0; i < n; i++) {
    const real h = (x[i] - mean) * rate, g = scale ? dy[i] * scale[i] : dy[i];
    dx[i] = rate * (g - g_mean - h * gh_mean);
  }
}

static void back_rows(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  const int64_t n = p->width;
  real *scratch = p->scratch + part * 2 * n;
  for (int64_t row = begin; row < end; row++) {
    const real mean = p->stats[2 * row], rate = p->stats[2 * row + 1], *x = p->x + row * n, *dy = p->dy + row * n;
    if (p->sums) {
      add_row(n, mean, rate, x, dy, scratch, scratch + n);
      if (row + 1 == end || (row - begin) % SUMMED_ROWS == SUMMED_ROWS - 1)
        add_wide(2 * n, scratch, p->sums + part * 2 * n);
    }
    if (!p->out) continue;
    double sums[2];
    row_sums(n, mean, rate, x, dy, p->scale, sums);
    back_row(n, mean, rate, (real)(sums[0] / (double)n), (real)(sums[1] / (double)n), x, dy, p->scale,
             p->out + row * n);
  }
}

static ae_status layer_norm_backward(ae_call *call) {
  const attrs *a = call->attrs;
  pass p = pass_over(call);
  const int parts = ae_parallel_count(call->ctx, a->samples, grain(a));
  const size_t sums = (size_t)parts * 2 * (size_t)a->width, bytes = sums * (sizeof(double) + sizeof(real));
  ae_tensor *dx;
  void *block = NULL;
  p.dy = ae_reals(call->gout[0]), p.stats = ae_reals(call->saved[SAVED_STATS]);
  if (call->wants[SCALE] || call->wants[SHIFT]) {
    AE_TRY(ae_allocate(call->ctx->allocator, bytes, &block, call->err));
    memset(block, 0, bytes);
    p.sums = block, p.scratch = (real *)(p.sums + sums);
  }
  ae_status status = AE_OK;
  if (call->wants[X]) {
    status = ae_normalisation_gradient(call, &dx);
    if (status == AE_OK) p.out = ae_reals(dx);
  }
  if (status == AE_OK) ae_parallel_parts(call->ctx, a->samples, parts, back_rows, &p);
  if (status == AE_OK && p.sums) status = ae_normalisation_small_gradients(call, parts, a->width, p.sums);
  ae_free(call->ctx->allocator, block, bytes);
  return status;
}

const ae_op ae_op_layer_norm = {
    .name = "layer_norm",
    .doc = "Every sample to mean 0 and variance 1 over its last dimensions, then scaled and shifted.\n"
           "Ba, Kiros, Hinton 2016. Errors: shapes that do not fit.",
    .result = "a tensor of x's shape",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[..., D]"}, AE_NORMALISATION_PARAMS("[D]")},
    .attrs = {AE_ATTR(attrs, dims, AE_ATTR_INT, 1, "how many of the last dimensions are D; default 1"),
              AE_NORMALISATION_EPSILON},
    .attrs_size = sizeof(attrs),
    .saves = AE_SAVES_IN(X) | AE_SAVES_IN(SCALE),
    .shape = layer_norm_shape,
    .forward = layer_norm_forward,
    .backward = layer_norm_backward,
};
