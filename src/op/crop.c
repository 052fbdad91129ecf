/*
** crop: x without its border, the inverse of pad.
**   x [before_1 + d_1 + after_1, ..] -> y [d_1, .., d_k]
** Backward: the gradient in its place, 0 around it.
**
** Not here: a range of one dimension (narrow.c, which shares storage where it can).
*/
#include <inttypes.h>

#include "core/op.h"
#include "kernel/copy.h"

typedef struct crop_attrs {
  ae_dims before, after;
} crop_attrs;

static ae_status check_side(const ae_call *call, const char *side, const ae_dims *dims) {
  const ae_shape *in = &call->in_spec[0].shape;
  char text[AE_SHAPE_TEXT];
  if (dims->n != in->ndim)
    return ae_fail(call->err, AE_SHAPE, "crop: %s wants a number for each dimension of %s, got %d", side,
                   ae_shape_text(in, text), dims->n);
  for (int d = 0; d < dims->n; d++)
    if (dims->at[d] < 0)
      return ae_fail(call->err, AE_INVALID, "crop: %s wants at least 0, got %" PRId64 " in dimension %d", side,
                     dims->at[d], d + 1);
  return AE_OK;
}

static ae_status crop_shape(ae_call *call, ae_spec *out) {
  crop_attrs *a = call->attrs;
  if (a->after.n == 0) a->after = a->before;
  AE_TRY(check_side(call, "before", &a->before));
  AE_TRY(check_side(call, "after", &a->after));
  *out = call->in_spec[0];
  for (int d = 0; d < out->shape.ndim; d++) {
    const int64_t size = out->shape.dims[d], before = a->before.at[d], after = a->after.at[d];
    if (before > size || after > size - before)
      return ae_fail(call->err, AE_SHAPE, "crop: dimension %d has %" PRId64 ", less than %" PRId64 " + %" PRId64, d + 1,
                     size, before, after);
    out->shape.dims[d] = size - before - after;
  }
  return AE_OK;
}

static ae_status crop_forward(ae_call *call) {
  const crop_attrs *a = call->attrs;
  const ae_tensor *x = call->in[0];
  ae_copy_box_out(call->ctx, ae_type_size(x->type), &x->shape, a->before.at, &call->out_spec[0].shape,
                  ae_tensor_bytes(call->out[0]), ae_tensor_bytes(x));
  return AE_OK;
}

static ae_status crop_backward(ae_call *call) {
  const crop_attrs *a = call->attrs;
  const ae_tensor *g = call->gout[0];
  ae_tensor *gx;
  AE_TRY(ae_call_gradient(call, 0, &gx));
  ae_tensor_fill(call->ctx, gx, 0);
  ae_copy_box_in(call->ctx, sizeof(real), &gx->shape, a->before.at, &g->shape, ae_reals(gx), ae_reals(g));
  return AE_OK;
}

const ae_op ae_op_crop = {
    .name = "crop",
    .doc =
        "x without its border, the inverse of pad: crop(x, {0, 2, 2, 0}) takes two rows and columns off each side of "
        "[N,H,W,C]. Errors: more than there is.",
    .result = "[size - before - after in each dimension] of x's type",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {AE_ATTR_REQUIRED(crop_attrs, before, AE_ATTR_DIMS, "how many to take off in front, for each dimension"),
              AE_ATTR(crop_attrs, after, AE_ATTR_DIMS, 0, "how many to take off behind, for each; default: as before")},
    .attrs_size = sizeof(crop_attrs),
    .shape = crop_shape,
    .forward = crop_forward,
    .backward = crop_backward,
};
