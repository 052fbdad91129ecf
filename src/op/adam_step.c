/*
** adam_step: the update that Adam, AMSGrad, AdamW and NAdam share. d: optimizer.h.
**   m = beta1 * m + (1 - beta1) * d          v = beta2 * v + (1 - beta2) * d^2
**   s = v, or with top: s = top = max(top, v)
**   w = decay * w - (of_d * d + of_m * m) / (sqrt(s) * correction + eps)
** All tensors of one shape; all but g change in place. m below the smallest
** normal number is kept as 0, v as that number.
** Not here: of_d, of_m and correction, which depend on the method and the
** number of the step (lua/aelua/optim).
*/
#include "op/optimizer.h"

struct adam_attrs {
  double of_m, beta1, beta2, eps, correction, of_d, decay;
  ae_direction direction;
};

struct adam_job {
  real *w, *m, *v, *top;
  const real *g;
  real of_m, beta1, beta2, eps, correction, of_d, decay;
  real left1, left2; /* 1 - beta, from double: 1 - 0.999 has few digits left in float */
  ae_direction_loop direction;
};

/* `highest` is a constant where this is called: one loop for each of its values. */
AE_INLINE void update(int64_t n, real *restrict w, const real *restrict g, real *restrict m, real *restrict v,
                      real *restrict top, const struct adam_job *job, bool highest) {
  const real of_m = job->of_m, beta1 = job->beta1, beta2 = job->beta2, eps = job->eps, correction = job->correction;
  const real of_d = job->of_d, decay = job->decay, left1 = job->left1, left2 = job->left2;
  const ae_direction_loop direction = job->direction;
  for (int64_t i = 0; i < n; i++) {
    real d = ae_direct(direction, g[i], w[i]);
    real mi = ae_decayed(beta1 * m[i] + left1 * d);
    real vi = ae_decayed_square(beta2 * v[i] + left2 * d * d);
    m[i] = mi;
    v[i] = vi;
    if (highest) {
      vi = vi > top[i] ? vi : top[i];
      top[i] = vi;
    }
    w[i] = decay * w[i] - (of_d * d + of_m * mi) / (ae_sqrt(vi) * correction + eps);
  }
}

static AE_SIMD void adam(int64_t n, real *w, const real *g, real *m, real *v, const struct adam_job *job) {
  update(n, w, g, m, v, NULL, job, false);
}

static AE_SIMD void amsgrad(int64_t n, real *w, const real *g, real *m, real *v, real *top,
                            const struct adam_job *job) {
  update(n, w, g, m, v, top, job, true);
}

static void run(void *arg, int64_t begin, int64_t end) {
  const struct adam_job *j = arg;
  if (j->top)
    amsgrad(end - begin, j->w + begin, j->g + begin, j->m + begin, j->v + begin, j->top + begin, j);
  else
    adam(end - begin, j->w + begin, j->g + begin, j->m + begin, j->v + begin, j);
}

static ae_status adam_forward(ae_call *call) {
  const struct adam_attrs *a = call->attrs;
  struct adam_job job = {.w = ae_reals(call->in[0]),
                         .g = ae_reals(call->in[1]),
                         .m = ae_reals(call->in[2]),
                         .v = ae_reals(call->in[3]),
                         .top = call->in[4] ? ae_reals(call->in[4]) : NULL,
                         .of_m = (real)a->of_m,
                         .beta1 = (real)a->beta1,
                         .beta2 = (real)a->beta2,
                         .eps = (real)a->eps,
                         .correction = (real)a->correction,
                         .of_d = (real)a->of_d,
                         .decay = (real)a->decay,
                         .left1 = (real)(1 - a->beta1),
                         .left2 = (real)(1 - a->beta2),
                         .direction = ae_direction_of(&a->direction)};
  ae_parallel(call->ctx, call->in[0]->count, AE_GRAIN_COSTLY, run, &job);
  return ae_step_done(call);
}

const ae_op ae_op_adam_step = {
    .name = "adam_step",
    .doc = "One step of Adam or of a method like it, in place.\n"
           "m = beta1 * m + (1 - beta1) * d; v = beta2 * v + (1 - beta2) * d^2; s = v, or with top s = top = max(top, "
           "v);\n"
           "w = decay * w - (of_d * d + of_m * m) / (sqrt(s) * correction + eps).\n"
           "d = scale * clamp(g, -clip, clip) + penalty * w. Adam: of_m = lr / (1 - beta1^t),\n"
           "correction = 1 / sqrt(1 - beta2^t), t = 1, 2, ...\n"
           "Errors: shape, where the tensors' shapes differ.\n"
           "Source: Kingma, Ba, Adam: a method for stochastic optimization, ICLR 2015.",
    .result = "w itself",
    .params = {{.name = "w", .takes = AE_TAKES_REAL, .doc = "[...] parameters; changed"},
               {.name = "g", .takes = AE_TAKES_REAL, .doc = "[...] their gradient"},
               {.name = "m", .takes = AE_TAKES_REAL, .doc = "[...] mean of the gradient; changed"},
               {.name = "v", .takes = AE_TAKES_REAL, .doc = "[...] mean of its square; changed"},
               {.name = "top", .takes = AE_TAKES_REAL, .doc = "[...] highest v so far; changed", .optional = true}},
    .attrs = {AE_ATTR_REQUIRED(struct adam_attrs, of_m, AE_ATTR_REAL, "step along m"),
              AE_ATTR(struct adam_attrs, beta1, AE_ATTR_REAL, 0.9, "share of m that is kept; default 0.9"),
              AE_ATTR(struct adam_attrs, beta2, AE_ATTR_REAL, 0.999, "share of v that is kept; default 0.999"),
              AE_ATTR(struct adam_attrs, eps, AE_ATTR_REAL, 1e-8, "added to the root; default 1e-8"),
              AE_ATTR(struct adam_attrs, correction, AE_ATTR_REAL, 1, "factor of the root; default 1"),
              AE_ATTR(struct adam_attrs, of_d, AE_ATTR_REAL, 0, "step along d; default 0"),
              AE_ATTR(struct adam_attrs, decay, AE_ATTR_REAL, 1, "factor of w before the step; default 1"),
              AE_DIRECTION_ATTRS(struct adam_attrs)},
    .attrs_size = sizeof(struct adam_attrs),
    .makes_outputs = true,
    .internal = true,
    .no_gradient = AE_STEP_NO_GRADIENT,
    .shape = ae_step_shape,
    .forward = adam_forward,
    .work = ae_step_work};
