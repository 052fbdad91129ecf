/*
** heap: when the C library is asked to give pages back, and how it is asked.
*/
#include "kernel/heap.h"

#include "core/clock.h"

#include <stdlib.h> /* __GLIBC__, where it is that */

#ifdef __GLIBC__

#include <malloc.h>

enum { LOOK_EVERY = 64 };             /* products */
static const double AT_MOST = 0.005;  /* share of the time */
static const double NOT_BEFORE = 0.5; /* seconds after the last time */

void ae_heap_care_for(ae_heap_care *care) {
  if (++care->products < LOOK_EVERY) return;
  care->products = 0;
  double began = ae_clock_seconds();
  if (began < care->next) return;
  malloc_trim(0);
  double ended = ae_clock_seconds(), pause = (ended - began) / AT_MOST;
  care->next = ended + (pause > NOT_BEFORE ? pause : NOT_BEFORE);
}

#else

void ae_heap_care_for(ae_heap_care *care) {
  (void)care;
}

#endif
