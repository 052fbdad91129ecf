/*
** Calls: attributes, absent and many inputs, outputs made by the operation.
*/
#include "core/op.h"

#include "check.h"

static ae_error err;
static ae_context *ctx;

/* ---- An operation that records what it was called with ---- */

struct probe_attrs {
  int64_t whole;
  double number;
  bool flag;
  int choice;
  ae_dims dims;
};

static const char *const choices[] = {"mean", "sum", NULL};
static int seen_inputs;
static bool seen_absent;
static struct probe_attrs seen;

static ae_status probe_shape(ae_call *call, ae_spec *out) {
  seen_inputs = call->n_in;
  seen_absent = call->in[1] == NULL && call->in_spec[1].shape.ndim == -1;
  seen = *(struct probe_attrs *)call->attrs;
  if (seen.flag) return ae_fail(call->err, AE_INVALID, "probe: refused");
  out[0] = (ae_spec){AE_I32, {1, {call->n_in}}};
  return AE_OK;
}

static ae_status probe_forward(ae_call *call) {
  for (int i = 0; i < call->n_in; i++) ae_i32s(call->out[0])[i] = call->in[i] ? (int32_t)call->in[i]->count : -1;
  return AE_OK;
}

static const ae_op probe = {
    .name = "probe",
    .params = {{.name = "x", .takes = AE_TAKES_ANY},
               {.name = "mask", .takes = AE_TAKES_U8, .optional = true},
               {.name = "rest", .takes = AE_TAKES_REAL | AE_TAKES_I32, .optional = true, .list = true}},
    .attrs = {AE_ATTR(struct probe_attrs, whole, AE_ATTR_INT, -3, ""),
              AE_ATTR(struct probe_attrs, number, AE_ATTR_REAL, 0.5, ""),
              AE_ATTR(struct probe_attrs, flag, AE_ATTR_BOOL, 0, ""),
              AE_ATTR_CHOICE(struct probe_attrs, choice, choices, 1, ""),
              AE_ATTR(struct probe_attrs, dims, AE_ATTR_DIMS, 0, "")},
    .attrs_size = sizeof(struct probe_attrs),
    .no_gradient = "it counts",
    .shape = probe_shape,
    .forward = probe_forward};

static ae_status same_forward(ae_call *call) {
  ae_tensor_retain(call->in[0]);
  call->out[0] = call->in[0];
  return AE_OK;
}

static const ae_op same = {.name = "same",
                           .params = {{.name = "x", .takes = AE_TAKES_REAL}},
                           .makes_outputs = true,
                           .no_gradient = "it does nothing",
                           .shape = probe_shape,
                           .forward = same_forward};

static ae_tensor *numbers(int64_t n) {
  ae_tensor *t = NULL;
  CHECK_OK(ae_tensor_new(ctx, AE_REAL, &(ae_shape){1, {n}}, &t, &err), err);
  return t;
}

static void attributes_have_defaults(void) {
  ae_tensor *x = numbers(4), *y;
  CHECK_OK(ae_op_run(ctx, &probe, &x, 1, NULL, &y, &err), err);
  CHECK(seen_inputs == 3 && seen_absent);
  CHECK(seen.whole == -3 && seen.number == 0.5 && !seen.flag && seen.choice == 1 && seen.dims.n == 0);
  CHECK(y->count == 3 && ae_i32s(y)[0] == 4 && ae_i32s(y)[1] == -1 && !y->requires_grad);
  ae_tensor_release(y);
  struct probe_attrs attrs = {7, 2, true, 0, {1, {2}}};
  y = NULL;
  CHECK_FAILS(ae_op_run(ctx, &probe, &x, 1, &attrs, &y, &err), err, AE_INVALID, "probe: refused");
  CHECK(y == NULL && seen.whole == 7 && seen.dims.at[0] == 2);
  ae_tensor_release(x);
}

static void lists_may_be_long(void) {
  enum { N = 40 };
  ae_tensor *in[N], *y;
  for (int i = 0; i < N; i++) in[i] = numbers(i);
  ae_tensor *mask = in[1];
  in[1] = NULL;
  CHECK_OK(ae_op_run(ctx, &probe, in, N, NULL, &y, &err), err);
  CHECK(seen_inputs == N && y->count == N && ae_i32s(y)[N - 1] == N - 1);
  in[1] = mask;
  ae_tensor_release(y);
  CHECK_FAILS(ae_op_run(ctx, &probe, in, N, NULL, &y, &err), err, AE_TYPE, "probe: mask wants u8, got f");
  for (int i = 0; i < N; i++) ae_tensor_release(in[i]);
}

/* An operation in place hands its input back: that stays a leaf. */
static void an_input_handed_back_is_not_recorded(void) {
  ae_tensor *x = numbers(2), *y;
  ae_tensor_require_grad(x, true);
  CHECK_OK(ae_op_run(ctx, &same, &x, 1, NULL, &y, &err), err);
  CHECK(y == x && !x->node);
  ae_tensor_release(y);
  ae_tensor_release(x);
}

static void dims_become_sets(void) {
  ae_dimset set;
  CHECK_OK(ae_op_dimset("sum", &(ae_dims){0, {0}}, 3, &set, &err), err);
  CHECK(set == 7);
  CHECK_OK(ae_op_dimset("sum", &(ae_dims){2, {1, -1}}, 3, &set, &err), err);
  CHECK(set == 5);
  CHECK_OK(ae_op_dimset("sum", &(ae_dims){0, {0}}, 0, &set, &err), err);
  CHECK(set == 0);
  CHECK_FAILS(ae_op_dimset("sum", &(ae_dims){2, {3, -1}}, 3, &set, &err), err, AE_INVALID,
              "dimension 3 is named twice");
  CHECK_FAILS(ae_op_dimset("sum", &(ae_dims){1, {4}}, 3, &set, &err), err, AE_SHAPE,
              "sum: wants a dimension of 1 to 3");
}

static void hosts_call_by_name(void) {
  ae_tensor *x = numbers(3), *y;
  ae_tensor_fill(ctx, x, 2);
  CHECK_OK(ae_op_apply(ctx, "square", &x, 1, &y, 1, &err), err);
  CHECK(ae_tensor_get(y, 2) == 4);
  ae_tensor_release(y);
  CHECK_FAILS(ae_op_apply(ctx, "sqare", &x, 1, &y, 1, &err), err, AE_INVALID, "there is no operation 'sqare'");
  CHECK_FAILS(ae_op_apply(ctx, "square", &x, 1, &y, 2, &err), err, AE_INVALID, "square: has 1 outputs, room is for 2");
  CHECK_FAILS(ae_op_apply(ctx, "sgd_step", (ae_tensor *[]){x, x}, 2, &y, 1, &err), err, AE_INVALID,
              "lr has no default");
  ae_tensor_release(x);
}

int main(void) {
  CHECK_OK(ae_context_open(&(ae_options){.threads = 1}, &ctx, &err), err);
  size_t live = ae_context_memory(ctx).live;
  attributes_have_defaults();
  lists_may_be_long();
  an_input_handed_back_is_not_recorded();
  dims_become_sets();
  hosts_call_by_name();
  CHECK(ae_context_memory(ctx).live == live);
  ae_context_close(ctx);
  return check_result();
}
