/*
** optimizer: what the update steps share. A step changes parameters and its
** own state in place, element by element in one pass; all its tensors have one
** shape. It first makes of the gradient
**
**   d = scale * clamp(g, -clip, clip) + penalty * w
**
** which is clipping by value, then by norm, and an L2 penalty of the objective.
** The coefficients that change from step to step (bias corrections) come from
** the caller, computed in double.
*/
#ifndef AE_OP_OPTIMIZER_H
#define AE_OP_OPTIMIZER_H

#include <math.h>

#include "core/op.h"
#include "core/parallel.h"
#include "kernel/vmath.h"

typedef struct ae_direction {
  double clip, scale, penalty;
} ae_direction;

/* The last attributes of every step, in `type`'s field `direction`. */
#define AE_DIRECTION_ATTR(type, field, fallback, doc)                                                                  \
  { #field, AE_ATTR_REAL, offsetof(type, direction.field), false, fallback, NULL, doc }
#define AE_DIRECTION_ATTRS(type)                                                                                       \
  AE_DIRECTION_ATTR(type, clip, INFINITY, "largest absolute value of a gradient's element; default: none"),            \
      AE_DIRECTION_ATTR(type, scale, 1, "what the gradient is multiplied with, after clip; default 1"),                \
      AE_DIRECTION_ATTR(type, penalty, 0, "multiple of w that is added to the gradient then; default 0")

#define AE_STEP_NO_GRADIENT "it changes its inputs in place"

/* The same in the arithmetic of the loops. */
typedef struct ae_direction_loop {
  real clip, scale, penalty;
} ae_direction_loop;

static inline ae_direction_loop ae_direction_of(const ae_direction *d) {
  return (ae_direction_loop){(real)d->clip, (real)d->scale, (real)d->penalty};
}

AE_INLINE real ae_direct(ae_direction_loop d, real g, real w) {
  g = g > d.clip ? d.clip : g;
  g = g < -d.clip ? -d.clip : g;
  return d.scale * g + d.penalty * w;
}

/* Means that only decay would end below the smallest normal number and stay there for good (0.9 times the smallest
** rounds to itself), where each costs some processors a hundred cycles a step: on Sapphire Rapids, with a tenth of the
** moments there, Adam took seven times as long. They are kept as 0. */
AE_INLINE real ae_decayed(real x) {
  return x < AE_REAL_MIN && x > -AE_REAL_MIN ? 0 : x;
}

/* A mean of squares, whose root is divided by: the smallest normal number, as 0 would be another quotient where eps
** is 0. */
AE_INLINE real ae_decayed_square(real x) {
  return x < AE_REAL_MIN && x > 0 ? AE_REAL_MIN : x;
}

/* Every tensor of a step has w's shape. */
ae_status ae_step_shape(ae_call *call, ae_spec *out);
/* Every tensor is read, and all but the gradient are written. */
void ae_step_work(const ae_call *call, bool back, ae_work *work);
/* Ends a forward: w is the result, and all but the gradient (input 1) have changed. */
ae_status ae_step_done(ae_call *call);

#endif
