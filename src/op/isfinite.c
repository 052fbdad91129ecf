/*
** isfinite: y = 1 where x is neither infinite nor nan
*/
#include "op/elementwise.h"

AE_INLINE uint8_t forward(real x) {
  return x - x == 0;
}

AE_UNARY_TEST(isfinite, "1 where an element is a finite number, 0 where it is inf, -inf or nan.");
