/*
** window: windows that slide over dimensions.
*/
#include "op/window.h"

const char *const ae_paddings[] = {"same", "valid", NULL};

enum { MOST = INT32_MAX };

const char *ae_side_word(int sides, int d) {
  return sides == 1 ? "elements" : d == 0 ? "rows" : "columns";
}

ae_status ae_side_check(const ae_call *call, int input, int sides, const char *layout) {
  const ae_shape *s = &call->in_spec[input].shape;
  char text[AE_SHAPE_TEXT];
  if (s->ndim == sides + 2) return AE_OK;
  return ae_fail(call->err, AE_SHAPE, "%s: %s wants %d dimensions %s, got %s%s", call->name,
                 call->op->params[input].name, sides + 2, layout, ae_shape_text(s, text),
                 input == 0 ? "; reshape gives it those" : "");
}

ae_status ae_side_numbers(const ae_call *call, const char *what, const ae_dims *dims, int sides, int64_t least,
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

ae_status ae_side_padding(const ae_call *call, const ae_border *padding, int sides, ae_side *at) {
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

ae_status ae_side_overflow(const ae_call *call) {
  return ae_fail(call->err, AE_OVERFLOW, "%s: the result gets more elements than 64 bits can count", call->name);
}

ae_status ae_side_extent(const ae_call *call, ae_side *at) {
  if (__builtin_mul_overflow(at->taps - 1, at->dilation, &at->extent) || at->extent > INT64_MAX / 4)
    return ae_fail(call->err, AE_OVERFLOW, "%s: %lld taps %lld apart are more than 64 bits can count", call->name,
                   (long long)at->taps, (long long)at->dilation);
  at->extent++;
  return AE_OK;
}

ae_status ae_side_slide(const ae_call *call, const char *window, const ae_border *padding, int sides, int d,
                        ae_side *at) {
  char text[AE_SHAPE_TEXT];
  int64_t span;
  if (padding->choice == AE_PADDING_SAME) {
    at->out = at->in / at->stride + (at->in % at->stride != 0);
    if (__builtin_add_overflow((at->out - 1) * at->stride - at->in, at->extent, &span)) return ae_side_overflow(call);
    if (span < 0 || at->in == 0) span = 0;
    at->before = span / 2;
    at->after = span - at->before;
    return AE_OK;
  }
  if (__builtin_add_overflow(at->in, at->before + at->after, &span)) return ae_side_overflow(call);
  if (span < at->extent)
    return ae_fail(call->err, AE_SHAPE,
                   "%s: the %s covers %lld %s (%lld taps, dilation %lld), x %s has %lld with padding %lld + %lld",
                   call->name, window, (long long)at->extent, ae_side_word(sides, d), (long long)at->taps,
                   (long long)at->dilation, ae_shape_text(&call->in_spec[0].shape, text), (long long)span,
                   (long long)at->before, (long long)at->after);
  at->out = (span - at->extent) / at->stride + 1;
  return AE_OK;
}
