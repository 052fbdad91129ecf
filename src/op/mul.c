/*
** mul: y = a b        dL/da = g b, dL/db = g a, summed over what broadcasting repeats
** i32 wraps around at 2^31.
*/
#include "op/elementwise.h"

AE_INLINE real forward(real a, real b) {
  return a * b;
}
AE_INLINE int32_t forward_i32(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a * (uint32_t)b);
}
AE_INLINE real backward_a(real g, real a, real b, real y) {
  return g * b;
}
AE_INLINE real backward_b(real g, real a, real b, real y) {
  return g * a;
}

AE_BINARY_I32(mul, AE_SAVES_INPUTS, AE_GRAIN_CHEAP,
              "a times b, element by element, broadcasting. For products of matrices see matmul.\n"
              "Two i32 give i32 and wrap around past 2^31 - 1; a number beside an i32 must be whole.");
