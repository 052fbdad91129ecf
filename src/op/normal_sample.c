/*
** normal_sample: draws from normal distributions, so that gradients reach their
** parameters (the reparameterisation of Kingma, Welling, "Auto-encoding
** variational Bayes", ICLR 2014)
**   z = m + e^(v/2) e,   e ~ N(0, 1)         m, v [...] -> z [...]
**   with samples = S > 0: S draws of each    m, v [...] -> z [S, ...]
**   dL/dm = sum over draws of g      dL/dv = sum over draws of g e^(v/2) e / 2
** v is the logarithm of the variance, and may be any number: nothing is clamped.
**
** Not here: the distribution itself (dist/normal.lua).
*/
#include <inttypes.h>
#include <string.h>

#include "core/op.h"
#include "core/parallel.h"
#include "core/random.h"
#include "kernel/vmath.h"

enum { MEAN, LOGVAR };
enum { HALF }; /* saved: (z - m) / 2 [S, ...], which rounding m cannot eat */

typedef struct attrs {
  int64_t samples;
} attrs;

static ae_status normal_sample_shape(ae_call *call, ae_spec *out) {
  const attrs *a = call->attrs;
  const ae_shape *m = &call->in_spec[MEAN].shape, *v = &call->in_spec[LOGVAR].shape;
  char want[AE_SHAPE_TEXT], got[AE_SHAPE_TEXT];
  if (!ae_shape_equal(m, v))
    return ae_fail(call->err, AE_SHAPE, "normal_sample: logvar wants mean's shape, %s, got %s", ae_shape_text(m, want),
                   ae_shape_text(v, got));
  if (a->samples < 0)
    return ae_fail(call->err, AE_INVALID, "normal_sample: samples wants 0 or more, got %" PRId64, a->samples);
  *out = (ae_spec){AE_REAL, *m};
  if (a->samples == 0) return AE_OK;
  int64_t sizes[AE_MAX_DIMS];
  if (m->ndim == AE_MAX_DIMS)
    return ae_fail(call->err, AE_SHAPE, "normal_sample: mean %s has no room for a dimension of samples",
                   ae_shape_text(m, got));
  sizes[0] = a->samples;
  for (int d = 0; d < m->ndim; d++) sizes[d + 1] = m->dims[d];
  return ae_shape_make("normal_sample", m->ndim + 1, sizes, &out->shape, call->err);
}

typedef struct job {
  int64_t draws, count; /* count: elements of one draw */
  const real *mean, *logvar;
  real *half;    /* forward: NULL, or written; backward: read */
  real *z;       /* forward: holds e */
  const real *g; /* backward */
  real *gm, *gv; /* backward: NULL where nobody wants it */
} job;

AE_SIMD static void draw(int64_t n, const real *restrict mean, const real *restrict logvar, real *restrict z) {
  for (int64_t i = 0; i < n; i++) z[i] = mean[i] + ae_exp((real)0.5 * logvar[i]) * z[i];
}

AE_SIMD static void draw_saving(int64_t n, const real *restrict mean, const real *restrict logvar, real *restrict half,
                                real *restrict z) {
  for (int64_t i = 0; i < n; i++) {
    const real away = ae_exp((real)0.5 * logvar[i]) * z[i];
    half[i] = (real)0.5 * away;
    z[i] = mean[i] + away;
  }
}

AE_SIMD static void add(int64_t n, const real *restrict g, real *restrict to) {
  for (int64_t i = 0; i < n; i++) to[i] += g[i];
}

AE_SIMD static void add_product(int64_t n, const real *restrict g, const real *restrict half, real *restrict to) {
  for (int64_t i = 0; i < n; i++) to[i] += g[i] * half[i];
}

static void run_forward(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  for (int64_t s = 0; s < j->draws; s++) {
    const int64_t at = s * j->count + begin;
    if (j->half)
      draw_saving(end - begin, j->mean + begin, j->logvar + begin, j->half + at, j->z + at);
    else
      draw(end - begin, j->mean + begin, j->logvar + begin, j->z + at);
  }
}

static void run_backward(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const size_t bytes = (size_t)(end - begin) * sizeof(real);
  if (j->gm) memset(j->gm + begin, 0, bytes);
  if (j->gv) memset(j->gv + begin, 0, bytes);
  for (int64_t s = 0; s < j->draws; s++) {
    const int64_t at = s * j->count + begin;
    if (j->gm) add(end - begin, j->g + at, j->gm + begin);
    if (j->gv) add_product(end - begin, j->g + at, j->half + at, j->gv + begin);
  }
}

static int64_t grain(const job *j) {
  return AE_GRAIN_COSTLY / (j->draws > 0 ? j->draws : 1) + 1;
}

static job job_of(const ae_call *call) {
  const attrs *a = call->attrs;
  job j = {.draws = a->samples > 0 ? a->samples : 1};
  j.count = ae_shape_count(&call->in_spec[MEAN].shape);
  return j;
}

static ae_status normal_sample_forward(ae_call *call) {
  job j = job_of(call);
  ae_tensor *z = call->out[0];
  j.mean = ae_reals(call->in[MEAN]), j.logvar = ae_reals(call->in[LOGVAR]), j.z = ae_reals(z);
  if (call->recording) {
    AE_TRY(ae_tensor_new(call->ctx, AE_REAL, &z->shape, &call->saved[HALF], call->err));
    j.half = ae_reals(call->saved[HALF]);
  }
  const ae_random draws = ae_random_take(&call->ctx->random, ae_random_blocks(z->count));
  ae_random_normal(call->ctx, &draws, j.z, z->count, 0, 1);
  ae_parallel(call->ctx, j.count, grain(&j), run_forward, &j);
  return AE_OK;
}

static ae_status normal_sample_backward(ae_call *call) {
  job j = job_of(call);
  ae_tensor *gm = NULL, *gv = NULL;
  if (call->wants[MEAN]) AE_TRY(ae_call_gradient(call, MEAN, &gm));
  if (call->wants[LOGVAR]) AE_TRY(ae_call_gradient(call, LOGVAR, &gv));
  j.g = ae_reals(call->gout[0]), j.half = ae_reals(call->saved[HALF]);
  j.gm = gm ? ae_reals(gm) : NULL, j.gv = gv ? ae_reals(gv) : NULL;
  ae_parallel(call->ctx, j.count, grain(&j), run_backward, &j);
  return AE_OK;
}

const ae_op ae_op_normal_sample = {
    .name = "normal_sample",
    .doc = "Draws from normal distributions given by mean and logarithm of the variance: mean + exp(logvar / 2) times "
           "standard normal numbers.\nGradients reach mean and logvar (Kingma and Welling 2014). Draws from the random "
           "stream (ae.seed). Errors: shapes that differ.",
    .result = "a tensor of mean's shape; [samples, ...] where samples is more than 0",
    .params = {{.name = "mean", .takes = AE_TAKES_REAL, .doc = "[...] any shape"},
               {.name = "logvar", .takes = AE_TAKES_REAL, .doc = "[...] of mean's shape"}},
    .attrs = {AE_ATTR(attrs, samples, AE_ATTR_INT, 0,
                      "draws of each, in a first dimension; default 0: one, without it")},
    .attrs_size = sizeof(attrs),
    .internal = true,
    .shape = normal_sample_shape,
    .forward = normal_sample_forward,
    .backward = normal_sample_backward,
};
