/*
** sign: y = 1 where x > 0, -1 where x < 0, x itself (0, nan) elsewhere        dL/dx = 0
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return x > 0 ? 1 : x < 0 ? -1 : x;
}
AE_INLINE real backward(real g, real x, real y) {
  return 0;
}

AE_UNARY(sign, 0, AE_GRAIN_CHEAP, "Sign of each element: 1, 0 or -1; nan stays nan. Its gradient is 0.");
