/*
** conv_transpose2d: transposed convolution, channels last, with its bias and
** activation in one pass: what a convolution from y to x does on its way back.
**   x [N,H,W,C]   w [R,S,K/groups,C]   b [K]?   ->   y [N,P,Q,K]
**   y = f(z + b), z[n, h*stride + r*dilation - top, ...] += x[n,h,w,c] w[r,s,k,c]
**   P = (H - 1) stride + dilation (R - 1) + 1 - top - bottom + output_padding
** "same" gives P = H * stride, as Keras does: the mirror of a convolution with
** "same" and that stride. Keras's "valid" has max(R, stride) for R: where the
** stride is the larger, output_padding = stride - R gives that.
** The weights lie as the mirrored convolution's own, so that the two can share them.
**
** Not here: the arithmetic (kernel/conv.h), the shape rule (convolution_shape.c).
*/
#include "op/convolution.h"

static ae_status conv_transpose2d_shape(ae_call *call, ae_spec *out) {
  return ae_convolution_shape(call, 2, true, out);
}

static ae_status conv_transpose2d_forward(ae_call *call) {
  return ae_convolution_forward(call, true);
}

static ae_status conv_transpose2d_backward(ae_call *call) {
  return ae_convolution_backward(call, true);
}

const ae_op ae_op_conv_transpose2d = {
    .name = "conv_transpose2d",
    .doc = "A transposed two-dimensional convolution: f(z + b), z the sum of w[r,s,:,c] x[n,h,w,c] at row h*stride + "
           "r*dilation - "
           "top and column w*stride + s*dilation - left; in one pass. It undoes the sizes of conv2d with the same "
           "weights.\n"
           "Padding \"same\" gives size * stride, as Keras does. In numbers, with output_padding, it is PyTorch's: "
           "(size - 1) * stride - before - after + dilation * (taps - 1) + 1 + output_padding. Errors: shapes that do "
           "not fit, "
           "padding that leaves nothing, groups that do not divide.",
    .result = "[N, P, Q, K] f(z + b)",
    .params = {AE_CONVOLUTION_PARAMS("[N, H, W, C] pictures",
                                     "[R, S, K/groups, C] weights: those of the conv2d that it mirrors")},
    .attrs = {AE_CONVOLUTION_STRIDE(
                  "rows and columns in y from one input to the next: a number or {height, width}; default 1"),
              AE_CONVOLUTION_PADDING("\"valid\" (nothing taken off, the default), \"same\" (the result has size * "
                                     "stride), or numbers to take off: one "
                                     "for all sides, {height, width}, {top, bottom, left, right}"),
              AE_CONVOLUTION_DILATION, AE_CONVOLUTION_GROUPS,
              AE_ATTR(ae_convolution, output_padding, AE_ATTR_DIMS, 0,
                      "how much longer the result is at its end; less than stride or dilation, default 0"),
              AE_CONVOLUTION_ACTIVATION},
    .attrs_size = sizeof(ae_convolution),
    .saves = AE_CONVOLUTION_SAVES,
    .shape = conv_transpose2d_shape,
    .forward = conv_transpose2d_forward,
    .backward = conv_transpose2d_backward,
    .work = ae_convolution_work,
};
