/*
** conv_ahead: memory that the next band of a convolution will want, called into
** the cache bit by bit while this one is worked on.
*/
#ifndef AE_KERNEL_CONV_AHEAD_H
#define AE_KERNEL_CONV_AHEAD_H

#include "core/real.h"

typedef struct ae_conv_ahead {
  const char *at, *end;
  int64_t step; /* bytes at each call */
} ae_conv_ahead;

/* Rows [begin, end), those that there are, of picture n, in `calls` calls. */
static inline ae_conv_ahead ae_conv_ahead_of(const real *data, int64_t rows, int64_t row, int64_t n, int64_t begin,
                                             int64_t end, int64_t calls) {
  if (begin < 0) begin = 0;
  if (end > rows) end = rows;
  if (begin >= end) return (ae_conv_ahead){0};
  const int64_t bytes = (end - begin) * row * (int64_t)sizeof *data;
  const char *at = (const char *)(data + (n * rows + begin) * row);
  return (ae_conv_ahead){at, at + bytes, (bytes / calls / 64 + 1) * 64};
}

static inline void ae_conv_fetch(ae_conv_ahead *a) {
  const char *stop = a->end - a->at < a->step ? a->end : a->at + a->step;
  for (; a->at < stop; a->at += 64) __builtin_prefetch(a->at, 0, 2);
}

#endif
