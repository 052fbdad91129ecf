/*
** compare: eq ne lt le gt ge: y = 1 where the comparison of a and b holds, else 0
** As IEEE has it: nan is not equal to anything, and neither below nor above.
**
** Two real tensors, or whole-number types in any mixture (compared exactly, as
** doubles). A number goes with every type: x > 0.5 has a meaning for a u8 too.
*/
#include "op/elementwise.h"

typedef struct comparison {
  void (*reals)(int64_t n, const real *a, const real *b, uint8_t *y);
  void (*doubles)(int64_t n, const double *a, const double *b, uint8_t *y);
} comparison;

typedef struct compare_job {
  const comparison *loops;
  ae_type a, b;
  uint8_t *out;
} compare_job;

static ae_status compare_shape(ae_call *call, ae_spec *out) {
  bool a_is_real = call->in_spec[0].type == AE_REAL, b_is_real = call->in_spec[1].type == AE_REAL;
  if (a_is_real != b_is_real && !ae_call_is_number(call, a_is_real ? 0 : 1)) return ae_fail_types(call, 0, 1);
  out->type = AE_U8;
  return ae_shape_broadcast(call->op->name, &call->in_spec[0].shape, &call->in_spec[1].shape, &out->shape, call->err);
}

static void run_reals(void *arg, int64_t first, int64_t n, const void *const *in) {
  const compare_job *j = arg;
  j->loops->reals(n, in[0], in[1], j->out + first);
}

static AE_SIMD void to_doubles(ae_type type, int64_t n, const void *from, double *restrict to) {
  if (type == AE_U8) {
    for (int64_t i = 0; i < n; i++) to[i] = ((const uint8_t *)from)[i];
  } else if (type == AE_I32) {
    for (int64_t i = 0; i < n; i++) to[i] = ((const int32_t *)from)[i];
  } else {
    for (int64_t i = 0; i < n; i++) to[i] = (double)((const real *)from)[i];
  }
}

static void run_mixed(void *arg, int64_t first, int64_t n, const void *const *in) {
  const compare_job *j = arg;
  double a[AE_BROADCAST_BLOCK], b[AE_BROADCAST_BLOCK];
  to_doubles(j->a, n, in[0], a);
  to_doubles(j->b, n, in[1], b);
  j->loops->doubles(n, a, b, j->out + first);
}

static ae_status compare(ae_call *call, const comparison *loops) {
  const ae_tensor *a = call->in[0], *b = call->in[1];
  compare_job job = {loops, a->type, b->type, ae_u8s(call->out[0])};
  bool reals = a->type == AE_REAL && b->type == AE_REAL;
  const ae_operand operands[2] = {{ae_tensor_bytes(a), ae_type_size(a->type)},
                                  {ae_tensor_bytes(b), ae_type_size(b->type)}};
  ae_broadcast plan;
  ae_broadcast_plan(&call->out[0]->shape, (const ae_shape *const[]){&a->shape, &b->shape}, 2, &plan);
  ae_broadcast_run(call->ctx, &plan, operands, AE_GRAIN_CHEAP, reals ? run_reals : run_mixed, &job);
  return AE_OK;
}

#define COMPARISON(op_name, operator, words)                                                                           \
  static AE_SIMD void op_name##_reals(int64_t n, const real *a, const real *b, uint8_t *restrict y) {                  \
    for (int64_t i = 0; i < n; i++) y[i] = a[i] operator b[i];                                                         \
  }                                                                                                                    \
  static AE_SIMD void op_name##_doubles(int64_t n, const double *a, const double *b, uint8_t *restrict y) {            \
    for (int64_t i = 0; i < n; i++) y[i] = a[i] operator b[i];                                                         \
  }                                                                                                                    \
  static ae_status op_name##_forward(ae_call *call) {                                                                  \
    return compare(call, &(const comparison){op_name##_reals, op_name##_doubles});                                     \
  }                                                                                                                    \
  const ae_op ae_op_##op_name = {                                                                                      \
      .name = #op_name,                                                                                                \
      .doc = "1 where a " words " b, else 0, element by element, broadcasting.\n"                                      \
             "Two real tensors, or u8 and i32 in any mixture; a number goes with each. nan is unequal to everything "  \
             "and neither below nor above.",                                                                           \
      .result = "u8 of the shape that a and b broadcast to, 0 or 1",                                                   \
      .params =                                                                                                        \
          {{.name = "a", .takes = AE_TAKES_ANY, .doc = "[...] any shape", .number = true},                             \
           {.name = "b", .takes = AE_TAKES_ANY, .doc = "[...] a shape that broadcasts with a's", .number = true}},     \
      .no_gradient = "the result is u8",                                                                               \
      .shape = compare_shape,                                                                                          \
      .forward = op_name##_forward}

COMPARISON(eq, ==, "equals");
COMPARISON(ne, !=, "differs from");
COMPARISON(lt, <, "is below");
COMPARISON(le, <=, "is below or equals");
COMPARISON(gt, >, "is above");
COMPARISON(ge, >=, "is above or equals");
