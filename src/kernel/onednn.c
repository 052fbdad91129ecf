/*
** onednn: matrix products by oneDNN, loaded at the first product that it is
** chosen for (its first call generates code for 40 ms). What is
** called here is the same in oneDNN's C interfaces 2.x and 3.x, and the
** library's name carries the major version; where they differ is in
** conv_onednn.c.
**
** oneDNN computes in float: the double build has only the stub at the end.
*/
#include "kernel/backend.h"

#if defined(AELUA_ONEDNN_LIBRARY) && !defined(AELUA_REAL_DOUBLE)

#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "kernel/library.h"
#include "kernel/signals.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void *library;
static __typeof__(dnnl_sgemm) *sgemm_of_library;
static ae_backend backend;
static bool loaded;

static ae_status onednn_gemm(int64_t m, int64_t n, int64_t k, real alpha, ae_matrix a, ae_matrix b, real beta, real *c,
                             int64_t c_stride) {
  int before = ae_backend_enter_serial();
  sigset_t signals;
  ae_signals_hold(&signals);
  dnnl_status_t status = sgemm_of_library(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', m, n, k, alpha, a.data,
                                          a.stride, b.data, b.stride, beta, c, c_stride);
  ae_signals_let(&signals);
  ae_backend_leave_serial(before);
  return status == dnnl_success ? AE_OK : AE_NO_MEMORY;
}

static void load_once(void) {
  library = ae_library_open(AELUA_ONEDNN_LIBRARY);
  if (!library) return;
  __typeof__(dnnl_version) *version = NULL;
  void *address = dlsym(library, "dnnl_version");
  memcpy(&version, &address, sizeof address);
  address = dlsym(library, "dnnl_sgemm");
  memcpy(&sgemm_of_library, &address, sizeof address);
  if (!version || !sgemm_of_library || version()->major != DNNL_VERSION_MAJOR) return;
  unsigned runtime = version()->cpu_runtime;
  if (runtime != DNNL_RUNTIME_OMP && runtime != DNNL_RUNTIME_SEQ) return; /* its threads would not be ours */
  backend.gemm = onednn_gemm;
  backend.litters = true;
  snprintf(backend.text, sizeof backend.text, "oneDNN %d.%d.%d, %s", version()->major, version()->minor,
           version()->patch, runtime == DNNL_RUNTIME_OMP ? "OpenMP" : "one thread");
  loaded = true;
}

const ae_backend *ae_backend_onednn(void) {
  pthread_once(&once, load_once);
  return loaded ? &backend : NULL;
}

void *ae_onednn_library(void) {
  return ae_backend_onednn() ? library : NULL;
}

#else

const ae_backend *ae_backend_onednn(void) {
  return NULL;
}

void *ae_onednn_library(void) {
  return NULL;
}

#endif
