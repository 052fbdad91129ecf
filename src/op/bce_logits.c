/*
** bce_logits: binary cross-entropy of z, p = sigmoid(z), without computing p
**   l = |z| (1 - t or, where z < 0, t) + log(1 + e^-|z|)        dl/dz = p - t
** One exponential serves both.
*/
#include "op/loss.h"

typedef struct attrs {
  int reduction;
} attrs;

AE_INLINE real term(real z, real t, attrs a) {
  (void)a;
  return ae_abs(z) * (z > 0 ? 1 - t : t) + ae_log1p_unit(ae_decay(z));
}
AE_INLINE real slope(real z, real t, attrs a) {
  (void)a;
  real e = ae_decay(z);
  return (z < 0 ? e : 1) / (1 + e) - t;
}
AE_INLINE real target_slope(real z, real t, attrs a) {
  (void)t, (void)a;
  return -z;
}

AE_LOSS_OF_ELEMENTS

const ae_op ae_op_bce_logits = {
    .name = "bce_logits",
    .doc = "Binary cross-entropy of logits: bce of sigmoid(prediction), exact at any size of them. Targets are 0 to "
           "1.\n" AE_LOSS_DOC_END,
    .result = AE_LOSS_RESULT,
    .params = {AE_LOSS_OF_ELEMENTS_PARAMS},
    .attrs = {AE_LOSS_REDUCTION},
    .attrs_size = sizeof(attrs),
    .internal = true,
    .shape = loss_shape,
    .forward = loss_forward,
    .backward = ae_loss_backward};
