/*
** relu: y = max(x, 0)        dL/dx = g where x > 0, else 0
*/
#include "op/elementwise.h"

AE_INLINE real forward(real x) {
  return x < 0 ? 0 : x; /* this way round nan stays nan */
}
AE_INLINE real backward(real g, real x, real y) {
  return y > 0 ? g : 0;
}

AE_UNARY(relu, AE_SAVES_OUT(0), AE_GRAIN_CHEAP,
         "Rectified linear unit: each element where it is positive, else 0. The gradient at 0 is 0.");
