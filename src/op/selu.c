/*
** selu: y = s x where x > 0, else s a (e^x - 1)        dL/dx = g s, or g (y + s a)
** Klambauer, Unterthiner, Mayr, Hochreiter, "Self-normalizing neural networks",
** NIPS 2017: s and a keep mean 0 and variance 1 of a layer's outputs.
*/
#include "op/elementwise.h"

#define SCALE ((real)1.0507009873554804934)
#define SCALE_ALPHA ((real)1.7580993408473768600)

AE_INLINE real forward(real x) {
  return x > 0 ? SCALE * x : SCALE_ALPHA * ae_expm1(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return y > 0 ? SCALE * g : g * (y + SCALE_ALPHA);
}

AE_UNARY(selu, AE_SAVES_OUT(0), AE_GRAIN_COSTLY,
         "Scaled exponential linear unit: 1.0507 x where x is positive, else 1.7581 (e^x - 1).\n"
         "For weights drawn by LeCun's normal initialiser (Klambauer et al. 2017). The gradient at 0 is 1.7581.");
