/*
** silu: y = x s, s = sigmoid(x)        dL/dx = g s (1 + x (1 - s))
*/
#include "kernel/activation_formulas.h"
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_silu(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return ae_silu_back(g, x);
}

AE_UNARY(silu, AE_SAVES_IN(0), AE_GRAIN_COSTLY, "x times sigmoid(x) of each element (SiLU, also called swish).");
