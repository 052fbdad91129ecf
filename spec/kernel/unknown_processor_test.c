/*
** OpenBLAS where it does not know the processor, by a stand-in: it is loaded
** again with OPENBLAS_CORETYPE set, which is unset afterwards; not where the
** host forbids that, nor where the variable says something already.
*/
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/gemm.h"

enum { SKIPPED = 77 };

static int check(bool keep_environment, const char *already, const char *wanted) {
  setenv("AELUA_OPENBLAS", FAKE_OPENBLAS, 1);
  setenv("AELUA_BACKEND", "openblas", 1);
  if (already) setenv("OPENBLAS_CORETYPE", already, 1);
  ae_context *ctx;
  ae_error err;
  if (ae_context_open(&(ae_options){.keep_environment = keep_environment}, &ctx, &err) != AE_OK) return 1;
  real a[] = {1, 2}, b[] = {3, 4}, c[1];
  ae_status status = ae_gemm(ctx, 1, 1, 2, 1, (ae_matrix){a, 2, false}, (ae_matrix){b, 1, false}, 0, c, 1, &err);
  ae_kernel_report report;
  ae_kernel_describe(ctx, &report);
  ae_context_close(ctx);
  const char *left = getenv("OPENBLAS_CORETYPE");
  bool fine = status == AE_OK && c[0] == 11 && strstr(report.blas, wanted) != NULL &&
              (already ? left && strcmp(left, already) == 0 : !left);
  if (!fine) printf("wanted %s, got %s; OPENBLAS_CORETYPE is %s\n", wanted, report.blas, left ? left : "not set");
  return !fine;
}

/* In a process of its own: a library is loaded once. */
static int check_apart(bool keep_environment, const char *already, const char *wanted) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) exit(check(keep_environment, already, wanted));
  int status;
  waitpid(child, &status, 0);
  return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void) {
#if defined(__x86_64__) && defined(__GNUC__)
  if (!__builtin_cpu_supports("avx512bw")) return SKIPPED;
  int failures = check_apart(false, NULL, "SkylakeX kernels");
  failures += check_apart(true, NULL, "Haswell kernels");
  failures += check_apart(false, "Zen", "Zen kernels");
  return failures != 0;
#else
  return SKIPPED;
#endif
}
