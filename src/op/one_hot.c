/*
** one_hot: a 1 in the place that a label names.
**   labels i32 [any shape], 1..classes -> y [.., classes]
*/
#include <inttypes.h>

#include "op/create.h"

typedef struct one_hot_attrs {
  int64_t classes;
  int dtype;
} one_hot_attrs;

static ae_status one_hot_shape(ae_call *call, ae_spec *out) {
  const one_hot_attrs *attrs = call->attrs;
  const ae_shape *in = &call->in_spec[0].shape;
  int64_t dims[AE_MAX_DIMS + 1];
  for (int d = 0; d < in->ndim; d++) dims[d] = in->dims[d];
  dims[in->ndim] = attrs->classes;
  out->type = ae_dtype_of(attrs->dtype);
  return ae_shape_make("one_hot", in->ndim + 1, dims, &out->shape, call->err);
}

static ae_status one_hot_forward(ae_call *call) {
  const one_hot_attrs *attrs = call->attrs;
  const ae_tensor *labels = call->in[0];
  const int32_t *label = ae_i32s(labels);
  ae_tensor *y = call->out[0];
  ae_tensor_fill(call->ctx, y, 0);
  for (int64_t i = 0; i < labels->count; i++) {
    if (label[i] < 1 || label[i] > attrs->classes) {
      return ae_fail(call->err, AE_INVALID, "one_hot: wants labels of 1 to %" PRId64 ", got %d at number %" PRId64,
                     attrs->classes, label[i], i + 1);
    }
    ae_tensor_set(y, i * attrs->classes + label[i] - 1, 1);
  }
  return AE_OK;
}

const ae_op ae_op_one_hot = {
    .name = "one_hot",
    .doc = "Labels as vectors with a 1 in the label's place and 0 elsewhere. Raises on a label outside 1 to classes.",
    .result = "[the labels' shape, classes] of the type asked for",
    .params = {{.name = "labels", .takes = AE_TAKES_I32, .doc = "[any shape] 1 to classes"}},
    .attrs = {AE_ATTR_REQUIRED(one_hot_attrs, classes, AE_ATTR_INT, "how many classes there are"),
              AE_DTYPE_ATTR(one_hot_attrs, 0)},
    .attrs_size = sizeof(one_hot_attrs),
    .no_gradient = "labels are whole numbers",
    .shape = one_hot_shape,
    .forward = one_hot_forward,
};
