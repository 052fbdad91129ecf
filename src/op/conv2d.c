/*
** conv2d: cross-correlation, channels last, with its bias and activation in
** one pass.
**   x [N,H,W,C]   w [R,S,C/groups,K]   b [K]?   ->   y [N,P,Q,K]
**   y = f(conv(x, w) + b)
**   P = (H + top + bottom - dilation (R - 1) - 1) / stride + 1, Q likewise
** "same" gives P = ceil(H / stride) with the odd row of padding at the bottom,
** as TensorFlow and Keras do; PyTorch's padding n is {n, n}.
**
** Not here: the arithmetic (kernel/conv.h), the shape rule (convolution_shape.c).
*/
#include "op/convolution.h"

static ae_status conv2d_shape(ae_call *call, ae_spec *out) {
  return ae_convolution_shape(call, 2, false, out);
}

static ae_status conv2d_forward(ae_call *call) {
  return ae_convolution_forward(call, false);
}

static ae_status conv2d_backward(ae_call *call) {
  return ae_convolution_backward(call, false);
}

const ae_op ae_op_conv2d = {
    .name = "conv2d",
    .doc =
        "A two-dimensional convolution: f(z + b), z[n,p,q,k] the sum over r, s, c of "
        "x[n, p*stride + r*dilation - top, q*stride + s*dilation - left, c] w[r,s,c,k], x being 0 outside; in one "
        "pass.\n"
        "The kernel is not flipped. Padding \"same\" is TensorFlow's and Keras's; for PyTorch's padding = n give n. "
        "With "
        "groups, output channel k sees the channels of its own group alone. Errors: shapes that do not fit, a kernel "
        "larger than x with its padding, groups that do not divide.",
    .result = "[N, P, Q, K] f(z + b)",
    .params = {AE_CONVOLUTION_PARAMS("[N, H, W, C] pictures", "[R, S, C/groups, K] weights")},
    .attrs = {AE_CONVOLUTION_STRIDE(
                  "rows and columns from one output to the next: a number or {height, width}; default 1"),
              AE_CONVOLUTION_PADDING(
                  "\"valid\" (none, the default), \"same\" (the result has size / stride, rounded up; the odd row or "
                  "column of "
                  "padding is at the end), or numbers: one for all sides, {height, width}, {top, bottom, left, "
                  "right}"),
              AE_CONVOLUTION_DILATION, AE_CONVOLUTION_GROUPS, AE_CONVOLUTION_ACTIVATION},
    .attrs_size = sizeof(ae_convolution),
    .saves = AE_CONVOLUTION_SAVES,
    .shape = conv2d_shape,
    .forward = conv2d_forward,
    .backward = conv2d_backward,
    .work = ae_convolution_work,
};
