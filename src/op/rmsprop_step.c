/*
** rmsprop_step: RMSprop, centered where there is a mean, with momentum where
** there is a velocity. d: optimizer.h.
**   v = rho * v + (1 - rho) * d^2            mean = rho * mean + (1 - rho) * d
**   q = d / (sqrt(v - mean^2) + eps)         (mean 0 where it is absent)
**   u = momentum * u + q;  w = w - lr * u    (w = w - lr * q without u)
** All tensors of one shape; all but g change in place. mean and u below the
** smallest normal number are kept as 0, v as that number.
*/
#include "op/optimizer.h"

struct rmsprop_attrs {
  double lr, rho, eps, momentum;
  ae_direction direction;
};

struct rmsprop_job {
  real *w, *v, *mean, *u;
  const real *g;
  real lr, rho, left, eps, momentum; /* left: 1 - rho, from double */
  ae_direction_loop direction;
};

/* centered and moving are constants where this is called. */
AE_INLINE void update(int64_t n, real *restrict w, const real *restrict g, real *restrict v, real *restrict mean,
                      real *restrict u, const struct rmsprop_job *job, bool centered, bool moving) {
  const real lr = job->lr, rho = job->rho, left = job->left, eps = job->eps, momentum = job->momentum;
  const ae_direction_loop direction = job->direction;
  for (int64_t i = 0; i < n; i++) {
    real d = ae_direct(direction, g[i], w[i]);
    real variance = ae_decayed_square(rho * v[i] + left * d * d);
    v[i] = variance;
    if (centered) {
      real middle = ae_decayed(mean[i] + left * (d - mean[i]));
      mean[i] = middle;
      variance -= middle * middle;
      variance = variance > 0 ? variance : 0; /* rounding may leave it a little below */
    }
    real q = d / (ae_sqrt(variance) + eps);
    if (moving) u[i] = q = ae_decayed(momentum * u[i] + q);
    w[i] -= lr * q;
  }
}

static AE_SIMD void plain(int64_t n, real *w, const real *g, real *v, const struct rmsprop_job *job) {
  update(n, w, g, v, NULL, NULL, job, false, false);
}

static AE_SIMD void moving(int64_t n, real *w, const real *g, real *v, real *u, const struct rmsprop_job *job) {
  update(n, w, g, v, NULL, u, job, false, true);
}

static AE_SIMD void centered(int64_t n, real *w, const real *g, real *v, real *mean, const struct rmsprop_job *job) {
  update(n, w, g, v, mean, NULL, job, true, false);
}

static AE_SIMD void centered_moving(int64_t n, real *w, const real *g, real *v, real *mean, real *u,
                                    const struct rmsprop_job *job) {
  update(n, w, g, v, mean, u, job, true, true);
}

static void run(void *arg, int64_t begin, int64_t end) {
  const struct rmsprop_job *j = arg;
  int64_t n = end - begin;
  real *w = j->w + begin, *v = j->v + begin;
  const real *g = j->g + begin;
  if (j->mean && j->u)
    centered_moving(n, w, g, v, j->mean + begin, j->u + begin, j);
  else if (j->mean)
    centered(n, w, g, v, j->mean + begin, j);
  else if (j->u)
    moving(n, w, g, v, j->u + begin, j);
  else
    plain(n, w, g, v, j);
}

static ae_status rmsprop_forward(ae_call *call) {
  const struct rmsprop_attrs *a = call->attrs;
  struct rmsprop_job job = {.w = ae_reals(call->in[0]),
                            .g = ae_reals(call->in[1]),
                            .v = ae_reals(call->in[2]),
                            .mean = call->in[3] ? ae_reals(call->in[3]) : NULL,
                            .u = call->in[4] ? ae_reals(call->in[4]) : NULL,
                            .lr = (real)a->lr,
                            .rho = (real)a->rho,
                            .left = (real)(1 - a->rho),
                            .eps = (real)a->eps,
                            .momentum = (real)a->momentum,
                            .direction = ae_direction_of(&a->direction)};
  ae_parallel(call->ctx, call->in[0]->count, AE_GRAIN_COSTLY, run, &job);
  return ae_step_done(call);
}

const ae_op ae_op_rmsprop_step = {
    .name = "rmsprop_step",
    .doc = "One step of RMSprop, in place.\n"
           "v = rho * v + (1 - rho) * d^2; mean = rho * mean + (1 - rho) * d; q = d / (sqrt(v - mean^2) + eps), with\n"
           "mean 0 where it is absent; u = momentum * u + q; w = w - lr * u, without u w = w - lr * q.\n"
           "d = scale * clamp(g, -clip, clip) + penalty * w.\n"
           "Errors: shape, where the tensors' shapes differ.\n"
           "Source: Tieleman, Hinton, Neural networks for machine learning, lecture 6.5, 2012; centered: Graves,\n"
           "Generating sequences with recurrent neural networks, 2013, equations 38 to 41.",
    .result = "w itself",
    .params = {{.name = "w", .takes = AE_TAKES_REAL, .doc = "[...] parameters; changed"},
               {.name = "g", .takes = AE_TAKES_REAL, .doc = "[...] their gradient"},
               {.name = "v", .takes = AE_TAKES_REAL, .doc = "[...] mean of its square; changed"},
               {.name = "mean", .takes = AE_TAKES_REAL, .doc = "[...] mean of it; changed", .optional = true},
               {.name = "u", .takes = AE_TAKES_REAL, .doc = "[...] velocity; changed", .optional = true}},
    .attrs = {AE_ATTR_REQUIRED(struct rmsprop_attrs, lr, AE_ATTR_REAL, "learning rate"),
              AE_ATTR(struct rmsprop_attrs, rho, AE_ATTR_REAL, 0.99, "share of the means that is kept; default 0.99"),
              AE_ATTR(struct rmsprop_attrs, eps, AE_ATTR_REAL, 1e-8, "added to the root; default 1e-8"),
              AE_ATTR(struct rmsprop_attrs, momentum, AE_ATTR_REAL, 0, "share of u that is kept; default 0"),
              AE_DIRECTION_ATTRS(struct rmsprop_attrs)},
    .attrs_size = sizeof(struct rmsprop_attrs),
    .makes_outputs = true,
    .internal = true,
    .no_gradient = AE_STEP_NO_GRADIENT,
    .shape = ae_step_shape,
    .forward = rmsprop_forward,
    .work = ae_step_work};
