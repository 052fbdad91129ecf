/*
** sine: the loops of sin and cos, a piece at a time: where all numbers of a
** piece are below AE_SINE_NEAR, as they nearly always are, by the functions
** that vectorise.
*/
#ifndef AE_OP_SINE_H
#define AE_OP_SINE_H

#include "op/elementwise.h"

enum { SINE_PIECE = 256 };

/* nan is not far: either function gives nan. */
AE_INLINE bool sine_all_near(int64_t n, const real *x) {
  int far = 0;
  for (int64_t i = 0; i < n; i++) far |= ae_abs(x[i]) >= AE_SINE_NEAR;
  return !far;
}

/* value, slope: the function and its derivative; _near: for numbers that are near. */
#define SINE_LOOPS(value, slope)                                                                                       \
  static AE_SIMD void forward_loop(const void *given, int64_t n, const real *restrict x, real *restrict y) {           \
    for (int64_t first = 0; first < n; first += SINE_PIECE) {                                                          \
      int64_t end = n - first < SINE_PIECE ? n : first + SINE_PIECE;                                                   \
      if (sine_all_near(end - first, x + first)) {                                                                     \
        for (int64_t i = first; i < end; i++) y[i] = value##_near(x[i]);                                               \
      } else {                                                                                                         \
        for (int64_t i = first; i < end; i++) y[i] = value(x[i]);                                                      \
      }                                                                                                                \
    }                                                                                                                  \
  }                                                                                                                    \
  static AE_SIMD void backward_loop(const void *given, int64_t n, const real *g, const real *x, const real *y,         \
                                    real *gx) {                                                                        \
    for (int64_t first = 0; first < n; first += SINE_PIECE) {                                                          \
      int64_t end = n - first < SINE_PIECE ? n : first + SINE_PIECE;                                                   \
      if (sine_all_near(end - first, x + first)) {                                                                     \
        AE_IVDEP                                                                                                       \
        for (int64_t i = first; i < end; i++) gx[i] = g[i] * slope##_near(x[i]);                                       \
      } else {                                                                                                         \
        for (int64_t i = first; i < end; i++) gx[i] = g[i] * slope(x[i]);                                              \
      }                                                                                                                \
    }                                                                                                                  \
  }

#endif
