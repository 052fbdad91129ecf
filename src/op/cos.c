/*
** cos: y = cos x        dL/dx = -g sin x
*/
#include "op/sine.h"

AE_INLINE real minus_sin(real x) {
  return -ae_sin(x);
}
AE_INLINE real minus_sin_near(real x) {
  return -ae_sin_near(x);
}

SINE_LOOPS(ae_cos, minus_sin)

AE_UNARY_OP(cos, AE_SAVES_IN(0), AE_GRAIN_COSTLY, "Cosine of each element, in radians; inf gives nan.",
            ae_unary_shape, );
