/*
** group_norm: every sample's groups of channels to mean 0 and variance 1 over all
** positions, then scaled and shifted by channel.
**   x [N, ..., C], C in G groups   scale, shift [C]?
**   y = (x - mean) / sqrt(var + epsilon) * scale + shift, var the biased one
**   back, h = (x - mean) r, g = dy scale, means over a group:
**   dx = r (g - mean(g) - h mean(g h))   dscale = sum dy h   dshift = sum dy
** G = 1 is over the whole sample, G = C instance normalisation. A sample is what
** kernel/normalise.h calls channels; groups share their mean and variance.
** Wu, He, "Group normalization", ECCV 2018.
**
** Not here: over every position alone (op/layer_norm.c), over the batch
** (op/batch_norm.c).
*/
#include <string.h>

#include "core/parallel.h"
#include "kernel/normalise.h"
#include "op/normalisation.h"

enum { X = AE_NORMALISED, SCALE, SHIFT };
enum { SAVED_STATS }; /* [samples, groups, 2]: mean, rate */

typedef struct attrs {
  int64_t groups;
  double epsilon;
  int64_t samples, rows, channels; /* resolved */
} attrs;

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
  AE_TRY(ae_normalisation_check(call, x->ndim - 1, a->epsilon));
  a->samples = x->dims[0], a->channels = C, a->rows = 1;
  for (int d = 1; d < x->ndim - 1; d++) a->rows *= x->dims[d];
  *out = (ae_spec){AE_REAL, *x};
  return AE_OK;
}

/* What the threads of a call share. Each has arrays [5, width], columns [2, width]
** and, back, totals [2, channels] of its own. */
typedef struct pass {
  const attrs *a;
  ae_channels seen; /* one sample */
  const real *x, *scale, *shift, *dy;
  real *stats, *out; /* y or dx; dx NULL: not wanted */
  int parts;
  double *columns, *totals;
  real *arrays;
  void *block;
  size_t bytes;
} pass;

static ae_status pass_open(ae_call *call, pass *p) {
  const attrs *a = call->attrs;
  const int64_t count = a->rows * a->channels;
  *p = (pass){.a = a,
              .seen = ae_channels_of(call->ctx, count, a->channels),
              .x = ae_reals(call->in[X]),
              .scale = call->in[SCALE] ? ae_reals(call->in[SCALE]) : NULL,
              .shift = call->in[SHIFT] ? ae_reals(call->in[SHIFT]) : NULL};
  p->parts = ae_parallel_count(call->ctx, a->samples, AE_GRAIN_CHEAP / (count > 0 ? count : 1) + 1);
  const size_t parts = (size_t)p->parts, width = (size_t)p->seen.width, channels = (size_t)a->channels;
  p->bytes = parts * (2 * (width + channels) * sizeof(double) + AE_NORMAL_ARRAYS * width * sizeof(real));
  AE_TRY(ae_allocate(call->ctx->allocator, p->bytes, &p->block, call->err));
  p->columns = p->block;
  p->totals = p->columns + parts * 2 * width;
  p->arrays = (real *)(p->totals + parts * 2 * channels);
  memset(p->totals, 0, parts * 2 * channels * sizeof *p->totals);
  return AE_OK;
}

static void pass_close(ae_call *call, pass *p) {
  ae_free(call->ctx->allocator, p->block, p->bytes);
}

/* The columns of a part, 0. */
static double *columns_of(const pass *p, int part) {
  double *columns = p->columns + part * 2 * p->seen.width;
  memset(columns, 0, (size_t)(2 * p->seen.width) * sizeof *columns);
  return columns;
}

/* Normalises a sample whose statistics [groups, 2] are known. */
static void set_normal(const pass *p, int part, const real *stats, ae_normal *m) {
  const int64_t wide = p->a->channels / p->a->groups;
  ae_normal_lay(m, &p->seen, false, p->arrays + part * AE_NORMAL_ARRAYS * p->seen.width);
  for (int64_t c = 0; c < p->a->channels; c++) {
    m->mean[c] = stats[2 * (c / wide)];
    m->factor[c] = stats[2 * (c / wide) + 1] * (p->scale ? p->scale[c] : 1);
    m->shift[c] = p->shift ? p->shift[c] : 0;
  }
  ae_channels_spread(&p->seen, m->mean);
  ae_channels_spread(&p->seen, m->factor);
  ae_channels_spread(&p->seen, m->shift);
}

/* ---- Forward ---- */

/* stats [groups, 2] of the sample at x. */
static void measure(const pass *p, int part, const real *x, real *stats) {
  const attrs *a = p->a;
  const ae_channels *s = &p->seen;
  const int64_t wide = a->channels / a->groups;
  double *columns = columns_of(p, part);
  ae_channels_columns(s, x, 0, s->full, columns);
  for (int64_t g = 0; g < a->groups; g++) {
    ae_moments m = {0, 0, 0};
    for (int64_t c = g * wide; c < (g + 1) * wide; c++) {
      for (int64_t i = c; i < s->width; i += a->channels)
        ae_moments_merge(&m, (double)s->full, columns[i], columns[s->width + i]);
      for (int64_t i = c; i < s->rest; i += a->channels) ae_moments_merge(&m, 1, (double)x[s->full * s->width + i], 0);
    }
    stats[2 * g] = (real)m.mean;
    stats[2 * g + 1] = (real)(1 / sqrt(m.squares / m.count + a->epsilon));
  }
}

static void forward_samples(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  const int64_t count = p->a->rows * p->a->channels;
  if (count == 0) return;
  for (int64_t n = begin; n < end; n++) {
    real *stats = p->stats + n * p->a->groups * 2;
    ae_normal m;
    measure(p, part, p->x + n * count, stats);
    set_normal(p, part, stats, &m);
    ae_normal_forward(&m, 0, ae_channels_rows(&p->seen), p->x + n * count, p->out + n * count);
  }
}

static ae_status group_norm_forward(ae_call *call) {
  const attrs *a = call->attrs;
  const int64_t sizes[] = {a->samples, a->groups, 2};
  ae_shape shape;
  pass p;
  AE_TRY(ae_shape_make("group_norm", 3, sizes, &shape, call->err));
  AE_TRY(ae_tensor_new(call->ctx, AE_REAL, &shape, &call->saved[SAVED_STATS], call->err));
  AE_TRY(pass_open(call, &p));
  p.stats = ae_reals(call->saved[SAVED_STATS]), p.out = ae_reals(call->out[0]);
  ae_parallel_parts(call->ctx, a->samples, p.parts, forward_samples, &p);
  pass_close(call, &p);
  return AE_OK;
}

/* ---- Back ---- */

/* From the sums of dy and dy (x - mean) in every column: their totals over
** samples, and what every row of this sample's dx has taken off. */
static void set_shares(const pass *p, int part, const real *stats, const double *columns, ae_normal *m) {
  const attrs *a = p->a;
  const ae_channels *s = &p->seen;
  const int64_t C = a->channels, wide = C / a->groups;
  const double count = (double)a->rows * (double)wide;
  double *totals = p->totals + part * 2 * C;
  for (int64_t g = 0; g < a->groups; g++) {
    const double rate = (double)stats[2 * g + 1];
    double sum = 0, h_sum = 0; /* of g, g h */
    for (int64_t c = g * wide; c < (g + 1) * wide; c++) {
      double dy_sum = 0, dy_h_sum = 0;
      for (int64_t i = c; i < s->width; i += C) dy_sum += columns[i], dy_h_sum += rate * columns[s->width + i];
      totals[c] += dy_sum, totals[C + c] += dy_h_sum;
      const double scale = p->scale ? (double)p->scale[c] : 1;
      sum += scale * dy_sum, h_sum += scale * dy_h_sum;
    }
    for (int64_t c = g * wide; c < (g + 1) * wide; c++) {
      m->share[c] = (real)(rate * sum / count);
      m->h_share[c] = (real)(rate * rate * h_sum / count);
    }
  }
  ae_channels_spread(s, m->share);
  ae_channels_spread(s, m->h_share);
}

static void back_samples(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  const int64_t count = p->a->rows * p->a->channels, rows = ae_channels_rows(&p->seen);
  if (count == 0) return;
  for (int64_t n = begin; n < end; n++) {
    const real *stats = p->stats + n * p->a->groups * 2, *x = p->x + n * count, *dy = p->dy + n * count;
    double *columns = columns_of(p, part);
    ae_normal m;
    set_normal(p, part, stats, &m);
    ae_normal_sums(&m, 0, rows, x, dy, columns);
    set_shares(p, part, stats, columns, &m);
    if (p->out) ae_normal_back(&m, 0, rows, x, dy, p->out + n * count);
  }
}

static ae_status group_norm_backward(ae_call *call) {
  const attrs *a = call->attrs;
  ae_tensor *dx;
  pass p;
  AE_TRY(pass_open(call, &p));
  p.dy = ae_reals(call->gout[0]), p.stats = ae_reals(call->saved[SAVED_STATS]);
  ae_status status = AE_OK;
  if (call->wants[X]) {
    status = ae_normalisation_gradient(call, &dx);
    if (status == AE_OK) p.out = ae_reals(dx);
  }
  if (status == AE_OK) {
    ae_parallel_parts(call->ctx, a->samples, p.parts, back_samples, &p);
    status = ae_normalisation_small_gradients(call, p.parts, a->channels, p.totals);
  }
  pass_close(call, &p);
  return status;
}

const ae_op ae_op_group_norm = {
    .name = "group_norm",
    .doc = "Every sample's groups of channels to mean 0 and variance 1 over all positions, then scaled and shifted by "
           "channel. One group: over the whole sample; as many as channels: instance normalisation.\n"
           "Wu, He 2018. Errors: shapes that do not fit, groups that do not divide the channels.",
    .result = "a tensor of x's shape",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[N, ..., C]"}, AE_NORMALISATION_PARAMS("[C]")},
    .attrs = {AE_ATTR_REQUIRED(attrs, groups, AE_ATTR_INT, "groups of channels; divides C"), AE_NORMALISATION_EPSILON},
    .attrs_size = sizeof(attrs),
    .saves = AE_SAVES_IN(X) | AE_SAVES_IN(SCALE),
    .shape = group_norm_shape,
    .forward = group_norm_forward,
    .backward = group_norm_backward,
};
