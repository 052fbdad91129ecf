/*
** softplus: y = ln(1 + e^x)        dL/dx = g sigmoid(x) = g (1 - e^-y)
*/
#include "kernel/activation_formulas.h"
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_softplus(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return ae_softplus_back(g, y);
}

AE_UNARY(softplus, AE_SAVES_OUT(0), AE_GRAIN_COSTLY,
         "ln(1 + e^x) of each element: a smooth relu, positive, without overflow.");
