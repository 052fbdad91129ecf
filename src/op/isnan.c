/*
** isnan: y = 1 where x is not a number
*/
#include "op/elementwise.h"

AE_INLINE uint8_t forward(real x) {
  return x != x;
}

AE_UNARY_TEST(isnan, "1 where an element is nan, else 0.");
