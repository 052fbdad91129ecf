/*
** abs: y = |x|        dL/dx = g sign(x), 0 at 0
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_abs(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return x > 0 ? g : x < 0 ? -g : 0;
}

AE_UNARY(abs, AE_SAVES_IN(0), AE_GRAIN_CHEAP, "Absolute value of each element. The gradient at 0 is 0.");
