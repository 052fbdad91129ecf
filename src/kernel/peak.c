/*
** peak: twelve vectors of sums that stay in registers, each waiting only for
** itself, so that the latency of a multiply-add hides behind the others'.
*/
#include "kernel/peak.h"

#include "core/clock.h"
#include "core/parallel.h"
#include "core/real.h"

enum { CHAINS = 12, REPEATS = 20, BURST = 400000 };

#define CHAIN(c) s##c = s##c * x + y;
#define TWELVE(each) each(0) each(1) each(2) each(3) each(4) each(5) each(6) each(7) each(8) each(9) each(10) each(11)

/* Gives a sum of them all, so that none can be left out. */
#define BURST_OF(name, bytes, attributes)                                                                              \
  typedef real name##_vector __attribute__((vector_size(bytes)));                                                      \
  attributes static real name(real x0) {                                                                               \
    name##_vector x = {0}, y = {0};                                                                                    \
    for (size_t i = 0; i < bytes / sizeof(real); i++) x[i] = x0, y[i] = 1 - x0;                                        \
    name##_vector s0 = x, s1 = s0 + y, s2 = s1 + y, s3 = s2 + y, s4 = s3 + y, s5 = s4 + y, s6 = s5 + y, s7 = s6 + y,   \
                  s8 = s7 + y, s9 = s8 + y, s10 = s9 + y, s11 = s10 + y;                                               \
    for (int i = 0; i < BURST; i++) {                                                                                  \
      TWELVE(CHAIN)                                                                                                    \
    }                                                                                                                  \
    s0 += s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11;                                                      \
    return s0[0];                                                                                                      \
  }

typedef real (*burst_fn)(real x0);

BURST_OF(burst_16, 16, )
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
BURST_OF(burst_32, 32, __attribute__((target("avx2,fma"))))
BURST_OF(burst_64, 64, __attribute__((target("avx512f"))))

static burst_fn choose(int *bytes) {
  if (__builtin_cpu_supports("avx512f")) return *bytes = 64, burst_64;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return *bytes = 32, burst_32;
  return *bytes = 16, burst_16;
}
#else
static burst_fn choose(int *bytes) {
  return *bytes = 16, burst_16;
}
#endif

typedef struct job {
  burst_fn burst;
  volatile real result; /* written so that the work is not left out */
} job;

static void run(void *arg, int part, int64_t begin, int64_t end) {
  job *j = arg;
  (void)part, (void)begin, (void)end;
  j->result = j->burst((real)0.999);
}

double ae_kernel_peak(ae_context *ctx) {
  int bytes, threads = ae_context_threads(ctx);
  job j = {.burst = choose(&bytes)};
  double best = 0, work = 2.0 * CHAINS * BURST * (double)bytes / (double)sizeof(real) * threads;
  for (int i = 0; i < REPEATS; i++) {
    double began = ae_clock_seconds();
    ae_parallel_parts(ctx, threads, threads, run, &j);
    double speed = work / (ae_clock_seconds() - began);
    if (speed > best) best = speed;
  }
  return best;
}
