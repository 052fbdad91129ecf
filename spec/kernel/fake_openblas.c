/*
** A stand-in for OpenBLAS 0.3.21 on a processor that it does not know: chooses
** its kernels when it is loaded, old ones unless OPENBLAS_CORETYPE says other.
*/
#include <stdlib.h>
#include <string.h>

#include "core/real.h"

static char core[32];

__attribute__((constructor)) static void choose_core(void) {
  const char *asked = getenv("OPENBLAS_CORETYPE");
  strncpy(core, !asked ? "Haswell" : strcmp(asked, "SKYLAKEX") == 0 ? "SkylakeX" : asked, sizeof core - 1);
}

AE_API const char *openblas_get_corename(void) {
  return core;
}
AE_API const char *openblas_get_config(void) {
  return "OpenBLAS 0.0.1 stand-in";
}
AE_API int openblas_get_parallel(void) {
  return 0;
}

#ifdef AELUA_REAL_DOUBLE
#define GEMM cblas_dgemm
#else
#define GEMM cblas_sgemm
#endif
/* As every C here, row-major; nothing is transposed where it is used. */
AE_API void GEMM(int order, int trans_a, int trans_b, int m, int n, int k, real alpha, const real *a, int lda,
                 const real *b, int ldb, real beta, real *c, int ldc);
void GEMM(int order, int trans_a, int trans_b, int m, int n, int k, real alpha, const real *a, int lda, const real *b,
          int ldb, real beta, real *c, int ldc) {
  (void)order, (void)trans_a, (void)trans_b;
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      real sum = 0;
      for (int p = 0; p < k; p++) sum += a[i * lda + p] * b[p * ldb + j];
      c[i * ldc + j] = alpha * sum + (beta == 0 ? 0 : beta * c[i * ldc + j]);
    }
}
