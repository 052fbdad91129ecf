/*
** cos: y = cos x        dL/dx = -g sin x
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_cos(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return -g * ae_sin(x);
}

AE_UNARY(cos, AE_SAVES_IN(0), AE_GRAIN_COSTLY, "Cosine of each element, in radians; inf gives nan.");
