/*
** selu: y = s x where x > 0, else s a (e^x - 1)        dL/dx = g s, or g (y + s a)
** Klambauer, Unterthiner, Mayr, Hochreiter, "Self-normalizing neural networks",
** NIPS 2017: s and a keep mean 0 and variance 1 of a layer's outputs.
*/
#include "kernel/activation_formulas.h"
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_selu(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return ae_selu_back(g, y);
}

AE_UNARY(selu, AE_SAVES_OUT(0), AE_GRAIN_COSTLY,
         "Scaled exponential linear unit: 1.0507 x where x is positive, else 1.7581 (e^x - 1).\n"
         "For weights drawn by LeCun's normal initialiser (Klambauer et al. 2017). The gradient at 0 is 1.7581.");
