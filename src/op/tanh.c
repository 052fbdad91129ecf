/*
** tanh: y = (e^x - e^-x) / (e^x + e^-x)        dL/dx = g (1 - y^2)
*/
#include "kernel/activation_formulas.h"
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_tanh(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return ae_tanh_back(g, y);
}

AE_UNARY(tanh, AE_SAVES_OUT(0), AE_GRAIN_COSTLY, "Hyperbolic tangent of each element, between -1 and 1.");
