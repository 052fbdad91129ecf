/*
** pixel: k/255 of a byte, correctly rounded, without a division.
**   1/255 = high + low; k * high is exact, so one rounding is left that shows.
** Holds for all 256 bytes in both builds, fused or not (spec/kernel/pixel_test.c).
*/
#ifndef AE_KERNEL_PIXEL_H
#define AE_KERNEL_PIXEL_H

#include "core/real.h"

AE_INLINE real ae_pixel(uint8_t k) {
#ifdef AELUA_REAL_DOUBLE
  const real high = 0x1.0101010101p-8, low = 0x1.010101010101p-56;
#else
  const real high = 0x1.01p-8f, low = 0x1.010102p-24f;
#endif
  real x = (real)k;
  return x * high + x * low;
}

#endif
