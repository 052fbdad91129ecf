/*
** sgd_step: stochastic gradient descent, with momentum where there is a
** velocity. d: optimizer.h.
**   u = momentum * u + fresh * d
**   w = w - lr * (nesterov ? d + momentum * u : u)
** Without u: w = w - lr * d. All tensors of one shape; w and u change in place.
** u below the smallest normal number is kept as 0.
** Not here: the choice of `fresh` (1 at first, then 1 - dampening).
*/
#include "op/optimizer.h"

struct sgd_attrs {
  double lr, momentum, fresh;
  bool nesterov;
  ae_direction direction;
};

struct sgd_job {
  real *w, *u;
  const real *g;
  real lr, momentum, fresh, of_d, of_u; /* w -= of_d * d + of_u * u */
  ae_direction_loop direction;
};

static AE_SIMD void plain(int64_t n, real *restrict w, const real *restrict g, real lr, ae_direction_loop direction) {
  for (int64_t i = 0; i < n; i++) w[i] -= lr * ae_direct(direction, g[i], w[i]);
}

static AE_SIMD void with_momentum(int64_t n, real *restrict w, const real *restrict g, real *restrict u,
                                  const struct sgd_job *job) {
  const real momentum = job->momentum, fresh = job->fresh, of_d = job->of_d, of_u = job->of_u;
  const ae_direction_loop direction = job->direction;
  for (int64_t i = 0; i < n; i++) {
    real d = ae_direct(direction, g[i], w[i]);
    u[i] = ae_decayed(momentum * u[i] + fresh * d);
    w[i] -= of_d * d + of_u * u[i];
  }
}

static void run(void *arg, int64_t begin, int64_t end) {
  const struct sgd_job *j = arg;
  if (j->u)
    with_momentum(end - begin, j->w + begin, j->g + begin, j->u + begin, j);
  else
    plain(end - begin, j->w + begin, j->g + begin, j->lr, j->direction);
}

static ae_status sgd_forward(ae_call *call) {
  const struct sgd_attrs *a = call->attrs;
  struct sgd_job job = {.w = ae_reals(call->in[0]),
                        .g = ae_reals(call->in[1]),
                        .u = call->in[2] ? ae_reals(call->in[2]) : NULL,
                        .lr = (real)a->lr,
                        .momentum = (real)a->momentum,
                        .fresh = (real)a->fresh,
                        .of_d = (real)(a->nesterov ? a->lr : 0),
                        .of_u = (real)(a->nesterov ? a->lr * a->momentum : a->lr),
                        .direction = ae_direction_of(&a->direction)};
  ae_parallel(call->ctx, call->in[0]->count, AE_GRAIN_CHEAP, run, &job);
  return ae_step_done(call);
}

const ae_op ae_op_sgd_step = {
    .name = "sgd_step",
    .doc = "One step of stochastic gradient descent, in place.\n"
           "u = momentum * u + fresh * d; w = w - lr * u, or with nesterov w = w - lr * (d + momentum * u).\n"
           "d = scale * clamp(g, -clip, clip) + penalty * w. Without u: w = w - lr * d.\n"
           "Errors: shape, where the tensors' shapes differ.\n"
           "Source: Sutskever, Martens, Dahl, Hinton, On the importance of initialization and momentum in deep\n"
           "learning, ICML 2013; in the form in which the learning rate stays outside the velocity.",
    .result = "w itself",
    .params = {{.name = "w", .takes = AE_TAKES_REAL, .doc = "[...] parameters; changed"},
               {.name = "g", .takes = AE_TAKES_REAL, .doc = "[...] their gradient"},
               {.name = "u", .takes = AE_TAKES_REAL, .doc = "[...] velocity; changed", .optional = true}},
    .attrs = {AE_ATTR_REQUIRED(struct sgd_attrs, lr, AE_ATTR_REAL, "learning rate"),
              AE_ATTR(struct sgd_attrs, momentum, AE_ATTR_REAL, 0, "share of the velocity that is kept; default 0"),
              AE_ATTR(struct sgd_attrs, fresh, AE_ATTR_REAL, 1, "share of d that enters the velocity; default 1"),
              AE_ATTR(struct sgd_attrs, nesterov, AE_ATTR_BOOL, 0, "look ahead along the velocity; default false"),
              AE_DIRECTION_ATTRS(struct sgd_attrs)},
    .attrs_size = sizeof(struct sgd_attrs),
    .makes_outputs = true,
    .internal = true,
    .no_gradient = AE_STEP_NO_GRADIENT,
    .shape = ae_step_shape,
    .forward = sgd_forward,
    .work = ae_step_work};
