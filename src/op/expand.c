/*
** expand, tile: x repeated to a larger shape.
**   expand: by NumPy's broadcasting rule, x [.., 1 or d, ..] -> y [shape]
**   tile:   x laid side by side, counts_d times along dimension d
** Both copy. Backward: the sum over what repeats.
**
** Not here: broadcasting inside other operations (kernel/broadcast.h).
*/
#include <inttypes.h>

#include "core/op.h"
#include "kernel/broadcast.h"
#include "kernel/copy.h"
#include "kernel/reduce.h"

typedef struct expand_attrs {
  ae_dims shape; /* as given; without -1 once resolved */
} expand_attrs;

static ae_status expand_shape(ae_call *call, ae_spec *out) {
  expand_attrs *attrs = call->attrs;
  const ae_shape *in = &call->in_spec[0].shape;
  const int extra = attrs->shape.n - in->ndim;
  char a[AE_SHAPE_TEXT], b[AE_SHAPE_TEXT];
  for (int d = 0; d < attrs->shape.n; d++) {
    if (attrs->shape.at[d] == -1 && d >= extra) attrs->shape.at[d] = in->dims[d - extra];
  }
  AE_TRY(ae_shape_make("expand", attrs->shape.n, attrs->shape.at, &out->shape, call->err));
  bool fits = extra >= 0;
  for (int d = 0; d < in->ndim && fits; d++) fits = in->dims[d] == 1 || in->dims[d] == out->shape.dims[d + extra];
  if (!fits) {
    return ae_fail(call->err, AE_SHAPE, "expand: %s does not broadcast to %s", ae_shape_text(in, a),
                   ae_shape_text(&out->shape, b));
  }
  out->type = call->in_spec[0].type;
  return AE_OK;
}

static ae_status expand_forward(ae_call *call) {
  const ae_tensor *x = call->in[0];
  ae_tensor *y = call->out[0];
  const int extra = y->shape.ndim - x->shape.ndim;
  ae_copy plan = {.element = ae_type_size(x->type), .ndim = y->shape.ndim};
  int64_t strides[AE_MAX_DIMS];
  ae_copy_strides(&x->shape, strides);
  ae_copy_strides(&y->shape, plan.to);
  for (int d = 0; d < y->shape.ndim; d++) {
    plan.dims[d] = y->shape.dims[d];
    plan.from[d] = d < extra || x->shape.dims[d - extra] == 1 ? 0 : strides[d - extra];
  }
  ae_copy_strided(call->ctx, &plan, ae_tensor_bytes(y), ae_tensor_bytes(x));
  return AE_OK;
}

static ae_status expand_backward(ae_call *call) {
  ae_tensor *gx;
  AE_TRY(ae_call_gradient(call, 0, &gx));
  return ae_reduce_to_shape(call->ctx, call->gout[0], gx, call->err);
}

const ae_op ae_op_expand = {
    .name = "expand",
    .doc = "x repeated to a larger shape by NumPy's broadcasting rule; copies. Operations broadcast by themselves: it "
           "is wanted where a tensor of that shape is.",
    .result = "[shape] of x's type",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {AE_ATTR_REQUIRED(expand_attrs, shape, AE_ATTR_SHAPE, "the sizes; -1 keeps x's own")},
    .attrs_size = sizeof(expand_attrs),
    .shape = expand_shape,
    .forward = expand_forward,
    .backward = expand_backward,
};

/* ---- tile ---- */

typedef struct tile_attrs {
  ae_dims counts;          /* as given; for each dimension of the result once resolved */
  int64_t in[AE_MAX_DIMS]; /* x's sizes behind sizes of 1, as many as counts */
} tile_attrs;

static ae_status tile_shape(ae_call *call, ae_spec *out) {
  tile_attrs *attrs = call->attrs;
  const ae_shape *in = &call->in_spec[0].shape;
  const ae_dims given = attrs->counts;
  const int n = given.n > in->ndim ? given.n : in->ndim;
  int64_t dims[AE_MAX_DIMS];
  attrs->counts.n = n;
  for (int d = 0; d < n; d++) {
    const int64_t count = d < n - given.n ? 1 : given.at[d - (n - given.n)];
    const int64_t size = d < n - in->ndim ? 1 : in->dims[d - (n - in->ndim)];
    if (count < 0) return ae_fail(call->err, AE_INVALID, "tile: counts wants at least 0, got %" PRId64, count);
    if (__builtin_mul_overflow(count, size, &dims[d])) {
      return ae_fail(call->err, AE_OVERFLOW, "tile: dimension %d gets more elements than 64 bits can count", d + 1);
    }
    attrs->counts.at[d] = count;
    attrs->in[d] = size;
  }
  out->type = call->in_spec[0].type;
  return ae_shape_make("tile", n, dims, &out->shape, call->err);
}

/* A repetition is a dimension of its own, with stride 0 in x. */
static ae_status tile_forward(ae_call *call) {
  const tile_attrs *attrs = call->attrs;
  const ae_tensor *x = call->in[0];
  const int n = attrs->counts.n;
  ae_copy plan = {.element = ae_type_size(x->type), .ndim = 2 * n};
  int64_t to = 1, from = 1;
  for (int d = n - 1; d >= 0; d--) {
    plan.dims[2 * d] = attrs->counts.at[d];
    plan.dims[2 * d + 1] = attrs->in[d];
    plan.to[2 * d] = to * attrs->in[d];
    plan.to[2 * d + 1] = to;
    plan.from[2 * d] = 0;
    plan.from[2 * d + 1] = from;
    to *= attrs->counts.at[d] * attrs->in[d];
    from *= attrs->in[d];
  }
  ae_copy_strided(call->ctx, &plan, ae_tensor_bytes(call->out[0]), ae_tensor_bytes(x));
  return AE_OK;
}

/* Sums over the repetitions of one dimension after another, from the last. */
static ae_status tile_backward(ae_call *call) {
  const tile_attrs *attrs = call->attrs;
  ae_tensor *g = call->gout[0], *gx;
  AE_TRY(ae_call_gradient(call, 0, &gx));
  ae_tensor_retain(g);
  int64_t inner = 1, outer = 1;
  for (int d = 0; d < attrs->counts.n; d++) outer *= attrs->counts.at[d] * attrs->in[d];
  if (outer == 0) {
    ae_tensor_fill(call->ctx, gx, 0);
    ae_tensor_release(g);
    return AE_OK;
  }
  ae_status status = AE_OK;
  for (int d = attrs->counts.n - 1; d >= 0 && status == AE_OK; d--) {
    const int64_t count = attrs->counts.at[d];
    outer /= count * attrs->in[d];
    inner *= attrs->in[d];
    if (count == 1) continue;
    const ae_reduce_view view = {
        .type = AE_REAL, .data = ae_reals(g), .outer = outer, .reduced = count, .inner = inner};
    const ae_shape shape = {2, {outer, inner}};
    ae_tensor *sum;
    status = ae_tensor_new(call->ctx, AE_REAL, &shape, &sum, call->err);
    if (status != AE_OK) break;
    status = ae_reduce_sum(call->ctx, &view, AE_TERM_VALUE, NULL, 1, ae_reals(sum), call->err);
    ae_tensor_release(g);
    g = sum;
  }
  if (status == AE_OK) ae_tensor_copy(call->ctx, gx, g);
  ae_tensor_release(g);
  return status;
}

const ae_op ae_op_tile = {
    .name = "tile",
    .doc = "Copies of x laid side by side. Where counts and dimensions are not as many, the shorter is filled up with "
           "ones in front, as NumPy does.",
    .result = "[counts times x's sizes] of x's type",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {AE_ATTR_REQUIRED(tile_attrs, counts, AE_ATTR_SHAPE, "how many times, for each dimension")},
    .attrs_size = sizeof(tile_attrs),
    .shape = tile_shape,
    .forward = tile_forward,
    .backward = tile_backward,
};
