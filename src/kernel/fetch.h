/*
** fetch: what is read soon comes to the cache while something else is worked on.
** The processor follows plain streams by itself; several rows at a time are worth
** telling it of. What is written soon was measured to be better left alone.
*/
#ifndef AE_KERNEL_FETCH_H
#define AE_KERNEL_FETCH_H

#include "core/real.h"

enum { AE_CACHE_LINE = 64 };

/* `n` elements at x; n at most 0: none. */
AE_INLINE void ae_fetch(const real *x, int64_t n) {
  for (int64_t i = 0; i < n; i += AE_CACHE_LINE / (int64_t)sizeof *x) __builtin_prefetch(x + i);
}

#endif
