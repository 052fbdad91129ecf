/*
** reduce: sums and extremes over any set of dimensions. The set is seen as the
** middle of [outer, reduced, inner]; where it is no one run of dimensions, a
** permuted copy is made first.
**
** Sums are taken in double, so those of 1e7 floats are as exact as a float can
** say. How the work is cut depends on the shape alone: the same bits for every
** number of threads.
**
** Not here: gradients (op/reduction.h), the index of an extreme (op/argmax.c),
** the sum back to a shape that was broadcast (broadcast.h).
*/
#ifndef AE_KERNEL_REDUCE_H
#define AE_KERNEL_REDUCE_H

#include "core/context.h"
#include "core/tensor.h"

typedef struct ae_reduce_view {
  ae_type type;
  const void *data;
  int64_t outer, reduced, inner;
  int perm[AE_MAX_DIMS]; /* dimension d of the copy is perm[d] of x */
  ae_tensor *copy;       /* what data points into; NULL: x itself */
} ae_reduce_view;

/* Close a view that was opened. Errors: AE_NO_MEMORY for the copy. */
ae_status ae_reduce_open(ae_context *ctx, const ae_tensor *x, ae_dimset set, ae_reduce_view *out, ae_error *err);
void ae_reduce_close(ae_reduce_view *view);
/* Undoes the permutation of `shape` that a view with a copy has: for gradients. */
void ae_reduce_restore(ae_context *ctx, const ae_reduce_view *view, const ae_shape *shape, real *to, const real *from);
/* Only the sizes and perm; whether a copy would be needed. */
bool ae_reduce_plan(const ae_shape *shape, ae_dimset set, ae_reduce_view *view);

/* What is summed, c being the center of the output the element belongs to. All
** but the first two want reals. */
typedef enum ae_term {
  AE_TERM_VALUE,     /* x */
  AE_TERM_NONZERO,   /* x != 0; nan is */
  AE_TERM_ABS,       /* |x| */
  AE_TERM_SQUARE,    /* x^2 */
  AE_TERM_DEVIATION, /* (x - c)^2 */
  AE_TERM_EXP,       /* exp(x - c) */
  AE_TERM_EQUAL,     /* x == c */
  AE_TERM_EQUAL_ABS  /* |x| == c */
} ae_term;

/* out[outer, inner] = scale * sum; `center` has an element for every output
** where the term reads it. A sum of nothing is 0. */
ae_status ae_reduce_sum(ae_context *ctx, const ae_reduce_view *view, ae_term term, const double *center, double scale,
                        real *out, ae_error *err);
/* The same without rounding to real. */
ae_status ae_reduce_sum_wide(ae_context *ctx, const ae_reduce_view *view, ae_term term, const double *center,
                             double scale, double *out, ae_error *err);

typedef enum ae_extreme { AE_MIN, AE_MAX, AE_MAX_ABS } ae_extreme;

/* out[outer, inner], of the view's type; a nan among reals is the result.
** AE_MAX_ABS wants reals. Where nothing is reduced: the type's largest or
** smallest number (infinities for reals), 0 for AE_MAX_ABS. */
ae_status ae_reduce_extreme(ae_context *ctx, const ae_reduce_view *view, ae_extreme which, void *out, ae_error *err);

#endif
