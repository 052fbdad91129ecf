/*
** mse: l = (p - t)^2        dl/dp = 2 (p - t)
*/
#include "op/loss.h"

typedef struct attrs {
  int reduction;
} attrs;

AE_INLINE real term(real p, real t, attrs a) {
  (void)a;
  return (p - t) * (p - t);
}
AE_INLINE real slope(real p, real t, attrs a) {
  (void)a;
  return 2 * (p - t);
}
AE_INLINE real target_slope(real p, real t, attrs a) {
  return -slope(p, t, a);
}

AE_LOSS_OF_ELEMENTS

const ae_op ae_op_mse = {.name = "mse",
                         .doc = "Squared error: (prediction - target)^2.\n" AE_LOSS_DOC_END,
                         .result = AE_LOSS_RESULT,
                         .params = {AE_LOSS_OF_ELEMENTS_PARAMS},
                         .attrs = {AE_LOSS_REDUCTION},
                         .attrs_size = sizeof(attrs),
                         .internal = true,
                         .shape = loss_shape,
                         .forward = loss_forward,
                         .backward = ae_loss_backward};
