/*
** depth_to_space, space_to_depth: channels to pixels (pixel shuffle) and back.
**   depth_to_space   x [N,H,W,B*B*C] -> y [N,H*B,W*B,C]
**   y[n, h*B + i, w*B + j, c] = x[n, h, w, (i*B + j)*C + c]
** space_to_depth is the inverse, and each is the other's gradient. The order of
** channels is TensorFlow's; PyTorch's pixel_shuffle has c*B*B + i*B + j there.
*/
#include "core/op.h"
#include "kernel/copy.h"

typedef struct attrs {
  int64_t block;
} attrs;

/* Both directions walk [N, H, i, W, j*C + c], H and W those of the deep one:
** deep's strides and wide's. */
static void move(ae_call *call, const ae_shape *deep, size_t element, void *to, const void *from, bool to_wide) {
  const int64_t B = ((const attrs *)call->attrs)->block;
  const int64_t N = deep->dims[0], H = deep->dims[1], W = deep->dims[2], depth = deep->dims[3], run = depth / B;
  ae_copy plan = {.element = element, .ndim = 5, .dims = {N, H, B, W, run}};
  const int64_t in_deep[] = {H * W * depth, W * depth, run, depth, 1};
  const int64_t in_wide[] = {H * W * depth, W * depth, W * run, run, 1};
  for (int d = 0; d < plan.ndim; d++) {
    plan.to[d] = to_wide ? in_wide[d] : in_deep[d];
    plan.from[d] = to_wide ? in_deep[d] : in_wide[d];
  }
  if (N * H * W * depth > 0) ae_copy_strided(call->ctx, &plan, to, from);
}

static ae_status check(const ae_call *call) {
  const attrs *a = call->attrs;
  const ae_shape *x = &call->in_spec[0].shape;
  char text[AE_SHAPE_TEXT];
  if (x->ndim != 4)
    return ae_fail(call->err, AE_SHAPE, "%s: x wants 4 dimensions [N,H,W,C], got %s", call->name,
                   ae_shape_text(x, text));
  if (a->block < 1 || a->block > INT32_MAX)
    return ae_fail(call->err, AE_INVALID, "%s: block wants 1 to %d, got %lld", call->name, INT32_MAX,
                   (long long)a->block);
  return AE_OK;
}

static ae_status depth_to_space_shape(ae_call *call, ae_spec *out) {
  const int64_t B = ((const attrs *)call->attrs)->block;
  const ae_shape *x = &call->in_spec[0].shape;
  char text[AE_SHAPE_TEXT];
  AE_TRY(check(call));
  if (x->dims[3] % (B * B) != 0)
    return ae_fail(call->err, AE_SHAPE, "depth_to_space: x wants a multiple of %lld channels (block * block), got %s",
                   (long long)(B * B), ae_shape_text(x, text));
  int64_t dims[4] = {x->dims[0], 0, 0, x->dims[3] / (B * B)};
  if (__builtin_mul_overflow(x->dims[1], B, &dims[1]) || __builtin_mul_overflow(x->dims[2], B, &dims[2]))
    return ae_fail(call->err, AE_OVERFLOW, "depth_to_space: the result gets more elements than 64 bits can count");
  out->type = call->in_spec[0].type;
  return ae_shape_make("depth_to_space", 4, dims, &out->shape, call->err);
}

static ae_status space_to_depth_shape(ae_call *call, ae_spec *out) {
  const int64_t B = ((const attrs *)call->attrs)->block;
  const ae_shape *x = &call->in_spec[0].shape;
  char text[AE_SHAPE_TEXT];
  AE_TRY(check(call));
  if (x->dims[1] % B != 0 || x->dims[2] % B != 0)
    return ae_fail(call->err, AE_SHAPE, "space_to_depth: x wants a multiple of %lld rows and columns, got %s",
                   (long long)B, ae_shape_text(x, text));
  int64_t dims[4] = {x->dims[0], x->dims[1] / B, x->dims[2] / B, 0};
  if (__builtin_mul_overflow(x->dims[3], B * B, &dims[3]))
    return ae_fail(call->err, AE_OVERFLOW, "space_to_depth: the result gets more elements than 64 bits can count");
  out->type = call->in_spec[0].type;
  return ae_shape_make("space_to_depth", 4, dims, &out->shape, call->err);
}

static ae_status depth_to_space_forward(ae_call *call) {
  move(call, &call->in_spec[0].shape, ae_type_size(call->in[0]->type), ae_tensor_bytes(call->out[0]),
       ae_tensor_bytes(call->in[0]), true);
  return AE_OK;
}

static ae_status depth_to_space_backward(ae_call *call) {
  ae_tensor *dx;
  AE_TRY(ae_call_gradient(call, 0, &dx));
  move(call, &call->in_spec[0].shape, sizeof(real), ae_reals(dx), ae_reals(call->gout[0]), false);
  return AE_OK;
}

static ae_status space_to_depth_forward(ae_call *call) {
  move(call, &call->out_spec[0].shape, ae_type_size(call->in[0]->type), ae_tensor_bytes(call->out[0]),
       ae_tensor_bytes(call->in[0]), false);
  return AE_OK;
}

static ae_status space_to_depth_backward(ae_call *call) {
  ae_tensor *dx;
  AE_TRY(ae_call_gradient(call, 0, &dx));
  move(call, &call->out_spec[0].shape, sizeof(real), ae_reals(dx), ae_reals(call->gout[0]), true);
  return AE_OK;
}

const ae_op ae_op_depth_to_space = {
    .name = "depth_to_space",
    .doc =
        "Channels to pixels (pixel shuffle): every pixel of block * block * C channels becomes a square of pixels of "
        "C.\n"
        "y[n, h*block + i, w*block + j, c] = x[n, h, w, (i*block + j)*C + c], TensorFlow's order of channels. Errors: "
        "channels that block * block does not divide.",
    .result = "[N, H*block, W*block, C] of x's type",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[N, H, W, block*block*C]"}},
    .attrs = {AE_ATTR_REQUIRED(attrs, block, AE_ATTR_INT, "rows and columns that a pixel becomes; at least 1")},
    .attrs_size = sizeof(attrs),
    .shape = depth_to_space_shape,
    .forward = depth_to_space_forward,
    .backward = depth_to_space_backward,
};

const ae_op ae_op_space_to_depth = {
    .name = "space_to_depth",
    .doc = "Pixels to channels, the inverse of depth_to_space: every square of block * block pixels becomes one.\n"
           "Errors: rows or columns that block does not divide.",
    .result = "[N, H/block, W/block, block*block*C] of x's type",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[N, H, W, C]"}},
    .attrs = {AE_ATTR_REQUIRED(attrs, block, AE_ATTR_INT, "rows and columns that become one; at least 1")},
    .attrs_size = sizeof(attrs),
    .shape = space_to_depth_shape,
    .forward = space_to_depth_forward,
    .backward = space_to_depth_backward,
};
