/*
** A host that is linked with OpenBLAS's other flavour (pthread): it goes on
** with its own, beside the one that aelua loads.
*/
#define _POSIX_C_SOURCE 200809L
#include <string.h>

#include "core/context.h"
#include "kernel/gemm.h"
#include "product.h"

#ifdef HOST_HAS_OPENBLAS
extern void cblas_dgemm(int order, int trans_a, int trans_b, int m, int n, int k, double alpha, const double *a,
                        int lda, const double *b, int ldb, double beta, double *c, int ldc);
extern int openblas_get_parallel(void);
extern int openblas_get_num_threads(void);
extern char *openblas_get_corename(void);

static void want_own_product(void) {
  enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111 };
  double a[4] = {1, 2, 3, 4}, b[4] = {1, 0, 0, 1}, c[4] = {0};
  cblas_dgemm(ROW_MAJOR, NO_TRANSPOSE, NO_TRANSPOSE, 2, 2, 2, 1, a, 2, b, 2, 0, c, 2);
  WANT(memcmp(a, c, sizeof a) == 0);
}

int main(void) {
  want_own_product();
  int flavour = openblas_get_parallel(), threads = openblas_get_num_threads();
  char core_before[64];
  snprintf(core_before, sizeof core_before, "%s", openblas_get_corename());
  setenv("AELUA_BACKEND", "openblas", 1);
  ae_context *ctx;
  ae_options options = {.threads = 2};
  WANT(ae_context_open(&options, &ctx, NULL) == AE_OK);
  want_right_product(ctx);
  want_own_product();
  WANT(openblas_get_parallel() == flavour);
  WANT(openblas_get_num_threads() == threads);
  WANT(strcmp(core_before, openblas_get_corename()) == 0);
  WANT(getenv("OPENBLAS_CORETYPE") == NULL);
  ae_kernel_report kernels;
  ae_kernel_describe(ctx, &kernels);
  WANT(strstr(kernels.blas, "OpenMP") != NULL);
  WANT(strstr(kernels.blas, "host") == NULL);
  ae_context_close(ctx);
  want_own_product();
  return EXIT_SUCCESS;
}
#else
int main(void) {
  return TEST_SKIPPED;
}
#endif
