/*
** round: y = the whole number nearest to x, of two the even one        dL/dx = 0
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_round(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return 0;
}

AE_UNARY(
    round, 0, AE_GRAIN_CHEAP,
    "The whole number nearest to each element; halves go to the even one (0.5 to 0, 1.5 to 2). Its gradient is 0.");
