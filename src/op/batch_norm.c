/*
** batch_norm: every channel to mean 0 and variance 1 over all the others, then
** scaled and shifted, with relu in the same pass.
**   x [..., C]   scale, shift [C]?   mean, var [C]?
**   y = f((x - mean) / sqrt(var + epsilon) * scale + shift)
** Without mean and var those of x are taken (training); with them, these
** (evaluation). Either way they are outputs 2 and 3: var is the biased one, the
** sum of squares over M = count / C.
**   back, dz = dy f', h = (x - mean) r, r = 1 / sqrt(var + epsilon):
**   dshift = sum dz   dscale = sum dz h
**   training     dx = scale r (dz - dshift / M - h dscale / M)
**   evaluation   dx = scale r dz   dmean = -scale r dshift   dvar = -scale r^2 dscale / 2
** and what outputs 2 and 3 are asked for themselves.
** Ioffe, Szegedy, "Batch normalization", ICML 2015.
**
** Not here: running statistics and their momentum (nn.BatchNorm).
*/
#include <math.h>
#include <string.h>

#include "core/op.h"
#include "core/parallel.h"

enum { X, SCALE, SHIFT, MEAN, VAR };
enum { Y, OUT_MEAN, OUT_VAR };
enum { SAVED_MEAN, SAVED_RATE };

typedef struct attrs {
  double epsilon;
  int activation;
} attrs;

static const char *const activations[] = {"linear", "relu", NULL};
enum { LINEAR, RELU };

/* Rows are summed in real over this many at a time, those sums in double. */
enum { SUMMED_ROWS = 32 };

static ae_status batch_norm_shape(ae_call *call, ae_spec *out) {
  const attrs *a = call->attrs;
  const ae_shape *x = &call->in_spec[X].shape;
  char text[AE_SHAPE_TEXT];
  if (x->ndim < 1)
    return ae_fail(call->err, AE_SHAPE, "batch_norm: x wants at least 1 dimension, got %s", ae_shape_text(x, text));
  const int64_t C = x->dims[x->ndim - 1];
  for (int i = SCALE; i <= VAR; i++) {
    const ae_shape *s = &call->in_spec[i].shape;
    if (s->ndim >= 0 && (s->ndim != 1 || s->dims[0] != C))
      return ae_fail(call->err, AE_SHAPE, "batch_norm: %s wants shape [%lld], as x has channels, got %s",
                     call->op->params[i].name, (long long)C, ae_shape_text(s, text));
  }
  const bool has_mean = call->in_spec[MEAN].shape.ndim >= 0, has_var = call->in_spec[VAR].shape.ndim >= 0;
  if (has_mean != has_var)
    return ae_fail(call->err, AE_INVALID, "batch_norm: wants mean and var or neither, got %s alone",
                   has_mean ? "mean" : "var");
  if (!(a->epsilon > 0) || !isfinite(a->epsilon))
    return ae_fail(call->err, AE_INVALID, "batch_norm: epsilon must be greater than 0 and finite, got %g", a->epsilon);
  if (!has_mean && C > 0 && ae_shape_count(x) == 0)
    return ae_fail(call->err, AE_SHAPE, "batch_norm: there are no rows to take mean and variance of, got %s",
                   ae_shape_text(x, text));
  const int64_t channels[] = {C};
  out[Y] = (ae_spec){AE_REAL, *x};
  for (int k = OUT_MEAN; k <= OUT_VAR; k++) {
    out[k].type = AE_REAL;
    AE_TRY(ae_shape_make("batch_norm", 1, channels, &out[k].shape, call->err));
  }
  return AE_OK;
}

/* What the threads of one pass share; x and dy [rows, C], the rest [C]. */
typedef struct pass {
  int64_t rows, C;
  bool relu;
  const real *x, *dy;
  const real *mean, *rate, *scale, *shift; /* scale, shift NULL: 1, 0 */
  const real *h_share, *share;             /* back: dx = scale r dz - share - (x - mean) h_share */
  const real *factor;                      /* scale * rate */
  real *out;                               /* y or dx */
  double *sums;                            /* [parts, 2, C] */
  real *scratch;                           /* [parts, 2, C] */
} pass;

/* ---- Sums over rows ---- */

AE_SIMD static void sum_row(const pass *p, const real *restrict x, real *restrict sum) {
  for (int64_t c = 0; c < p->C; c++) sum[c] += x[c];
}

AE_SIMD static void sum_squares_row(const pass *p, const real *restrict x, real *restrict sum) {
  const real *restrict mean = p->mean;
  for (int64_t c = 0; c < p->C; c++) sum[c] += (x[c] - mean[c]) * (x[c] - mean[c]);
}

/* dz of one channel, from x and dy. */
AE_INLINE real slope(const pass *p, int64_t c, real x, real dy) {
  if (!p->relu) return dy;
  const real z = (x - p->mean[c]) * p->factor[c] + (p->shift ? p->shift[c] : 0);
  return z > 0 ? dy : 0;
}

AE_SIMD static void sum_gradients_row(const pass *p, const real *restrict x, const real *restrict dy,
                                      real *restrict sum, real *restrict h_sum) {
  for (int64_t c = 0; c < p->C; c++) {
    const real dz = slope(p, c, x[c], dy[c]);
    sum[c] += dz;
    h_sum[c] += dz * ((x[c] - p->mean[c]) * p->rate[c]);
  }
}

AE_SIMD static void add_wide(int64_t n, const real *restrict from, double *restrict to) {
  for (int64_t i = 0; i < n; i++) to[i] += from[i];
}

typedef enum term { SUM, SQUARES, GRADIENTS } term;

AE_INLINE void sum_rows(const pass *p, term what, int part, int64_t begin, int64_t end) {
  const int64_t C = p->C;
  double *sums = p->sums + part * 2 * C;
  real *scratch = p->scratch + part * 2 * C;
  for (int64_t first = begin; first < end; first += SUMMED_ROWS) {
    const int64_t last = first + SUMMED_ROWS < end ? first + SUMMED_ROWS : end;
    memset(scratch, 0, (size_t)(2 * C) * sizeof *scratch);
    for (int64_t row = first; row < last; row++) {
      const real *x = p->x + row * C;
      if (what == SUM)
        sum_row(p, x, scratch);
      else if (what == SQUARES)
        sum_squares_row(p, x, scratch);
      else
        sum_gradients_row(p, x, p->dy + row * C, scratch, scratch + C);
    }
    add_wide(what == GRADIENTS ? 2 * C : C, scratch, sums);
  }
}

static void sum_values(void *arg, int part, int64_t begin, int64_t end) {
  sum_rows(arg, SUM, part, begin, end);
}
static void sum_squares(void *arg, int part, int64_t begin, int64_t end) {
  sum_rows(arg, SQUARES, part, begin, end);
}
static void sum_gradients(void *arg, int part, int64_t begin, int64_t end) {
  sum_rows(arg, GRADIENTS, part, begin, end);
}

static int part_count(const ae_context *ctx, const pass *p) {
  return ae_parallel_count(ctx, p->rows, AE_GRAIN_CHEAP / (p->C > 0 ? p->C : 1) + 1);
}

static size_t sums_bytes(const pass *p, int parts) {
  return (size_t)parts * 2 * (size_t)p->C * (sizeof(double) + sizeof(real));
}

/* Runs fn and leaves the totals in the first part's sums. */
static void total(ae_context *ctx, pass *p, int parts, void *block, ae_part_fn fn) {
  memset(block, 0, sums_bytes(p, parts));
  p->sums = block;
  p->scratch = (real *)(p->sums + (int64_t)parts * 2 * p->C);
  ae_parallel_parts(ctx, p->rows, parts, fn, p);
  for (int part = 1; part < parts; part++)
    for (int64_t i = 0; i < 2 * p->C; i++) p->sums[i] += p->sums[part * 2 * p->C + i];
}

/* ---- Forward ---- */

AE_SIMD static void normalise_row(const pass *p, const real *restrict x, real *restrict y) {
  for (int64_t c = 0; c < p->C; c++) {
    real z = (x[c] - p->mean[c]) * p->factor[c] + (p->shift ? p->shift[c] : 0);
    y[c] = p->relu && z < 0 ? 0 : z;
  }
}

static void normalise_rows(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  (void)part;
  for (int64_t row = begin; row < end; row++) normalise_row(p, p->x + row * p->C, p->out + row * p->C);
}

static pass pass_over(const ae_call *call) {
  const attrs *a = call->attrs;
  const ae_shape *x = &call->in_spec[X].shape;
  const int64_t C = x->dims[x->ndim - 1];
  return (pass){.rows = C > 0 ? ae_shape_count(x) / C : 0,
                .C = C,
                .relu = a->activation == RELU,
                .x = ae_reals(call->in[X]),
                .scale = call->in[SCALE] ? ae_reals(call->in[SCALE]) : NULL,
                .shift = call->in[SHIFT] ? ae_reals(call->in[SHIFT]) : NULL};
}

/* factor [C], at the end of a block of sums. */
static void set_factor(pass *p, real *factor) {
  for (int64_t c = 0; c < p->C; c++) factor[c] = p->rate[c] * (p->scale ? p->scale[c] : 1);
  p->factor = factor;
}

static ae_status batch_norm_forward(ae_call *call) {
  const attrs *a = call->attrs;
  pass p = pass_over(call);
  real *mean = ae_reals(call->out[OUT_MEAN]), *var = ae_reals(call->out[OUT_VAR]);
  for (int i = SAVED_MEAN; i <= SAVED_RATE; i++)
    AE_TRY(ae_tensor_new(call->ctx, AE_REAL, &call->out_spec[OUT_MEAN].shape, &call->saved[i], call->err));
  real *saved_mean = ae_reals(call->saved[SAVED_MEAN]), *rate = ae_reals(call->saved[SAVED_RATE]);
  const int parts = part_count(call->ctx, &p);
  const size_t sums = sums_bytes(&p, parts), bytes = sums + (size_t)p.C * sizeof(real);
  void *block;
  AE_TRY(ae_allocate(call->ctx->allocator, bytes, &block, call->err));
  if (call->in[MEAN]) {
    ae_tensor_copy(call->ctx, call->out[OUT_MEAN], call->in[MEAN]);
    ae_tensor_copy(call->ctx, call->out[OUT_VAR], call->in[VAR]);
  } else {
    total(call->ctx, &p, parts, block, sum_values);
    for (int64_t c = 0; c < p.C; c++) mean[c] = (real)(p.sums[c] / (double)p.rows);
    p.mean = mean;
    total(call->ctx, &p, parts, block, sum_squares);
    for (int64_t c = 0; c < p.C; c++) var[c] = (real)(p.sums[c] / (double)p.rows);
  }
  for (int64_t c = 0; c < p.C; c++) {
    saved_mean[c] = mean[c];
    rate[c] = (real)(1 / sqrt((double)var[c] + a->epsilon));
  }
  p.mean = saved_mean, p.rate = rate, p.out = ae_reals(call->out[Y]);
  set_factor(&p, (real *)((char *)block + sums));
  ae_parallel_parts(call->ctx, p.rows, parts, normalise_rows, &p);
  ae_free(call->ctx->allocator, block, bytes);
  return AE_OK;
}

/* ---- Back ---- */

AE_SIMD static void back_row(const pass *p, const real *restrict x, const real *dy, real *dx) {
  AE_IVDEP
  for (int64_t c = 0; c < p->C; c++) {
    const real dz = dy ? slope(p, c, x[c], dy[c]) : 0;
    dx[c] = p->factor[c] * dz - p->share[c] - (x[c] - p->mean[c]) * p->h_share[c];
  }
}

static void back_rows(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  (void)part;
  for (int64_t row = begin; row < end; row++)
    back_row(p, p->x + row * p->C, p->dy ? p->dy + row * p->C : NULL, p->out + row * p->C);
}

/* The gradients of the [C] inputs, from the sums. */
static ae_status small_gradients(ae_call *call, const pass *p) {
  const ae_tensor *gmean = call->gout[OUT_MEAN], *gvar = call->gout[OUT_VAR];
  const double *dshift = p->sums, *dscale = p->sums + p->C;
  for (int i = SCALE; i <= VAR; i++) {
    if (!call->wants[i]) continue;
    ae_tensor *t;
    AE_TRY(ae_call_gradient(call, i, &t));
    real *g = ae_reals(t);
    for (int64_t c = 0; c < p->C; c++) {
      const double factor = p->factor[c], rate = p->rate[c];
      double value = i == SCALE ? dscale[c] : dshift[c];
      if (i == MEAN) value = (gmean ? (double)ae_reals(gmean)[c] : 0) - factor * dshift[c];
      if (i == VAR) value = (gvar ? (double)ae_reals(gvar)[c] : 0) - factor * rate * dscale[c] / 2;
      g[c] = (real)value;
    }
  }
  return AE_OK;
}

/* What every row of dx has taken off, in training. */
static void set_shares(const ae_call *call, const pass *p, real *share, real *h_share) {
  const ae_tensor *gmean = call->gout[OUT_MEAN], *gvar = call->gout[OUT_VAR];
  const double M = (double)p->rows;
  for (int64_t c = 0; c < p->C; c++) {
    share[c] = h_share[c] = 0;
    if (call->in_spec[MEAN].shape.ndim >= 0) continue;
    const double factor = p->factor[c], rate = p->rate[c];
    share[c] = (real)((factor * p->sums[c] - (gmean ? (double)ae_reals(gmean)[c] : 0)) / M);
    h_share[c] = (real)((factor * rate * p->sums[p->C + c] - (gvar ? 2 * (double)ae_reals(gvar)[c] : 0)) / M);
  }
}

static ae_status batch_norm_backward(ae_call *call) {
  pass p = pass_over(call);
  p.mean = ae_reals(call->saved[SAVED_MEAN]), p.rate = ae_reals(call->saved[SAVED_RATE]);
  p.dy = call->gout[Y] ? ae_reals(call->gout[Y]) : NULL;
  const int parts = part_count(call->ctx, &p);
  const size_t sums = sums_bytes(&p, parts), bytes = sums + 3 * (size_t)p.C * sizeof(real);
  void *block;
  AE_TRY(ae_allocate(call->ctx->allocator, bytes, &block, call->err));
  real *factor = (real *)((char *)block + sums), *share = factor + p.C, *h_share = share + p.C;
  set_factor(&p, factor);
  memset(block, 0, sums);
  p.sums = block;
  if (p.dy) total(call->ctx, &p, parts, block, sum_gradients);
  ae_status status = small_gradients(call, &p);
  ae_tensor *dx = NULL;
  if (status == AE_OK && call->wants[X]) status = ae_call_gradient(call, X, &dx);
  if (status == AE_OK && dx) {
    set_shares(call, &p, share, h_share);
    p.share = share, p.h_share = h_share, p.out = ae_reals(dx);
    ae_parallel_parts(call->ctx, p.rows, parts, back_rows, &p);
  }
  ae_free(call->ctx->allocator, block, bytes);
  return status;
}

const ae_op ae_op_batch_norm = {
    .name = "batch_norm",
    .doc =
        "Every channel (last dimension) to mean 0 and variance 1 over all other dimensions, then scaled and shifted: "
        "f((x - mean) / sqrt(var + epsilon) * scale + shift).\n"
        "Without mean and var those of x are taken (training), with them these (evaluation). The variance is the "
        "biased one. nn.BatchNorm keeps running ones. Ioffe, Szegedy 2015. Errors: shapes that do not fit, one of mean "
        "and var alone, no rows.",
    .result = "[..., C] y; [C] the mean used; [C] the variance used",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[..., C]"},
               {.name = "scale", .takes = AE_TAKES_REAL, .doc = "[C] (gamma); absent: 1", .optional = true},
               {.name = "shift", .takes = AE_TAKES_REAL, .doc = "[C] (beta); absent: 0", .optional = true},
               {.name = "mean", .takes = AE_TAKES_REAL, .doc = "[C] to use instead of x's", .optional = true},
               {.name = "var", .takes = AE_TAKES_REAL, .doc = "[C] to use instead of x's", .optional = true}},
    .attrs = {AE_ATTR(attrs, epsilon, AE_ATTR_REAL, 1e-5,
                      "added to the variance; greater than 0, default 1e-5 as in PyTorch (Keras: 1e-3)"),
              AE_ATTR_CHOICE(attrs, activation, activations, LINEAR, "\"linear\" (the default) or \"relu\"")},
    .attrs_size = sizeof(attrs),
    .n_out = 3,
    .saves = AE_SAVES_IN(X) | AE_SAVES_IN(SCALE) | AE_SAVES_IN(SHIFT),
    .shape = batch_norm_shape,
    .forward = batch_norm_forward,
    .backward = batch_norm_backward,
};
