/*
** reciprocal: y = 1 / x        dL/dx = -g y^2
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return 1 / x;
}
AE_INLINE real backward(real g, real x, real y) {
  return -g * y * y;
}

AE_UNARY(reciprocal, AE_SAVES_OUT(0), AE_GRAIN_CHEAP, "1 / x of each element; 0 gives inf with the zero's sign.");
