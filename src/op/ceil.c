/*
** ceil: y = the smallest whole number >= x        dL/dx = 0
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_ceil(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return 0;
}

AE_UNARY(ceil, 0, AE_GRAIN_CHEAP, "The smallest whole number that is not below each element. Its gradient is 0.");
