/*
** window: which taps of a sliding window meet the input, and for which outputs.
** One dimension; output i's tap t reads i*stride - before + t*dilation.
*/
#ifndef AE_KERNEL_WINDOW_H
#define AE_KERNEL_WINDOW_H

#include <stdint.h>

typedef struct ae_range {
  int64_t begin, end;
} ae_range;

static inline ae_range ae_range_within(int64_t begin, int64_t end, int64_t most) {
  if (end > most) end = most;
  if (begin > most) begin = most;
  return (ae_range){begin, begin < end ? end : begin};
}

/* The outputs [begin, end) of one dimension for which tap `tap` falls inside
** the input: 0 <= i*stride - before + tap*dilation < in. */
static inline ae_range ae_window_outputs(int64_t tap, int64_t in, int64_t out, int64_t stride, int64_t dilation,
                                         int64_t before) {
  int64_t shift = before - tap * dilation; /* i*stride >= shift, i*stride < in + shift */
  int64_t begin = shift > 0 ? (shift - 1) / stride + 1 : 0;
  int64_t end = in + shift > 0 ? (in + shift - 1) / stride + 1 : 0;
  return ae_range_within(begin, end, out);
}

/* The taps [begin, end) of one dimension that fall inside the input for the
** output whose first tap is at `at`. */
static inline ae_range ae_window_taps(int64_t at, int64_t in, int64_t taps, int64_t dilation) {
  int64_t begin = at < 0 ? (-at - 1) / dilation + 1 : 0;
  int64_t end = at < in ? (in - at - 1) / dilation + 1 : 0;
  return ae_range_within(begin, end, taps);
}

#endif
