/*
** maximum: y = the larger of a and b, nan where either is
**   dL/da = g where a > b, g / 2 where they are equal, else 0; dL/db likewise
*/
#include "op/elementwise.h"

AE_INLINE real forward(real a, real b) {
  return a > b || a != a ? a : b;
}
AE_INLINE int32_t forward_i32(int32_t a, int32_t b) {
  return a > b ? a : b;
}
AE_INLINE real backward_a(real g, real a, real b, real y) {
  return a > b ? g : a == b ? g / 2 : 0;
}
AE_INLINE real backward_b(real g, real a, real b, real y) {
  return b > a ? g : a == b ? g / 2 : 0;
}

AE_BINARY_I32(maximum, AE_SAVES_INPUTS, AE_GRAIN_CHEAP,
              "The larger of a and b, element by element, broadcasting; nan where either is nan.\n"
              "Where they are equal each gets half of the gradient. For the largest along a dimension see max.");
