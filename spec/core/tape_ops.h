/*
** tape_ops: operations for the tests of the tape: mul saves its inputs, root its
** output, add nothing, halves keeps a tensor of its own and has two outputs, of
** which one may go unused; sign has no gradient.
*/
#ifndef AE_SPEC_TAPE_OPS_H
#define AE_SPEC_TAPE_OPS_H

#include "check.h"
#include "core/tape.h"

static ae_error err;
static ae_context *ctx;

/* ---- Operations ---- */

static ae_status same_shape(ae_call *call, ae_spec *out) {
  for (int k = 0; k < (call->op->n_out ? call->op->n_out : 1); k++) out[k] = call->in_spec[0];
  return AE_OK;
}

static ae_status mul_forward(ae_call *call) {
  for (int64_t i = 0; i < call->out[0]->count; i++)
    ae_reals(call->out[0])[i] = ae_reals(call->in[0])[i] * ae_reals(call->in[1])[i];
  return AE_OK;
}

static ae_status mul_backward(ae_call *call) {
  for (int i = 0; i < 2; i++) {
    ae_tensor *g;
    if (!call->wants[i]) continue;
    AE_TRY(ae_call_gradient(call, i, &g));
    for (int64_t j = 0; j < g->count; j++) ae_reals(g)[j] = ae_reals(call->gout[0])[j] * ae_reals(call->in[1 - i])[j];
  }
  return AE_OK;
}

static const ae_op mul = {
    .name = "mul",
    .params = {{"a", AE_TAKES_REAL, "", false, false, false}, {"b", AE_TAKES_REAL, "", false, false, false}},
    .saves = AE_SAVES_IN(0) | AE_SAVES_IN(1),
    .shape = same_shape,
    .forward = mul_forward,
    .backward = mul_backward};

static ae_status add_forward(ae_call *call) {
  for (int64_t i = 0; i < call->out[0]->count; i++) {
    ae_reals(call->out[0])[i] = 0;
    for (int j = 0; j < call->n_in; j++) ae_reals(call->out[0])[i] += ae_reals(call->in[j])[i];
  }
  return AE_OK;
}

static ae_status add_backward(ae_call *call) {
  for (int i = 0; i < call->n_in; i++)
    if (call->wants[i]) AE_TRY(ae_call_pass(call, i, call->gout[0]));
  return AE_OK;
}

static const ae_op add = {.name = "add",
                          .params = {{"terms", AE_TAKES_REAL, "", false, true, false}},
                          .shape = same_shape,
                          .forward = add_forward,
                          .backward = add_backward};

struct sqrt_attrs {
  double scale;
};

static ae_status root_forward(ae_call *call) {
  const struct sqrt_attrs *attrs = call->attrs;
  for (int64_t i = 0; i < call->out[0]->count; i++)
    ae_reals(call->out[0])[i] = (real)(attrs->scale * sqrt((double)ae_reals(call->in[0])[i]));
  return AE_OK;
}

static ae_status root_backward(ae_call *call) {
  const struct sqrt_attrs *attrs = call->attrs;
  ae_tensor *g;
  CHECK(call->in[0] == NULL && call->out[0] && call->saved[0] == NULL);
  AE_TRY(ae_call_scratch(call, 0, &g));
  for (int64_t i = 0; i < g->count; i++)
    ae_reals(g)[i] = (real)(attrs->scale * attrs->scale / 2) * ae_reals(call->gout[0])[i] / ae_reals(call->out[0])[i];
  ae_status status = ae_call_pass(call, 0, g);
  ae_tensor_release(g);
  return status;
}

static const ae_op root = {.name = "root",
                           .params = {{"x", AE_TAKES_REAL, "", false, false, false}},
                           .attrs = {AE_ATTR(struct sqrt_attrs, scale, AE_ATTR_REAL, 1, "")},
                           .attrs_size = sizeof(struct sqrt_attrs),
                           .saves = AE_SAVES_OUT(0),
                           .shape = same_shape,
                           .forward = root_forward,
                           .backward = root_backward};

static ae_status halves_forward(ae_call *call) {
  for (int k = 0; k < 2; k++)
    for (int64_t i = 0; i < call->out[k]->count; i++)
      ae_reals(call->out[k])[i] = ae_reals(call->in[0])[i] * (real)(k + 1) / 2;
  return call->recording ? ae_tensor_scalar(call->ctx, 0.5, &call->saved[0], call->err) : AE_OK;
}

static ae_status halves_backward(ae_call *call) {
  ae_tensor *g;
  double half = ae_tensor_get(call->saved[0], 0);
  AE_TRY(ae_call_gradient(call, 0, &g));
  for (int64_t i = 0; i < g->count; i++) {
    ae_reals(g)[i] = 0;
    for (int k = 0; k < 2; k++)
      if (call->gout[k]) ae_reals(g)[i] += ae_reals(call->gout[k])[i] * (real)(half * (k + 1));
  }
  return AE_OK;
}

static const ae_op halves = {.name = "halves",
                             .params = {{"x", AE_TAKES_REAL, "", false, false, false}},
                             .n_out = 2,
                             .shape = same_shape,
                             .forward = halves_forward,
                             .backward = halves_backward};

static const ae_op sign = {.name = "sign",
                           .params = {{"x", AE_TAKES_REAL, "", false, false, false}},
                           .no_gradient = "it is flat",
                           .shape = same_shape,
                           .forward = add_forward};

/* ---- Short forms ---- */

static inline ae_tensor *leaf(int64_t n, const double *values) {
  ae_tensor *t = NULL;
  CHECK_OK(ae_tensor_from_reals(ctx, 1, &n, values, &t, &err), err);
  ae_tensor_require_grad(t, true);
  return t;
}

static inline ae_tensor *run(const ae_op *op, ae_tensor *a, ae_tensor *b) {
  ae_tensor *out[2] = {NULL};
  CHECK_OK(ae_op_run(ctx, op, (ae_tensor *[]){a, b}, b ? 2 : 1, NULL, out, &err), err);
  ae_tensor_release(out[1]);
  return out[0];
}

static inline void backward(ae_tensor *t, bool retain) {
  CHECK_OK(ae_tensor_backward(ctx, t, NULL, retain, &err), err);
}

static inline double grad(const ae_tensor *t) {
  return t->grad ? ae_tensor_get(t->grad, 0) : (double)NAN;
}

#endif
