/*
** relu: y = max(x, 0)        dL/dx = g where x > 0, else 0
*/
#include "kernel/activation_formulas.h"
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return ae_relu(x);
}
AE_INLINE real backward(real g, real x, real y) {
  return ae_relu_back(g, y);
}

AE_UNARY(relu, AE_SAVES_OUT(0), AE_GRAIN_CHEAP,
         "Rectified linear unit: each element where it is positive, else 0. The gradient at 0 is 0.");
