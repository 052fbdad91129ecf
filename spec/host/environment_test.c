/*
** A host that forbids what changes its process: OpenBLAS is then taken as it comes,
** a variable that the host has set keeps its value, and no room is asked for AMX's
** tiles, which is asked for otherwise where the processor has them and no other
** backend is named.
*/
#define _GNU_SOURCE
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel/gemm.h"
#include "product.h"

static bool has_room_for_tiles(void) {
  unsigned long room = 0;
#ifdef SYS_arch_prctl
  enum { ARCH_GET_XCOMP_PERM = 0x1022, XFEATURE_XTILEDATA = 18 };
  if (syscall(SYS_arch_prctl, ARCH_GET_XCOMP_PERM, &room) != 0) return false;
  room = room >> XFEATURE_XTILEDATA & 1;
#endif
  return room != 0;
}

int main(void) {
  ae_context *ctx;
  ae_options options = {.keep_environment = true};
  setenv("AELUA_BACKEND", "openblas", 1);
  setenv("OPENBLAS_CORETYPE", "Haswell", 1);
  WANT(ae_context_open(&options, &ctx, NULL) == AE_OK);
  want_right_product(ctx);
  WANT(strcmp(getenv("OPENBLAS_CORETYPE"), "Haswell") == 0);
  ae_context_close(ctx);

  ae_kernel_report kernels;
  WANT(ae_context_open(NULL, &ctx, NULL) == AE_OK);
  want_right_product(ctx);
  ae_kernel_describe(ctx, &kernels);
  ae_context_close(ctx);
  WANT(!has_room_for_tiles());

  unsetenv("AELUA_BACKEND");
  WANT(ae_context_open(&options, &ctx, NULL) == AE_OK);
  want_right_product(ctx);
  ae_kernel_describe(ctx, &kernels);
  ae_context_close(ctx);
  WANT(!has_room_for_tiles());

  WANT(ae_context_open(NULL, &ctx, NULL) == AE_OK);
  want_right_product(ctx);
  const bool has_room = has_room_for_tiles();
  ae_kernel_describe(ctx, &kernels);
  WANT(has_room == (kernels.amx[0] != '\0'));
  ae_context_close(ctx);
  return EXIT_SUCCESS;
}
