/*
** zeros, ones, full, eye: tensors of constants.
*/
#include "op/create.h"

static const char no_inputs[] = "it has no inputs";

typedef struct fill_attrs {
  ae_dims shape;
  double value;
  int dtype;
} fill_attrs;

static ae_status fill_shape(ae_call *call, ae_spec *out) {
  const fill_attrs *attrs = call->attrs;
  return ae_create_shape(call, &attrs->shape, ae_dtype_of(attrs->dtype), out);
}

static ae_status full_shape(ae_call *call, ae_spec *out) {
  const fill_attrs *attrs = call->attrs;
  AE_TRY(ae_value_fits(call, "value", ae_dtype_of(attrs->dtype), attrs->value));
  return fill_shape(call, out);
}

static ae_status zeros_forward(ae_call *call) {
  ae_tensor_fill(call->ctx, call->out[0], 0);
  return AE_OK;
}
static ae_status ones_forward(ae_call *call) {
  ae_tensor_fill(call->ctx, call->out[0], 1);
  return AE_OK;
}
static ae_status full_forward(ae_call *call) {
  const fill_attrs *attrs = call->attrs;
  ae_tensor_fill(call->ctx, call->out[0], attrs->value);
  return AE_OK;
}

#define SHAPE_ATTR AE_ATTR_REQUIRED(fill_attrs, shape, AE_ATTR_SHAPE, "the sizes; {} for a single number")

const ae_op ae_op_zeros = {
    .name = "zeros",
    .doc = "A tensor of zeros.",
    .result = "[shape] of the type asked for",
    .attrs = {SHAPE_ATTR, AE_DTYPE_ATTR(fill_attrs, 0)},
    .attrs_size = sizeof(fill_attrs),
    .no_method = true,
    .no_gradient = no_inputs,
    .shape = fill_shape,
    .forward = zeros_forward,
};

const ae_op ae_op_ones = {
    .name = "ones",
    .doc = "A tensor of ones.",
    .result = "[shape] of the type asked for",
    .attrs = {SHAPE_ATTR, AE_DTYPE_ATTR(fill_attrs, 0)},
    .attrs_size = sizeof(fill_attrs),
    .no_method = true,
    .no_gradient = no_inputs,
    .shape = fill_shape,
    .forward = ones_forward,
};

const ae_op ae_op_full = {
    .name = "full",
    .doc = "A tensor of one value. Raises where the type does not hold it.",
    .result = "[shape] of the type asked for",
    .attrs = {SHAPE_ATTR, AE_ATTR_REQUIRED(fill_attrs, value, AE_ATTR_REAL, "the value"), AE_DTYPE_ATTR(fill_attrs, 0)},
    .attrs_size = sizeof(fill_attrs),
    .no_method = true,
    .no_gradient = no_inputs,
    .shape = full_shape,
    .forward = full_forward,
};

typedef struct eye_attrs {
  int64_t rows, columns;
  int dtype;
} eye_attrs;

enum { SQUARE = -1 };

static ae_status eye_shape(ae_call *call, ae_spec *out) {
  const eye_attrs *attrs = call->attrs;
  const ae_dims dims = {2, {attrs->rows, attrs->columns == SQUARE ? attrs->rows : attrs->columns}};
  return ae_create_shape(call, &dims, ae_dtype_of(attrs->dtype), out);
}

static ae_status eye_forward(ae_call *call) {
  ae_tensor *y = call->out[0];
  const int64_t rows = y->shape.dims[0], columns = y->shape.dims[1];
  ae_tensor_fill(call->ctx, y, 0);
  for (int64_t i = 0; i < rows && i < columns; i++) ae_tensor_set(y, i * columns + i, 1);
  return AE_OK;
}

const ae_op ae_op_eye = {
    .name = "eye",
    .doc = "The identity matrix: ones on the diagonal, zeros elsewhere.",
    .result = "[rows, columns] of the type asked for",
    .attrs = {AE_ATTR_REQUIRED(eye_attrs, rows, AE_ATTR_INT, "how many rows"),
              AE_ATTR(eye_attrs, columns, AE_ATTR_INT, SQUARE, "how many columns; default: as many as rows"),
              AE_DTYPE_ATTR(eye_attrs, 0)},
    .attrs_size = sizeof(eye_attrs),
    .no_method = true,
    .no_gradient = no_inputs,
    .shape = eye_shape,
    .forward = eye_forward,
};
