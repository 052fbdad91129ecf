/*
** reduce_cut: what the loops of a reduction (reduce_sum.c, reduce_extreme.c)
** owe the code that cuts it into tasks (reduce.c).
*/
#ifndef AE_KERNEL_REDUCE_CUT_H
#define AE_KERNEL_REDUCE_CUT_H

#include "kernel/reduce.h"

enum { AE_REDUCE_WIDTH = 1024 }; /* most outputs of one call */

/* `what` is the ae_term or ae_extreme. */
typedef struct ae_reduce_loops {
  size_t size;     /* bytes of an accumulator, at most a double's */
  size_t out_size; /* bytes of an output */
  /* acc[count] of rows that are n long and follow each other */
  void (*rows)(ae_type type, int what, const void *x, int64_t count, int64_t n, const double *center, void *acc);
  /* acc[width] down n rows, whose beginnings are `stride` elements apart */
  void (*columns)(ae_type type, int what, const void *x, int64_t n, int64_t stride, int64_t width, const double *center,
                  void *acc);
  void (*combine)(ae_type type, int what, void *acc, const void *partial, int64_t n);
  void (*finish)(const void *acc, int64_t n, double scale, void *out); /* NULL: the accumulators as they are */
} ae_reduce_loops;

/* `center` has an element for every output, or is NULL. */
ae_status ae_reduce_run(ae_context *ctx, const ae_reduce_view *view, const ae_reduce_loops *loops, int what,
                        const double *center, double scale, void *out, ae_error *err);

#endif
