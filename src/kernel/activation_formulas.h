/*
** activation_formulas: each activation y = f(z) as ae_NAME(z), and its gradient
** dz = dy f'(z) as ae_NAME_back(dy, y), or (dy, z) for gelu and silu, which y
** does not tell apart. f itself of softplus, tanh and sigmoid: vmath.h.
**
** For the loops of layers (activation.c) and of the operations of the same names.
*/
#ifndef AE_KERNEL_ACTIVATION_FORMULAS_H
#define AE_KERNEL_ACTIVATION_FORMULAS_H

#include "kernel/vmath.h"

AE_INLINE real ae_relu(real z) {
  return z < 0 ? 0 : z; /* this way round nan stays nan */
}
AE_INLINE real ae_relu_back(real dy, real y) {
  return y > 0 ? dy : 0;
}

/* From y only where slope is at least 0; from z always. */
AE_INLINE real ae_leaky_relu(real z, real slope) {
  return z > 0 ? z : slope * z;
}
AE_INLINE real ae_leaky_relu_back(real dy, real y, real slope) {
  return y > 0 ? dy : slope * dy;
}

/* alpha is at least 0: else the sign of y would not tell that of z. */
AE_INLINE real ae_elu(real z, real alpha) {
  return z > 0 ? z : alpha * ae_expm1(z);
}
AE_INLINE real ae_elu_back(real dy, real y, real alpha) {
  return y > 0 ? dy : dy * (y + alpha);
}

#define AE_SELU_SCALE ((real)1.0507009873554804934)
#define AE_SELU_SCALE_ALPHA ((real)1.7580993408473768600)
AE_INLINE real ae_selu(real z) {
  return z > 0 ? AE_SELU_SCALE * z : AE_SELU_SCALE_ALPHA * ae_expm1(z);
}
AE_INLINE real ae_selu_back(real dy, real y) {
  return y > 0 ? AE_SELU_SCALE * dy : dy * (y + AE_SELU_SCALE_ALPHA);
}

#define AE_SQRT_HALF ((real)0.70710678118654752440)
#define AE_ONE_OVER_SQRT_2_PI ((real)0.39894228040143267794)
AE_INLINE real ae_gelu(real z) {
  return (real)0.5 * z * (1 + ae_erf(AE_SQRT_HALF * z));
}
AE_INLINE real ae_gelu_back(real dy, real z) {
  return dy * ((real)0.5 * (1 + ae_erf(AE_SQRT_HALF * z)) + z * AE_ONE_OVER_SQRT_2_PI * ae_exp((real)-0.5 * z * z));
}

AE_INLINE real ae_silu(real z) {
  return z * ae_sigmoid(z);
}
AE_INLINE real ae_silu_back(real dy, real z) {
  real s = ae_sigmoid(z);
  return dy * s * (1 + z * (1 - s));
}

AE_INLINE real ae_softplus_back(real dy, real y) {
  return -dy * ae_expm1(-y);
}
AE_INLINE real ae_tanh_back(real dy, real y) {
  return dy * (1 - y * y);
}
AE_INLINE real ae_sigmoid_back(real dy, real y) {
  return dy * y * (1 - y);
}

#endif
