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
#include <string.h>

#include "core/parallel.h"
#include "kernel/normalise.h"
#include "op/normalisation.h"

enum { X = AE_NORMALISED, SCALE, SHIFT, MEAN, VAR };
enum { Y, OUT_MEAN, OUT_VAR };
enum { SAVED_MEAN, SAVED_RATE };

typedef struct attrs {
  double epsilon;
  int activation;
} attrs;

static const char *const activations[] = {"linear", "relu", NULL};
enum { LINEAR, RELU };

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

/* What the threads of one pass share. */
typedef struct pass {
  ae_channels seen; /* x, dy, y and dx */
  ae_normal normal; /* its factor: scale * rate */
  const real *x, *dy;
  real *out;    /* y or dx */
  double *sums; /* back: [parts, 2, width] */
  void *block;  /* that the arrays lie in */
  size_t bytes;
} pass;

static ae_status pass_open(ae_call *call, pass *p) {
  const int64_t count = ae_shape_count(&call->in_spec[X].shape), C = call->out_spec[OUT_MEAN].shape.dims[0];
  *p = (pass){.seen = ae_channels_of(call->ctx, count, C), .x = ae_reals(call->in[X])};
  const size_t width = (size_t)p->seen.width, sums = (size_t)p->seen.parts * 2 * width;
  p->bytes = sums * sizeof(double) + AE_NORMAL_ARRAYS * width * sizeof(real);
  AE_TRY(ae_allocate(call->ctx->allocator, p->bytes, &p->block, call->err));
  p->sums = p->block;
  memset(p->sums, 0, sums * sizeof(double));
  ae_normal_lay(&p->normal, &p->seen, ((const attrs *)call->attrs)->activation == RELU, (real *)(p->sums + sums));
  return AE_OK;
}

static void pass_close(ae_call *call, pass *p) {
  ae_free(call->ctx->allocator, p->block, p->bytes);
}

static void run_pass(ae_context *ctx, pass *p, ae_part_fn fn) {
  ae_parallel_parts(ctx, ae_channels_rows(&p->seen), p->seen.parts, fn, p);
}

static void set_factor(const ae_call *call, pass *p, const real *mean, const real *rate) {
  const real *scale = call->in[SCALE] ? ae_reals(call->in[SCALE]) : NULL;
  const real *shift = call->in[SHIFT] ? ae_reals(call->in[SHIFT]) : NULL;
  for (int64_t c = 0; c < p->seen.C; c++) {
    p->normal.mean[c] = mean[c];
    p->normal.factor[c] = rate[c] * (scale ? scale[c] : 1);
    p->normal.shift[c] = shift ? shift[c] : 0;
  }
  ae_channels_spread(&p->seen, p->normal.mean);
  ae_channels_spread(&p->seen, p->normal.factor);
  ae_channels_spread(&p->seen, p->normal.shift);
}

/* ---- Forward ---- */

static void normalise_rows(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  (void)part;
  ae_normal_forward(&p->normal, begin, end, p->x, p->out);
}

static ae_status batch_norm_forward(ae_call *call) {
  const attrs *a = call->attrs;
  pass p;
  real *mean = ae_reals(call->out[OUT_MEAN]), *var = ae_reals(call->out[OUT_VAR]);
  for (int i = SAVED_MEAN; i <= SAVED_RATE; i++)
    AE_TRY(ae_tensor_new(call->ctx, AE_REAL, &call->out_spec[OUT_MEAN].shape, &call->saved[i], call->err));
  real *saved_mean = ae_reals(call->saved[SAVED_MEAN]), *rate = ae_reals(call->saved[SAVED_RATE]);
  AE_TRY(pass_open(call, &p));
  ae_status status = AE_OK;
  if (call->in[MEAN]) {
    ae_tensor_copy(call->ctx, call->out[OUT_MEAN], call->in[MEAN]);
    ae_tensor_copy(call->ctx, call->out[OUT_VAR], call->in[VAR]);
  } else {
    status = ae_channels_moments(call->ctx, &p.seen, p.x, mean, var, call->err);
  }
  if (status == AE_OK) {
    for (int64_t c = 0; c < p.seen.C; c++) {
      saved_mean[c] = mean[c];
      rate[c] = (real)(1 / sqrt((double)var[c] + a->epsilon));
    }
    set_factor(call, &p, saved_mean, rate);
    p.out = ae_reals(call->out[Y]);
    run_pass(call->ctx, &p, normalise_rows);
  }
  pass_close(call, &p);
  return status;
}

/* ---- Back ---- */

static void sum_gradients(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  ae_normal_sums(&p->normal, begin, end, p->x, p->dy, p->sums + part * 2 * p->seen.width);
}

/* Leaves dshift and dscale / rate of every channel where the first part's sums are. */
static void total_gradients(ae_context *ctx, pass *p) {
  if (!p->dy) return; /* all 0 */
  run_pass(ctx, p, sum_gradients);
  for (int64_t c = 0; c < p->seen.C; c++) {
    double sum = 0, off_sum = 0;
    for (int part = 0; part < p->seen.parts; part++) {
      const double *sums = p->sums + part * 2 * p->seen.width;
      for (int64_t i = c; i < p->seen.width; i += p->seen.C) sum += sums[i], off_sum += sums[p->seen.width + i];
    }
    p->sums[c] = sum, p->sums[p->seen.width + c] = off_sum;
  }
}

static void back_rows(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  (void)part;
  ae_normal_back(&p->normal, begin, end, p->x, p->dy, p->out);
}

/* The gradients of the [C] inputs, from the sums. */
static ae_status small_gradients(ae_call *call, const pass *p, const real *rates) {
  const ae_tensor *gmean = call->gout[OUT_MEAN], *gvar = call->gout[OUT_VAR];
  for (int i = SCALE; i <= VAR; i++) {
    if (!call->wants[i]) continue;
    ae_tensor *t;
    AE_TRY(ae_call_gradient(call, i, &t));
    real *g = ae_reals(t);
    for (int64_t c = 0; c < p->seen.C; c++) {
      const double factor = (double)p->normal.factor[c], rate = (double)rates[c];
      const double dshift = p->sums[c], dscale = rate * p->sums[p->seen.width + c];
      double value = i == SCALE ? dscale : dshift;
      if (i == MEAN) value = (gmean ? (double)ae_reals(gmean)[c] : 0) - factor * dshift;
      if (i == VAR) value = (gvar ? (double)ae_reals(gvar)[c] : 0) - factor * rate * dscale / 2;
      g[c] = (real)value;
    }
  }
  return AE_OK;
}

/* What every row of dx has taken off, in training; in evaluation nothing. */
static void set_shares(const ae_call *call, const pass *p, const real *rates) {
  const ae_tensor *gmean = call->gout[OUT_MEAN], *gvar = call->gout[OUT_VAR];
  const double M = (double)(ae_shape_count(&call->in_spec[X].shape) / p->seen.C);
  for (int64_t c = 0; c < p->seen.C; c++) {
    const double factor = (double)p->normal.factor[c], rate = (double)rates[c];
    p->normal.share[c] = (real)((factor * p->sums[c] - (gmean ? (double)ae_reals(gmean)[c] : 0)) / M);
    p->normal.h_share[c] =
        (real)((factor * rate * rate * p->sums[p->seen.width + c] - (gvar ? 2 * (double)ae_reals(gvar)[c] : 0)) / M);
  }
  ae_channels_spread(&p->seen, p->normal.share);
  ae_channels_spread(&p->seen, p->normal.h_share);
}

static ae_status batch_norm_backward(ae_call *call) {
  const real *rates = ae_reals(call->saved[SAVED_RATE]);
  const bool training = call->in_spec[MEAN].shape.ndim < 0;
  pass p;
  AE_TRY(pass_open(call, &p));
  set_factor(call, &p, ae_reals(call->saved[SAVED_MEAN]), rates);
  p.dy = call->gout[Y] ? ae_reals(call->gout[Y]) : NULL;
  total_gradients(call->ctx, &p);
  ae_status status = small_gradients(call, &p, rates);
  if (training && p.seen.C > 0) set_shares(call, &p, rates);
  if (status == AE_OK && call->wants[X]) {
    ae_tensor *dx;
    status = ae_normalisation_gradient(call, &dx);
    if (status == AE_OK && p.seen.C > 0) {
      p.out = ae_reals(dx);
      run_pass(call->ctx, &p, back_rows);
    }
  }
  pass_close(call, &p);
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
