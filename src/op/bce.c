/*
** bce: binary cross-entropy of probabilities, q being p kept within epsilon and
** 1 - epsilon
**   l = -(t log q + (1 - t) log(1 - q))        dl/dp = (q - t) / (q (1 - q))
** The slope is that at q outside as well, so that a saturated unit still learns.
**
** Not here: of logits, which is exact at any size (bce_logits.c).
*/
#include "op/loss.h"

typedef struct attrs {
  int reduction;
  double epsilon;
} attrs;

AE_INLINE real within(real p, attrs a) {
  real low = (real)a.epsilon, high = 1 - low;
  return p < low ? low : p > high ? high : p;
}
AE_INLINE real term(real p, real t, attrs a) {
  real q = within(p, a);
  return -(t * ae_log(q) + (1 - t) * ae_log(1 - q));
}
AE_INLINE real slope(real p, real t, attrs a) {
  real q = within(p, a);
  return (q - t) / (q * (1 - q));
}
AE_INLINE real target_slope(real p, real t, attrs a) {
  (void)t;
  real q = within(p, a);
  return ae_log(1 - q) - ae_log(q);
}

AE_LOSS_OF_ELEMENTS

/* 1 - epsilon must be less than 1 in the type. */
static ae_status bce_shape(ae_call *call, ae_spec *out) {
  const attrs *a = call->attrs;
  if (!(a->epsilon >= 1e-7 && a->epsilon < 0.5))
    return ae_fail(call->err, AE_INVALID, "bce: epsilon must be at least 1e-7 and less than 0.5, got %g", a->epsilon);
  return loss_shape(call, out);
}

const ae_op ae_op_bce = {
    .name = "bce",
    .doc = "Binary cross-entropy of probabilities: -(target log p + (1 - target) log(1 - p)), p being the prediction "
           "kept within epsilon and 1 - epsilon; the gradient is that at p. Targets are 0 to 1.\n" AE_LOSS_DOC_END,
    .result = AE_LOSS_RESULT,
    .params = {AE_LOSS_OF_ELEMENTS_PARAMS},
    .attrs = {AE_LOSS_REDUCTION,
              AE_ATTR(attrs, epsilon, AE_ATTR_REAL, 1e-7,
                      "how near to 0 and 1 a prediction counts; at least 1e-7 (the default), less than 0.5")},
    .attrs_size = sizeof(attrs),
    .internal = true,
    .shape = bce_shape,
    .forward = loss_forward,
    .backward = ae_loss_backward};
