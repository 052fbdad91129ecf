/*
** conv1d: cross-correlation of signals, channels last, with its bias and
** activation in one pass: conv2d of one row.
**   x [N,T,C]   w [R,C/groups,K]   b [K]?   ->   y [N,P,K]
**   P = (T + before + after - dilation (R - 1) - 1) / stride + 1
** Padding as in conv2d.c.
*/
#include "op/convolution.h"

static ae_status conv1d_shape(ae_call *call, ae_spec *out) {
  return ae_convolution_shape(call, 1, false, out);
}

static ae_status conv1d_forward(ae_call *call) {
  return ae_convolution_forward(call, false);
}

static ae_status conv1d_backward(ae_call *call) {
  return ae_convolution_backward(call, false);
}

const ae_op ae_op_conv1d = {
    .name = "conv1d",
    .doc = "A convolution of signals: f(z + b), z[n,p,k] the sum over r, c of x[n, p*stride + r*dilation - before, c] "
           "w[r,c,k], "
           "x being 0 outside; in one pass.\n"
           "The kernel is not flipped. Padding \"same\" is TensorFlow's and Keras's; for PyTorch's padding = n give n. "
           "Errors: "
           "shapes that do not fit, a kernel longer than x with its padding, groups that do not divide.",
    .result = "[N, P, K] f(z + b)",
    .params = {AE_CONVOLUTION_PARAMS("[N, T, C] signals", "[R, C/groups, K] weights")},
    .attrs =
        {AE_CONVOLUTION_STRIDE("elements from one output to the next; default 1"),
         AE_CONVOLUTION_PADDING(
             "\"valid\" (none, the default), \"same\" (the result has size / stride, rounded up; the odd element of "
             "padding is at the end), or numbers: one for both ends, {before, after}"),
         AE_CONVOLUTION_DILATION, AE_CONVOLUTION_GROUPS, AE_CONVOLUTION_ACTIVATION},
    .attrs_size = sizeof(ae_convolution),
    .saves = AE_CONVOLUTION_SAVES,
    .shape = conv1d_shape,
    .forward = conv1d_forward,
    .backward = conv1d_backward,
    .work = ae_convolution_work,
};
