/*
** log1p: y = ln(1 + x)        dL/dx = g / (1 + x)
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_log1p(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return g / (1 + x);
}

AE_UNARY(log1p, AE_SAVES_IN(0), AE_GRAIN_COSTLY,
         "Natural logarithm of 1 + x of each element, exact near 0 too.\n"
         "-1 gives -inf, a smaller number nan.");
