/*
** sigmoid: y = 1 / (1 + e^-x)        dL/dx = g y (1 - y)
*/
#include "kernel/activation_formulas.h"
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_sigmoid(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return ae_sigmoid_back(g, y);
}

AE_UNARY(sigmoid, AE_SAVES_OUT(0), AE_GRAIN_COSTLY,
         "Logistic function of each element: 1 / (1 + e^-x), between 0 and 1.\n"
         "Before a binary cross-entropy, take the loss of logits instead: it does not saturate.");
