/*
** parallel: ranges over the context's threads.
*/
#include "core/parallel.h"

#include "core/context.h"
#include "core/pool.h"

/* Elements to which the borders of large ranges are rounded, so that no two
** threads write into one cache line whatever the element. */
enum { BORDER = 64, ROUNDED_FROM = 16 * BORDER };

typedef struct ranges {
  int64_t count;
  int parts;
  ae_range_fn fn; /* one of the two */
  ae_part_fn part_fn;
  void *arg;
} ranges;

/* Where part `part` begins. */
static int64_t border(const ranges *r, int part) {
  if (part == r->parts) return r->count;
  int64_t at = r->count / r->parts * part + r->count % r->parts * part / r->parts;
  return r->count / r->parts >= ROUNDED_FROM ? at - at % BORDER : at;
}

static void run_part(void *arg, int part) {
  const ranges *r = arg;
  if (r->fn)
    r->fn(r->arg, border(r, part), border(r, part + 1));
  else
    r->part_fn(r->arg, part, border(r, part), border(r, part + 1));
}

int ae_parallel_count(const ae_context *ctx, int64_t count, int64_t grain) {
  int64_t parts = count / (grain > 0 ? grain : 1);
  if (parts > ctx->threads) parts = ctx->threads;
  return parts > 1 && !ctx->in_job ? (int)parts : 1;
}

void ae_parallel(ae_context *ctx, int64_t count, int64_t grain, ae_range_fn fn, void *arg) {
  if (count <= 0) return;
  int parts = ae_parallel_count(ctx, count, grain);
  if (parts == 1) {
    fn(arg, 0, count);
    return;
  }
  ranges r = {.count = count, .parts = parts, .fn = fn, .arg = arg};
  ae_pool_run(ctx, parts, parts, run_part, &r);
}

void ae_parallel_parts(ae_context *ctx, int64_t count, int parts, ae_part_fn fn, void *arg) {
  ranges r = {.count = count, .parts = parts, .part_fn = fn, .arg = arg};
  ae_pool_run(ctx, ae_parallel_count(ctx, parts, 1), parts, run_part, &r);
}
