/*
** elementwise: what the operations made with elementwise.h have in common:
** their types and shapes, the runs of their loops, where gradients go.
*/
#include "op/elementwise.h"

/* ---- Unary ---- */

typedef struct unary_job {
  ae_unary_loop loop;
  ae_unary_gradient_loop gradient_loop;
  ae_test_loop test_loop;
  const void *attrs;
  const real *g, *x, *y;
  real *out;
  uint8_t *truth;
} unary_job;

static void run_unary(void *arg, int64_t begin, int64_t end) {
  const unary_job *j = arg;
  j->loop(j->attrs, end - begin, j->x + begin, j->out + begin);
}

static void run_unary_gradient(void *arg, int64_t begin, int64_t end) {
  const unary_job *j = arg;
  j->gradient_loop(j->attrs, end - begin, j->g + begin, j->x + begin, j->y + begin, j->out + begin);
}

static void run_unary_test(void *arg, int64_t begin, int64_t end) {
  const unary_job *j = arg;
  j->test_loop(end - begin, j->x + begin, j->truth + begin);
}

ae_status ae_unary_shape(ae_call *call, ae_spec *out) {
  *out = (ae_spec){AE_REAL, call->in_spec[0].shape};
  return AE_OK;
}

ae_status ae_unary_test_shape(ae_call *call, ae_spec *out) {
  *out = (ae_spec){AE_U8, call->in_spec[0].shape};
  return AE_OK;
}

ae_status ae_unary_forward(ae_call *call, ae_unary_loop loop, int64_t grain) {
  unary_job job = {.loop = loop, .attrs = call->attrs, .x = ae_reals(call->in[0]), .out = ae_reals(call->out[0])};
  ae_parallel(call->ctx, call->out[0]->count, grain, run_unary, &job);
  return AE_OK;
}

ae_status ae_unary_test_forward(ae_call *call, ae_test_loop loop) {
  unary_job job = {.test_loop = loop, .x = ae_reals(call->in[0]), .truth = ae_u8s(call->out[0])};
  ae_parallel(call->ctx, call->out[0]->count, AE_GRAIN_CHEAP, run_unary_test, &job);
  return AE_OK;
}

/* The numbers of t, or g's where the operation does not save it: something that can be read. */
static const real *reals_or(const ae_tensor *t, const ae_tensor *g) {
  return ae_reals(t ? t : g);
}

ae_status ae_unary_backward(ae_call *call, ae_unary_gradient_loop loop, int64_t grain) {
  ae_gradient_target target;
  AE_TRY(ae_gradient_begin(call, 0, true, &target));
  const ae_tensor *g = call->gout[0];
  unary_job job = {.gradient_loop = loop,
                   .attrs = call->attrs,
                   .g = ae_reals(g),
                   .x = reals_or(call->in[0], g),
                   .y = reals_or(call->out[0], g),
                   .out = ae_reals(target.t)};
  ae_parallel(call->ctx, g->count, grain, run_unary_gradient, &job);
  return ae_gradient_end(call, 0, &target);
}

/* ---- Where gradients go ---- */

static int64_t spec_count(const ae_call *call, int i) {
  return ae_shape_count(&call->in_spec[i].shape);
}

ae_status ae_gradient_begin(ae_call *call, int i, bool last, ae_gradient_target *target) {
  bool same = spec_count(call, i) == call->gout[0]->count;
  target->borrowed = same && (!last || call->slot[i]);
  if (target->borrowed) return ae_call_gradient(call, i, &target->t);
  if (last) return ae_call_scratch(call, 0, &target->t);
  return ae_tensor_new(call->ctx, AE_REAL, &call->out_spec[0].shape, &target->t, call->err);
}

ae_status ae_gradient_end(ae_call *call, int i, ae_gradient_target *target) {
  if (target->borrowed) return AE_OK;
  ae_status status;
  if (spec_count(call, i) == target->t->count) {
    status = ae_call_pass(call, i, target->t);
  } else {
    ae_tensor *gradient;
    status = ae_call_gradient(call, i, &gradient);
    if (status == AE_OK) status = ae_reduce_to_shape(call->ctx, target->t, gradient, call->err);
  }
  ae_tensor_release(target->t);
  return status;
}

/* ---- Types ---- */

bool ae_call_is_number(const ae_call *call, int i) {
  const ae_tensor *t = call->in[i];
  return t->type == AE_REAL && t->shape.ndim == 0 && !t->requires_grad;
}

ae_status ae_fail_types(const ae_call *call, int i, int j) {
  return ae_fail(
      call->err, AE_TYPE,
      "%s: %s is %s and %s is %s; convert with t:to(\"f32\") (values as they are) or ae.scaled(t) (u8 / 255)",
      call->op->name, call->op->params[i].name, ae_type_name(call->in_spec[i].type), call->op->params[j].name,
      ae_type_name(call->in_spec[j].type));
}

static ae_status check_number(const ae_call *call, int i, ae_type type) {
  double value = ae_tensor_get(call->in[i], 0);
  double low = type == AE_U8 ? 0 : INT32_MIN, high = type == AE_U8 ? UINT8_MAX : INT32_MAX;
  if (value >= low && value <= high && value == floor(value)) return AE_OK;
  return ae_fail(call->err, AE_TYPE,
                 "%s: beside %s, a number must be whole and from %.0f to %.0f, got %.9g; convert "
                 "the tensor with t:to(\"f32\") to compute with it",
                 call->op->name, ae_type_name(type), low, high, value);
}

ae_status ae_common_type(const ae_call *call, int i, int j, ae_type *out) {
  ae_type a = call->in_spec[i].type, b = call->in_spec[j].type;
  if (a != b) {
    if (ae_call_is_number(call, i)) {
      AE_TRY(check_number(call, i, b));
      a = b;
    } else if (ae_call_is_number(call, j)) {
      AE_TRY(check_number(call, j, a));
    } else {
      return ae_fail_types(call, i, j);
    }
  }
  *out = a;
  return AE_OK;
}

ae_operand ae_operand_of(const ae_call *call, int i, ae_type type, double *number) {
  const ae_tensor *t = call->in[i];
  ae_operand operand = {ae_tensor_bytes(t), ae_type_size(type)};
  if (t->type == type) return operand;
  double value = ae_tensor_get(t, 0);
  operand.data = number;
  if (type == AE_I32) {
    *(int32_t *)number = (int32_t)value;
  } else if (type == AE_U8) {
    *(uint8_t *)number = (uint8_t)value;
  } else {
    *(real *)number = (real)value;
  }
  return operand;
}

/* ---- Binary ---- */

static ae_status broadcast_shape(const ae_call *call, ae_type type, ae_spec *out) {
  out->type = type;
  return ae_shape_broadcast(call->op->name, &call->in_spec[0].shape, &call->in_spec[1].shape, &out->shape, call->err);
}

ae_status ae_binary_shape(ae_call *call, ae_spec *out) {
  return broadcast_shape(call, AE_REAL, out);
}

ae_status ae_binary_i32_shape(ae_call *call, ae_spec *out) {
  ae_type type = AE_REAL;
  AE_TRY(ae_common_type(call, 0, 1, &type));
  return broadcast_shape(call, type, out);
}

typedef struct binary_job {
  const ae_binary *binary;
  ae_binary_gradient_loop gradient_loop;
  real *out;
  int32_t *out_i32;
} binary_job;

static void run_binary(void *arg, int64_t first, int64_t n, const void *const *in) {
  const binary_job *j = arg;
  j->binary->forward(n, in[0], in[1], j->out + first);
}

static void run_binary_i32(void *arg, int64_t first, int64_t n, const void *const *in) {
  const binary_job *j = arg;
  j->binary->forward_i32(n, in[0], in[1], j->out_i32 + first);
}

static void run_binary_gradient(void *arg, int64_t first, int64_t n, const void *const *in) {
  const binary_job *j = arg;
  j->gradient_loop(n, in[0], in[1], in[2], in[3], j->out + first);
}

ae_status ae_binary_forward(ae_call *call, const ae_binary *binary) {
  ae_tensor *out = call->out[0];
  bool whole = out->type == AE_I32;
  double number[2];
  ae_operand operands[2];
  ae_broadcast plan;
  const ae_shape *shapes[2] = {&call->in_spec[0].shape, &call->in_spec[1].shape};
  for (int i = 0; i < 2; i++) operands[i] = ae_operand_of(call, i, out->type, &number[i]);
  binary_job job = {.binary = binary};
  if (whole) {
    job.out_i32 = ae_i32s(out);
  } else {
    job.out = ae_reals(out);
  }
  ae_broadcast_plan(&out->shape, shapes, 2, &plan);
  ae_broadcast_run(call->ctx, &plan, operands, binary->grain, whole ? run_binary_i32 : run_binary, &job);
  return AE_OK;
}

/* A linear operation's gradient of an input that was stretched: first the sum, then the loop on what is left. */
static ae_status backward_of_sum(ae_call *call, int i, ae_binary_gradient_loop loop) {
  ae_tensor *sum;
  AE_TRY(ae_call_gradient(call, i, &sum));
  AE_TRY(ae_reduce_to_shape(call->ctx, call->gout[0], sum, call->err));
  real *s = ae_reals(sum);
  if (loop) loop(sum->count, s, s, s, s, s);
  return AE_OK;
}

static ae_status backward_one(ae_call *call, int i, bool last, const ae_binary *binary, ae_binary_gradient_loop loop) {
  ae_tensor *g = call->gout[0];
  bool same = spec_count(call, i) == g->count;
  if (binary->linear && !same) return backward_of_sum(call, i, loop);
  if (!loop) return ae_call_pass(call, i, g);
  ae_gradient_target target;
  AE_TRY(ae_gradient_begin(call, i, last, &target));
  const ae_tensor *read[4] = {g, call->in[0], call->in[1], call->out[0]};
  const ae_shape *shapes[4];
  ae_operand operands[4];
  for (int k = 0; k < 4; k++) {
    const ae_tensor *t = read[k] ? read[k] : g;
    shapes[k] = &t->shape;
    operands[k] = (ae_operand){ae_tensor_bytes(t), sizeof(real)};
  }
  ae_broadcast plan;
  binary_job job = {.gradient_loop = loop, .out = ae_reals(target.t)};
  ae_broadcast_plan(&call->out_spec[0].shape, shapes, 4, &plan);
  ae_broadcast_run(call->ctx, &plan, operands, binary->grain, run_binary_gradient, &job);
  return ae_gradient_end(call, i, &target);
}

ae_status ae_binary_backward(ae_call *call, const ae_binary *binary) {
  if (call->wants[0]) AE_TRY(backward_one(call, 0, !call->wants[1], binary, binary->backward_a));
  if (call->wants[1]) AE_TRY(backward_one(call, 1, true, binary, binary->backward_b));
  return AE_OK;
}
