/*
** heap: when the C library is asked to give pages back, and how it is asked.
*/
#include "kernel/heap.h"

#include <stdlib.h> /* __GLIBC__, where it is that */

#ifdef __GLIBC__

#include <malloc.h>
#include <time.h>

enum { LOOK_EVERY = 64 };             /* products */
static const double AT_MOST = 0.005;  /* share of the time */
static const double NOT_BEFORE = 0.5; /* seconds after the last time */

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void ae_heap_care_for(ae_heap_care *care) {
  if (++care->products < LOOK_EVERY) return;
  care->products = 0;
  double began = now();
  if (began < care->next) return;
  malloc_trim(0);
  double ended = now(), pause = (ended - began) / AT_MOST;
  care->next = ended + (pause > NOT_BEFORE ? pause : NOT_BEFORE);
}

#else

void ae_heap_care_for(ae_heap_care *care) {
  (void)care;
}

#endif
