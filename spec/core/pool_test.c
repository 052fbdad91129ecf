/*
** pool: every part runs once whatever the numbers of threads and parts, many
** jobs one after the other, workers asleep between them; in a forked child;
** after the number of threads has changed; two contexts in two threads.
*/
#define _DEFAULT_SOURCE
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "core/context.h"
#include "core/parallel.h"
#include "core/pool.h"

enum { MOST = 40, COUNT = 1000 };

typedef struct sums {
  int64_t of_part[MOST];
} sums;

static void add_range(void *arg, int part, int64_t begin, int64_t end) {
  sums *s = arg;
  s->of_part[part] = 0;
  for (int64_t i = begin; i < end; i++) s->of_part[part] += i;
}

static bool adds_up(ae_context *ctx, int parts) {
  sums s = {{0}};
  int64_t total = 0;
  ae_parallel_parts(ctx, COUNT, parts, add_range, &s);
  for (int part = 0; part < parts; part++) total += s.of_part[part];
  return total == (int64_t)COUNT * (COUNT - 1) / 2;
}

static bool many_jobs(ae_context *ctx, int jobs) {
  for (int job = 0; job < jobs; job++) {
    if (!adds_up(ctx, 1 + job % MOST)) return false;
    if (job % 500 == 499) usleep(1000); /* long enough for workers to fall asleep */
  }
  return true;
}

static void in_a_child(ae_context *ctx) {
  pid_t child = fork();
  if (child == 0) {
    bool fine = many_jobs(ctx, 50);
    ae_context_close(ctx);
    _exit(fine ? 0 : 1);
  }
  int status;
  CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void *run_context(void *arg) {
  ae_context *ctx;
  bool *fine = arg;
  *fine = ae_context_open(&(ae_options){.threads = 3}, &ctx, NULL) == AE_OK;
  *fine = *fine && many_jobs(ctx, 2000);
  ae_context_close(ctx);
  return NULL;
}

int main(void) {
  for (int threads = 1; threads <= 5; threads += 2) {
    ae_context *ctx;
    ae_error err;
    CHECK_OK(ae_context_open(&(ae_options){.threads = threads}, &ctx, &err), err);
    CHECK(many_jobs(ctx, 3000));
#ifndef __SANITIZE_THREAD__ /* which starts no threads in a forked child */
    in_a_child(ctx);
#endif
    CHECK(many_jobs(ctx, 100));
    for (int changed = 7; changed >= 2; changed -= 5) {
      CHECK_OK(ae_context_set_threads(ctx, changed, &err), err);
      CHECK(many_jobs(ctx, 100));
    }
    ae_context_close(ctx);
  }
  pthread_t other[2];
  bool fine[2];
  for (int i = 0; i < 2; i++) CHECK(pthread_create(&other[i], NULL, run_context, &fine[i]) == 0);
  for (int i = 0; i < 2; i++) pthread_join(other[i], NULL);
  CHECK(fine[0] && fine[1]);
  ae_pool_close(NULL);
  return check_result();
}
