/*
** clamp: y = min(max(x, low), high)        dL/dx = g where low <= x <= high, else 0
*/
#include "op/elementwise.h"

typedef struct attrs {
  double low, high;
} attrs;

AE_INLINE real forward(real x, attrs a) {
  real low = (real)a.low, high = (real)a.high;
  return x < low ? low : x > high ? high : x; /* nan stays nan */
}
AE_INLINE real backward(real g, real x, real y, attrs a) {
  return x < (real)a.low || x > (real)a.high ? 0 : g;
}

static ae_status clamp_shape(ae_call *call, ae_spec *out) {
  const attrs *a = call->attrs;
  if (!(a->low <= a->high))
    return ae_fail(call->err, AE_INVALID, "clamp: low must not be above high, got %g and %g", a->low, a->high);
  return ae_unary_shape(call, out);
}

AE_UNARY_WITH(clamp, AE_SAVES_IN(0), AE_GRAIN_CHEAP,
              "Each element, or the nearer bound where it is outside them.\n"
              "The gradient is 1 from bound to bound, the bounds themselves included, 0 outside; nan stays nan.",
              clamp_shape, AE_ATTR(attrs, low, AE_ATTR_REAL, -INFINITY, "lower bound; default none"),
              AE_ATTR(attrs, high, AE_ATTR_REAL, INFINITY, "upper bound, at least low; default none"));
