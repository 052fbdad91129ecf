/*
** add: y = a + b        dL/da = dL/db = g, summed over what broadcasting repeats
** i32 wraps around at 2^31.
*/
#include "op/elementwise.h"

AE_INLINE real forward(real a, real b) {
  return a + b;
}
AE_INLINE int32_t forward_i32(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a + (uint32_t)b);
}

AE_BINARY_FORWARD_LOOP
AE_BINARY_FORWARD_I32_LOOP
static const ae_binary binary = {
    .grain = AE_GRAIN_CHEAP, .forward = forward_loop, .forward_i32 = forward_i32_loop, .linear = true};
AE_BINARY_OP(add, 0,
             "a + b, element by element, broadcasting.\n"
             "Two i32 give i32 and wrap around past 2^31 - 1; a number beside an i32 must be whole.",
             AE_TAKES_REAL | AE_TAKES_I32, ae_binary_i32_shape);
