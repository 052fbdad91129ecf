/*
** signals: a handler that runs while products are computed runs on the stack,
** and the products come out the same.
*/
#define _GNU_SOURCE
#include "kernel/signals.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "kernel/gemm.h"

enum { M = 256, N = 784, K = 32, HANDLED = 200, MOST_SECONDS = 20 };

static char *stack_low, *stack_high;
static volatile sig_atomic_t handled, off_stack;

static void on_alarm(int number) {
  char here;
  (void)number;
  if ((char *)&here < stack_low || (char *)&here >= stack_high) off_stack++;
  handled++;
}

static void find_stack(void) {
  pthread_attr_t attr;
  void *low;
  size_t size;
  if (pthread_getattr_np(pthread_self(), &attr) != 0 || pthread_attr_getstack(&attr, &low, &size) != 0) {
    puts("no stack to be found");
    exit(1);
  }
  stack_low = low;
  stack_high = stack_low + size;
  pthread_attr_destroy(&attr);
}

/* Failures with a backend that AELUA_BACKEND may name. */
static int check(const char *backend) {
  ae_options options = {.threads = 1};
  ae_error err;
  ae_context *ctx;
  setenv("AELUA_BACKEND", backend, 1);
  if (ae_context_open(&options, &ctx, &err) != AE_OK) return puts(err.message), 1;
  real *a = malloc(sizeof(real) * M * K), *b = malloc(sizeof(real) * K * N);
  real *first = malloc(sizeof(real) * M * N), *c = malloc(sizeof(real) * M * N);
  for (int i = 0; i < M * K; i++) a[i] = (real)(i % 7 - 3);
  for (int i = 0; i < K * N; i++) b[i] = (real)(i % 5 - 2);
  ae_matrix x = {a, K, false}, y = {b, N, false};
  int failures = 0, wrong = 0;
  ae_status status = ae_gemm(ctx, M, N, K, 1, x, y, 0, first, N, &err);
  if (status == AE_UNSUPPORTED) {
    printf("skipped: %s\n", err.message);
  } else {
    const struct itimerval every = {{0, 1000}, {0, 1000}}, never = {0};
    const time_t began = time(NULL);
    handled = off_stack = 0;
    setitimer(ITIMER_REAL, &every, NULL);
    while (status == AE_OK && handled < HANDLED && time(NULL) - began < MOST_SECONDS) {
      status = ae_gemm(ctx, M, N, K, 1, x, y, 0, c, N, &err);
      wrong += memcmp(first, c, sizeof(real) * M * N) != 0;
    }
    setitimer(ITIMER_REAL, &never, NULL);
    if (status != AE_OK) failures += printf("%s\n", err.message) > 0;
    if (handled < HANDLED) failures += printf("'%s': only %d signals were handled\n", backend, (int)handled) > 0;
    if (off_stack) failures += printf("'%s': %d handlers ran off the stack\n", backend, (int)off_stack) > 0;
    if (wrong) failures += printf("'%s': %d products differ\n", backend, wrong) > 0;
  }
  free(a), free(b), free(c), free(first);
  ae_context_close(ctx);
  return failures;
}

int main(void) {
  struct sigaction action = {.sa_handler = on_alarm};
  find_stack();
  sigaction(SIGALRM, &action, NULL);
  return check("") + check("onednn") + check("amx") != 0;
}
