/*
** huber: with d = p - t
**   l = d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2)
**   dl/dp = d, kept within -delta and delta
** Huber, "Robust estimation of a location parameter", 1964.
*/
#include "op/loss.h"

typedef struct attrs {
  int reduction;
  double delta;
} attrs;

AE_INLINE real slope(real p, real t, attrs a) {
  real d = p - t, delta = (real)a.delta;
  return d > delta ? delta : d < -delta ? -delta : d;
}
AE_INLINE real term(real p, real t, attrs a) {
  real inside = slope(p, t, a);
  return inside * (p - t - (real)0.5 * inside);
}
AE_INLINE real target_slope(real p, real t, attrs a) {
  return -slope(p, t, a);
}

AE_LOSS_OF_ELEMENTS

static ae_status huber_shape(ae_call *call, ae_spec *out) {
  const attrs *a = call->attrs;
  if (!(a->delta > 0) || !isfinite(a->delta))
    return ae_fail(call->err, AE_INVALID, "huber: delta must be more than 0 and finite, got %g", a->delta);
  return loss_shape(call, out);
}

const ae_op ae_op_huber = {
    .name = "huber",
    .doc = "Huber's loss: with d = prediction - target, d^2 / 2 where |d| is at most delta, else "
           "delta (|d| - delta / 2).\n" AE_LOSS_DOC_END,
    .result = AE_LOSS_RESULT,
    .params = {AE_LOSS_OF_ELEMENTS_PARAMS},
    .attrs = {AE_LOSS_REDUCTION,
              AE_ATTR(attrs, delta, AE_ATTR_REAL, 1, "where squares turn into lines; more than 0, default 1")},
    .attrs_size = sizeof(attrs),
    .internal = true,
    .shape = huber_shape,
    .forward = loss_forward,
    .backward = ae_loss_backward};
