/*
** gemm: every backend against a plain sum in double, over sizes, transposes,
** strides, alpha and beta, one thread and several; the corners (size 0, beta 0
** over nan, alpha 0); infinity, nan and the largest numbers; errors beside those
** of a plain sum; the row plan; contexts in many threads; bad names.
*/
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/check.h"
#include "kernel/gemm.h"

static real noise(uint32_t *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return (real)((double)(*seed >> 8) / 8388608.0 - 1.0);
}

static real *filled(size_t count, uint32_t *seed) {
  real *x = malloc((count + 1) * sizeof *x);
  for (size_t i = 0; i <= count; i++) x[i] = noise(seed);
  return x;
}

static double at(ae_matrix x, int64_t row, int64_t column) {
  return x.transposed ? x.data[column * x.stride + row] : x.data[row * x.stride + column];
}

/* Row i of the product. */
static void add_up_row(ae_matrix a, ae_matrix b, int64_t i, int64_t n, int64_t k, double *sums) {
  for (int64_t j = 0; j < n; j++) sums[j] = 0;
  for (int64_t p = 0; p < k; p++) {
    const double x = at(a, i, p);
    const real *y = b.transposed ? b.data + p : b.data + p * b.stride;
    const int64_t step = b.transposed ? b.stride : 1;
    for (int64_t j = 0; j < n; j++) sums[j] += x * y[j * step];
  }
}

/* One product with rows `gap` longer than they need be; what lies in the gaps
** of C must stay. */
static void check_product(ae_context *ctx, int64_t m, int64_t n, int64_t k, int form, real alpha, real beta,
                          int64_t gap) {
  uint32_t seed = (uint32_t)(m * 31 + n * 17 + k * 7 + form);
  bool ta = form & 1, tb = form & 2;
  ae_matrix a = {NULL, (ta ? m : k) + gap, ta}, b = {NULL, (tb ? k : n) + gap, tb};
  int64_t stride = n + gap;
  real *a_data = filled((size_t)((ta ? k : m) * a.stride), &seed);
  real *b_data = filled((size_t)((tb ? n : k) * b.stride), &seed);
  real *c = filled((size_t)(m * stride), &seed), *before = malloc((size_t)(m * stride + 1) * sizeof *before);
  memcpy(before, c, (size_t)(m * stride + 1) * sizeof *before);
  if (beta == 0)
    for (int64_t i = 0; i < m; i++)
      for (int64_t j = 0; j < n; j++) c[i * stride + j] = NAN;
  a.data = a_data;
  b.data = b_data;
  ae_error err;
  ae_status status = ae_gemm(ctx, m, n, k, alpha, a, b, beta, c, stride, &err);
  CHECK_SAYS(status == AE_OK, "%s", err.message);
  double worst = 0, *sums = malloc((size_t)(n + 1) * sizeof *sums);
  bool intact = true;
  for (int64_t i = 0; i < m; i++) {
    add_up_row(a, b, i, n, k, sums);
    for (int64_t j = 0; j < stride; j++) {
      double got = c[i * stride + j], old = before[i * stride + j];
      if (j >= n) {
        intact = intact && got == old;
        continue;
      }
      double wanted = alpha * sums[j] + (beta == 0 ? 0 : beta * old);
      worst = fmax(worst, isnan(got) ? INFINITY : fabs(got - wanted));
    }
  }
  free(sums);
  double bound = AE_REAL_EPSILON * 4 * (double)(k + 4);
  CHECK_SAYS(worst <= bound, "%lldx%lldx%lld form %d alpha %g beta %g: off by %g", (long long)m, (long long)n,
             (long long)k, form, (double)alpha, (double)beta, worst);
  CHECK_SAYS(intact, "%lldx%lldx%lld form %d: wrote between the rows of C", (long long)m, (long long)n, (long long)k,
             form);
  free(a_data);
  free(b_data);
  free(c);
  free(before);
}

static void check_sizes(ae_context *ctx) {
  static const int64_t sizes[][3] = {{1, 1, 1},      {1, 7, 5},       {5, 1, 9},     {3, 4, 1},     {20, 10, 20},
                                     {17, 33, 65},   {1, 512, 784},   {512, 1, 784}, {64, 64, 64},  {250, 32, 784},
                                     {32, 783, 256}, {129, 257, 130}, {2, 900, 700}, {513, 37, 70}, {1030, 33, 40},
                                     {0, 3, 4},      {3, 0, 4},       {3, 4, 0}};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
    for (int form = 0; form < 4; form++) {
      const int64_t *size = sizes[s];
      check_product(ctx, size[0], size[1], size[2], form, 1, 0, 3);
      check_product(ctx, size[0], size[1], size[2], form, 1, 1, 5);
      check_product(ctx, size[0], size[1], size[2], form, (real)-0.5, (real)0.25, 1);
    }
  check_product(ctx, 5, 6, 7, 0, 0, 0, 0);
  check_product(ctx, 5, 6, 7, 0, 0, 2, 0);
}

/* One odd element in a block of zeros and ones, at every place of k that a block of products tells apart, in A or in B:
** what IEEE arithmetic gives. */
static void check_odd(ae_context *ctx, real odd, bool in_b) {
  enum { M = 18, N = 70, K = 160 };
  static const int places[] = {0, 15, 16, 31, 127, 128, 159};
  real *a = calloc(M * K, sizeof *a), *b = calloc(K * N, sizeof *b), *c = malloc(M * N * sizeof *c);
  for (size_t at = 0; at < sizeof places / sizeof *places; at++) {
    const int p = places[at], i = 17, j = 66;
    for (int e = 0; e < M * K; e++) a[e] = (real)(in_b && e / K % 2);
    for (int e = 0; e < K * N; e++) b[e] = (real)(e % N % 3 == 0 ? 1 : -0.5);
    if (in_b)
      b[p * N + j] = odd;
    else
      a[i * K + p] = odd;
    CHECK_SAYS(ae_gemm(ctx, M, N, K, 1, (ae_matrix){a, K, false}, (ae_matrix){b, N, false}, 0, c, N, NULL) == AE_OK,
               "gemm");
    for (int e = 0; e < M * N; e++) {
      double wanted = 0, got = c[e];
      for (int q = 0; q < K; q++) wanted += (double)a[e / N * K + q] * (double)b[q * N + e % N];
      CHECK_SAYS(fabs(got - wanted) <= K * (double)AE_REAL_EPSILON * fabs(wanted) || got == wanted ||
                     (isnan(got) && isnan(wanted)),
                 "%g at k = %d: [%d, %d] wanted %g, got %g", (double)odd, p, e / N, e % N, wanted, got);
    }
  }
  free(a);
  free(b);
  free(c);
}

static void check_odds(ae_context *ctx) {
  const real largest = sizeof(real) == 4 ? (real)3.4028234e38 : (real)1.7976931348623157e308;
  const real odds[] = {INFINITY, -INFINITY, NAN, largest, -largest, largest / 2, 0};
  for (size_t i = 0; i < sizeof odds / sizeof *odds; i++)
    for (int in_b = 0; in_b < 2; in_b++) check_odd(ctx, odds[i], in_b);
}

/* The root of the mean of squared errors, in units of what the products' absolute values add up to: at most `most`
** times that of adding one rounded product after another. */
static void check_error(ae_context *ctx, int64_t k, bool positive, real scale, double most) {
  enum { M = 24, N = 40 };
  uint32_t seed = 5;
  real *a = filled((size_t)(M * k), &seed), *b = filled((size_t)(k * N), &seed), *c = malloc(M * N * sizeof *c);
  /* Thirds: noise has so few digits that double adds its products up without an error. */
  for (int64_t i = 0; i < M * k; i++) a[i] = scale * (positive ? (real)fabs((double)a[i]) : a[i]) / 3;
  for (int64_t i = 0; i < k * N; i++) b[i] = (positive ? (real)fabs((double)b[i]) : b[i]) / 3;
  for (int form = 0; form < 4; form++) {
    ae_matrix left = {a, form & 1 ? M : k, form & 1}, right = {b, form & 2 ? k : N, form & 2};
    double ours = 0, plain = 0;
    CHECK_SAYS(ae_gemm(ctx, M, N, k, 1, left, right, 0, c, N, NULL) == AE_OK, "gemm");
    for (int i = 0; i < M; i++)
      for (int j = 0; j < N; j++) {
        long double sum = 0, absolute = 0;
        real rounded = 0;
        for (int64_t p = 0; p < k; p++) {
          long double product = (long double)at(left, i, p) * (long double)at(right, p, j);
          sum += product;
          absolute += fabsl(product);
          rounded += (real)product;
        }
        ours += pow((double)((c[i * N + j] - sum) / absolute), 2);
        plain += pow((double)((rounded - sum) / absolute), 2);
      }
    double ratio = sqrt(ours / plain);
    CHECK_SAYS(ratio <= most, "k %lld, %s, scale %g, form %d: error %g of a plain sum's, wanted %g", (long long)k,
               positive ? "positive" : "both signs", (double)scale, form, ratio, most);
  }
  free(a);
  free(b);
  free(c);
}

/* What is said of AMX (amx.c), and no more than a plain sum's error of the others. */
static void check_errors(ae_context *ctx, bool amx) {
  const int64_t k[] = {32, 33, 64, 256, 512};
  for (size_t i = 0; i < sizeof k / sizeof *k; i++)
    for (int positive = 0; positive < 2; positive++) {
      double most = amx && k[i] >= 256 ? 0.55 : 1.25;
      check_error(ctx, k[i], positive, 1, most);
      if (k[i] != 256) continue;
      check_error(ctx, k[i], positive, (real)1e30, most);
      check_error(ctx, k[i], positive, (real)1e-30, most);
    }
}

static void check_rows(ae_context *ctx) {
  enum { M = 100, N = 40, K = 70 };
  uint32_t seed = 1;
  real *a = filled(M * K, &seed), *b = filled(K * N, &seed), *c = filled(M * N, &seed), *d = filled(M * N, &seed);
  ae_gemm_plan plan;
  CHECK_SAYS(ae_gemm_plan_rows(ctx, M, N, K, &plan, NULL) == AE_OK, "plan");
  for (int64_t row = 0; row < M; row += 30) {
    int64_t rows = M - row < 30 ? M - row : 30;
    CHECK_SAYS(ae_gemm_rows(&plan, rows, 1, (ae_matrix){a + row * K, K, false}, (ae_matrix){b, N, false}, 0,
                            c + row * N, N) == AE_OK,
               "rows");
  }
  CHECK_SAYS(ae_gemm(ctx, M, N, K, 1, (ae_matrix){a, K, false}, (ae_matrix){b, N, false}, 0, d, N, NULL) == AE_OK,
             "gemm");
  double worst = 0;
  for (int i = 0; i < M * N; i++) worst = fmax(worst, fabs((double)(c[i] - d[i])));
  CHECK_SAYS(worst <= 1e3 * (double)AE_REAL_EPSILON, "rows and whole differ by %g", worst);
  CHECK_SAYS(ae_gemm_plan_rows(ctx, 1, 2000, 2000, &plan, NULL) == AE_OK, "plan");
  CHECK_SAYS(plan.parts == (ctx->threads > 1 ? 0 : 1), "one row cannot be split, got %d parts", plan.parts);
  free(a);
  free(b);
  free(c);
  free(d);
}

/* Whether this thread's tiles would have to be saved (the XINUSE bits of XTILECFG and XTILEDATA). */
static bool tiles_in_use(void) {
  unsigned low = 0, high = 0;
#ifdef __x86_64__
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(1));
#endif
  return (low | high) & (3u << 17);
}

static ae_context *open_context(int threads) {
  ae_context *ctx = NULL;
  ae_error err;
  if (ae_context_open(&(ae_options){.threads = threads}, &ctx, &err) != AE_OK) printf("%s\n", err.message);
  return ctx;
}

static void *one_thread(void *arg) {
  ae_context *ctx = open_context(*(int *)arg);
  for (int i = 0; i < 4; i++) check_product(ctx, 120, 64, 300, i, 1, 0, 0);
  ae_context_close(ctx);
  return NULL;
}

static void check_backend(const char *name) {
  setenv("AELUA_BACKEND", name, 1);
  ae_kernel_report report;
  for (int threads = 1; threads <= 3; threads += 2) {
    ae_context *ctx = open_context(threads);
    ae_error err;
    real one = 1, c = 0;
    ae_matrix x = {&one, 1, false};
    ae_status status = ae_gemm(ctx, 1, 1, 1, 1, x, x, 0, &c, 1, &err);
    if (status == AE_UNSUPPORTED) {
      printf("skipped: %s\n", err.message);
    } else {
      CHECK_SAYS(status == AE_OK, "%s", err.message);
      check_sizes(ctx);
      if (threads == 1) {
        check_odds(ctx);
        check_errors(ctx, strcmp(name, "amx") == 0);
      }
      check_rows(ctx);
      if (strcmp(name, "amx") == 0) CHECK_SAYS(!tiles_in_use(), "tiles are left in use");
    }
    ae_kernel_describe(ctx, &report);
    ae_context_close(ctx);
  }
  printf("backend '%s': %s; %s; %s\n", name, report.blas, report.onednn, report.isa);
}

int main(void) {
  check_backend("");
  check_backend("openblas");
  check_backend("onednn");
  check_backend("amx");
  check_backend("loops");

  unsetenv("AELUA_BACKEND");
  enum { OTHERS = 12 };
  int threads = 2;
  pthread_t other[OTHERS];
  for (int i = 0; i < OTHERS; i++) pthread_create(&other[i], NULL, one_thread, &threads);
  for (int i = 0; i < OTHERS; i++) pthread_join(other[i], NULL);

  setenv("AELUA_BACKEND", "openblass", 1);
  ae_context *ctx = open_context(1);
  ae_error err = {0};
  real one = 1, c = 0;
  ae_matrix x = {&one, 1, false};
  CHECK_SAYS(ae_gemm(ctx, 1, 1, 1, 1, x, x, 0, &c, 1, &err) == AE_INVALID && strstr(err.message, "openblass"),
             "a backend that does not exist: %s", err.message);
  ae_context_close(ctx);
  return check_result();
}
