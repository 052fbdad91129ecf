/*
** concat, stack: tensors side by side along a dimension, or along a new one.
**   concat: x_i [.., n_i, ..] -> y [.., sum n_i, ..]
**   stack:  k tensors [..]    -> y [.., k, ..]
** Backward: to each its own part.
*/
#include "core/op.h"
#include "kernel/copy.h"

typedef struct concat_attrs {
  int64_t dim;
  int axis; /* dim resolved */
} concat_attrs;

static ae_status check_type(const ae_call *call, int i) {
  if (call->in_spec[i].type == call->in_spec[0].type) return AE_OK;
  return ae_fail(call->err, AE_TYPE, "%s: wants tensors of one type, got %s first and %s as number %d", call->op->name,
                 ae_type_name(call->in_spec[0].type), ae_type_name(call->in_spec[i].type), i + 1);
}

static ae_status concat_shape(ae_call *call, ae_spec *out) {
  concat_attrs *attrs = call->attrs;
  const ae_shape *first = &call->in_spec[0].shape;
  AE_TRY(ae_shape_axis("concat", attrs->dim, first->ndim, &attrs->axis, call->err));
  int64_t dims[AE_MAX_DIMS];
  for (int d = 0; d < first->ndim; d++) dims[d] = first->dims[d];
  for (int i = 1; i < call->n_in; i++) {
    const ae_shape *s = &call->in_spec[i].shape;
    AE_TRY(check_type(call, i));
    bool fits = s->ndim == first->ndim;
    for (int d = 0; d < first->ndim && fits; d++) fits = d == attrs->axis || s->dims[d] == first->dims[d];
    if (!fits) {
      char a[AE_SHAPE_TEXT], b[AE_SHAPE_TEXT];
      return ae_fail(call->err, AE_SHAPE, "concat: wants shapes like %s but for dimension %d, got %s as number %d",
                     ae_shape_text(first, a), attrs->axis + 1, ae_shape_text(s, b), i + 1);
    }
    if (__builtin_add_overflow(dims[attrs->axis], s->dims[attrs->axis], &dims[attrs->axis])) {
      return ae_fail(call->err, AE_OVERFLOW, "concat: the sizes of dimension %d sum to more than 64 bits hold",
                     attrs->axis + 1);
    }
  }
  out->type = call->in_spec[0].type;
  return ae_shape_make("concat", first->ndim, dims, &out->shape, call->err);
}

static ae_status stack_shape(ae_call *call, ae_spec *out) {
  concat_attrs *attrs = call->attrs;
  const ae_shape *first = &call->in_spec[0].shape;
  int64_t dims[AE_MAX_DIMS + 1];
  AE_TRY(ae_shape_axis("stack", attrs->dim, first->ndim + 1, &attrs->axis, call->err));
  for (int i = 1; i < call->n_in; i++) {
    AE_TRY(check_type(call, i));
    if (!ae_shape_equal(&call->in_spec[i].shape, first)) {
      char a[AE_SHAPE_TEXT], b[AE_SHAPE_TEXT];
      return ae_fail(call->err, AE_SHAPE, "stack: wants tensors of one shape, got %s first and %s as number %d",
                     ae_shape_text(first, a), ae_shape_text(&call->in_spec[i].shape, b), i + 1);
    }
  }
  for (int d = 0; d <= first->ndim; d++) {
    dims[d] = d == attrs->axis ? call->n_in : first->dims[d < attrs->axis ? d : d - 1];
  }
  out->type = call->in_spec[0].type;
  return ae_shape_make("stack", first->ndim + 1, dims, &out->shape, call->err);
}

/* y is [outer, total]; part i is [outer, part] and begins `first` elements into each row. */
typedef struct layout {
  int64_t outer, total, inner;
} layout;

static layout layout_of(const ae_call *call) {
  const concat_attrs *attrs = call->attrs;
  const ae_shape *y = &call->out_spec[0].shape;
  layout l = {1, 1, 1};
  for (int d = 0; d < attrs->axis; d++) l.outer *= y->dims[d];
  for (int d = attrs->axis + 1; d < y->ndim; d++) l.inner *= y->dims[d];
  l.total = y->dims[attrs->axis] * l.inner;
  return l;
}

static int64_t part_of(const ae_call *call, const layout *l, int i) {
  const concat_attrs *attrs = call->attrs;
  const ae_shape *x = &call->in_spec[i].shape;
  return x->ndim == call->out_spec[0].shape.ndim ? x->dims[attrs->axis] * l->inner : l->inner;
}

static ae_status concat_forward(ae_call *call) {
  const layout l = layout_of(call);
  const size_t element = ae_type_size(call->out[0]->type);
  char *to = ae_tensor_bytes(call->out[0]);
  for (int i = 0; i < call->n_in; i++) {
    const int64_t part = part_of(call, &l, i);
    const ae_copy plan = {element, 2, {l.outer, part}, {l.total, 1}, {part, 1}};
    ae_copy_strided(call->ctx, &plan, to, ae_tensor_bytes(call->in[i]));
    to += (size_t)part * element;
  }
  return AE_OK;
}

static ae_status concat_backward(ae_call *call) {
  const layout l = layout_of(call);
  const real *from = ae_reals(call->gout[0]);
  for (int i = 0; i < call->n_in; i++) {
    const int64_t part = part_of(call, &l, i);
    if (call->wants[i]) {
      ae_tensor *gx;
      AE_TRY(ae_call_gradient(call, i, &gx));
      const ae_copy plan = {sizeof(real), 2, {l.outer, part}, {part, 1}, {l.total, 1}};
      ae_copy_strided(call->ctx, &plan, ae_reals(gx), from);
    }
    from += part;
  }
  return AE_OK;
}

const ae_op ae_op_concat = {
    .name = "concat",
    .doc = "Tensors side by side along a dimension they have. They agree in type and in the other sizes.",
    .result = "[.., the sum of their sizes, ..] of their type",
    .params = {{.name = "tensors", .takes = AE_TAKES_ANY, .doc = "[.., n, ..] one or more", .list = true}},
    .attrs = {AE_ATTR(concat_attrs, dim, AE_ATTR_DIM, 1, "the dimension; default 1")},
    .attrs_size = sizeof(concat_attrs),
    .no_method = true,
    .shape = concat_shape,
    .forward = concat_forward,
    .backward = concat_backward,
};

const ae_op ae_op_stack = {
    .name = "stack",
    .doc = "Tensors of one type and shape side by side along a new dimension.",
    .result = "[.., how many, ..] of their type",
    .params =
        {{.name = "tensors", .takes = AE_TAKES_ANY, .doc = "[any shape] one or more, all the same", .list = true}},
    .attrs = {AE_ATTR(concat_attrs, dim, AE_ATTR_DIM, 1, "where the new dimension is in the result; default 1")},
    .attrs_size = sizeof(concat_attrs),
    .no_method = true,
    .shape = stack_shape,
    .forward = concat_forward,
    .backward = concat_backward,
};
