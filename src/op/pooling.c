/*
** pooling: the shape rule. Padding in numbers is less than the window, so that
** every window meets an element of x.
*/
#include "op/pooling.h"

ae_status ae_pooling_shape(ae_call *call, int sides, ae_spec *out) {
  ae_pooling *a = call->attrs;
  const ae_shape *x = &call->in_spec[0].shape;
  int64_t size[2], stride[2];
  ae_side at[2] = {{0}};
  AE_TRY(ae_side_check(call, 0, sides, sides == 2 ? "[N,H,W,C]" : "[N,T,C]"));
  if (a->size.n == 0) return ae_fail(call->err, AE_INVALID, "%s: size wants a number, got none", call->name);
  AE_TRY(ae_side_numbers(call, "size", &a->size, sides, 1, 1, size));
  AE_TRY(ae_side_numbers(call, "stride", a->stride.n == 0 ? &a->size : &a->stride, sides, 1, 1, stride));
  for (int d = 0; d < sides; d++)
    at[d] = (ae_side){.in = x->dims[d + 1], .taps = size[d], .stride = stride[d], .dilation = 1};
  AE_TRY(ae_side_padding(call, &a->padding, sides, at));
  for (int d = 0; d < sides; d++) {
    const int64_t most = at[d].before > at[d].after ? at[d].before : at[d].after;
    if (most >= size[d])
      return ae_fail(call->err, AE_INVALID, "%s: padding wants less than the window's size (%lld), got %lld",
                     call->name, (long long)size[d], (long long)most);
    AE_TRY(ae_side_extent(call, &at[d]));
    AE_TRY(ae_side_slide(call, "window", &a->padding, sides, d, &at[d]));
    if (x->dims[d + 1] == 0) at[d].out = 0;
  }
  const ae_side one = {.in = 1, .taps = 1, .stride = 1, .out = 1}, *h = sides == 2 ? &at[0] : &one, *w = &at[sides - 1];
  a->pool = (ae_pool){x->dims[0], h->in,  w->in,     x->dims[sides + 1], h->taps,   w->taps,
                      h->out,     w->out, h->stride, w->stride,          h->before, w->before};
  int64_t dims[4] = {x->dims[0], at[0].out, at[1].out};
  dims[sides + 1] = x->dims[sides + 1];
  out->type = call->in_spec[0].type;
  return ae_shape_make(call->name, sides + 2, dims, &out->shape, call->err);
}
