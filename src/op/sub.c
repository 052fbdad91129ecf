/*
** sub: y = a - b        dL/da = g, dL/db = -g, summed over what broadcasting repeats
** i32 wraps around at 2^31.
*/
#include "op/elementwise.h"

AE_INLINE real forward(real a, real b) {
  return a - b;
}
AE_INLINE int32_t forward_i32(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a - (uint32_t)b);
}

AE_BINARY_FORWARD_LOOP
AE_BINARY_FORWARD_I32_LOOP
static AE_SIMD void backward_b_loop(int64_t n, const real *g, const real *a, const real *b, const real *y, real *gb) {
  AE_IVDEP
  for (int64_t i = 0; i < n; i++) gb[i] = -g[i];
}
static const ae_binary binary = {.grain = AE_GRAIN_CHEAP,
                                 .forward = forward_loop,
                                 .forward_i32 = forward_i32_loop,
                                 .backward_b = backward_b_loop,
                                 .linear = true};
AE_BINARY_OP(sub, 0,
             "a - b, element by element, broadcasting.\n"
             "Two i32 give i32 and wrap around past 2^31 - 1; a number beside an i32 must be whole.",
             AE_TAKES_REAL | AE_TAKES_I32, ae_binary_i32_shape);
