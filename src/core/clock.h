/*
** clock: time that never runs backwards, from some moment on.
*/
#ifndef AE_CORE_CLOCK_H
#define AE_CORE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t ae_clock_nanoseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline double ae_clock_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
