/*
** floor: y = the largest whole number <= x        dL/dx = 0
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_floor(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return 0;
}

AE_UNARY(floor, 0, AE_GRAIN_CHEAP, "The largest whole number that is not above each element. Its gradient is 0.");
