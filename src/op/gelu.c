/*
** gelu: y = x P(x), P the normal distribution's cumulative function
**   none:  P = (1 + erf(x / sqrt 2)) / 2           dP/dx = e^(-x^2 / 2) / sqrt(2 pi)
**   tanh:  P = (1 + t) / 2, t = tanh(u),           dP/dx = (1 - t^2) u' / 2
**          u = sqrt(2 / pi) (x + 0.044715 x^3)
**   dL/dx = g (P + x dP/dx)
** Hendrycks, Gimpel, "Gaussian error linear units (GELUs)", 2016.
*/
#include "kernel/activation_formulas.h"
#include "op/elementwise.h"

enum { EXACT, TANH };
static const char *const approximations[] = {"none", "tanh", NULL};

typedef struct attrs {
  int approximate;
} attrs;

#define SQRT_2_OVER_PI ((real)0.79788456080286535588)
#define CUBIC ((real)0.044715)

AE_INLINE real inner(real x) {
  return SQRT_2_OVER_PI * (x + CUBIC * x * x * x);
}

AE_INLINE real by_tanh(real x) {
  return (real)0.5 * x * (1 + ae_tanh(inner(x)));
}
AE_INLINE real by_tanh_backward(real g, real x) {
  real t = ae_tanh(inner(x));
  real slope = (real)0.5 * (1 - t * t) * SQRT_2_OVER_PI * (1 + 3 * CUBIC * x * x);
  return g * ((real)0.5 * (1 + t) + x * slope);
}

/* One loop for each: in a common one the compiler computes both for every element. */
static AE_SIMD void forward_loop(const void *given, int64_t n, const real *restrict x, real *restrict y) {
  const attrs *a = given;
  if (a->approximate == TANH) {
    for (int64_t i = 0; i < n; i++) y[i] = by_tanh(x[i]);
  } else {
    for (int64_t i = 0; i < n; i++) y[i] = ae_gelu(x[i]);
  }
}

static AE_SIMD void backward_loop(const void *given, int64_t n, const real *g, const real *x, const real *y, real *gx) {
  const attrs *a = given;
  if (a->approximate == TANH) {
    AE_IVDEP
    for (int64_t i = 0; i < n; i++) gx[i] = by_tanh_backward(g[i], x[i]);
  } else {
    AE_IVDEP
    for (int64_t i = 0; i < n; i++) gx[i] = ae_gelu_back(g[i], x[i]);
  }
}

AE_UNARY_OP(gelu, AE_SAVES_IN(0), AE_GRAIN_COSTLY,
            "Gaussian error linear unit: x times the normal distribution's cumulative function at x.\n"
            "Hendrycks and Gimpel 2016.",
            ae_unary_shape, .attrs_size = sizeof(attrs),
            .attrs = {AE_ATTR_CHOICE(attrs, approximate, approximations, EXACT,
                                     "\"none\": by erf (default); \"tanh\": the approximation that older models were "
                                     "trained with")});
