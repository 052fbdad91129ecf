/*
** lanes: sums, dot products and maxima of plain arrays, for use inside AE_SIMD
** functions. A loop that adds one number after another may not be reordered
** and stays scalar; sixteen sums side by side are vector code. They are carried
** in real over a thousand elements, beyond that in double.
*/
#ifndef AE_KERNEL_LANES_H
#define AE_KERNEL_LANES_H

#include <math.h>

#include "core/real.h"

enum { AE_LANES = 16, AE_LANES_BLOCK = 1024 };

#define AE_LANES_SUM(n, index, element)                                                                                \
  double total = 0;                                                                                                    \
  for (int64_t begin = 0; begin < n; begin += AE_LANES_BLOCK) {                                                        \
    int64_t end = begin + AE_LANES_BLOCK < n ? begin + AE_LANES_BLOCK : n, at = begin;                                 \
    real lane[AE_LANES] = {0};                                                                                         \
    for (; at + AE_LANES <= end; at += AE_LANES)                                                                       \
      for (int l = 0; l < AE_LANES; l++) {                                                                             \
        int64_t index = at + l;                                                                                        \
        lane[l] += element;                                                                                            \
      }                                                                                                                \
    for (int64_t index = at; index < end; index++) total += element;                                                   \
    for (int l = 0; l < AE_LANES; l++) total += lane[l];                                                               \
  }                                                                                                                    \
  return total

AE_INLINE double ae_lanes_sum(int64_t n, const real *x) {
  AE_LANES_SUM(n, i, x[i]);
}

AE_INLINE double ae_lanes_dot(int64_t n, const real *x, const real *y) {
  AE_LANES_SUM(n, i, x[i] * y[i]);
}

/* Before a loop over a number of lanes that is known when compiled: left whole it
** becomes vector code, unrolled it does not. */
#if defined(__GNUC__) && !defined(__clang__)
#define AE_LANES_LOOP _Pragma("GCC unroll 1")
#else
#define AE_LANES_LOOP
#endif

/* step(at, lanes) over `count` neighbouring elements, by 16, 8, 4 and 1: loops of
** a length that is known when compiled, as channels want that are few. */
#define AE_LANES_FOR(count, step)                                                                                      \
  do {                                                                                                                 \
    int64_t at_ = 0;                                                                                                   \
    for (; at_ + 16 <= (count); at_ += 16) step(at_, 16);                                                              \
    if (at_ + 8 <= (count)) {                                                                                          \
      step(at_, 8);                                                                                                    \
      at_ += 8;                                                                                                        \
    }                                                                                                                  \
    if (at_ + 4 <= (count)) {                                                                                          \
      step(at_, 4);                                                                                                    \
      at_ += 4;                                                                                                        \
    }                                                                                                                  \
    for (; at_ < (count); at_++) step(at_, 1);                                                                         \
  } while (0)

/* -infinity where n is 0; a nan is passed over. */
AE_INLINE real ae_lanes_max(int64_t n, const real *x) {
  real lane[AE_LANES], most = -(real)INFINITY;
  for (int l = 0; l < AE_LANES; l++) lane[l] = most;
  int64_t i = 0;
  for (; i + AE_LANES <= n; i += AE_LANES)
    for (int l = 0; l < AE_LANES; l++) lane[l] = x[i + l] > lane[l] ? x[i + l] : lane[l];
  for (; i < n; i++) most = x[i] > most ? x[i] : most;
  for (int l = 0; l < AE_LANES; l++) most = lane[l] > most ? lane[l] : most;
  return most;
}

#endif
