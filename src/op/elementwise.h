/*
** elementwise: the template behind operations that work element by element.
**
** An operation's file holds its formula, scalar functions of the names below,
** and one macro that makes loops, frame functions and descriptor from them:
**
**   real forward(real x)                              AE_UNARY
**   real backward(real g, real x, real y)               dL/dx, g being dL/dy
**   real forward(real x, attrs a)                     AE_UNARY_WITH, where
**   real backward(real g, real x, real y, attrs a)      `attrs` is the file's type
**   uint8_t forward(real x)                           AE_UNARY_TEST
**   real forward(real a, real b)                      AE_BINARY
**   int32_t forward_i32(int32_t a, int32_t b)           AE_BINARY_I32 only
**   real backward_a(real g, real a, real b, real y)     dL/da
**   real backward_b(real g, real a, real b, real y)     dL/db
**
** All are AE_INLINE. backward may read those of x, y, a, b that the macro's
** `saves` names; the others hold numbers without meaning. `grain` is
** AE_GRAIN_CHEAP where memory is the limit, AE_GRAIN_COSTLY where arithmetic is.
**
** Types: real, and with AE_BINARY_I32 two i32 (a number beside an i32 counts as
** i32 and must be whole). Shapes broadcast as NumPy's do.
*/
#ifndef AE_OP_ELEMENTWISE_H
#define AE_OP_ELEMENTWISE_H

#include "core/op.h"
#include "core/parallel.h"
#include "kernel/broadcast.h"
#include "kernel/vmath.h"

/* The signatures above are fixed; most functions read some of their parameters. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

typedef void (*ae_unary_loop)(const void *attrs, int64_t n, const real *x, real *y);
typedef void (*ae_test_loop)(int64_t n, const real *x, uint8_t *y);
typedef void (*ae_unary_gradient_loop)(const void *attrs, int64_t n, const real *g, const real *x, const real *y,
                                       real *gx);
typedef void (*ae_binary_loop)(int64_t n, const real *a, const real *b, real *y);
typedef void (*ae_binary_i32_loop)(int64_t n, const int32_t *a, const int32_t *b, int32_t *y);
typedef void (*ae_binary_gradient_loop)(int64_t n, const real *g, const real *a, const real *b, const real *y,
                                        real *gradient);

typedef struct ae_binary {
  int64_t grain;
  ae_binary_loop forward;
  ae_binary_i32_loop forward_i32; /* NULL: real only */
  ae_binary_gradient_loop backward_a, backward_b;
  bool linear; /* the gradients read g alone, and may be taken after the sum over what repeats; NULL: g itself */
} ae_binary;

/* ---- What the macros' functions call (elementwise.c) ---- */

ae_status ae_unary_shape(ae_call *call, ae_spec *out);
ae_status ae_unary_test_shape(ae_call *call, ae_spec *out);
ae_status ae_unary_forward(ae_call *call, ae_unary_loop loop, int64_t grain);
ae_status ae_unary_test_forward(ae_call *call, ae_test_loop loop);
ae_status ae_unary_backward(ae_call *call, ae_unary_gradient_loop loop, int64_t grain);

ae_status ae_binary_shape(ae_call *call, ae_spec *out);
ae_status ae_binary_i32_shape(ae_call *call, ae_spec *out);
ae_status ae_binary_forward(ae_call *call, const ae_binary *binary);
ae_status ae_binary_backward(ae_call *call, const ae_binary *binary);

/* ---- The same for operations with loops of their own ---- */

/* Whether input i is what a Lua number becomes: real, no dimensions, no gradient. */
bool ae_call_is_number(const ae_call *call, int i);
/* AE_TYPE: inputs i and j have types that do not go together. */
ae_status ae_fail_types(const ae_call *call, int i, int j);
/* The type that inputs i and j share; a number is of the other's type, for which it must be whole and in range. */
ae_status ae_common_type(const ae_call *call, int i, int j, ae_type *out);
/* Input i as an operand of type `type`; a number is converted into `number`. */
ae_operand ae_operand_of(const ae_call *call, int i, ae_type type, double *number);

/* Where to compute the gradient of input i, in the output's shape: begin gives
** the tensor to write, end sums it over what broadcasting repeats and hands it
** on, after success only. `last`: nobody reads gout[0] after this. */
typedef struct ae_gradient_target {
  ae_tensor *t;
  bool borrowed;
} ae_gradient_target;
ae_status ae_gradient_begin(ae_call *call, int i, bool last, ae_gradient_target *target);
ae_status ae_gradient_end(ae_call *call, int i, ae_gradient_target *target);

/* ---- Unary ---- */

#define AE_UNARY_LOOPS(make_attrs, forward_of, backward_of)                                                            \
  static AE_SIMD void forward_loop(const void *given, int64_t n, const real *restrict x, real *restrict y) {           \
    make_attrs;                                                                                                        \
    for (int64_t i = 0; i < n; i++) y[i] = forward_of;                                                                 \
  }                                                                                                                    \
  static AE_SIMD void backward_loop(const void *given, int64_t n, const real *g, const real *x, const real *y,         \
                                    real *gx) {                                                                        \
    make_attrs;                                                                                                        \
    AE_IVDEP                                                                                                           \
    for (int64_t i = 0; i < n; i++) gx[i] = backward_of;                                                               \
  }

#define AE_UNARY_OP(op_name, saves_, grain, doc_, shape_, ...)                                                         \
  static ae_status unary_forward(ae_call *call) {                                                                      \
    return ae_unary_forward(call, forward_loop, grain);                                                                \
  }                                                                                                                    \
  static ae_status unary_backward(ae_call *call) {                                                                     \
    return ae_unary_backward(call, backward_loop, grain);                                                              \
  }                                                                                                                    \
  const ae_op ae_op_##op_name = {.name = #op_name,                                                                     \
                                 .doc = doc_,                                                                          \
                                 .result = "a tensor of x's shape",                                                    \
                                 .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[...] any shape"}},          \
                                 .saves = saves_,                                                                      \
                                 .shape = shape_,                                                                      \
                                 .forward = unary_forward,                                                             \
                                 .backward = unary_backward,                                                           \
                                 __VA_ARGS__}

#define AE_UNARY(op_name, saves, grain, doc)                                                                           \
  AE_UNARY_LOOPS((void)given, forward(x[i]), backward(g[i], x[i], y[i]))                                               \
  AE_UNARY_OP(op_name, saves, grain, doc, ae_unary_shape, )

/* The rest: the entries of the descriptor's attrs. */
#define AE_UNARY_WITH(op_name, saves, grain, doc, shape, ...)                                                          \
  AE_UNARY_LOOPS(attrs a = *(const attrs *)given, forward(x[i], a), backward(g[i], x[i], y[i], a))                     \
  AE_UNARY_OP(op_name, saves, grain, doc, shape, .attrs_size = sizeof(attrs), .attrs = {__VA_ARGS__})

#define AE_UNARY_TEST(op_name, doc_)                                                                                   \
  static AE_SIMD void forward_loop(int64_t n, const real *restrict x, uint8_t *restrict y) {                           \
    for (int64_t i = 0; i < n; i++) y[i] = forward(x[i]);                                                              \
  }                                                                                                                    \
  static ae_status unary_forward(ae_call *call) {                                                                      \
    return ae_unary_test_forward(call, forward_loop);                                                                  \
  }                                                                                                                    \
  const ae_op ae_op_##op_name = {.name = #op_name,                                                                     \
                                 .doc = doc_,                                                                          \
                                 .result = "u8 of x's shape, 0 or 1",                                                  \
                                 .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[...] any shape"}},          \
                                 .no_gradient = "the result is u8",                                                    \
                                 .shape = ae_unary_test_shape,                                                         \
                                 .forward = unary_forward}

/* ---- Binary ---- */

#define AE_BINARY_FORWARD_LOOP                                                                                         \
  static AE_SIMD void forward_loop(int64_t n, const real *restrict a, const real *restrict b, real *restrict y) {      \
    for (int64_t i = 0; i < n; i++) y[i] = forward(a[i], b[i]);                                                        \
  }

#define AE_BINARY_FORWARD_I32_LOOP                                                                                     \
  static AE_SIMD void forward_i32_loop(int64_t n, const int32_t *restrict a, const int32_t *restrict b,                \
                                       int32_t *restrict y) {                                                          \
    for (int64_t i = 0; i < n; i++) y[i] = forward_i32(a[i], b[i]);                                                    \
  }

#define AE_BINARY_BACKWARD_LOOPS                                                                                       \
  static AE_SIMD void backward_a_loop(int64_t n, const real *g, const real *a, const real *b, const real *y,           \
                                      real *ga) {                                                                      \
    AE_IVDEP                                                                                                           \
    for (int64_t i = 0; i < n; i++) ga[i] = backward_a(g[i], a[i], b[i], y[i]);                                        \
  }                                                                                                                    \
  static AE_SIMD void backward_b_loop(int64_t n, const real *g, const real *a, const real *b, const real *y,           \
                                      real *gb) {                                                                      \
    AE_IVDEP                                                                                                           \
    for (int64_t i = 0; i < n; i++) gb[i] = backward_b(g[i], a[i], b[i], y[i]);                                        \
  }

#define AE_BINARY_OP(op_name, saves_, doc_, takes_, shape_)                                                            \
  static ae_status binary_forward(ae_call *call) {                                                                     \
    return ae_binary_forward(call, &binary);                                                                           \
  }                                                                                                                    \
  static ae_status binary_backward(ae_call *call) {                                                                    \
    return ae_binary_backward(call, &binary);                                                                          \
  }                                                                                                                    \
  const ae_op ae_op_##op_name = {                                                                                      \
      .name = #op_name,                                                                                                \
      .doc = doc_,                                                                                                     \
      .result = "a tensor of the shape that a and b broadcast to",                                                     \
      .params = {{.name = "a", .takes = takes_, .doc = "[...] any shape", .number = true},                             \
                 {.name = "b", .takes = takes_, .doc = "[...] a shape that broadcasts with a's", .number = true}},     \
      .saves = saves_,                                                                                                 \
      .shape = shape_,                                                                                                 \
      .forward = binary_forward,                                                                                       \
      .backward = binary_backward}

#define AE_BINARY(op_name, saves, grain_, doc)                                                                         \
  AE_BINARY_FORWARD_LOOP                                                                                               \
  AE_BINARY_BACKWARD_LOOPS                                                                                             \
  static const ae_binary binary = {                                                                                    \
      .grain = grain_, .forward = forward_loop, .backward_a = backward_a_loop, .backward_b = backward_b_loop};         \
  AE_BINARY_OP(op_name, saves, doc, AE_TAKES_REAL, ae_binary_shape)

#define AE_BINARY_I32(op_name, saves, grain_, doc)                                                                     \
  AE_BINARY_FORWARD_LOOP                                                                                               \
  AE_BINARY_FORWARD_I32_LOOP                                                                                           \
  AE_BINARY_BACKWARD_LOOPS                                                                                             \
  static const ae_binary binary = {.grain = grain_,                                                                    \
                                   .forward = forward_loop,                                                            \
                                   .forward_i32 = forward_i32_loop,                                                    \
                                   .backward_a = backward_a_loop,                                                      \
                                   .backward_b = backward_b_loop};                                                     \
  AE_BINARY_OP(op_name, saves, doc, AE_TAKES_REAL | AE_TAKES_I32, ae_binary_i32_shape)

#endif
