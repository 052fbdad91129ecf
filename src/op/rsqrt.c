/*
** rsqrt: y = x^(-1/2)        dL/dx = -g y^3 / 2
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_rsqrt(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return (real)-0.5 * g * y * y * y;
}

AE_UNARY(rsqrt, AE_SAVES_OUT(0), AE_GRAIN_CHEAP,
         "1 / sqrt(x) of each element.\n"
         "0 gives inf, a negative number nan.");
