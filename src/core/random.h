/*
** random: counter-based numbers (Philox 4x32-10; Salmon, Moraes, Dror, Shaw,
** "Parallel random numbers: as easy as 1, 2, 3", SC 2011). Number i of a
** stream depends on seed, stream and i alone, so results do not depend on how
** work was split among threads.
*/
#ifndef AE_CORE_RANDOM_H
#define AE_CORE_RANDOM_H

#include "core/real.h"

typedef struct ae_random {
  uint64_t seed, stream, offset; /* offset counts blocks of four 32-bit words */
} ae_random;

/* The four words of block r->offset + block. */
void ae_random_block(const ae_random *r, uint64_t block, uint32_t out[4]);
/* The words of `blocks` blocks from number `block` on, in order. */
void ae_random_words(const ae_random *r, uint64_t block, int64_t blocks, uint32_t *out);
/* Takes `blocks` blocks off the stream: a copy that begins where r stood. */
ae_random ae_random_take(ae_random *r, uint64_t blocks);
uint64_t ae_random_blocks(int64_t count); /* blocks that `count` reals take */

/* Element i of the fill depends on (r, i) alone; ctx gives the threads.
** Uniform: [low, high), in steps of (high - low) / 2^24, in both builds. Normal:
** Box-Muller, within 6.7 standard deviations. */
void ae_random_uniform(ae_context *ctx, const ae_random *r, real *out, int64_t count, double low, double high);
void ae_random_normal(ae_context *ctx, const ae_random *r, real *out, int64_t count, double mean, double std);
/* 0..n-1 in random order (Fisher-Yates); takes n/2+1 blocks. */
void ae_random_permutation(const ae_random *r, int32_t *out, int64_t n);

#endif
