/*
** silu: y = x s, s = sigmoid(x)        dL/dx = g s (1 + x (1 - s))
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return x * ae_sigmoid(x);
}
AE_INLINE real backward(real g, real x, real y) {
  real s = ae_sigmoid(x);
  return g * s * (1 + x * (1 - s));
}

AE_UNARY(silu, AE_SAVES_IN(0), AE_GRAIN_COSTLY, "x times sigmoid(x) of each element (SiLU, also called swish).");
