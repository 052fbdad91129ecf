/*
** sqrt: y = x^(1/2)        dL/dx = g / (2 y)
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_sqrt(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return g / (2 * y);
}

AE_UNARY(
    sqrt, AE_SAVES_OUT(0), AE_GRAIN_CHEAP,
    "Square root of each element.\n"
    "A negative number gives nan. The derivative at 0 is inf: add a small number under the root where 0 can come.");
