/*
** exp: y = e^x        dL/dx = g y
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_exp(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return g * y;
}

AE_UNARY(exp, AE_SAVES_OUT(0), AE_GRAIN_COSTLY,
         "e to the power of each element.\n"
         "Overflows to inf above 88.7 (709.7 in the double build). For e^x - 1 near 0 use expm1.");
