/*
** neg: y = -x        dL/dx = -g
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return -x;
}
AE_INLINE real backward(real g, real x, real y) {
  return -g;
}

AE_UNARY(neg, 0, AE_GRAIN_CHEAP, "Each element with its sign changed: -x.");
