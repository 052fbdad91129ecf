/*
** permute, transpose, flip: the same numbers in another order of dimensions, or
** along them.
**   permute: y's dimension d is x's dimension dims[d]
**   transpose: two dimensions change places
**   flip: y[.., i, ..] = x[.., n + 1 - i, ..]
** Each is a permutation of the numbers; backward is the inverse one. Copies.
*/
#include "core/op.h"
#include "kernel/copy.h"

typedef struct permute_attrs {
  ae_dims dims;
  int64_t dim1, dim2;    /* transpose alone */
  int perm[AE_MAX_DIMS]; /* from 0 */
} permute_attrs;

static void permuted(ae_call *call, ae_spec *out) {
  const permute_attrs *attrs = call->attrs;
  const ae_spec *in = &call->in_spec[0];
  *out = *in;
  for (int d = 0; d < in->shape.ndim; d++) out->shape.dims[d] = in->shape.dims[attrs->perm[d]];
}

static ae_status permute_shape(ae_call *call, ae_spec *out) {
  permute_attrs *attrs = call->attrs;
  const ae_shape *in = &call->in_spec[0].shape;
  if (attrs->dims.n != in->ndim) {
    char text[AE_SHAPE_TEXT];
    return ae_fail(call->err, AE_SHAPE, "permute: wants all %d dimensions of %s, got %d", in->ndim,
                   ae_shape_text(in, text), attrs->dims.n);
  }
  ae_dimset all;
  AE_TRY(ae_op_dimset("permute", &attrs->dims, in->ndim, &all, call->err)); /* each once */
  for (int d = 0; d < in->ndim; d++) {
    AE_TRY(ae_shape_axis("permute", attrs->dims.at[d], in->ndim, &attrs->perm[d], call->err));
  }
  permuted(call, out);
  return AE_OK;
}

static ae_status transpose_shape(ae_call *call, ae_spec *out) {
  permute_attrs *attrs = call->attrs;
  const int ndim = call->in_spec[0].shape.ndim;
  int a, b;
  AE_TRY(ae_shape_axis("transpose", attrs->dim1, ndim, &a, call->err));
  AE_TRY(ae_shape_axis("transpose", attrs->dim2, ndim, &b, call->err));
  for (int d = 0; d < ndim; d++) attrs->perm[d] = d == a ? b : d == b ? a : d;
  permuted(call, out);
  return AE_OK;
}

static ae_status permute_forward(ae_call *call) {
  const permute_attrs *attrs = call->attrs;
  const ae_tensor *x = call->in[0];
  ae_copy_permuted(call->ctx, ae_type_size(x->type), &x->shape, attrs->perm, ae_tensor_bytes(call->out[0]),
                   ae_tensor_bytes(x));
  return AE_OK;
}

static ae_status permute_backward(ae_call *call) {
  const permute_attrs *attrs = call->attrs;
  const ae_tensor *g = call->gout[0];
  int back[AE_MAX_DIMS] = {0};
  ae_tensor *gx;
  AE_TRY(ae_call_gradient(call, 0, &gx));
  for (int d = 0; d < g->shape.ndim; d++) back[attrs->perm[d]] = d;
  ae_copy_permuted(call->ctx, sizeof(real), &g->shape, back, ae_reals(gx), ae_reals(g));
  return AE_OK;
}

const ae_op ae_op_permute = {
    .name = "permute",
    .doc = "Dimensions in another order; copies.",
    .result = "x's type; dimension d of the result is dimension dims[d] of x",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {AE_ATTR_REQUIRED(permute_attrs, dims, AE_ATTR_DIMS, "every dimension of x once, in the order wanted")},
    .attrs_size = sizeof(permute_attrs),
    .shape = permute_shape,
    .forward = permute_forward,
    .backward = permute_backward,
};

const ae_op ae_op_transpose = {
    .name = "transpose",
    .doc = "Two dimensions exchanged; copies. By default the last two: a matrix, or each of a batch of them.",
    .result = "x's type and shape with the two sizes exchanged",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape] of at least 2 dimensions, or with both named"}},
    .attrs = {AE_ATTR(permute_attrs, dim1, AE_ATTR_DIM, -2, "one of the two; default the last but one"),
              AE_ATTR(permute_attrs, dim2, AE_ATTR_DIM, -1, "the other; default the last")},
    .attrs_size = sizeof(permute_attrs),
    .shape = transpose_shape,
    .forward = permute_forward,
    .backward = permute_backward,
};

/* ---- flip ---- */

typedef struct flip_attrs {
  ae_dims dims;
  ae_dimset set;
} flip_attrs;

static ae_status flip_shape(ae_call *call, ae_spec *out) {
  flip_attrs *attrs = call->attrs;
  *out = call->in_spec[0];
  return ae_op_dimset("flip", &attrs->dims, out->shape.ndim, &attrs->set, call->err);
}

static void flip(ae_call *call, const ae_tensor *x, ae_tensor *y) {
  const flip_attrs *attrs = call->attrs;
  const size_t element = ae_type_size(x->type);
  ae_copy plan = {.element = element, .ndim = x->shape.ndim};
  int64_t first = 0;
  if (x->count == 0) return;
  ae_copy_strides(&x->shape, plan.to);
  for (int d = 0; d < x->shape.ndim; d++) {
    plan.dims[d] = x->shape.dims[d];
    plan.from[d] = plan.to[d];
    if ((attrs->set >> d & 1) == 0) continue;
    first += (plan.dims[d] - 1) * plan.to[d];
    plan.from[d] = -plan.to[d];
  }
  ae_copy_strided(call->ctx, &plan, ae_tensor_bytes(y), (const char *)ae_tensor_bytes(x) + first * (int64_t)element);
}

static ae_status flip_forward(ae_call *call) {
  flip(call, call->in[0], call->out[0]);
  return AE_OK;
}

static ae_status flip_backward(ae_call *call) {
  ae_tensor *gx;
  AE_TRY(ae_call_gradient(call, 0, &gx));
  flip(call, call->gout[0], gx);
  return AE_OK;
}

const ae_op ae_op_flip = {
    .name = "flip",
    .doc = "Elements along dimensions from last to first; copies.",
    .result = "x's type and shape",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {AE_ATTR(flip_attrs, dims, AE_ATTR_DIMS, 0, "the dimensions to turn round; default: all")},
    .attrs_size = sizeof(flip_attrs),
    .shape = flip_shape,
    .forward = flip_forward,
    .backward = flip_backward,
};
