/*
** sin: y = sin x        dL/dx = g cos x
*/
#include "op/sine.h"

SINE_LOOPS(ae_sin, ae_cos)

AE_UNARY_OP(sin, AE_SAVES_IN(0), AE_GRAIN_COSTLY, "Sine of each element, in radians; inf gives nan.", ae_unary_shape, );
