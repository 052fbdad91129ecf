/*
** normalisation: what layer_norm and group_norm share, and batch_norm in part: x,
** then the optional scale and shift, which have the shape of some of x's last
** dimensions.
*/
#ifndef AE_OP_NORMALISATION_H
#define AE_OP_NORMALISATION_H

#include <math.h>

#include "core/op.h"

enum { AE_NORMALISED, AE_NORMALISED_SCALE, AE_NORMALISED_SHIFT };

/* scale and shift want the shape of x's dimensions from `from` on. */
ae_status ae_normalisation_check(const ae_call *call, int from, double epsilon);
/* Where dx goes, which is where dy is if nobody else reads that; borrowed. */
ae_status ae_normalisation_gradient(ae_call *call, ae_tensor **dx);
/* dshift and dscale, from the sums [parts, 2, n] of all parts in order. */
ae_status ae_normalisation_small_gradients(ae_call *call, int parts, int64_t n, const double *sums);

#define AE_NORMALISATION_PARAMS(shape)                                                                                 \
  {.name = "scale", .takes = AE_TAKES_REAL, .doc = shape " (gamma); absent: 1", .optional = true}, {                   \
    .name = "shift", .takes = AE_TAKES_REAL, .doc = shape " (beta); absent: 0", .optional = true                       \
  }
#define AE_NORMALISATION_EPSILON                                                                                       \
  AE_ATTR(attrs, epsilon, AE_ATTR_REAL, 1e-5,                                                                          \
          "added to the variance; greater than 0, default 1e-5 as in PyTorch (Keras: 1e-3)")

#endif
