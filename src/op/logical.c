/*
** logical: logical_and, logical_or, logical_xor, logical_not of truth values
** An element of any type is true where it is not 0 (nan is true); y is 0 or 1.
*/
#include "op/elementwise.h"

typedef void (*logical_loop)(int64_t n, const uint8_t *a, const uint8_t *b, uint8_t *y);

typedef struct logical_job {
  logical_loop loop;
  ae_type a, b;
  uint8_t *out;
} logical_job;

static AE_SIMD void to_truth(ae_type type, int64_t n, const void *from, uint8_t *restrict to) {
  if (type == AE_U8) {
    for (int64_t i = 0; i < n; i++) to[i] = ((const uint8_t *)from)[i] != 0;
  } else if (type == AE_I32) {
    for (int64_t i = 0; i < n; i++) to[i] = ((const int32_t *)from)[i] != 0;
  } else {
    for (int64_t i = 0; i < n; i++) to[i] = ((const real *)from)[i] != 0;
  }
}

static void run_logical(void *arg, int64_t first, int64_t n, const void *const *in) {
  const logical_job *j = arg;
  uint8_t a[AE_BROADCAST_BLOCK], b[AE_BROADCAST_BLOCK];
  to_truth(j->a, n, in[0], a);
  to_truth(j->b, n, in[1], b);
  j->loop(n, a, b, j->out + first);
}

static ae_status logical(ae_call *call, const ae_tensor *a, const ae_tensor *b, logical_loop loop) {
  logical_job job = {loop, a->type, b->type, ae_u8s(call->out[0])};
  const ae_operand operands[2] = {{ae_tensor_bytes(a), ae_type_size(a->type)},
                                  {ae_tensor_bytes(b), ae_type_size(b->type)}};
  ae_broadcast plan;
  ae_broadcast_plan(&call->out[0]->shape, (const ae_shape *const[]){&a->shape, &b->shape}, 2, &plan);
  ae_broadcast_run(call->ctx, &plan, operands, AE_GRAIN_CHEAP, run_logical, &job);
  return AE_OK;
}

static ae_status logical_shape(ae_call *call, ae_spec *out) {
  out->type = AE_U8;
  return ae_shape_broadcast(call->op->name, &call->in_spec[0].shape, &call->in_spec[1].shape, &out->shape, call->err);
}

#define LOGICAL(op_name, operator, words)                                                                              \
  static AE_SIMD void op_name##_loop(int64_t n, const uint8_t *a, const uint8_t *b, uint8_t *restrict y) {             \
    for (int64_t i = 0; i < n; i++) y[i] = a[i] operator b[i];                                                         \
  }                                                                                                                    \
  static ae_status op_name##_forward(ae_call *call) {                                                                  \
    return logical(call, call->in[0], call->in[1], op_name##_loop);                                                    \
  }                                                                                                                    \
  const ae_op ae_op_##op_name = {                                                                                      \
      .name = #op_name,                                                                                                \
      .doc = "1 where " words ", else 0, element by element, broadcasting.\n"                                          \
             "An element of any type is true where it is not 0.",                                                      \
      .result = "u8 of the shape that a and b broadcast to, 0 or 1",                                                   \
      .params =                                                                                                        \
          {{.name = "a", .takes = AE_TAKES_ANY, .doc = "[...] any shape", .number = true},                             \
           {.name = "b", .takes = AE_TAKES_ANY, .doc = "[...] a shape that broadcasts with a's", .number = true}},     \
      .no_gradient = "the result is u8",                                                                               \
      .shape = logical_shape,                                                                                          \
      .forward = op_name##_forward}

LOGICAL(logical_and, &, "both a and b are true");
LOGICAL(logical_or, |, "a or b or both are true");
LOGICAL(logical_xor, ^, "one of a and b is true and the other is not");

static void logical_not_loop(int64_t n, const uint8_t *a, const uint8_t *b, uint8_t *y) {
  (void)b;
  for (int64_t i = 0; i < n; i++) y[i] = !a[i];
}

static ae_status logical_not_shape(ae_call *call, ae_spec *out) {
  *out = (ae_spec){AE_U8, call->in_spec[0].shape};
  return AE_OK;
}

static ae_status logical_not_forward(ae_call *call) {
  return logical(call, call->in[0], call->in[0], logical_not_loop);
}

const ae_op ae_op_logical_not = {
    .name = "logical_not",
    .doc = "1 where an element is 0, else 0. An element of any type is true where it is not 0.",
    .result = "u8 of x's shape, 0 or 1",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[...] any shape"}},
    .no_gradient = "the result is u8",
    .shape = logical_not_shape,
    .forward = logical_not_forward};
