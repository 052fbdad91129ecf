/*
** window: the shape rule of what slides over one or two dimensions: stride,
** dilation, padding.
**   out = (in + before + after - extent) / stride + 1   extent = dilation (taps - 1) + 1
** "same": out = ceil(in / stride), with as much padding as that takes, the odd
** one after, as TensorFlow and Keras do. PyTorch's padding n is n on either side.
*/
#ifndef AE_OP_WINDOW_H
#define AE_OP_WINDOW_H

#include "core/op.h"

extern const char *const ae_paddings[]; /* "same", "valid", NULL */
enum { AE_PADDING_SAME, AE_PADDING_VALID };

/* One dimension that is slid over. */
typedef struct ae_side {
  int64_t in, taps, stride, dilation;
  int64_t before, after; /* padding; negative never */
  int64_t extra;         /* output_padding */
  int64_t extent, out;
} ae_side;

/* An attribute as one number for each of `sides` dimensions: one stands for all,
** none for `fallback`. Errors: AE_INVALID, also below `least`. */
ae_status ae_side_numbers(const ae_call *call, const char *what, const ae_dims *dims, int sides, int64_t least,
                          int64_t fallback, int64_t *out);
/* before and after where padding is in numbers: one for all, one for each
** dimension, or two for each. */
ae_status ae_side_padding(const ae_call *call, const ae_border *padding, int sides, ae_side *at);
/* extent, from taps and dilation. */
ae_status ae_side_extent(const ae_call *call, ae_side *at);
/* before, after and out. `window` is what the message calls it, d and sides say
** which dimension it is. */
ae_status ae_side_slide(const ae_call *call, const char *window, const ae_border *padding, int sides, int d,
                        ae_side *at);
/* "rows", "columns", "elements" */
const char *ae_side_word(int sides, int d);
ae_status ae_side_overflow(const ae_call *call);
/* Input `input` wants sides + 2 dimensions, described by `layout`. */
ae_status ae_side_check(const ae_call *call, int input, int sides, const char *layout);

#define AE_PADDING_ATTR(type, doc)                                                                                     \
  { "padding", AE_ATTR_BORDER, offsetof(type, padding), false, AE_PADDING_VALID, ae_paddings, doc }

#endif
