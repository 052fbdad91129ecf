/*
** convolution: what conv1d, conv2d and their transposed forms share: the
** attributes, the shape rules, bias and activation on the way back. The
** arithmetic is kernel/conv.h's; in one dimension H, R and P are 1.
*/
#ifndef AE_OP_CONVOLUTION_H
#define AE_OP_CONVOLUTION_H

#include "kernel/conv.h"
#include "op/window.h"

typedef struct ae_convolution {
  ae_dims stride, dilation, output_padding;
  ae_border padding;
  int64_t groups;
  int activation;
  double slope, alpha;
  ae_conv conv; /* resolved by the shape rule; transposed: of the convolution whose data gradient this is */
} ae_convolution;

enum { AE_CONVOLUTION_X, AE_CONVOLUTION_W, AE_CONVOLUTION_B };

/* `sides`: dimensions slid over, 1 or 2. */
ae_status ae_convolution_shape(ae_call *call, int sides, bool transposed, ae_spec *out);
ae_status ae_convolution_forward(ae_call *call, bool transposed);
ae_status ae_convolution_backward(ae_call *call, bool transposed);
/* Taps over padding are counted as they would be elsewhere. */
void ae_convolution_work(const ae_call *call, bool back, ae_work *work);

#define AE_CONVOLUTION_PARAMS(x_doc, w_doc)                                                                            \
  {.name = "x", .takes = AE_TAKES_REAL, .doc = x_doc}, {.name = "w", .takes = AE_TAKES_REAL, .doc = w_doc}, {          \
    .name = "b", .takes = AE_TAKES_REAL, .doc = "[K] bias", .optional = true                                           \
  }

#define AE_CONVOLUTION_STRIDE(doc) AE_ATTR(ae_convolution, stride, AE_ATTR_DIMS, 0, doc)
#define AE_CONVOLUTION_PADDING(doc) AE_PADDING_ATTR(ae_convolution, doc)
#define AE_CONVOLUTION_DILATION                                                                                        \
  AE_ATTR(ae_convolution, dilation, AE_ATTR_DIMS, 0, "from one tap to the next; default 1")
#define AE_CONVOLUTION_GROUPS                                                                                          \
  AE_ATTR(ae_convolution, groups, AE_ATTR_INT, 1,                                                                      \
          "groups of channels that do not see each other: divides C and K; C: depthwise; default 1")
#define AE_CONVOLUTION_ACTIVATION                                                                                      \
  AE_ATTR_CHOICE(ae_convolution, activation, ae_activation_names, AE_LINEAR,                                           \
                 "the activation f, softmax over channels; default \"linear\""),                                       \
      AE_ATTR(ae_convolution, slope, AE_ATTR_REAL, 0.01, "of leaky_relu below 0; at least 0, default 0.01"),           \
      AE_ATTR(ae_convolution, alpha, AE_ATTR_REAL, 1, "of elu: -alpha is its limit; at least 0, default 1")

#define AE_CONVOLUTION_SAVES (AE_SAVES_IN(AE_CONVOLUTION_X) | AE_SAVES_IN(AE_CONVOLUTION_W) | AE_SAVES_OUT(0))

#endif
