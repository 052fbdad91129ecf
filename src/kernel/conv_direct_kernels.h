/*
** conv_direct_kernels: the innermost loops of conv_direct.c, whose sums stay in
** registers. Made for three instruction sets, picked once.
**   across   outputs [pixels, width]: channels side by side in vectors, pixels below one another
**            out[p, j] = start[j] + sum_i in[p * in_step + i] w[i, j]
**   along    outputs [pixels, 1..4]: the sum itself runs in vectors
**            out[p, k] = start[k] + sum_i in[p * in_step + i] w[k, i]
**   outer    sums [taps, width] += sum over pixels of in[pixel + i] out[pixel, j]
** where i runs over pieces: neighbouring elements of the input. `along` may read
** past the end of a piece, and of w, what it takes for 0: less than a vector.
*/
#ifndef AE_KERNEL_CONV_DIRECT_KERNELS_H
#define AE_KERNEL_CONV_DIRECT_KERNELS_H

#include "core/real.h"

enum { AE_DIRECT_ROWS = 12, AE_DIRECT_WIDTHS = 3, AE_DIRECT_FEW = 4, AE_DIRECT_BLOCKS = 3, AE_DIRECT_SLACK = 16 };

/* Neighbouring elements of the input: where, their place among the taps, how many. */
typedef struct ae_direct_piece {
  int64_t at, tap, count;
} ae_direct_piece;

typedef struct ae_direct_sum {
  const ae_direct_piece *pieces;
  int64_t n_pieces;
  const real *in; /* of the first pixel */
  int64_t in_step;
  const real *w;     /* across: [taps, width], along: [k, taps] */
  int64_t taps;      /* along */
  const real *start; /* [width]; along: [AE_DIRECT_SLACK], by pixel and k */
  real *out;
  int64_t out_step;
  real floor; /* what comes out below this is 0 */
} ae_direct_sum;

typedef struct ae_direct_outer {
  const real *in;           /* of the first pixel, at the first tap */
  int64_t in_step, in_line; /* from pixel to pixel, from row to row */
  const real *out;          /* at the first of the width */
  int64_t out_step, out_line;
  int64_t rows, columns;
  int64_t tap_line; /* nine: from one row of taps to the next */
  real *sums;       /* [taps, width] */
} ae_direct_outer;

typedef struct ae_direct_kernels {
  int n_widths;
  int width[AE_DIRECT_WIDTHS];                                         /* ascending */
  int most[AE_DIRECT_WIDTHS];                                          /* pixels of across, taps of outer */
  void (*const(*across[AE_DIRECT_WIDTHS]))(const ae_direct_sum *sum);  /* [pixels - 1] */
  void (*const(*outer[AE_DIRECT_WIDTHS]))(const ae_direct_outer *sum); /* [taps - 1] */
  void (*nine[AE_DIRECT_WIDTHS])(const ae_direct_outer *sum);          /* three rows of three taps; NULL: not wide */
  int pixels[AE_DIRECT_FEW][AE_DIRECT_BLOCKS];                         /* of along, descending to 1 */
  void (*along[AE_DIRECT_FEW][AE_DIRECT_BLOCKS])(const ae_direct_sum *sum); /* [k - 1] */
} ae_direct_kernels;

const ae_direct_kernels *ae_direct_kernels_here(void);

#endif
