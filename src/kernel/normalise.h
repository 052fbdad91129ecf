/*
** normalise: y = f((x - mean) factor + shift) over channels, and back:
**   sums       dz = dy f', dz (x - mean), of every column
**   back       dx = factor dz - share - (x - mean) h_share
** over rows as channels.h sees them, on the calling thread.
**
** Not here: mean and variance (channels.h), how the shares follow from the sums
** (op/batch_norm.c, op/group_norm.c).
*/
#ifndef AE_KERNEL_NORMALISE_H
#define AE_KERNEL_NORMALISE_H

#include "kernel/channels.h"

typedef struct ae_normal {
  const ae_channels *seen;
  bool relu;
  real *mean, *factor, *shift; /* [width] */
  real *share, *h_share;       /* [width]; back alone */
} ae_normal;

enum { AE_NORMAL_ARRAYS = 5 };

/* All of them 0, in `arrays` [5 * width]. */
void ae_normal_lay(ae_normal *m, const ae_channels *seen, bool relu, real *arrays);

void ae_normal_forward(const ae_normal *m, int64_t begin, int64_t end, const real *x, real *y);
/* Added to sums [2, width]. */
void ae_normal_sums(const ae_normal *m, int64_t begin, int64_t end, const real *x, const real *dy, double *sums);
/* dx may be dy; dy NULL: 0. */
void ae_normal_back(const ae_normal *m, int64_t begin, int64_t end, const real *x, const real *dy, real *dx);

#endif
