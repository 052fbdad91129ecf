/*
** sin: y = sin x        dL/dx = g cos x
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_sin(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return g * ae_cos(x);
}

AE_UNARY(sin, AE_SAVES_IN(0), AE_GRAIN_COSTLY, "Sine of each element, in radians; inf gives nan.");
