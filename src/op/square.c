/*
** square: y = x^2        dL/dx = 2 g x
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return x * x;
}
AE_INLINE real backward(real g, real x, real y) {
  return 2 * g * x;
}

AE_UNARY(square, AE_SAVES_IN(0), AE_GRAIN_CHEAP, "x times x of each element.");
