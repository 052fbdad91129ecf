/*
** where: y = a where condition is not 0, else b; all three broadcast
**   dL/da = g where condition is not 0, else 0; dL/db the opposite
*/
#include "op/elementwise.h"

static ae_status where_shape(ae_call *call, ae_spec *out) {
  AE_TRY(ae_common_type(call, 1, 2, &out->type));
  ae_shape both;
  AE_TRY(ae_shape_broadcast("where", &call->in_spec[1].shape, &call->in_spec[2].shape, &both, call->err));
  return ae_shape_broadcast("where", &call->in_spec[0].shape, &both, &out->shape, call->err);
}

typedef struct where_job {
  void *out;
  bool of_a; /* backward: which of the two */
} where_job;

static AE_SIMD void choose_reals(int64_t n, const uint8_t *condition, const real *a, const real *b, real *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] = condition[i] ? a[i] : b[i];
}

static AE_SIMD void choose_i32s(int64_t n, const uint8_t *condition, const int32_t *a, const int32_t *b,
                                int32_t *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] = condition[i] ? a[i] : b[i];
}

static AE_SIMD void choose_u8s(int64_t n, const uint8_t *condition, const uint8_t *a, const uint8_t *b,
                               uint8_t *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] = condition[i] ? a[i] : b[i];
}

static void run_reals(void *arg, int64_t first, int64_t n, const void *const *in) {
  const where_job *j = arg;
  choose_reals(n, in[0], in[1], in[2], (real *)j->out + first);
}

static void run_i32s(void *arg, int64_t first, int64_t n, const void *const *in) {
  const where_job *j = arg;
  choose_i32s(n, in[0], in[1], in[2], (int32_t *)j->out + first);
}

static void run_u8s(void *arg, int64_t first, int64_t n, const void *const *in) {
  const where_job *j = arg;
  choose_u8s(n, in[0], in[1], in[2], (uint8_t *)j->out + first);
}

static ae_status where_forward(ae_call *call) {
  ae_tensor *out = call->out[0];
  double number[2];
  ae_operand operands[3] = {{ae_tensor_bytes(call->in[0]), 1},
                            ae_operand_of(call, 1, out->type, &number[0]),
                            ae_operand_of(call, 2, out->type, &number[1])};
  ae_broadcast plan;
  ae_broadcast_plan(
      &out->shape, (const ae_shape *const[]){&call->in_spec[0].shape, &call->in_spec[1].shape, &call->in_spec[2].shape},
      3, &plan);
  where_job job = {.out = ae_tensor_bytes(out)};
  ae_block_fn run = out->type == AE_U8 ? run_u8s : out->type == AE_I32 ? run_i32s : run_reals;
  ae_broadcast_run(call->ctx, &plan, operands, AE_GRAIN_CHEAP, run, &job);
  return AE_OK;
}

static AE_SIMD void mask(int64_t n, const uint8_t *condition, const real *g, bool keep_true, real *y) {
  AE_IVDEP
  for (int64_t i = 0; i < n; i++) y[i] = (condition[i] != 0) == keep_true ? g[i] : 0;
}

static void run_mask(void *arg, int64_t first, int64_t n, const void *const *in) {
  const where_job *j = arg;
  mask(n, in[0], in[1], j->of_a, (real *)j->out + first);
}

static ae_status where_backward(ae_call *call) {
  const ae_tensor *g = call->gout[0];
  const ae_operand operands[2] = {{ae_tensor_bytes(call->in[0]), 1}, {ae_tensor_bytes(g), sizeof(real)}};
  ae_broadcast plan;
  ae_broadcast_plan(&g->shape, (const ae_shape *const[]){&call->in_spec[0].shape, &g->shape}, 2, &plan);
  for (int i = 1; i <= 2; i++) {
    if (!call->wants[i]) continue;
    ae_gradient_target target;
    AE_TRY(ae_gradient_begin(call, i, i == 2 || !call->wants[2], &target));
    where_job job = {ae_tensor_bytes(target.t), i == 1};
    ae_broadcast_run(call->ctx, &plan, operands, AE_GRAIN_CHEAP, run_mask, &job);
    AE_TRY(ae_gradient_end(call, i, &target));
  }
  return AE_OK;
}

const ae_op ae_op_where = {
    .name = "where",
    .doc = "a where condition is not 0, else b, element by element, broadcasting.\n"
           "a and b are of one type, which is the result's; a number beside an i32 or u8 must be whole and in range. "
           "The gradient goes to whichever was taken: nan in the other does not reach it.",
    .result = "a tensor of the shape that the three broadcast to",
    .params = {{.name = "condition", .takes = AE_TAKES_U8, .doc = "[...] as comparisons give it"},
               {.name = "a", .takes = AE_TAKES_ANY, .doc = "[...] taken where condition is not 0", .number = true},
               {.name = "b", .takes = AE_TAKES_ANY, .doc = "[...] taken where condition is 0", .number = true}},
    .saves = AE_SAVES_IN(0),
    .shape = where_shape,
    .forward = where_forward,
    .backward = where_backward};
