/*
** leaky_relu: y = x where x > 0, else slope x        dL/dx = g or slope g
*/
#include "kernel/activation_formulas.h"
#include "op/elementwise.h"

typedef struct attrs {
  double slope;
} attrs;

AE_INLINE real forward(real x, attrs a) {
  return ae_leaky_relu(x, (real)a.slope);
}
AE_INLINE real backward(real g, real x, real y, attrs a) {
  return ae_leaky_relu_back(g, x, (real)a.slope);
}

static ae_status leaky_relu_shape(ae_call *call, ae_spec *out) {
  const attrs *a = call->attrs;
  if (!isfinite(a->slope)) return ae_fail(call->err, AE_INVALID, "leaky_relu: slope must be finite, got %g", a->slope);
  return ae_unary_shape(call, out);
}

AE_UNARY_WITH(leaky_relu, AE_SAVES_IN(0), AE_GRAIN_CHEAP,
              "Each element where it is positive, else slope times it. The gradient at 0 is slope.", leaky_relu_shape,
              AE_ATTR(attrs, slope, AE_ATTR_REAL, 0.01, "factor of the negative side; finite, default 0.01"));
