/*
** pow: y = a^b
**   dL/da = g b a^(b-1), 0 where b = 0
**   dL/db = g y ln a, 0 where a = 0 and b >= 0; nan where a < 0
** The exponent 2, given as one number, is a product.
*/
#include "op/elementwise.h"

AE_INLINE real forward(real a, real b) {
  return ae_pow(a, b);
}
AE_INLINE real backward_a(real g, real a, real b, real y) {
  real slope = g * b * ae_pow(a, b - 1);
  return b == 0 ? 0 : slope;
}
AE_INLINE real backward_b(real g, real a, real b, real y) {
  real slope = g * y * ae_log(a);
  return a == 0 && b >= 0 ? 0 : slope;
}

AE_BINARY_FORWARD_LOOP
AE_BINARY_BACKWARD_LOOPS
static const ae_binary general = {
    .grain = AE_GRAIN_COSTLY, .forward = forward_loop, .backward_a = backward_a_loop, .backward_b = backward_b_loop};

static AE_SIMD void square_loop(int64_t n, const real *restrict a, const real *restrict b, real *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] = a[i] * a[i];
}
static AE_SIMD void square_backward_loop(int64_t n, const real *g, const real *a, const real *b, const real *y,
                                         real *ga) {
  AE_IVDEP
  for (int64_t i = 0; i < n; i++) ga[i] = 2 * g[i] * a[i];
}
static const ae_binary square = {
    .grain = AE_GRAIN_CHEAP, .forward = square_loop, .backward_a = square_backward_loop, .backward_b = backward_b_loop};

static const ae_binary *loops_for(const ae_call *call) {
  const ae_tensor *b = call->in[1];
  return b->count == 1 && ae_reals(b)[0] == 2 ? &square : &general;
}

static ae_status pow_forward(ae_call *call) {
  return ae_binary_forward(call, loops_for(call));
}

static ae_status pow_backward(ae_call *call) {
  return ae_binary_backward(call, loops_for(call));
}

const ae_op ae_op_pow = {
    .name = "pow",
    .doc =
        "a to the power of b, element by element, broadcasting.\n"
        "As C's pow: a negative a with a b that is not whole gives nan. The gradient of a is 0 where b is 0; that of "
        "b is 0 where a is 0 and b is not negative, and nan where a is negative.",
    .result = "a tensor of the shape that a and b broadcast to",
    .params = {{.name = "a", .takes = AE_TAKES_REAL, .doc = "[...] any shape", .number = true},
               {.name = "b", .takes = AE_TAKES_REAL, .doc = "[...] a shape that broadcasts with a's", .number = true}},
    .saves = AE_SAVES_INPUTS | AE_SAVES_OUT(0),
    .shape = ae_binary_shape,
    .forward = pow_forward,
    .backward = pow_backward};
