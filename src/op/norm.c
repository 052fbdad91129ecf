/*
** norm: length of x over a set of dimensions.
**   p = 1: sum |x|   p = 2: sqrt(sum x^2)   p = inf: max |x|
**   x [any shape] -> y [the other dimensions]
** Squares are summed in double, so that those of floats neither overflow nor
** vanish. Gradients at 0 are 0; elements that tie for the largest magnitude
** share theirs equally.
**
** Not here: other p, matrix norms.
*/
#include "kernel/vmath.h"
#include "op/reduction.h"

typedef struct norm_attrs {
  ae_reduction reduction;
  double p;
} norm_attrs;

static ae_status norm_shape(ae_call *call, ae_spec *out) {
  const norm_attrs *attrs = call->attrs;
  if (attrs->p != 1 && attrs->p != 2 && attrs->p != (double)INFINITY) {
    return ae_fail(call->err, AE_INVALID, "norm: p wants 1, 2 or math.huge, got %g", attrs->p);
  }
  return ae_reduction_shape(call, AE_REAL, out);
}

static ae_status norm_forward(ae_call *call) {
  const norm_attrs *attrs = call->attrs;
  real *y = ae_reals(call->out[0]);
  ae_status status;
  if (attrs->p == 2) {
    ae_wide squares;
    AE_TRY(ae_reduction_wide(call, AE_TERM_SQUARE, NULL, 1, &squares));
    for (int64_t i = 0; i < squares.count; i++) y[i] = (real)sqrt(squares.at[i]);
    ae_wide_free(call, &squares);
    return AE_OK;
  }
  ae_reduce_view view;
  AE_TRY(ae_reduce_open(call->ctx, call->in[0], attrs->reduction.set, &view, call->err));
  if (attrs->p == 1)
    status = ae_reduce_sum(call->ctx, &view, AE_TERM_ABS, NULL, 1, y, call->err);
  else
    status = ae_reduce_extreme(call->ctx, &view, AE_MAX_ABS, y, call->err);
  ae_reduce_close(&view);
  return status;
}

AE_SIMD static void sign_gradient(real *gx, const real *x, const real *y, const real *g, int64_t n) {
  (void)y;
  for (int64_t i = 0; i < n; i++) gx[i] = x[i] > 0 ? g[i] : x[i] < 0 ? -g[i] : 0 * x[i];
}
AE_SIMD static void direction_gradient(real *gx, const real *x, const real *y, const real *g, int64_t n) {
  (void)y;
  for (int64_t i = 0; i < n; i++) gx[i] = x[i] * g[i];
}
AE_SIMD static void largest_gradient(real *gx, const real *x, const real *y, const real *g, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    const real share = ae_abs(x[i]) == y[i] ? g[i] : 0;
    gx[i] = x[i] > 0 ? share : x[i] < 0 ? -share : 0;
  }
}

/* g / |x|, or g / (number of largest elements) */
static ae_status scaled_gradient(ae_call *call, double p, real *scaled) {
  const real *y = ae_reals(call->out[0]), *g = ae_reals(call->gout[0]);
  const int64_t n = call->gout[0]->count;
  if (p == 2) {
    for (int64_t i = 0; i < n; i++) scaled[i] = y[i] == 0 ? 0 : g[i] / y[i];
    return AE_OK;
  }
  ae_wide largest, ties;
  AE_TRY(ae_wide_new(call, &largest));
  for (int64_t i = 0; i < n; i++) largest.at[i] = (double)y[i];
  const ae_status status = ae_reduction_wide(call, AE_TERM_EQUAL_ABS, largest.at, 1, &ties);
  ae_wide_free(call, &largest);
  AE_TRY(status);
  for (int64_t i = 0; i < n; i++) scaled[i] = (real)((double)g[i] / ties.at[i]);
  ae_wide_free(call, &ties);
  return AE_OK;
}

static ae_status norm_backward(ae_call *call) {
  const norm_attrs *attrs = call->attrs;
  if (attrs->p == 1) return ae_reduction_gradient(call, call->in[0], NULL, ae_reals(call->gout[0]), sign_gradient);
  ae_tensor *scratch;
  AE_TRY(ae_call_scratch(call, 0, &scratch));
  real *scaled = ae_reals(scratch);
  ae_status status = scaled_gradient(call, attrs->p, scaled);
  if (status == AE_OK) {
    status = ae_reduction_gradient(call, call->in[0], ae_reals(call->out[0]), scaled,
                                   attrs->p == 2 ? direction_gradient : largest_gradient);
  }
  ae_tensor_release(scratch);
  return status;
}

const ae_op ae_op_norm = {
    .name = "norm",
    .doc = "Norm over dimensions: the sum of magnitudes (p = 1), the root of the sum of squares (p = 2, the default) "
           "or the largest magnitude (p = math.huge). The norm of nothing is 0. Its gradient at 0 is 0; elements that "
           "tie for the largest magnitude share theirs equally.",
    .result = "[the other dimensions] the norms",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[any shape]"}},
    .attrs = {AE_REDUCTION_ATTRS, AE_ATTR(norm_attrs, p, AE_ATTR_REAL, 2, "1, 2 or math.huge; default 2")},
    .attrs_size = sizeof(norm_attrs),
    .saves = AE_SAVES_IN(0) | AE_SAVES_OUT(0),
    .shape = norm_shape,
    .forward = norm_forward,
    .backward = norm_backward,
};
