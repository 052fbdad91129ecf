/*
** parallel: the one place where work is split over threads (pool.h). Chunks
** depend on the count, the grain and the context's threads alone: same threads,
** same bits. Libraries are called inside ranges, and run on the one thread that
** calls them: their own threads would be in the way of these.
*/
#ifndef AE_CORE_PARALLEL_H
#define AE_CORE_PARALLEL_H

#include "aelua.h"

/* Elements under which splitting costs more than it gains. */
enum { AE_GRAIN_CHEAP = 32768, AE_GRAIN_COSTLY = 8192 };

typedef void (*ae_range_fn)(void *arg, int64_t begin, int64_t end);
/* fn over [0, count) in at most `threads` ranges of at least `grain`. fn must
** not fail, allocate through the context or touch Lua. */
void ae_parallel(ae_context *ctx, int64_t count, int64_t grain, ae_range_fn fn, void *arg);

typedef void (*ae_part_fn)(void *arg, int part, int64_t begin, int64_t end);
/* The same in `parts` ranges, be they more than threads, telling fn which one it
** is (0..parts-1), for partial sums that the caller combines in order. */
void ae_parallel_parts(ae_context *ctx, int64_t count, int parts, ae_part_fn fn, void *arg);
/* How many parts ae_parallel would make. */
int ae_parallel_count(const ae_context *ctx, int64_t count, int64_t grain);

#endif
