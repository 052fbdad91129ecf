/*
** group_norm, layer_norm: every sample to mean 0 and variance 1 over its own
** elements, then scaled and shifted.
**   layer_norm   over the last `dims` dimensions D; scale, shift of their shape
**   group_norm   x [N, ..., C], over all positions and the channels of one of G
**                groups; scale, shift [C]. G = C is instance normalisation.
**   y = (x - mean) / sqrt(var + epsilon) * scale + shift, var the biased one
**   back, h = (x - mean) r, g = dy scale, means over what was normalised:
**   dx = r (g - mean(g) - h mean(g h))   dscale = sum dy h   dshift = sum dy
** Both see x as units of `rows` rows of `width` elements, `stride` apart.
** Ba, Kiros, Hinton, "Layer normalization", 2016; Wu, He, "Group
** normalization", ECCV 2018.
*/
#include <math.h>
#include <string.h>

#include "core/op.h"
#include "core/parallel.h"
#include "kernel/lanes.h"

enum { X, SCALE, SHIFT };
enum { SAVED_STATS }; /* [samples * groups, 2]: mean, rate */

typedef struct attrs {
  int64_t dims, groups;
  double epsilon;
  int64_t samples, rows, width; /* resolved; a unit is one group of one sample */
} attrs;

typedef struct pass {
  const attrs *a;
  int64_t channels; /* groups * width: one row of a sample, the size of scale */
  const real *x, *scale, *shift, *dy;
  real *stats, *out; /* y or dx; dx NULL: not wanted */
  double *sums;      /* back: [parts, 2, channels]; NULL: not wanted */
} pass;

/* ---- Forward ---- */

AE_INLINE double sum_deviations(int64_t n, real mean, const real *x) {
  AE_LANES_SUM(n, i, (x[i] - mean) * (x[i] - mean));
}

AE_SIMD static double unit_sum(int64_t rows, int64_t width, int64_t stride, const real *x) {
  double sum = 0;
  for (int64_t row = 0; row < rows; row++) sum += ae_lanes_sum(width, x + row * stride);
  return sum;
}

AE_SIMD static double unit_deviations(int64_t rows, int64_t width, int64_t stride, real mean, const real *x) {
  double sum = 0;
  for (int64_t row = 0; row < rows; row++) sum += sum_deviations(width, mean, x + row * stride);
  return sum;
}

AE_SIMD static void write_row(int64_t n, real mean, real rate, const real *restrict scale, const real *restrict shift,
                              const real *restrict x, real *restrict y) {
  for (int64_t i = 0; i < n; i++) {
    const real h = (x[i] - mean) * rate, scaled = scale ? h * scale[i] : h;
    y[i] = shift ? scaled + shift[i] : scaled;
  }
}

static void forward_units(void *arg, int64_t begin, int64_t end) {
  const pass *p = arg;
  const attrs *a = p->a;
  const double count = (double)a->rows * (double)a->width;
  for (int64_t unit = begin; unit < end; unit++) {
    const int64_t g = unit % a->groups * a->width, first = unit / a->groups * a->rows * p->channels + g;
    const real *x = p->x + first;
    const real mean = (real)(unit_sum(a->rows, a->width, p->channels, x) / count);
    const double var = unit_deviations(a->rows, a->width, p->channels, mean, x) / count;
    const real rate = (real)(1 / sqrt(var + a->epsilon));
    p->stats[2 * unit] = mean, p->stats[2 * unit + 1] = rate;
    for (int64_t row = 0; row < a->rows; row++)
      write_row(a->width, mean, rate, p->scale ? p->scale + g : NULL, p->shift ? p->shift + g : NULL,
                x + row * p->channels, p->out + first + row * p->channels);
  }
}

static pass pass_over(const ae_call *call) {
  const attrs *a = call->attrs;
  return (pass){.a = a,
                .channels = a->groups * a->width,
                .x = ae_reals(call->in[X]),
                .scale = call->in[SCALE] ? ae_reals(call->in[SCALE]) : NULL,
                .shift = call->in[SHIFT] ? ae_reals(call->in[SHIFT]) : NULL};
}

static int64_t grain(const attrs *a) {
  const int64_t count = a->rows * a->width;
  return AE_GRAIN_CHEAP / (count > 0 ? count : 1) + 1;
}

static ae_status norm_forward(ae_call *call) {
  pass p = pass_over(call);
  const int64_t units = p.a->samples * p.a->groups, sizes[] = {units, 2};
  ae_shape shape;
  AE_TRY(ae_shape_make(call->name, 2, sizes, &shape, call->err));
  AE_TRY(ae_tensor_new(call->ctx, AE_REAL, &shape, &call->saved[SAVED_STATS], call->err));
  p.stats = ae_reals(call->saved[SAVED_STATS]), p.out = ae_reals(call->out[0]);
  ae_parallel(call->ctx, units, grain(p.a), forward_units, &p);
  return AE_OK;
}

/* ---- Back ---- */

/* sums [2, channels] += dy, dy h */
AE_SIMD static void add_row(int64_t n, int64_t channels, real mean, real rate, const real *restrict x,
                            const real *restrict dy, double *restrict sums) {
  for (int64_t i = 0; i < n; i++) {
    sums[i] += dy[i];
    sums[channels + i] += (double)(dy[i] * ((x[i] - mean) * rate));
  }
}

AE_INLINE double sum_scaled(int64_t n, const real *dy, const real *scale) {
  AE_LANES_SUM(n, i, dy[i] * (scale ? scale[i] : 1));
}

AE_INLINE double sum_scaled_h(int64_t n, real mean, real rate, const real *x, const real *dy, const real *scale) {
  AE_LANES_SUM(n, i, dy[i] * (scale ? scale[i] : 1) * ((x[i] - mean) * rate));
}

AE_SIMD static void row_sums(int64_t n, real mean, real rate, const real *x, const real *dy, const real *scale,
                             double sums[2]) {
  sums[0] += sum_scaled(n, dy, scale);
  sums[1] += sum_scaled_h(n, mean, rate, x, dy, scale);
}

AE_SIMD static void back_row(int64_t n, real mean, real rate, real g_mean, real gh_mean, const real *restrict x,
                             const real *restrict dy, const real *restrict scale, real *restrict dx) {
  for (int64_t i = 0; i < n; i++) {
    const real h = (x[i] - mean) * rate, g = scale ? dy[i] * scale[i] : dy[i];
    dx[i] = rate * (g - g_mean - h * gh_mean);
  }
}

static void back_units(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  const attrs *a = p->a;
  const double count = (double)a->rows * (double)a->width;
  for (int64_t unit = begin; unit < end; unit++) {
    const int64_t g = unit % a->groups * a->width, first = unit / a->groups * a->rows * p->channels + g;
    const real mean = p->stats[2 * unit], rate = p->stats[2 * unit + 1], *scale = p->scale ? p->scale + g : NULL;
    double sums[2] = {0, 0};
    for (int64_t row = 0; row < a->rows; row++) {
      const int64_t at = first + row * p->channels;
      if (p->sums)
        add_row(a->width, p->channels, mean, rate, p->x + at, p->dy + at, p->sums + part * 2 * p->channels + g);
      if (p->out) row_sums(a->width, mean, rate, p->x + at, p->dy + at, scale, sums);
    }
    for (int64_t row = 0; p->out && row < a->rows; row++) {
      const int64_t at = first + row * p->channels;
      back_row(a->width, mean, rate, (real)(sums[0] / count), (real)(sums[1] / count), p->x + at, p->dy + at, scale,
               p->out + at);
    }
  }
}

/* dshift and dscale, from the parts' sums in order. */
static ae_status small_gradients(ae_call *call, const pass *p, int parts) {
  for (int i = SCALE; i <= SHIFT; i++) {
    if (!call->wants[i]) continue;
    ae_tensor *t;
    AE_TRY(ae_call_gradient(call, i, &t));
    const double *sums = p->sums + (i == SCALE ? p->channels : 0);
    for (int64_t c = 0; c < p->channels; c++) {
      double sum = 0;
      for (int part = 0; part < parts; part++) sum += sums[part * 2 * p->channels + c];
      ae_reals(t)[c] = (real)sum;
    }
  }
  return AE_OK;
}

static ae_status norm_backward(ae_call *call) {
  pass p = pass_over(call);
  const int64_t units = p.a->samples * p.a->groups;
  const int parts = ae_parallel_count(call->ctx, units, grain(p.a));
  const size_t bytes = (size_t)parts * 2 * (size_t)p.channels * sizeof(double);
  ae_tensor *dx = NULL;
  void *block = NULL;
  p.dy = ae_reals(call->gout[0]), p.stats = ae_reals(call->saved[SAVED_STATS]);
  if (call->wants[X]) {
    AE_TRY(ae_call_gradient(call, X, &dx));
    p.out = ae_reals(dx);
  }
  if (call->wants[SCALE] || call->wants[SHIFT]) {
    AE_TRY(ae_allocate(call->ctx->allocator, bytes, &block, call->err));
    memset(block, 0, bytes);
    p.sums = block;
  }
  ae_parallel_parts(call->ctx, units, parts, back_units, &p);
  ae_status status = p.sums ? small_gradients(call, &p, parts) : AE_OK;
  ae_free(call->ctx->allocator, block, bytes);
  return status;
}

/* ---- Shapes ---- */

/* scale and shift want the shape of x's dimensions from `from` on. */
static ae_status check_small(const ae_call *call, int from) {
  const attrs *a = call->attrs;
  const ae_shape *x = &call->in_spec[X].shape;
  char wanted[AE_SHAPE_TEXT], got[AE_SHAPE_TEXT];
  ae_shape shape = {.ndim = x->ndim - from};
  for (int d = 0; d < shape.ndim; d++) shape.dims[d] = x->dims[from + d];
  for (int i = SCALE; i <= SHIFT; i++) {
    const ae_shape *s = &call->in_spec[i].shape;
    if (s->ndim >= 0 && !ae_shape_equal(s, &shape))
      return ae_fail(call->err, AE_SHAPE, "%s: %s wants shape %s, got %s", call->name, call->op->params[i].name,
                     ae_shape_text(&shape, wanted), ae_shape_text(s, got));
  }
  if (!(a->epsilon > 0) || !isfinite(a->epsilon))
    return ae_fail(call->err, AE_INVALID, "%s: epsilon must be greater than 0 and finite, got %g", call->name,
                   a->epsilon);
  return AE_OK;
}

static int64_t product(const ae_shape *s, int from, int to) {
  int64_t count = 1;
  for (int d = from; d < to; d++) count *= s->dims[d];
  return count;
}

static ae_status layer_norm_shape(ae_call *call, ae_spec *out) {
  attrs *a = call->attrs;
  const ae_shape *x = &call->in_spec[X].shape;
  char text[AE_SHAPE_TEXT];
  if (a->dims < 1 || a->dims > x->ndim)
    return ae_fail(call->err, AE_INVALID, "layer_norm: dims wants 1 to the number of dimensions of x %s, got %lld",
                   ae_shape_text(x, text), (long long)a->dims);
  const int from = x->ndim - (int)a->dims;
  AE_TRY(check_small(call, from));
  a->groups = 1, a->rows = 1;
  a->samples = product(x, 0, from);
  a->width = product(x, from, x->ndim);
  *out = (ae_spec){AE_REAL, *x};
  return AE_OK;
}

static ae_status group_norm_shape(ae_call *call, ae_spec *out) {
  attrs *a = call->attrs;
  const ae_shape *x = &call->in_spec[X].shape;
  char text[AE_SHAPE_TEXT];
  if (x->ndim < 2)
    return ae_fail(call->err, AE_SHAPE, "group_norm: x wants at least 2 dimensions [N, ..., C], got %s",
                   ae_shape_text(x, text));
  const int64_t C = x->dims[x->ndim - 1];
  if (a->groups < 1)
    return ae_fail(call->err, AE_INVALID, "group_norm: groups wants at least 1, got %lld", (long long)a->groups);
  if (C % a->groups != 0)
    return ae_fail(call->err, AE_SHAPE, "group_norm: %lld groups do not divide the %lld channels of x %s",
                   (long long)a->groups, (long long)C, ae_shape_text(x, text));
  AE_TRY(check_small(call, x->ndim - 1));
  a->samples = x->dims[0];
  a->rows = product(x, 1, x->ndim - 1);
  a->width = C / a->groups;
  *out = (ae_spec){AE_REAL, *x};
  return AE_OK;
}

#define NORM_PARAMS(shape)                                                                                             \
  {.name = "scale", .takes = AE_TAKES_REAL, .doc = shape " (gamma); absent: 1", .optional = true}, {                   \
    .name = "shift", .takes = AE_TAKES_REAL, .doc = shape " (beta); absent: 0", .optional = true                       \
  }
#define NORM_EPSILON                                                                                                   \
  AE_ATTR(attrs, epsilon, AE_ATTR_REAL, 1e-5,                                                                          \
          "added to the variance; greater than 0, default 1e-5 as in PyTorch (Keras: 1e-3)")

const ae_op ae_op_layer_norm = {
    .name = "layer_norm",
    .doc = "Every sample to mean 0 and variance 1 over its last dimensions, then scaled and shifted.\n"
           "Ba, Kiros, Hinton 2016. Errors: shapes that do not fit.",
    .result = "a tensor of x's shape",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[..., D]"}, NORM_PARAMS("[D]")},
    .attrs = {AE_ATTR(attrs, dims, AE_ATTR_INT, 1, "how many of the last dimensions are D; default 1"), NORM_EPSILON},
    .attrs_size = sizeof(attrs),
    .saves = AE_SAVES_IN(X) | AE_SAVES_IN(SCALE),
    .shape = layer_norm_shape,
    .forward = norm_forward,
    .backward = norm_backward,
};

const ae_op ae_op_group_norm = {
    .name = "group_norm",
    .doc = "Every sample's groups of channels to mean 0 and variance 1 over all positions, then scaled and shifted by "
           "channel. One group: over the whole sample; as many as channels: instance normalisation.\n"
           "Wu, He 2018. Errors: shapes that do not fit, groups that do not divide the channels.",
    .result = "a tensor of x's shape",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[N, ..., C]"}, NORM_PARAMS("[C]")},
    .attrs = {AE_ATTR_REQUIRED(attrs, groups, AE_ATTR_INT, "groups of channels; divides C"), NORM_EPSILON},
    .attrs_size = sizeof(attrs),
    .saves = AE_SAVES_IN(X) | AE_SAVES_IN(SCALE),
    .shape = group_norm_shape,
    .forward = norm_forward,
    .backward = norm_backward,
};
