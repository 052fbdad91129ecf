/*
** max, min: extremes over a set of dimensions.
**   x [any shape] -> y [the other dimensions], of x's type
** A nan is the result. Where several elements are the extreme, they share the
** gradient equally.
**
** Not here: where the extreme is (argmax.c), of two tensors (binary operations).
*/
#include "op/reduction.h"

static ae_status max_shape(ae_call *call, ae_spec *out) {
  AE_TRY(ae_reduction_shape(call, call->in_spec[0].type, out));
  return ae_reduction_nonempty(call);
}

static ae_status extreme_forward(ae_call *call, ae_extreme which) {
  const ae_reduction *attrs = call->attrs;
  ae_reduce_view view;
  AE_TRY(ae_reduce_open(call->ctx, call->in[0], attrs->set, &view, call->err));
  const ae_status status = ae_reduce_extreme(call->ctx, &view, which, ae_tensor_bytes(call->out[0]), call->err);
  ae_reduce_close(&view);
  return status;
}

static ae_status max_forward(ae_call *call) {
  return extreme_forward(call, AE_MAX);
}
static ae_status min_forward(ae_call *call) {
  return extreme_forward(call, AE_MIN);
}

AE_SIMD static void share_gradient(real *gx, const real *x, const real *y, const real *g, int64_t n) {
  for (int64_t i = 0; i < n; i++) gx[i] = x[i] == y[i] ? g[i] : 0;
}

static ae_status extreme_backward(ae_call *call) {
  ae_wide ties;
  ae_tensor *shared;
  const real *y = ae_reals(call->out[0]), *g = ae_reals(call->gout[0]);
  AE_TRY(ae_wide_new(call, &ties));
  for (int64_t i = 0; i < ties.count; i++) ties.at[i] = (double)y[i];
  ae_wide counted;
  ae_status status = ae_reduction_wide(call, AE_TERM_EQUAL, ties.at, 1, &counted);
  ae_wide_free(call, &ties);
  AE_TRY(status);
  status = ae_call_scratch(call, 0, &shared);
  if (status == AE_OK) {
    real *s = ae_reals(shared);
    for (int64_t i = 0; i < counted.count; i++) s[i] = (real)((double)g[i] / counted.at[i]);
    status = ae_reduction_gradient(call, call->in[0], y, s, share_gradient);
    ae_tensor_release(shared);
  }
  ae_wide_free(call, &counted);
  return status;
}

const ae_op ae_op_max = {
    .name = "max",
    .doc = "Largest element over dimensions; nan where there is one. Elements that tie share the gradient equally. "
           "Raises where there is nothing to reduce.",
    .result = "[the other dimensions] the largest elements, of x's type",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {AE_REDUCTION_ATTRS},
    .attrs_size = sizeof(ae_reduction),
    .saves = AE_SAVES_IN(0) | AE_SAVES_OUT(0),
    .shape = max_shape,
    .forward = max_forward,
    .backward = extreme_backward,
};

const ae_op ae_op_min = {
    .name = "min",
    .doc = "Smallest element over dimensions; nan where there is one. Elements that tie share the gradient equally. "
           "Raises where there is nothing to reduce.",
    .result = "[the other dimensions] the smallest elements, of x's type",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {AE_REDUCTION_ATTRS},
    .attrs_size = sizeof(ae_reduction),
    .saves = AE_SAVES_IN(0) | AE_SAVES_OUT(0),
    .shape = max_shape,
    .forward = min_forward,
    .backward = extreme_backward,
};
