/*
** expm1: y = e^x - 1        dL/dx = g (y + 1)
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_expm1(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return g * (y + 1);
}

AE_UNARY(expm1, AE_SAVES_OUT(0), AE_GRAIN_COSTLY, "e^x - 1 of each element, exact near 0 too.");
