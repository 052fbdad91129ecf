/*
** channels: elements [rows, C] seen as rows of `width`, so many of their own
** side by side that vectors are full also where channels are few. What belongs
** to channels is repeated along a row.
*/
#ifndef AE_KERNEL_CHANNELS_H
#define AE_KERNEL_CHANNELS_H

#include "core/context.h"
#include "core/real.h"

typedef struct ae_channels {
  int64_t C, width; /* width: a multiple of C; 1 where C is 0 */
  int64_t full;     /* rows of the whole width */
  int64_t rest;     /* elements of one more row; 0: there is none */
  int64_t tile;     /* rows that stay in the first cache together */
  int parts;        /* for ae_parallel_parts over ae_channels_rows */
} ae_channels;

ae_channels ae_channels_of(const ae_context *ctx, int64_t count, int64_t C);
/* With the one that may be shorter. */
static inline int64_t ae_channels_rows(const ae_channels *s) {
  return s->full + (s->rest > 0);
}
static inline int64_t ae_channels_width(const ae_channels *s, int64_t row) {
  return row < s->full ? s->width : s->rest;
}
/* row [width]: repeats its first C. */
void ae_channels_spread(const ae_channels *s, real *row);

/* How many numbers there are, their mean, and the sum of the squares of what they are off it. */
typedef struct ae_moments {
  double count, mean, squares;
} ae_moments;
void ae_moments_merge(ae_moments *m, double count, double mean, double squares);
/* Of the columns of whole rows [begin, end) of x: means, then squares, [2, width], into `sums`, which is 0. */
void ae_channels_columns(const ae_channels *s, const real *x, int64_t begin, int64_t end, double *sums);

/* Mean and biased variance of every channel, both [C], in one pass over x; there
** is at least one row. Errors: AE_NO_MEMORY. */
ae_status ae_channels_moments(ae_context *ctx, const ae_channels *s, const real *x, real *mean, real *var,
                              ae_error *err);

#endif
