/*
** conv_transpose1d: transposed convolution of signals, channels last, with its
** bias and activation in one pass: conv_transpose2d of one row.
**   x [N,T,C]   w [R,K/groups,C]   b [K]?   ->   y [N,P,K]
**   P = (T - 1) stride + dilation (R - 1) + 1 - before - after + output_padding
** Padding as in conv_transpose2d.c.
*/
#include "op/convolution.h"

static ae_status conv_transpose1d_shape(ae_call *call, ae_spec *out) {
  return ae_convolution_shape(call, 1, true, out);
}

static ae_status conv_transpose1d_forward(ae_call *call) {
  return ae_convolution_forward(call, true);
}

static ae_status conv_transpose1d_backward(ae_call *call) {
  return ae_convolution_backward(call, true);
}

const ae_op ae_op_conv_transpose1d = {
    .name = "conv_transpose1d",
    .doc = "A transposed convolution of signals: f(z + b), z the sum of w[r,:,c] x[n,t,c] at t*stride + r*dilation - "
           "before; in "
           "one pass. It undoes the sizes of conv1d with the same weights.\n"
           "Padding \"same\" gives size * stride, as Keras does. In numbers, with output_padding, it is PyTorch's. "
           "Errors: shapes "
           "that do not fit, padding that leaves nothing, groups that do not divide.",
    .result = "[N, P, K] f(z + b)",
    .params = {AE_CONVOLUTION_PARAMS("[N, T, C] signals",
                                     "[R, K/groups, C] weights: those of the conv1d that it mirrors")},
    .attrs = {AE_CONVOLUTION_STRIDE("elements in y from one input to the next; default 1"),
              AE_CONVOLUTION_PADDING("\"valid\" (nothing taken off, the default), \"same\" (the result has size * "
                                     "stride), or numbers to take off: one "
                                     "for both ends, {before, after}"),
              AE_CONVOLUTION_DILATION, AE_CONVOLUTION_GROUPS,
              AE_ATTR(ae_convolution, output_padding, AE_ATTR_DIMS, 0,
                      "how much longer the result is at its end; less than stride or dilation, default 0"),
              AE_CONVOLUTION_ACTIVATION},
    .attrs_size = sizeof(ae_convolution),
    .saves = AE_CONVOLUTION_SAVES,
    .shape = conv_transpose1d_shape,
    .forward = conv_transpose1d_forward,
    .backward = conv_transpose1d_backward,
    .work = ae_convolution_work,
};
