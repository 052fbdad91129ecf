/*
** logsumexp: y = log sum exp x over a set of dimensions, without overflow:
**   y = m + log sum exp(x - m),   m = max x, or 0 where that is not finite
**   x [any shape] -> y [the other dimensions]
** Source: Blanchard, Higham, Higham, "Accurately computing the log-sum-exp and
** softmax functions", IMA J. Numer. Anal. 41 (2021).
*/
#include "kernel/vmath.h"
#include "op/reduction.h"

static ae_status logsumexp_shape(ae_call *call, ae_spec *out) {
  return ae_reduction_shape(call, AE_REAL, out);
}

static ae_status logsumexp_forward(ae_call *call) {
  const ae_reduction *attrs = call->attrs;
  real *y = ae_reals(call->out[0]);
  ae_wide center, sum;
  ae_reduce_view view;
  AE_TRY(ae_reduce_open(call->ctx, call->in[0], attrs->set, &view, call->err));
  ae_status status = ae_wide_new(call, &center);
  if (status == AE_OK) {
    status = ae_reduce_extreme(call->ctx, &view, AE_MAX, y, call->err);
    for (int64_t i = 0; status == AE_OK && i < center.count; i++) {
      center.at[i] = y[i] > -(real)INFINITY && y[i] < (real)INFINITY ? (double)y[i] : 0;
    }
    if (status == AE_OK) status = ae_wide_new(call, &sum);
    if (status == AE_OK) {
      status = ae_reduce_sum_wide(call->ctx, &view, AE_TERM_EXP, center.at, 1, sum.at, call->err);
      for (int64_t i = 0; status == AE_OK && i < sum.count; i++) y[i] = (real)(center.at[i] + log(sum.at[i]));
      ae_wide_free(call, &sum);
    }
    ae_wide_free(call, &center);
  }
  ae_reduce_close(&view);
  return status;
}

/* Where all of x is -inf nothing leads up, and the gradient is 0. */
AE_SIMD static void softmax_gradient(real *gx, const real *x, const real *y, const real *g, int64_t n) {
  for (int64_t i = 0; i < n; i++) gx[i] = y[i] == -(real)INFINITY ? 0 : g[i] * ae_exp(x[i] - y[i]);
}

static ae_status logsumexp_backward(ae_call *call) {
  return ae_reduction_gradient(call, call->in[0], ae_reals(call->out[0]), ae_reals(call->gout[0]), softmax_gradient);
}

const ae_op ae_op_logsumexp = {
    .name = "logsumexp",
    .doc = "Logarithm of the sum of exponentials over dimensions, without overflow. That of nothing is -inf, where the "
           "gradient is 0.",
    .result = "[the other dimensions]",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[any shape]"}},
    .attrs = {AE_REDUCTION_ATTRS},
    .attrs_size = sizeof(ae_reduction),
    .saves = AE_SAVES_IN(0) | AE_SAVES_OUT(0),
    .shape = logsumexp_shape,
    .forward = logsumexp_forward,
    .backward = logsumexp_backward,
};
