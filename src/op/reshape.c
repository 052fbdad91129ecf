/*
** reshape, flatten, squeeze, unsqueeze: other dimensions over the same numbers.
** The result shares x's storage; the gradient is handed back as it is.
**
** Not here: another order of the numbers (permute.c).
*/
#include <inttypes.h>

#include "core/op.h"

static ae_status view_forward(ae_call *call) {
  return ae_tensor_view(call->in[0], &call->out_spec[0].shape, 0, &call->out[0], call->err);
}

static ae_status view_backward(ae_call *call) {
  return ae_call_pass(call, 0, call->gout[0]);
}

/* ---- reshape ---- */

typedef struct reshape_attrs {
  ae_dims shape;
} reshape_attrs;

/* "[16, -1]", as it was asked for. */
static const char *wanted_text(const ae_dims *dims, char *buffer) {
  ae_shape shape = {.ndim = dims->n};
  for (int d = 0; d < dims->n; d++) shape.dims[d] = dims->at[d];
  return ae_shape_text(&shape, buffer);
}

/* The size that takes what the others leave; `inferred` is where it stands. */
static ae_status infer(ae_call *call, int64_t count, int inferred, int64_t *dims) {
  const reshape_attrs *attrs = call->attrs;
  char text[AE_SHAPE_TEXT];
  ae_shape others;
  dims[inferred] = 1;
  AE_TRY(ae_shape_make("reshape", attrs->shape.n, dims, &others, call->err));
  const int64_t known = ae_shape_count(&others);
  if (known == 0 || count % known != 0) {
    return ae_fail(call->err, AE_SHAPE, "reshape: %" PRId64 " values do not fill %s", count,
                   wanted_text(&attrs->shape, text));
  }
  dims[inferred] = count / known;
  return AE_OK;
}

static ae_status reshape_shape(ae_call *call, ae_spec *out) {
  const reshape_attrs *attrs = call->attrs;
  const int64_t count = ae_shape_count(&call->in_spec[0].shape);
  int64_t dims[AE_MAX_DIMS];
  int inferred = -1;
  for (int d = 0; d < attrs->shape.n; d++) {
    dims[d] = attrs->shape.at[d];
    if (dims[d] != -1) continue;
    if (inferred >= 0) return ae_fail(call->err, AE_INVALID, "reshape: only one size can be -1");
    inferred = d;
  }
  if (inferred >= 0) AE_TRY(infer(call, count, inferred, dims));
  AE_TRY(ae_shape_make("reshape", attrs->shape.n, dims, &out->shape, call->err));
  if (ae_shape_count(&out->shape) != count) {
    char text[AE_SHAPE_TEXT];
    return ae_fail(call->err, AE_SHAPE, "reshape: %" PRId64 " values do not fill %s (%" PRId64 ")", count,
                   ae_shape_text(&out->shape, text), ae_shape_count(&out->shape));
  }
  out->type = call->in_spec[0].type;
  return AE_OK;
}

const ae_op ae_op_reshape = {
    .name = "reshape",
    .doc = "The same values in another shape; shares storage. One size may be -1: what the others leave. Raises where "
           "the values do not fill the shape.",
    .result = "[shape] of x's type, sharing its storage",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {AE_ATTR_REQUIRED(reshape_attrs, shape, AE_ATTR_SHAPE, "the sizes; one may be -1")},
    .attrs_size = sizeof(reshape_attrs),
    .makes_outputs = true,
    .shape = reshape_shape,
    .forward = view_forward,
    .backward = view_backward,
};

/* ---- flatten ---- */

typedef struct flatten_attrs {
  int64_t first, last;
} flatten_attrs;

static ae_status flatten_shape(ae_call *call, ae_spec *out) {
  const flatten_attrs *attrs = call->attrs;
  const ae_shape *in = &call->in_spec[0].shape;
  out->type = call->in_spec[0].type;
  if (in->ndim == 0) {
    out->shape = (ae_shape){1, {1}};
    return AE_OK;
  }
  int first, last;
  AE_TRY(ae_shape_axis("flatten", attrs->first, in->ndim, &first, call->err));
  AE_TRY(ae_shape_axis("flatten", attrs->last, in->ndim, &last, call->err));
  if (first > last) {
    return ae_fail(call->err, AE_INVALID, "flatten: first wants a dimension up to last (%d), got %d", last + 1,
                   first + 1);
  }
  out->shape.ndim = 0;
  for (int d = 0; d < in->ndim; d++) {
    if (d > first && d <= last)
      out->shape.dims[out->shape.ndim - 1] *= in->dims[d];
    else
      out->shape.dims[out->shape.ndim++] = in->dims[d];
  }
  return AE_OK;
}

const ae_op ae_op_flatten = {
    .name = "flatten",
    .doc = "Joins neighbouring dimensions into one; shares storage. flatten(x, 2) keeps the batch of [N, ...].",
    .result = "[.., product of the joined sizes, ..] of x's type, sharing its storage",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {AE_ATTR(flatten_attrs, first, AE_ATTR_DIM, 1, "the first dimension to join; default 1"),
              AE_ATTR(flatten_attrs, last, AE_ATTR_DIM, -1, "the last one; default the last there is")},
    .attrs_size = sizeof(flatten_attrs),
    .makes_outputs = true,
    .shape = flatten_shape,
    .forward = view_forward,
    .backward = view_backward,
};

/* ---- squeeze, unsqueeze ---- */

typedef struct squeeze_attrs {
  ae_dims dims;
} squeeze_attrs;

static ae_status squeeze_shape(ae_call *call, ae_spec *out) {
  const squeeze_attrs *attrs = call->attrs;
  const ae_shape *in = &call->in_spec[0].shape;
  ae_dimset set;
  AE_TRY(ae_op_dimset("squeeze", &attrs->dims, in->ndim, &set, call->err));
  out->type = call->in_spec[0].type;
  out->shape.ndim = 0;
  for (int d = 0; d < in->ndim; d++) {
    const bool named = (set >> d & 1) != 0;
    if (named && in->dims[d] != 1 && attrs->dims.n > 0) {
      char text[AE_SHAPE_TEXT];
      return ae_fail(call->err, AE_SHAPE, "squeeze: wants size 1 in dimension %d, got %s", d + 1,
                     ae_shape_text(in, text));
    }
    if (!named || in->dims[d] != 1) out->shape.dims[out->shape.ndim++] = in->dims[d];
  }
  return AE_OK;
}

const ae_op ae_op_squeeze = {
    .name = "squeeze",
    .doc = "Leaves out dimensions of size 1; shares storage. Raises where a named one has another size.",
    .result = "[the other dimensions] of x's type, sharing its storage",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {AE_ATTR(squeeze_attrs, dims, AE_ATTR_DIMS, 0, "the dimensions, each of size 1; default: all that are")},
    .attrs_size = sizeof(squeeze_attrs),
    .makes_outputs = true,
    .shape = squeeze_shape,
    .forward = view_forward,
    .backward = view_backward,
};

typedef struct unsqueeze_attrs {
  int64_t dim;
} unsqueeze_attrs;

static ae_status unsqueeze_shape(ae_call *call, ae_spec *out) {
  const unsqueeze_attrs *attrs = call->attrs;
  const ae_shape *in = &call->in_spec[0].shape;
  int axis;
  if (in->ndim == AE_MAX_DIMS) {
    return ae_fail(call->err, AE_SHAPE, "unsqueeze: wants at most %d dimensions, got %d", AE_MAX_DIMS - 1, in->ndim);
  }
  AE_TRY(ae_shape_axis("unsqueeze", attrs->dim, in->ndim + 1, &axis, call->err));
  out->type = call->in_spec[0].type;
  out->shape.ndim = in->ndim + 1;
  for (int d = 0; d <= in->ndim; d++) out->shape.dims[d] = d == axis ? 1 : in->dims[d < axis ? d : d - 1];
  return AE_OK;
}

const ae_op ae_op_unsqueeze = {
    .name = "unsqueeze",
    .doc = "Puts in a dimension of size 1; shares storage.",
    .result = "[.., 1, ..] of x's type, sharing its storage",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape] of at most 7 dimensions"}},
    .attrs = {AE_ATTR_REQUIRED(unsqueeze_attrs, dim, AE_ATTR_DIM,
                               "where the new dimension is in the result, 1 to ndim + 1; -1: last")},
    .attrs_size = sizeof(unsqueeze_attrs),
    .makes_outputs = true,
    .shape = unsqueeze_shape,
    .forward = view_forward,
    .backward = view_backward,
};
