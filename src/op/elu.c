/*
** elu: y = x where x > 0, else alpha (e^x - 1)        dL/dx = g, or g (y + alpha)
** Clevert, Unterthiner, Hochreiter, "Fast and accurate deep network learning by
** exponential linear units (ELUs)", ICLR 2016.
*/
#include "kernel/activation_formulas.h"
#include "op/elementwise.h"

typedef struct attrs {
  double alpha;
} attrs;

AE_INLINE real forward(real x, attrs a) {
  return ae_elu(x, (real)a.alpha);
}
AE_INLINE real backward(real g, real x, real y, attrs a) {
  return ae_elu_back(g, y, (real)a.alpha);
}

/* With a negative alpha the sign of y would not tell that of x. */
static ae_status elu_shape(ae_call *call, ae_spec *out) {
  const attrs *a = call->attrs;
  if (!(a->alpha >= 0 && isfinite(a->alpha)))
    return ae_fail(call->err, AE_INVALID, "elu: alpha must be at least 0 and finite, got %g", a->alpha);
  return ae_unary_shape(call, out);
}

AE_UNARY_WITH(elu, AE_SAVES_OUT(0), AE_GRAIN_COSTLY,
              "Exponential linear unit: each element where it is positive, else alpha (e^x - 1).\n"
              "The gradient at 0 is alpha.",
              elu_shape,
              AE_ATTR(attrs, alpha, AE_ATTR_REAL, 1, "-alpha is the limit for very negative x; at least 0, default 1"));
