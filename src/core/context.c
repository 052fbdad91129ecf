/*
** context: opening, closing, and what a host may ask of one.
*/
#define _GNU_SOURCE
#include "core/context.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "core/pool.h"
#include "core/profile.h"
#include "core/real.h"
#include "core/status.h"
#include "core/tape.h"

enum { MAX_THREADS = 1024 };

static int processors(void) {
  cpu_set_t set;
  int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return count < 1 ? 1 : count > MAX_THREADS ? MAX_THREADS : count;
}

static ae_status default_threads(int *threads, ae_error *err) {
  const char *text = getenv("AELUA_THREADS");
  if (!text || !*text) {
    *threads = processors();
    return AE_OK;
  }
  char *end;
  errno = 0;
  long n = strtol(text, &end, 10);
  if (*end || errno || n < 1 || n > MAX_THREADS)
    return ae_fail(err, AE_INVALID, "AELUA_THREADS wants a number of 1 to %d, got '%.32s'", MAX_THREADS, text);
  *threads = (int)n;
  return AE_OK;
}

ae_status ae_context_open(const ae_options *options, ae_context **out, ae_error *err) {
  ae_options o = options ? *options : (ae_options){0};
  if (o.real_size && o.real_size != sizeof(real))
    return ae_fail(err, AE_INVALID, "context: the host computes in reals of %zu bytes, this library in %zu",
                   o.real_size, sizeof(real));
  if (o.threads < 0 || o.threads > MAX_THREADS)
    return ae_fail(err, AE_INVALID, "context: wants 0 to %d threads, got %d", MAX_THREADS, o.threads);
  if (o.threads == 0) AE_TRY(default_threads(&o.threads, err));
  ae_allocator *a;
  void *block;
  AE_TRY(ae_allocator_open(o.memory, o.budget, &a, err));
  ae_status status = ae_allocate(a, sizeof(ae_context), &block, err);
  if (status == AE_OK) {
    ae_context *ctx = block;
    memset(ctx, 0, sizeof *ctx);
    ctx->allocator = a;
    ctx->random.seed = o.seed;
    ctx->threads = o.threads;
    ctx->keep_environment = o.keep_environment;
    *out = ctx;
  } else {
    ae_allocator_release(a);
  }
  return status;
}

void ae_context_close(ae_context *ctx) {
  if (!ctx) return;
  if (ctx->kernel_close) ctx->kernel_close(ctx->kernel);
  ae_pool_close(ctx->pool);
  ae_profile_close(ctx);
  ae_allocator *a = ctx->allocator;
  ae_free(a, ctx->order, ctx->order_capacity * sizeof *ctx->order);
  ae_free(a, ctx, sizeof *ctx);
  ae_allocator_trim(a);
  ae_allocator_release(a);
}

const char *ae_version(void) {
  return AE_VERSION;
}
size_t ae_real_size(void) {
  return sizeof(real);
}
int ae_context_threads(const ae_context *ctx) {
  return ctx->threads;
}

ae_status ae_context_set_threads(ae_context *ctx, int threads, ae_error *err) {
  if (threads < 1 || threads > MAX_THREADS)
    return ae_fail(err, AE_INVALID, "threads: wants 1 to %d, got %d", MAX_THREADS, threads);
  ctx->threads = threads;
  return AE_OK;
}

void ae_context_seed(ae_context *ctx, uint64_t seed) {
  ctx->random = (ae_random){.seed = seed};
}

ae_memory_use ae_context_memory(const ae_context *ctx) {
  return ae_allocator_use(ctx->allocator);
}

bool ae_context_interrupt(ae_context *ctx) {
  return atomic_load(&ctx->loops) > 0 && !atomic_exchange(&ctx->interrupted, true);
}
