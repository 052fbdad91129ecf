/*
** convolution_shape: the shape rules of convolution.h.
**   out = (in + before + after - extent) / stride + 1   extent = dilation (taps - 1) + 1
**   transposed: out = (in - 1) stride + extent - before - after + output_padding
** "same": out = ceil(in / stride), transposed in * stride, with as much padding
** as that takes, the odd one after.
*/
#include <math.h>

#include "op/convolution.h"

static ae_status slide_back(const ae_call *call, const char *word, int padding, ae_side *at) {
  char text[AE_SHAPE_TEXT];
  if (padding == AE_PADDING_SAME) {
    if (at->extra > 0)
      return ae_fail(call->err, AE_INVALID,
                     "%s: output_padding wants padding \"valid\" or in numbers; with \"same\" the result has in * "
                     "stride %s",
                     call->name, word);
    int64_t total = at->extent > at->stride ? at->extent - at->stride : 0;
    at->before = total / 2;
    at->after = total - at->before;
    return __builtin_mul_overflow(at->in, at->stride, &at->out) ? ae_side_overflow(call) : AE_OK;
  }
  const int64_t most = at->stride > at->dilation ? at->stride : at->dilation;
  if (at->extra >= most)
    return ae_fail(call->err, AE_INVALID, "%s: output_padding wants less than stride or dilation (%lld), got %lld",
                   call->name, (long long)most, (long long)at->extra);
  if (at->in == 0) return AE_OK;
  if (__builtin_mul_overflow(at->in - 1, at->stride, &at->out) ||
      __builtin_add_overflow(at->out, at->extent, &at->out) ||
      __builtin_add_overflow(at->out, at->extra - at->before - at->after, &at->out))
    return ae_side_overflow(call);
  if (at->out < 1)
    return ae_fail(call->err, AE_SHAPE, "%s: padding %lld + %lld leaves nothing of the %s that x %s gives", call->name,
                   (long long)at->before, (long long)at->after, word,
                   ae_shape_text(&call->in_spec[AE_CONVOLUTION_X].shape, text));
  return AE_OK;
}

/* ---- Channels ---- */

static ae_status check_channels(ae_call *call, int sides, bool transposed, int64_t *c, int64_t *k) {
  const ae_convolution *a = call->attrs;
  const ae_shape *x = &call->in_spec[AE_CONVOLUTION_X].shape, *w = &call->in_spec[AE_CONVOLUTION_W].shape;
  const ae_shape *b = &call->in_spec[AE_CONVOLUTION_B].shape;
  char of_x[AE_SHAPE_TEXT], of_w[AE_SHAPE_TEXT];
  const long long channels = x->dims[sides + 1], groups = a->groups;
  if (groups < 1) return ae_fail(call->err, AE_INVALID, "%s: groups wants at least 1, got %lld", call->name, groups);
  if (channels % groups != 0)
    return ae_fail(call->err, AE_SHAPE, "%s: %lld groups do not divide the %lld channels of x %s", call->name, groups,
                   channels, ae_shape_text(x, of_x));
  const int64_t wanted = transposed ? channels : channels / groups, given = w->dims[transposed ? sides + 1 : sides];
  if (given != wanted)
    return ae_fail(call->err, AE_SHAPE, "%s: w wants %lld input channels%s, as x %s has them, got %lld in %s",
                   call->name, (long long)wanted, groups > 1 && !transposed ? " in each group" : "",
                   ae_shape_text(x, of_x), (long long)given, ae_shape_text(w, of_w));
  *c = channels;
  *k = w->dims[transposed ? sides : sides + 1];
  if (transposed && __builtin_mul_overflow(*k, a->groups, k)) return ae_side_overflow(call);
  if (*k % groups != 0)
    return ae_fail(call->err, AE_SHAPE, "%s: %lld groups do not divide the %lld output channels of w %s", call->name,
                   groups, (long long)*k, ae_shape_text(w, of_w));
  if (b->ndim >= 0 && (b->ndim != 1 || b->dims[0] != *k))
    return ae_fail(call->err, AE_SHAPE, "%s: b wants shape [%lld], got %s", call->name, (long long)*k,
                   ae_shape_text(b, of_w));
  return AE_OK;
}

static ae_status check_slopes(const ae_call *call) {
  const ae_convolution *a = call->attrs;
  if (!(a->slope >= 0) || !isfinite(a->slope))
    return ae_fail(call->err, AE_INVALID, "%s: slope must be at least 0 and finite, got %g", call->name, a->slope);
  if (!(a->alpha >= 0) || !isfinite(a->alpha))
    return ae_fail(call->err, AE_INVALID, "%s: alpha must be at least 0 and finite, got %g", call->name, a->alpha);
  return AE_OK;
}

/* ---- The rule ---- */

static ae_status read_sides(const ae_call *call, int sides, bool transposed, ae_side *at) {
  const ae_convolution *a = call->attrs;
  const ae_shape *x = &call->in_spec[AE_CONVOLUTION_X].shape, *w = &call->in_spec[AE_CONVOLUTION_W].shape;
  int64_t stride[2], dilation[2], extra[2];
  char text[AE_SHAPE_TEXT];
  AE_TRY(ae_side_numbers(call, "stride", &a->stride, sides, 1, 1, stride));
  AE_TRY(ae_side_numbers(call, "dilation", &a->dilation, sides, 1, 1, dilation));
  AE_TRY(ae_side_numbers(call, "output_padding", &a->output_padding, sides, 0, 0, extra));
  for (int d = 0; d < sides; d++)
    at[d] = (ae_side){
        .in = x->dims[d + 1], .taps = w->dims[d], .stride = stride[d], .dilation = dilation[d], .extra = extra[d]};
  AE_TRY(ae_side_padding(call, &a->padding, sides, at));
  for (int d = 0; d < sides; d++) {
    if (at[d].taps < 1)
      return ae_fail(call->err, AE_SHAPE, "%s: w wants a kernel of at least 1, got %s", call->name,
                     ae_shape_text(w, text));
    AE_TRY(ae_side_extent(call, &at[d]));
    AE_TRY(transposed ? slide_back(call, ae_side_word(sides, d), a->padding.choice, &at[d])
                      : ae_side_slide(call, "kernel", &a->padding, sides, d, &at[d]));
  }
  return AE_OK;
}

static void resolve(ae_convolution *a, bool transposed, int64_t n, const ae_side *h, const ae_side *w, int64_t c,
                    int64_t k) {
  a->conv = (ae_conv){.n = n,
                      .h = transposed ? h->out : h->in,
                      .w = transposed ? w->out : w->in,
                      .c = transposed ? k : c,
                      .r = h->taps,
                      .s = w->taps,
                      .k = transposed ? c : k,
                      .p = transposed ? h->in : h->out,
                      .q = transposed ? w->in : w->out,
                      .groups = a->groups,
                      .stride_h = h->stride,
                      .stride_w = w->stride,
                      .dilation_h = h->dilation,
                      .dilation_w = w->dilation,
                      .top = h->before,
                      .left = w->before};
}

ae_status ae_convolution_shape(ae_call *call, int sides, bool transposed, ae_spec *out) {
  static const char *const data[] = {"[N,T,C]", "[N,H,W,C]"};
  static const char *const weights[2][2] = {{"[R,C/groups,K]", "[R,S,C/groups,K]"},
                                            {"[R,K/groups,C]", "[R,S,K/groups,C]"}};
  const ae_shape *x = &call->in_spec[AE_CONVOLUTION_X].shape;
  int64_t c = 0, k = 0;
  ae_side at[2] = {{0}};
  AE_TRY(ae_side_check(call, AE_CONVOLUTION_X, sides, data[sides - 1]));
  AE_TRY(ae_side_check(call, AE_CONVOLUTION_W, sides, weights[transposed][sides - 1]));
  AE_TRY(check_channels(call, sides, transposed, &c, &k));
  AE_TRY(check_slopes(call));
  AE_TRY(read_sides(call, sides, transposed, at));
  const ae_side one = {.in = 1, .taps = 1, .stride = 1, .dilation = 1, .extent = 1, .out = 1};
  resolve(call->attrs, transposed, x->dims[0], sides == 2 ? &at[0] : &one, &at[sides - 1], c, k);
  int64_t dims[4] = {x->dims[0], at[0].out, at[1].out};
  dims[sides + 1] = k;
  *out = (ae_spec){.type = AE_REAL};
  return ae_shape_make(call->name, sides + 2, dims, &out->shape, call->err);
}
