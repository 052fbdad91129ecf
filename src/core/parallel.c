/*
** parallel: ranges over OpenMP's pool.
*/
#include "core/parallel.h"

#include "core/context.h"

#ifdef _OPENMP
#include <omp.h>
#endif

/* Elements to which the borders of large ranges are rounded, so that no two
** threads write into one cache line whatever the element. */
enum { BORDER = 64, ROUNDED_FROM = 16 * BORDER };

/* Where part `part` of `parts` begins. */
static int64_t border(int64_t count, int parts, int part) {
  if (part == parts) return count;
  int64_t at = count / parts * part + count % parts * part / parts;
  return count / parts >= ROUNDED_FROM ? at - at % BORDER : at;
}

int ae_parallel_count(const ae_context *ctx, int64_t count, int64_t grain) {
  int64_t parts = count / (grain > 0 ? grain : 1);
  if (parts > ctx->threads) parts = ctx->threads;
#ifdef _OPENMP
  if (parts > 1 && omp_in_parallel()) return 1;
#else
  parts = 1;
#endif
  return parts > 1 ? (int)parts : 1;
}

void ae_parallel(ae_context *ctx, int64_t count, int64_t grain, ae_range_fn fn, void *arg) {
  if (count <= 0) return;
  int parts = ae_parallel_count(ctx, count, grain);
  if (parts == 1) {
    fn(arg, 0, count);
    return;
  }
#pragma omp parallel for num_threads(parts) schedule(static, 1)
  for (int part = 0; part < parts; part++) fn(arg, border(count, parts, part), border(count, parts, part + 1));
}

void ae_parallel_parts(ae_context *ctx, int64_t count, int parts, ae_part_fn fn, void *arg) {
  int threads = ae_parallel_count(ctx, parts, 1);
  if (threads == 1) {
    for (int part = 0; part < parts; part++) fn(arg, part, border(count, parts, part), border(count, parts, part + 1));
    return;
  }
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int part = 0; part < parts; part++) fn(arg, part, border(count, parts, part), border(count, parts, part + 1));
}
