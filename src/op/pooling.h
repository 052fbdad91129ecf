/*
** pooling: what max_pool and avg_pool share: a window that slides over one or
** two dimensions of every channel. In one dimension h, r and p are 1.
**   x [N,H,W,C] -> y [N,P,Q,C]
*/
#ifndef AE_OP_POOLING_H
#define AE_OP_POOLING_H

#include "op/window.h"

typedef struct ae_pool {
  int64_t n, h, w, c;
  int64_t r, s; /* of the window */
  int64_t p, q;
  int64_t stride_h, stride_w, top, left;
} ae_pool;

typedef struct ae_pooling {
  ae_dims size, stride;
  ae_border padding;
  bool count_padding; /* avg_pool's alone */
  ae_pool pool;       /* resolved by the shape rule */
} ae_pooling;

/* y has x's type. */
ae_status ae_pooling_shape(ae_call *call, int sides, ae_spec *out);

#define AE_POOLING_ATTRS(size_doc, padding_doc)                                                                        \
  AE_ATTR_REQUIRED(ae_pooling, size, AE_ATTR_DIMS, size_doc),                                                          \
      AE_ATTR(ae_pooling, stride, AE_ATTR_DIMS, 0, "from one window to the next; default: its size"),                  \
      AE_PADDING_ATTR(ae_pooling, padding_doc)

#define AE_POOLING_SIZE_2D "of the window: a number or {height, width}"
#define AE_POOLING_SIZE_1D "of the window"
#define AE_POOLING_PADDING_2D                                                                                          \
  "\"valid\" (none, the default), \"same\" (the result has size / stride, rounded up; the odd row or column is at "    \
  "the end), or numbers less than size: one for all sides, {height, width}, {top, bottom, left, right}"
#define AE_POOLING_PADDING_1D                                                                                          \
  "\"valid\" (none, the default), \"same\" (the result has size / stride, rounded up; the odd element is at the "      \
  "end), or numbers less than size: one for both ends, {before, after}"

#endif
