/*
** div: y = a / b        dL/da = g / b, dL/db = -g a / b^2, summed over what broadcasting repeats
*/
#include "op/elementwise.h"

AE_INLINE real forward(real a, real b) {
  return a / b;
}
AE_INLINE real backward_a(real g, real a, real b, real y) {
  return g / b;
}
AE_INLINE real backward_b(real g, real a, real b, real y) {
  return -(g / b) * (a / b); /* b^2 could overflow */
}

AE_BINARY(div, AE_SAVES_INPUTS, AE_GRAIN_CHEAP,
          "a divided by b, element by element, broadcasting; division by 0 gives inf or nan.\n"
          "Real numbers only: convert an i32 with t:to(\"f32\").");
