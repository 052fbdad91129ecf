/*
** adagrad_step: Adagrad. d: optimizer.h.
**   s = s + d^2
**   w = w - lr * d / (sqrt(s) + eps)
** All tensors of one shape; w and s change in place.
*/
#include "op/optimizer.h"

struct adagrad_attrs {
  double lr, eps;
  ae_direction direction;
};

struct adagrad_job {
  real *w, *s;
  const real *g;
  real lr, eps;
  ae_direction_loop direction;
};

static AE_SIMD void adagrad(int64_t n, real *restrict w, const real *restrict g, real *restrict s, real lr, real eps,
                            ae_direction_loop direction) {
  for (int64_t i = 0; i < n; i++) {
    real d = ae_direct(direction, g[i], w[i]);
    s[i] += d * d;
    w[i] -= lr * d / (ae_sqrt(s[i]) + eps);
  }
}

static void run(void *arg, int64_t begin, int64_t end) {
  const struct adagrad_job *j = arg;
  adagrad(end - begin, j->w + begin, j->g + begin, j->s + begin, j->lr, j->eps, j->direction);
}

static ae_status adagrad_forward(ae_call *call) {
  const struct adagrad_attrs *a = call->attrs;
  struct adagrad_job job = {.w = ae_reals(call->in[0]),
                            .g = ae_reals(call->in[1]),
                            .s = ae_reals(call->in[2]),
                            .lr = (real)a->lr,
                            .eps = (real)a->eps,
                            .direction = ae_direction_of(&a->direction)};
  ae_parallel(call->ctx, call->in[0]->count, AE_GRAIN_COSTLY, run, &job);
  return ae_step_done(call);
}

const ae_op ae_op_adagrad_step = {
    .name = "adagrad_step",
    .doc = "One step of Adagrad, in place.\n"
           "s = s + d^2; w = w - lr * d / (sqrt(s) + eps). d = scale * clamp(g, -clip, clip) + penalty * w.\n"
           "Errors: shape, where the tensors' shapes differ.\n"
           "Source: Duchi, Hazan, Singer, Adaptive subgradient methods for online learning and stochastic\n"
           "optimization, JMLR 12, 2011.",
    .result = "w itself",
    .params = {{.name = "w", .takes = AE_TAKES_REAL, .doc = "[...] parameters; changed"},
               {.name = "g", .takes = AE_TAKES_REAL, .doc = "[...] their gradient"},
               {.name = "s", .takes = AE_TAKES_REAL, .doc = "[...] sum of its squares; changed"}},
    .attrs = {AE_ATTR_REQUIRED(struct adagrad_attrs, lr, AE_ATTR_REAL, "learning rate"),
              AE_ATTR(struct adagrad_attrs, eps, AE_ATTR_REAL, 1e-10, "added to the root; default 1e-10"),
              AE_DIRECTION_ATTRS(struct adagrad_attrs)},
    .attrs_size = sizeof(struct adagrad_attrs),
    .makes_outputs = true,
    .internal = true,
    .no_gradient = AE_STEP_NO_GRADIENT,
    .shape = ae_step_shape,
    .forward = adagrad_forward,
    .work = ae_step_work};
