/*
** dropout: y = x / (1 - p) where a draw says keep, else 0; each element is kept
** with probability 1 - p, so that the expected y is x.
**   dL/dx = g / (1 - p) where it was kept, else 0
** Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout: a simple
** way to prevent neural networks from overfitting", JMLR 15, 2014.
**
** Not here: doing nothing in evaluation mode (nn.Dropout).
*/
#include "core/op.h"
#include "core/parallel.h"
#include "core/random.h"

enum { KEPT }; /* saved: u8, 1 where kept */

typedef struct attrs {
  double p;
} attrs;

static ae_status dropout_shape(ae_call *call, ae_spec *out) {
  const attrs *a = call->attrs;
  if (!(a->p >= 0 && a->p < 1))
    return ae_fail(call->err, AE_INVALID, "dropout: p must be at least 0 and less than 1, got %g", a->p);
  *out = (ae_spec){AE_REAL, call->in_spec[0].shape};
  return AE_OK;
}

typedef struct job {
  real p, factor;
  const real *x;
  uint8_t *kept; /* NULL: not recorded */
  real *y;       /* forward: holds the draws */
} job;

AE_SIMD static void choose(int64_t n, real p, uint8_t *restrict kept, const real *restrict draws) {
  for (int64_t i = 0; i < n; i++) kept[i] = draws[i] >= p;
}

AE_SIMD static void drop(int64_t n, real p, real factor, const real *restrict x, real *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] = y[i] >= p ? factor * x[i] : 0;
}

AE_SIMD static void apply(int64_t n, real factor, const uint8_t *restrict kept, const real *g, real *gx) {
  AE_IVDEP
  for (int64_t i = 0; i < n; i++) gx[i] = kept[i] ? factor * g[i] : 0;
}

static void run_forward(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  if (j->kept) choose(end - begin, j->p, j->kept + begin, j->y + begin);
  drop(end - begin, j->p, j->factor, j->x + begin, j->y + begin);
}

static void run_backward(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  apply(end - begin, j->factor, j->kept + begin, j->x + begin, j->y + begin);
}

static ae_status dropout_forward(ae_call *call) {
  const attrs *a = call->attrs;
  const ae_tensor *x = call->in[0];
  job j = {.p = (real)a->p, .factor = (real)(1 / (1 - a->p)), .x = ae_reals(x), .y = ae_reals(call->out[0])};
  if (call->recording) {
    AE_TRY(ae_tensor_new(call->ctx, AE_U8, &x->shape, &call->saved[KEPT], call->err));
    j.kept = ae_u8s(call->saved[KEPT]);
  }
  ae_random draws = ae_random_take(&call->ctx->random, ae_random_blocks(x->count));
  ae_random_uniform(call->ctx, &draws, j.y, x->count, 0, 1);
  ae_parallel(call->ctx, x->count, AE_GRAIN_CHEAP, run_forward, &j);
  return AE_OK;
}

static ae_status dropout_backward(ae_call *call) {
  const attrs *a = call->attrs;
  ae_tensor *gx;
  if (call->slot[0])
    AE_TRY(ae_call_gradient(call, 0, &gx));
  else
    AE_TRY(ae_call_scratch(call, 0, &gx));
  const ae_tensor *g = call->gout[0];
  job j = {.factor = (real)(1 / (1 - a->p)), .x = ae_reals(g), .kept = ae_u8s(call->saved[KEPT]), .y = ae_reals(gx)};
  ae_parallel(call->ctx, g->count, AE_GRAIN_CHEAP, run_backward, &j);
  if (call->slot[0]) return AE_OK;
  ae_status status = ae_call_pass(call, 0, gx);
  ae_tensor_release(gx);
  return status;
}

const ae_op ae_op_dropout = {
    .name = "dropout",
    .doc = "Sets each element to 0 with probability p and divides the others by 1 - p, so that the expectation stays.\n"
           "Draws from the random stream (ae.seed); nn.Dropout does nothing in evaluation mode, this always draws. "
           "Srivastava et al. 2014. Errors: p outside [0, 1).",
    .result = "a tensor of x's shape",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[...] any shape"}},
    .attrs = {AE_ATTR(attrs, p, AE_ATTR_REAL, 0.5, "the probability of 0; at least 0, less than 1, default 0.5")},
    .attrs_size = sizeof(attrs),
    .shape = dropout_shape,
    .forward = dropout_forward,
    .backward = dropout_backward,
};
