/*
** gelu: y = x P(x), P the normal distribution's cumulative function
**   none:  P = (1 + erf(x / sqrt 2)) / 2           dP/dx = e^(-x^2 / 2) / sqrt(2 pi)
**   tanh:  P = (1 + t) / 2, t = tanh(u),           dP/dx = (1 - t^2) u' / 2
**          u = sqrt(2 / pi) (x + 0.044715 x^3)
**   dL/dx = g (P + x dP/dx)
** Hendrycks, Gimpel, "Gaussian error linear units (GELUs)", 2016.
*/
#include "op/elementwise.h"

enum { EXACT, TANH };
static const char *const approximations[] = {"none", "tanh", NULL};

typedef struct attrs {
  int approximate;
} attrs;

#define SQRT_HALF ((real)0.70710678118654752440)
#define SQRT_2_OVER_PI ((real)0.79788456080286535588)
#define CUBIC ((real)0.044715)

AE_INLINE real inner(real x) {
  return SQRT_2_OVER_PI * (x + CUBIC * x * x * x);
}

AE_INLINE real forward(real x, attrs a) {
  real twice = 1 + (a.approximate == TANH ? ae_tanh(inner(x)) : ae_erf(SQRT_HALF * x));
  return (real)0.5 * x * twice;
}

AE_INLINE real backward(real g, real x, real y, attrs a) {
  real p, slope;
  if (a.approximate == TANH) {
    real t = ae_tanh(inner(x));
    p = (real)0.5 * (1 + t);
    slope = (real)0.5 * (1 - t * t) * SQRT_2_OVER_PI * (1 + 3 * CUBIC * x * x);
  } else {
    p = (real)0.5 * (1 + ae_erf(SQRT_HALF * x));
    slope = (real)0.5 * SQRT_2_OVER_PI * ae_exp((real)-0.5 * x * x);
  }
  return g * (p + x * slope);
}

AE_UNARY_WITH(gelu, AE_SAVES_IN(0), AE_GRAIN_COSTLY,
              "Gaussian error linear unit: x times the normal distribution's cumulative function at x.\n"
              "Hendrycks and Gimpel 2016.",
              ae_unary_shape,
              AE_ATTR_CHOICE(attrs, approximate, approximations, EXACT,
                             "\"none\": by erf (default); \"tanh\": the approximation that older models were trained "
                             "with"));
