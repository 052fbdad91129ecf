/*
** pool: one job at a time. Its parts lie in as many shares as there are
** threads; a thread empties its own, so that the same part of the next job meets
** the same cache, then the others'.
**
** A job is open from the moment its ticket is published until the calling
** thread finds no part left. A worker counts itself as active before it looks
** whether the job that it was woken for is still open, and the calling thread
** closes the job before it looks whether anyone is active (both sequentially
** consistent): so either the worker stays out, or it is waited for.
*/
#define _GNU_SOURCE
#include "core/pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/context.h"

enum { LINE = 64, SPIN_NS = 200000, SPINS_BETWEEN_LOOKS = 32 };

typedef struct ae_share {
  _Alignas(LINE) atomic_int next;
  int end;
} ae_share;

typedef struct ae_worker {
  _Alignas(LINE) atomic_uint ticket; /* of the job that it shall join */
  atomic_bool asleep;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  pthread_t thread;
  ae_pool *pool;
  int index; /* of its share; the calling thread has 0 */
} ae_worker;

struct ae_pool {
  pid_t process; /* a fork leaves the child without the threads */
  bool spins;
  int wanted, started; /* workers */
  ae_share *shares;    /* [wanted + 1] */
  ae_worker *workers;  /* [wanted] */
  /* the job */
  unsigned ticket; /* of the last one; never 0 */
  ae_job_fn fn;
  void *arg;
  int threads;                     /* that have a share */
  _Alignas(LINE) atomic_uint open; /* ticket of the job that may be joined; 0: none */
  atomic_bool quit;
  _Alignas(LINE) atomic_int active; /* workers inside */
  atomic_bool waiting;              /* the calling thread sleeps until nobody is */
  pthread_mutex_t lock;
  pthread_cond_t idle;
};

/* ---- Waiting ---- */

static inline void pause_thread(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

#define SPIN_UNTIL(condition)                                                                                          \
  for (int64_t began = 0, spins = 0; !(condition); spins++) {                                                          \
    pause_thread();                                                                                                    \
    if (spins % SPINS_BETWEEN_LOOKS) continue;                                                                         \
    int64_t now = ae_clock_nanoseconds();                                                                              \
    if (!began) began = now;                                                                                           \
    if (now - began > SPIN_NS) break;                                                                                  \
  }

/* The ticket after `last`. */
static unsigned wait_for_ticket(ae_worker *w, unsigned last) {
  if (w->pool->spins) SPIN_UNTIL(atomic_load_explicit(&w->ticket, memory_order_acquire) != last)
  unsigned ticket = atomic_load(&w->ticket);
  if (ticket != last) return ticket;
  pthread_mutex_lock(&w->lock);
  atomic_store(&w->asleep, true);
  while ((ticket = atomic_load(&w->ticket)) == last) pthread_cond_wait(&w->wake, &w->lock);
  atomic_store(&w->asleep, false);
  pthread_mutex_unlock(&w->lock);
  return ticket;
}

static void give_ticket(ae_worker *w, unsigned ticket) {
  atomic_store(&w->ticket, ticket);
  if (!atomic_load(&w->asleep)) return;
  pthread_mutex_lock(&w->lock);
  pthread_cond_signal(&w->wake);
  pthread_mutex_unlock(&w->lock);
}

static void wait_until_idle(ae_pool *pool) {
  if (pool->spins) SPIN_UNTIL(atomic_load(&pool->active) == 0)
  if (atomic_load(&pool->active) == 0) return;
  pthread_mutex_lock(&pool->lock);
  atomic_store(&pool->waiting, true);
  while (atomic_load(&pool->active) != 0) pthread_cond_wait(&pool->idle, &pool->lock);
  atomic_store(&pool->waiting, false);
  pthread_mutex_unlock(&pool->lock);
}

static void leave(ae_pool *pool) {
  if (atomic_fetch_sub(&pool->active, 1) != 1 || !atomic_load(&pool->waiting)) return;
  pthread_mutex_lock(&pool->lock);
  pthread_cond_signal(&pool->idle);
  pthread_mutex_unlock(&pool->lock);
}

/* ---- Working ---- */

static void empty_share(ae_pool *pool, ae_share *share) {
  while (atomic_load_explicit(&share->next, memory_order_relaxed) < share->end) {
    int part = atomic_fetch_add_explicit(&share->next, 1, memory_order_relaxed);
    if (part < share->end) pool->fn(pool->arg, part);
  }
}

static void work(ae_pool *pool, int index) {
  for (int i = 0; i < pool->threads; i++) empty_share(pool, &pool->shares[(index + i) % pool->threads]);
}

static void *run_worker(void *arg) {
  ae_worker *w = arg;
  ae_pool *pool = w->pool;
  unsigned last = 0;
  while (!atomic_load(&pool->quit)) {
    last = wait_for_ticket(w, last);
    atomic_fetch_add(&pool->active, 1);
    if (atomic_load(&pool->open) == last) work(pool, w->index);
    leave(pool);
  }
  return NULL;
}

/* ---- Starting and ending ---- */

static bool more_than_processors(int threads) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 && threads > CPU_COUNT(&set);
}

/* Signals are the calling thread's. */
static bool start_worker(ae_pool *pool, ae_worker *w) {
  sigset_t all, before;
  w->pool = pool;
  w->index = pool->started + 1;
  pthread_mutex_init(&w->lock, NULL);
  pthread_cond_init(&w->wake, NULL);
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  bool fine = pthread_create(&w->thread, NULL, run_worker, w) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (fine) {
    pool->started++;
  } else {
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
  }
  return fine;
}

static ae_pool *open_pool(int workers) {
  size_t pool_bytes = (sizeof(ae_pool) + LINE - 1) / LINE * LINE;
  size_t share_bytes = ((size_t)workers + 1) * sizeof(ae_share);
  size_t bytes = pool_bytes + share_bytes + (size_t)workers * sizeof(ae_worker);
  char *block = aligned_alloc(LINE, bytes); /* the system's, as the threads' stacks are */
  if (!block) return NULL;
  memset(block, 0, bytes);
  ae_pool *pool = (ae_pool *)block;
  pool->process = getpid();
  pool->spins = !more_than_processors(workers + 1);
  pool->wanted = workers;
  pool->shares = (ae_share *)(block + pool_bytes);
  pool->workers = (ae_worker *)(block + pool_bytes + share_bytes);
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->idle, NULL);
  while (pool->started < workers && start_worker(pool, &pool->workers[pool->started])) {
  }
  return pool;
}

void ae_pool_close(ae_pool *pool) {
  if (!pool) return;
  if (pool->process == getpid()) {
    atomic_store(&pool->quit, true);
    for (int i = 0; i < pool->started; i++) give_ticket(&pool->workers[i], pool->ticket + 1);
    for (int i = 0; i < pool->started; i++) {
      pthread_join(pool->workers[i].thread, NULL);
      pthread_cond_destroy(&pool->workers[i].wake);
      pthread_mutex_destroy(&pool->workers[i].lock);
    }
    pthread_cond_destroy(&pool->idle);
    pthread_mutex_destroy(&pool->lock);
  }
  free(pool);
}

/* The context's pool with at least so many workers wanted; NULL: no memory. */
static ae_pool *get_pool(ae_context *ctx, int workers) {
  ae_pool *pool = ctx->pool;
  if (pool && pool->wanted >= workers && pool->process == getpid()) return pool;
  ae_pool_close(pool);
  ctx->pool = open_pool(workers);
  return ctx->pool;
}

/* ---- A job ---- */

static void lay_shares(ae_pool *pool, int threads, int parts) {
  pool->threads = threads;
  for (int i = 0; i < threads; i++) {
    atomic_store_explicit(&pool->shares[i].next, (int)((int64_t)parts * i / threads), memory_order_relaxed);
    pool->shares[i].end = (int)((int64_t)parts * (i + 1) / threads);
  }
}

void ae_pool_run(ae_context *ctx, int threads, int parts, ae_job_fn fn, void *arg) {
  ae_pool *pool = threads > 1 ? get_pool(ctx, ctx->threads - 1) : NULL;
  if (pool && threads > pool->started + 1) threads = pool->started + 1;
  if (!pool || threads == 1) {
    for (int part = 0; part < parts; part++) fn(arg, part);
    return;
  }
  ctx->in_job = true;
  pool->fn = fn;
  pool->arg = arg;
  lay_shares(pool, threads, parts);
  if (++pool->ticket == 0) pool->ticket = 1;
  atomic_store(&pool->open, pool->ticket);
  for (int i = 0; i < threads - 1; i++) give_ticket(&pool->workers[i], pool->ticket);
  work(pool, 0);
  atomic_store(&pool->open, 0);
  wait_until_idle(pool);
  ctx->in_job = false;
}
