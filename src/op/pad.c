/*
** pad: x with a border of one value.
**   x [d_1, .., d_k] -> y [before_1 + d_1 + after_1, ..]
** Backward: the gradient inside the border.
**
** Not here: borders that repeat or mirror x.
*/
#include <inttypes.h>

#include "kernel/copy.h"
#include "op/create.h"

typedef struct pad_attrs {
  ae_dims before, after;
  double value;
} pad_attrs;

static ae_status check_side(const ae_call *call, const char *side, const ae_dims *dims) {
  const ae_shape *in = &call->in_spec[0].shape;
  if (dims->n != in->ndim) {
    char text[AE_SHAPE_TEXT];
    return ae_fail(call->err, AE_SHAPE, "pad: %s wants a number for each dimension of %s, got %d", side,
                   ae_shape_text(in, text), dims->n);
  }
  for (int d = 0; d < dims->n; d++) {
    if (dims->at[d] >= 0) continue;
    return ae_fail(call->err, AE_INVALID, "pad: %s wants at least 0, got %" PRId64 " in dimension %d", side,
                   dims->at[d], d + 1);
  }
  return AE_OK;
}

static ae_status pad_shape(ae_call *call, ae_spec *out) {
  pad_attrs *attrs = call->attrs;
  const ae_shape *in = &call->in_spec[0].shape;
  int64_t dims[AE_MAX_DIMS];
  if (attrs->after.n == 0) attrs->after = attrs->before;
  AE_TRY(check_side(call, "before", &attrs->before));
  AE_TRY(check_side(call, "after", &attrs->after));
  AE_TRY(ae_value_fits(call, "value", call->in_spec[0].type, attrs->value));
  for (int d = 0; d < in->ndim; d++) {
    if (__builtin_add_overflow(attrs->before.at[d], in->dims[d], &dims[d]) ||
        __builtin_add_overflow(attrs->after.at[d], dims[d], &dims[d])) {
      return ae_fail(call->err, AE_OVERFLOW, "pad: dimension %d gets more elements than 64 bits can count", d + 1);
    }
  }
  out->type = call->in_spec[0].type;
  return ae_shape_make("pad", in->ndim, dims, &out->shape, call->err);
}

static ae_status pad_forward(ae_call *call) {
  const pad_attrs *attrs = call->attrs;
  const ae_tensor *x = call->in[0];
  ae_tensor *y = call->out[0];
  ae_tensor_fill(call->ctx, y, attrs->value);
  ae_copy_box_in(call->ctx, ae_type_size(x->type), &y->shape, attrs->before.at, &x->shape, ae_tensor_bytes(y),
                 ae_tensor_bytes(x));
  return AE_OK;
}

static ae_status pad_backward(ae_call *call) {
  const pad_attrs *attrs = call->attrs;
  const ae_tensor *g = call->gout[0];
  ae_tensor *gx;
  AE_TRY(ae_call_gradient(call, 0, &gx));
  ae_copy_box_out(call->ctx, sizeof(real), &g->shape, attrs->before.at, &gx->shape, ae_reals(gx), ae_reals(g));
  return AE_OK;
}

const ae_op ae_op_pad = {
    .name = "pad",
    .doc = "A border of one value around x: pad(x, {0, 2, 2, 0}) puts two rows and columns on each side of [N,H,W,C].",
    .result = "[before + size + after in each dimension] of x's type",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {AE_ATTR_REQUIRED(pad_attrs, before, AE_ATTR_SHAPE, "how many in front, for each dimension"),
              AE_ATTR(pad_attrs, after, AE_ATTR_SHAPE, 0, "how many behind, for each; default: as before"),
              AE_ATTR(pad_attrs, value, AE_ATTR_REAL, 0, "the border's value, which x's type holds; default 0")},
    .attrs_size = sizeof(pad_attrs),
    .shape = pad_shape,
    .forward = pad_forward,
    .backward = pad_backward,
};
