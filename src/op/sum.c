/*
** sum, mean: y = s * sum of x over a set of dimensions, s = 1 or 1 / count.
**   x [any shape] -> y [the other dimensions]
** Summed in double. u8 and i32 are counted as they are and give reals.
**
** Not here: weighted sums (a product first), running sums (cumsum.c).
*/
#include "op/reduction.h"

static ae_status sum_shape(ae_call *call, ae_spec *out) {
  return ae_reduction_shape(call, AE_REAL, out);
}

static ae_status scaled_sum(ae_call *call, double scale) {
  const ae_reduction *attrs = call->attrs;
  ae_reduce_view view;
  AE_TRY(ae_reduce_open(call->ctx, call->in[0], attrs->set, &view, call->err));
  const ae_status status =
      ae_reduce_sum(call->ctx, &view, AE_TERM_VALUE, NULL, scale, ae_reals(call->out[0]), call->err);
  ae_reduce_close(&view);
  return status;
}

AE_SIMD static void copy_gradient(real *gx, const real *x, const real *kept, const real *g, int64_t n) {
  (void)x, (void)kept;
  for (int64_t i = 0; i < n; i++) gx[i] = g[i];
}

static ae_status sum_forward(ae_call *call) {
  return scaled_sum(call, 1);
}

static ae_status sum_backward(ae_call *call) {
  return ae_reduction_gradient(call, NULL, NULL, ae_reals(call->gout[0]), copy_gradient);
}

static ae_status mean_forward(ae_call *call) {
  return scaled_sum(call, 1 / (double)ae_reduction_count(call));
}

static ae_status mean_backward(ae_call *call) {
  const real scale = (real)(1 / (double)ae_reduction_count(call));
  const real *g = ae_reals(call->gout[0]);
  ae_tensor *scaled;
  AE_TRY(ae_call_scratch(call, 0, &scaled));
  real *s = ae_reals(scaled);
  for (int64_t i = 0; i < scaled->count; i++) s[i] = g[i] * scale;
  const ae_status status = ae_reduction_gradient(call, NULL, NULL, s, copy_gradient);
  ae_tensor_release(scaled);
  return status;
}

const ae_op ae_op_sum = {
    .name = "sum",
    .doc = "Sum over dimensions, accumulated in double. The sum of nothing is 0.",
    .result = "[the other dimensions] the sums; real, also of u8 and i32, whose values count as they are",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape] what to sum"}},
    .attrs = {AE_REDUCTION_ATTRS},
    .attrs_size = sizeof(ae_reduction),
    .shape = sum_shape,
    .forward = sum_forward,
    .backward = sum_backward,
};

const ae_op ae_op_mean = {
    .name = "mean",
    .doc = "Mean over dimensions, accumulated in double. The mean of nothing is nan.",
    .result = "[the other dimensions] the means; real, also of u8 and i32, whose values count as they are",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape] what to average"}},
    .attrs = {AE_REDUCTION_ATTRS},
    .attrs_size = sizeof(ae_reduction),
    .shape = sum_shape,
    .forward = mean_forward,
    .backward = mean_backward,
};
