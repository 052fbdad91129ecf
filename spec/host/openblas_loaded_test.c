/*
** A host that has loaded the very OpenBLAS that aelua would: it stays the
** host's. Its thread count, its kernels and the environment are as they were.
*/
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
#include <string.h>

#include "product.h"

static void *symbol(void *library, const char *name) {
  void *address = dlsym(library, name);
  WANT(address != NULL);
  return address;
}

int main(void) {
#ifdef AELUA_OPENBLAS_LIBRARY
  void *library = dlopen(AELUA_OPENBLAS_LIBRARY, RTLD_NOW | RTLD_GLOBAL);
  if (!library) return TEST_SKIPPED;
  void (*set_threads)(int);
  int (*get_threads)(void);
  char *(*core_name)(void);
  *(void **)&set_threads = symbol(library, "openblas_set_num_threads");
  *(void **)&get_threads = symbol(library, "openblas_get_num_threads");
  *(void **)&core_name = symbol(library, "openblas_get_corename");
  set_threads(1);
  char core_before[64];
  snprintf(core_before, sizeof core_before, "%s", core_name());
  setenv("AELUA_BACKEND", "openblas", 1);
  ae_context *ctx;
  ae_options options = {.threads = 2};
  WANT(ae_context_open(&options, &ctx, NULL) == AE_OK);
  want_right_product(ctx);
  WANT(get_threads() == 1);
  WANT(strcmp(core_before, core_name()) == 0);
  WANT(getenv("OPENBLAS_CORETYPE") == NULL);
  ae_context_close(ctx);
  WANT(get_threads() == 1);
  return EXIT_SUCCESS;
#else
  return TEST_SKIPPED;
#endif
}
