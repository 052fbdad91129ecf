/*
** mae: l = |p - t|        dl/dp = the sign of p - t, 0 where they are equal
*/
#include "op/loss.h"

typedef struct attrs {
  int reduction;
} attrs;

AE_INLINE real term(real p, real t, attrs a) {
  (void)a;
  return ae_abs(p - t);
}
AE_INLINE real slope(real p, real t, attrs a) {
  (void)a;
  return p == t ? 0 : p > t ? 1 : p < t ? -1 : p - t; /* the last: nan */
}
AE_INLINE real target_slope(real p, real t, attrs a) {
  return -slope(p, t, a);
}

AE_LOSS_OF_ELEMENTS

const ae_op ae_op_mae = {
    .name = "mae",
    .doc = "Absolute error: |prediction - target|; its gradient is 0 where they are equal.\n" AE_LOSS_DOC_END,
    .result = AE_LOSS_RESULT,
    .params = {AE_LOSS_OF_ELEMENTS_PARAMS},
    .attrs = {AE_LOSS_REDUCTION},
    .attrs_size = sizeof(attrs),
    .internal = true,
    .shape = loss_shape,
    .forward = loss_forward,
    .backward = ae_loss_backward};
