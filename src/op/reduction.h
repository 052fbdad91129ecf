/*
** reduction: what the operations that reduce a set of dimensions share: their
** attributes, their shape rule and the way back of a gradient.
**
**   x [any shape] -> y: the dimensions in `dims` left out, or 1 with keepdim
**
** Not here: sums and extremes (kernel/reduce.h).
*/
#ifndef AE_OP_REDUCTION_H
#define AE_OP_REDUCTION_H

#include "core/op.h"
#include "kernel/reduce.h"

/* Begins the attributes of every reduction. */
typedef struct ae_reduction {
  ae_dims dims;
  bool keepdim;
  ae_dimset set; /* dims resolved, by ae_reduction_shape */
} ae_reduction;

/* The two that come first; `dims` may be left out, where all are meant. */
#define AE_REDUCTION_ATTRS                                                                                             \
  {"dims",                                                                                                             \
   AE_ATTR_DIMS,                                                                                                       \
   offsetof(ae_reduction, dims),                                                                                       \
   false,                                                                                                              \
   0,                                                                                                                  \
   NULL,                                                                                                               \
   "the dimensions to reduce, a number or a list; default: all"},                                                      \
  {                                                                                                                    \
    "keepdim", AE_ATTR_BOOL, offsetof(ae_reduction, keepdim), false, 0, NULL, "keep them with size 1; default false"   \
  }

/* Resolves dims and states the output. */
ae_status ae_reduction_shape(ae_call *call, ae_type type, ae_spec *out);
/* Errors: AE_SHAPE where an output would be the reduction of nothing. */
ae_status ae_reduction_nonempty(const ae_call *call);
/* Elements that each output is made from. */
int64_t ae_reduction_count(const ae_call *call);

/* One double for every output. */
typedef struct ae_wide {
  double *at;
  int64_t count;
  size_t bytes;
} ae_wide;
/* Uninitialised. */
ae_status ae_wide_new(const ae_call *call, ae_wide *out);
void ae_wide_free(const ae_call *call, ae_wide *wide);
/* The sums in double; free them. `center` as in ae_reduce_sum. */
ae_status ae_reduction_wide(const ae_call *call, ae_term term, const double *center, double scale, ae_wide *out);

/* gx[0, n) of a block of inputs x, what backward kept of their outputs (kept)
** and the outputs' gradients g, all with n elements. */
typedef void (*ae_reduction_fn)(real *gx, const real *x, const real *kept, const real *g, int64_t n);

/* Writes the input's gradient from per-output values, whose shapes may lack or
** have the reduced dimensions. `x` and `kept` may be NULL. */
ae_status ae_reduction_gradient(ae_call *call, const ae_tensor *x, const real *kept, const real *g, ae_reduction_fn fn);

#endif
