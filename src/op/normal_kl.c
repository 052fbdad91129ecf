/*
** normal_kl: the Kullback-Leibler divergence of normal distributions from normal
** priors, in nats. With m, v mean and logarithm of the variance, n, w those of
** the prior (0 without), u = v - w and d = m - n, each element's is
**   k = (e^u - 1 - u + d^2 e^-w) / 2
**   dk/dm = d e^-w      dk/dv = (e^u - 1) / 2
**   dk/dn = -d e^-w     dk/dw = (1 - e^u - d^2 e^-w) / 2
** and the result their sum over each sample, m, v, n, w [N, ...] -> [N], or with
** elements = true k itself, [N, ...]. Never negative, as e^u - 1 is taken at once.
** Kingma, Welling, "Auto-encoding variational Bayes", ICLR 2014, appendix B.
**
** Not here: the divergence of rows of probabilities (kl.c), free bits
** (dist/normal.lua).
*/
#include "core/op.h"
#include "core/parallel.h"
#include "kernel/lanes.h"
#include "kernel/vmath.h"

enum { MEAN, LOGVAR, PRIOR_MEAN, PRIOR_LOGVAR, INPUTS };

typedef struct attrs {
  bool elements;
} attrs;

static ae_status normal_kl_shape(ae_call *call, ae_spec *out) {
  const attrs *a = call->attrs;
  const ae_shape *m = &call->in_spec[MEAN].shape;
  char want[AE_SHAPE_TEXT], got[AE_SHAPE_TEXT];
  if (m->ndim < 1) return ae_fail(call->err, AE_SHAPE, "normal_kl: mean wants [N, ...], got %s", ae_shape_text(m, got));
  if ((call->in_spec[PRIOR_MEAN].shape.ndim < 0) != (call->in_spec[PRIOR_LOGVAR].shape.ndim < 0))
    return ae_fail(call->err, AE_INVALID, "normal_kl: prior_mean and prior_logvar go together, got one of them");
  for (int i = LOGVAR; i < INPUTS; i++) {
    const ae_shape *s = &call->in_spec[i].shape;
    if (s->ndim >= 0 && !ae_shape_equal(m, s))
      return ae_fail(call->err, AE_SHAPE, "normal_kl: %s wants mean's shape, %s, got %s", call->op->params[i].name,
                     ae_shape_text(m, want), ae_shape_text(s, got));
  }
  *out = (ae_spec){AE_REAL, *m};
  if (!a->elements) out->shape = (ae_shape){.ndim = 1, .dims = {m->dims[0]}};
  return AE_OK;
}

typedef struct job {
  int64_t width; /* elements of a sample */
  const real *in[INPUTS];
  bool elements;
  real *k;          /* forward: [N], or [N, width] with elements */
  const real *g;    /* backward: as k */
  real *to[INPUTS]; /* backward; NULL: nobody wants it */
} job;

AE_INLINE real term(real m, real v) {
  return (real)0.5 * (ae_expm1(v) - v + m * m);
}
AE_INLINE real term_from(real m, real v, real n, real w) {
  const real u = v - w, d = m - n;
  return (real)0.5 * (ae_expm1(u) - u + d * d * ae_exp(-w));
}

AE_SIMD static double sum(int64_t c, const real *m, const real *v) {
  AE_LANES_SUM(c, i, term(m[i], v[i]));
}
AE_SIMD static double sum_from(int64_t c, const real *m, const real *v, const real *n, const real *w) {
  AE_LANES_SUM(c, i, term_from(m[i], v[i], n[i], w[i]));
}

AE_SIMD static void each(int64_t c, const real *m, const real *v, real *restrict k) {
  for (int64_t i = 0; i < c; i++) k[i] = term(m[i], v[i]);
}
AE_SIMD static void each_from(int64_t c, const real *m, const real *v, const real *n, const real *w, real *restrict k) {
  for (int64_t i = 0; i < c; i++) k[i] = term_from(m[i], v[i], n[i], w[i]);
}

static void forward_rows(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  for (int64_t row = begin; row < end; row++) {
    const int64_t at = row * j->width;
    const real *m = j->in[MEAN] + at, *v = j->in[LOGVAR] + at;
    if (j->in[PRIOR_MEAN]) {
      const real *n = j->in[PRIOR_MEAN] + at, *w = j->in[PRIOR_LOGVAR] + at;
      if (j->elements)
        each_from(j->width, m, v, n, w, j->k + at);
      else
        j->k[row] = (real)sum_from(j->width, m, v, n, w);
    } else if (j->elements) {
      each(j->width, m, v, j->k + at);
    } else {
      j->k[row] = (real)sum(j->width, m, v);
    }
  }
}

/* n, w NULL: 0; g has one number, or with `step` 1 one for each element. */
AE_SIMD static void slope_mean(int64_t c, int64_t step, const real *g, const real *m, const real *n, const real *w,
                               real sign, real *restrict to) {
  for (int64_t i = 0; i < c; i++) to[i] = sign * g[i * step] * (n ? (m[i] - n[i]) * ae_exp(-w[i]) : m[i]);
}
AE_SIMD static void slope_logvar(int64_t c, int64_t step, const real *g, const real *v, const real *w,
                                 real *restrict to) {
  for (int64_t i = 0; i < c; i++) to[i] = (real)0.5 * g[i * step] * ae_expm1(w ? v[i] - w[i] : v[i]);
}
AE_SIMD static void slope_prior_logvar(int64_t c, int64_t step, const real *g, const real *m, const real *v,
                                       const real *n, const real *w, real *restrict to) {
  for (int64_t i = 0; i < c; i++) {
    const real d = m[i] - n[i];
    to[i] = (real)-0.5 * g[i * step] * (ae_expm1(v[i] - w[i]) + d * d * ae_exp(-w[i]));
  }
}

static void backward_rows(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const int64_t c = j->width, step = j->elements;
  for (int64_t row = begin; row < end; row++) {
    const int64_t at = row * c;
    const real *g = j->g + (j->elements ? at : row), *m = j->in[MEAN] + at, *v = j->in[LOGVAR] + at;
    const real *n = j->in[PRIOR_MEAN], *w = j->in[PRIOR_LOGVAR];
    if (n) n += at, w += at;
    if (j->to[MEAN]) slope_mean(c, step, g, m, n, w, 1, j->to[MEAN] + at);
    if (j->to[LOGVAR]) slope_logvar(c, step, g, v, w, j->to[LOGVAR] + at);
    if (j->to[PRIOR_MEAN]) slope_mean(c, step, g, m, n, w, -1, j->to[PRIOR_MEAN] + at);
    if (j->to[PRIOR_LOGVAR]) slope_prior_logvar(c, step, g, m, v, n, w, j->to[PRIOR_LOGVAR] + at);
  }
}

static int64_t fill(const ae_call *call, job *j) {
  const ae_shape *shape = &call->in_spec[MEAN].shape;
  const int64_t samples = shape->dims[0], count = ae_shape_count(shape);
  j->elements = ((const attrs *)call->attrs)->elements;
  j->width = samples > 0 ? count / samples : 0;
  for (int i = 0; i < INPUTS; i++) j->in[i] = i < call->n_in && call->in[i] ? ae_reals(call->in[i]) : NULL;
  return samples;
}

static int64_t grain(const job *j) {
  return AE_GRAIN_COSTLY / (j->width > 0 ? j->width : 1) + 1;
}

static ae_status normal_kl_forward(ae_call *call) {
  job j = {.k = ae_reals(call->out[0])};
  const int64_t samples = fill(call, &j);
  ae_parallel(call->ctx, samples, grain(&j), forward_rows, &j);
  return AE_OK;
}

static ae_status normal_kl_backward(ae_call *call) {
  job j = {.g = ae_reals(call->gout[0])};
  const int64_t samples = fill(call, &j);
  for (int i = 0; i < call->n_in && i < INPUTS; i++) {
    ae_tensor *gradient;
    if (!call->wants[i]) continue;
    AE_TRY(ae_call_gradient(call, i, &gradient));
    j.to[i] = ae_reals(gradient);
  }
  ae_parallel(call->ctx, samples, grain(&j), backward_rows, &j);
  return AE_OK;
}

const ae_op ae_op_normal_kl = {
    .name = "normal_kl",
    .doc = "Kullback-Leibler divergence, in nats, of normal distributions given by mean and logarithm of the variance "
           "from normal priors, by default the standard one.\nKingma and Welling 2014, appendix B. Errors: shapes that "
           "differ, half a prior.",
    .result = "[N], summed over each sample; [N, ...] of mean's shape with elements",
    .params =
        {{.name = "mean", .takes = AE_TAKES_REAL, .doc = "[N, ...]"},
         {.name = "logvar", .takes = AE_TAKES_REAL, .doc = "[N, ...] of mean's shape"},
         {.name = "prior_mean", .takes = AE_TAKES_REAL, .doc = "[N, ...] of mean's shape; default 0", .optional = true},
         {.name = "prior_logvar",
          .takes = AE_TAKES_REAL,
          .doc = "[N, ...] of mean's shape, where there is a prior_mean; default 0",
          .optional = true}},
    .attrs = {AE_ATTR(attrs, elements, AE_ATTR_BOOL, 0, "every element's own, not summed; default false")},
    .attrs_size = sizeof(attrs),
    .saves = AE_SAVES_INPUTS,
    .internal = true,
    .shape = normal_kl_shape,
    .forward = normal_kl_forward,
    .backward = normal_kl_backward,
};
