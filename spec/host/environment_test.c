/*
** A host that forbids the environment variable: OpenBLAS is then taken as it
** comes. And one that has set it: it keeps its value.
*/
#define _POSIX_C_SOURCE 200809L
#include <string.h>

#include "product.h"

int main(void) {
  ae_context *ctx;
  ae_options options = {.keep_environment = true};
  setenv("AELUA_BACKEND", "openblas", 1);
  setenv("OPENBLAS_CORETYPE", "Haswell", 1);
  WANT(ae_context_open(&options, &ctx, NULL) == AE_OK);
  want_right_product(ctx);
  WANT(strcmp(getenv("OPENBLAS_CORETYPE"), "Haswell") == 0);
  ae_context_close(ctx);
  return EXIT_SUCCESS;
}
