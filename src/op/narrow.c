/*
** narrow: a range of one dimension.
**   x [.., n, ..] -> y [.., length, ..]
** That of the first dimension shares x's storage; the rest copies. Backward:
** the gradient in its place, 0 around it.
*/
#include <inttypes.h>

#include "core/op.h"
#include "kernel/copy.h"

typedef struct narrow_attrs {
  int64_t dim, start, length;
  int64_t at[AE_MAX_DIMS]; /* where the box begins, from 0 */
} narrow_attrs;

enum { TO_THE_END = -1 };

static ae_status narrow_shape(ae_call *call, ae_spec *out) {
  narrow_attrs *attrs = call->attrs;
  int axis;
  *out = call->in_spec[0];
  AE_TRY(ae_shape_axis("narrow", attrs->dim, out->shape.ndim, &axis, call->err));
  const int64_t n = out->shape.dims[axis], start = attrs->start;
  const int64_t first = start < 0 ? start + n : start - 1;
  if (start == 0 || first < 0 || first > n) {
    return ae_fail(call->err, AE_INVALID, "narrow: dimension %d wants a start of 1 to %" PRId64 ", got %" PRId64,
                   axis + 1, n + 1, start);
  }
  const int64_t fits = n - first, length = attrs->length == TO_THE_END ? fits : attrs->length;
  if (length < 0 || length > fits) {
    return ae_fail(call->err, AE_INVALID,
                   "narrow: dimension %d wants a length of 0 to %" PRId64 " from %" PRId64 " on, got %" PRId64,
                   axis + 1, fits, first + 1, length);
  }
  attrs->at[axis] = first;
  out->shape.dims[axis] = length;
  return AE_OK;
}

static ae_status narrow_forward(ae_call *call) {
  const narrow_attrs *attrs = call->attrs;
  ae_tensor *x = call->in[0];
  const ae_spec *out = &call->out_spec[0];
  bool rows = true; /* whole ones */
  for (int d = 1; d < out->shape.ndim; d++) rows = rows && out->shape.dims[d] == x->shape.dims[d];
  if (rows) {
    const int64_t row = x->shape.dims[0] > 0 ? x->count / x->shape.dims[0] : 0;
    return ae_tensor_view(x, &out->shape, attrs->at[0] * row, &call->out[0], call->err);
  }
  AE_TRY(ae_tensor_new(call->ctx, out->type, &out->shape, &call->out[0], call->err));
  ae_copy_box_out(call->ctx, ae_type_size(out->type), &x->shape, attrs->at, &out->shape, ae_tensor_bytes(call->out[0]),
                  ae_tensor_bytes(x));
  return AE_OK;
}

static ae_status narrow_backward(ae_call *call) {
  const narrow_attrs *attrs = call->attrs;
  ae_tensor *gx;
  AE_TRY(ae_call_gradient(call, 0, &gx));
  ae_tensor_fill(call->ctx, gx, 0);
  ae_copy_box_in(call->ctx, sizeof(real), &call->in_spec[0].shape, attrs->at, &call->out_spec[0].shape, ae_reals(gx),
                 ae_reals(call->gout[0]));
  return AE_OK;
}

const ae_op ae_op_narrow = {
    .name = "narrow",
    .doc = "A range of one dimension. That of the first dimension shares storage, others copy. Raises where the range "
           "leaves the dimension.",
    .result = "[.., length, ..] of x's type",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {AE_ATTR_REQUIRED(narrow_attrs, dim, AE_ATTR_DIM, "the dimension"),
              AE_ATTR_REQUIRED(narrow_attrs, start, AE_ATTR_INT, "the first place, from 1; negative from the end"),
              AE_ATTR(narrow_attrs, length, AE_ATTR_INT, TO_THE_END, "how many; default -1, to the end")},
    .attrs_size = sizeof(narrow_attrs),
    .makes_outputs = true,
    .shape = narrow_shape,
    .forward = narrow_forward,
    .backward = narrow_backward,
};
