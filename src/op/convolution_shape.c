/*
** convolution_shape: the shape rules of convolution.h.
**   out = (in + before + after - extent) / stride + 1   extent = dilation (taps - 1) + 1
**   transposed: out = (in - 1) stride + extent - before - after + output_padding
** "same": out = ceil(in / stride), transposed in * stride, with as much padding
** as that takes, the odd one after.
*/
#include <math.h>

#include "op/convolution.h"

const char *const ae_convolution_paddings[] = {"same", "valid", NULL};

enum { MOST = INT32_MAX };

/* One dimension that is slid over. */
typedef struct side {
  int64_t in, taps, stride, dilation, before, after, extra; /* extra: output_padding */
  int64_t extent, out;
} side;

static const char *const words[2][2] = {{"elements", ""}, {"rows", "columns"}};

/* An attribute as one number for each side; one stands for all. */
static ae_status spread(const ae_call *call, const char *what, const ae_dims *dims, int sides, int64_t least,
                        int64_t fallback, int64_t *out) {
  if (dims->n > 1 && dims->n != sides)
    return ae_fail(call->err, AE_INVALID, "%s: %s wants 1 number%s, got %d", call->name, what,
                   sides == 2 ? " or 2" : "", dims->n);
  for (int d = 0; d < sides; d++) {
    out[d] = dims->n == 0 ? fallback : dims->at[dims->n == 1 ? 0 : d];
    if (out[d] < least || out[d] > MOST)
      return ae_fail(call->err, AE_INVALID, "%s: %s wants %lld to %d, got %lld", call->name, what, (long long)least,
                     MOST, (long long)out[d]);
  }
  return AE_OK;
}

static ae_status read_padding(const ae_call *call, const ae_border *padding, int sides, side *at) {
  const ae_dims *sizes = &padding->sizes;
  if (padding->choice >= 0) return AE_OK;
  if (sizes->n != 1 && sizes->n != sides && sizes->n != 2 * sides)
    return ae_fail(call->err, AE_INVALID, "%s: padding wants %s, got %d number%s", call->name,
                   sides == 2 ? "1 number, 2 {height, width} or 4 {top, bottom, left, right}"
                              : "1 number or 2 {before, after}",
                   sizes->n, sizes->n == 1 ? "" : "s");
  for (int i = 0; i < sizes->n; i++)
    if (sizes->at[i] < 0 || sizes->at[i] > MOST)
      return ae_fail(call->err, AE_INVALID, "%s: padding wants 0 to %d, got %lld", call->name, MOST,
                     (long long)sizes->at[i]);
  for (int d = 0; d < sides; d++) {
    const bool each = sizes->n == 2 * sides;
    at[d].before = sizes->at[sizes->n == 1 ? 0 : each ? 2 * d : d];
    at[d].after = each ? sizes->at[2 * d + 1] : at[d].before;
  }
  return AE_OK;
}

static ae_status overflow(const ae_call *call) {
  return ae_fail(call->err, AE_OVERFLOW, "%s: the result gets more elements than 64 bits can count", call->name);
}

/* before, after and out of one dimension. */
static ae_status slide(const ae_call *call, const char *word, int padding, side *at) {
  char text[AE_SHAPE_TEXT];
  int64_t span;
  if (padding == AE_PADDING_SAME) {
    at->out = at->in / at->stride + (at->in % at->stride != 0);
    if (__builtin_add_overflow((at->out - 1) * at->stride - at->in, at->extent, &span)) return overflow(call);
    if (span < 0 || at->in == 0) span = 0;
    at->before = span / 2;
    at->after = span - at->before;
    return AE_OK;
  }
  if (__builtin_add_overflow(at->in, at->before + at->after, &span)) return overflow(call);
  if (span < at->extent)
    return ae_fail(call->err, AE_SHAPE,
                   "%s: the kernel covers %lld %s (%lld taps, dilation %lld), x %s has %lld with padding %lld + %lld",
                   call->name, (long long)at->extent, word, (long long)at->taps, (long long)at->dilation,
                   ae_shape_text(&call->in_spec[AE_CONVOLUTION_X].shape, text), (long long)span, (long long)at->before,
                   (long long)at->after);
  at->out = (span - at->extent) / at->stride + 1;
  return AE_OK;
}

static ae_status slide_back(const ae_call *call, const char *word, int padding, side *at) {
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
    return __builtin_mul_overflow(at->in, at->stride, &at->out) ? overflow(call) : AE_OK;
  }
  const int64_t most = at->stride > at->dilation ? at->stride : at->dilation;
  if (at->extra >= most)
    return ae_fail(call->err, AE_INVALID, "%s: output_padding wants less than stride or dilation (%lld), got %lld",
                   call->name, (long long)most, (long long)at->extra);
  if (at->in == 0) return AE_OK;
  if (__builtin_mul_overflow(at->in - 1, at->stride, &at->out) ||
      __builtin_add_overflow(at->out, at->extent, &at->out) ||
      __builtin_add_overflow(at->out, at->extra - at->before - at->after, &at->out))
    return overflow(call);
  if (at->out < 1)
    return ae_fail(call->err, AE_SHAPE, "%s: padding %lld + %lld leaves nothing of the %s that x %s gives", call->name,
                   (long long)at->before, (long long)at->after, word,
                   ae_shape_text(&call->in_spec[AE_CONVOLUTION_X].shape, text));
  return AE_OK;
}

/* ---- Channels ---- */

static ae_status check_dims(const ae_call *call, int input, int sides, const char *layout) {
  const ae_shape *s = &call->in_spec[input].shape;
  char text[AE_SHAPE_TEXT];
  if (s->ndim == sides + 2) return AE_OK;
  return ae_fail(call->err, AE_SHAPE, "%s: %s wants %d dimensions %s, got %s%s", call->name,
                 call->op->params[input].name, sides + 2, layout, ae_shape_text(s, text),
                 input == AE_CONVOLUTION_X ? "; reshape gives it those" : "");
}

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
  if (transposed && __builtin_mul_overflow(*k, a->groups, k)) return overflow(call);
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

static ae_status read_sides(const ae_call *call, int sides, bool transposed, side *at) {
  const ae_convolution *a = call->attrs;
  const ae_shape *x = &call->in_spec[AE_CONVOLUTION_X].shape, *w = &call->in_spec[AE_CONVOLUTION_W].shape;
  int64_t stride[2], dilation[2], extra[2];
  char text[AE_SHAPE_TEXT];
  AE_TRY(spread(call, "stride", &a->stride, sides, 1, 1, stride));
  AE_TRY(spread(call, "dilation", &a->dilation, sides, 1, 1, dilation));
  AE_TRY(spread(call, "output_padding", &a->output_padding, sides, 0, 0, extra));
  for (int d = 0; d < sides; d++)
    at[d] = (side){
        .in = x->dims[d + 1], .taps = w->dims[d], .stride = stride[d], .dilation = dilation[d], .extra = extra[d]};
  AE_TRY(read_padding(call, &a->padding, sides, at));
  for (int d = 0; d < sides; d++) {
    if (at[d].taps < 1)
      return ae_fail(call->err, AE_SHAPE, "%s: w wants a kernel of at least 1, got %s", call->name,
                     ae_shape_text(w, text));
    if (__builtin_mul_overflow(at[d].taps - 1, at[d].dilation, &at[d].extent) || at[d].extent > INT64_MAX / 4)
      return ae_fail(call->err, AE_OVERFLOW, "%s: %lld taps %lld apart are more than 64 bits can count", call->name,
                     (long long)at[d].taps, (long long)at[d].dilation);
    at[d].extent++;
    const char *word = words[sides - 1][d];
    AE_TRY(transposed ? slide_back(call, word, a->padding.choice, &at[d])
                      : slide(call, word, a->padding.choice, &at[d]));
  }
  return AE_OK;
}

static void resolve(ae_convolution *a, bool transposed, int64_t n, const side *h, const side *w, int64_t c, int64_t k) {
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
  side at[2] = {{0}};
  AE_TRY(check_dims(call, AE_CONVOLUTION_X, sides, data[sides - 1]));
  AE_TRY(check_dims(call, AE_CONVOLUTION_W, sides, weights[transposed][sides - 1]));
  AE_TRY(check_channels(call, sides, transposed, &c, &k));
  AE_TRY(check_slopes(call));
  AE_TRY(read_sides(call, sides, transposed, at));
  const side one = {.in = 1, .taps = 1, .stride = 1, .dilation = 1, .extent = 1, .out = 1};
  resolve(call->attrs, transposed, x->dims[0], sides == 2 ? &at[0] : &one, &at[sides - 1], c, k);
  int64_t dims[4] = {x->dims[0], at[0].out, at[1].out};
  dims[sides + 1] = k;
  *out = (ae_spec){.type = AE_REAL};
  return ae_shape_make(call->name, sides + 2, dims, &out->shape, call->err);
}
