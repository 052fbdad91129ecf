/*
** AELUA_OPENBLAS: a file that is no OpenBLAS is an error at the first product
** and in the report, not another library in silence.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/gemm.h"

int main(void) {
  setenv("AELUA_OPENBLAS", "/no/such/library.so", 1);
  ae_options options = {.threads = 1};
  ae_error err = {0};
  ae_context *ctx;
  if (ae_context_open(&options, &ctx, &err) != AE_OK) return puts(err.message), 1;
  real one = 1, c = 5;
  ae_matrix x = {&one, 1, false};
  ae_status status = ae_gemm(ctx, 1, 1, 1, 1, x, x, 0, &c, 1, &err);
  ae_kernel_report report;
  ae_kernel_describe(ctx, &report);
  ae_context_close(ctx);
  bool fine = status == AE_UNSUPPORTED && strstr(err.message, "/no/such/library.so") && c == 5 &&
              strstr(report.blas, "/no/such/library.so");
  if (!fine) printf("status %d, message '%s', result %g, report '%s'\n", status, err.message, (double)c, report.blas);
  return !fine;
}
