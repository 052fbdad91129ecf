/*
** log: y = ln x        dL/dx = g / x
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_log(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return g / x;
}

AE_UNARY(log, AE_SAVES_IN(0), AE_GRAIN_COSTLY,
         "Natural logarithm of each element.\n"
         "0 gives -inf, a negative number nan. For ln(1 + x) near 0 use log1p.");
