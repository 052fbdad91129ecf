/*
** openblas: matrix products by OpenBLAS, loaded at the first product by the
** full path that the build found, so that the OpenMP flavour is had whatever
** the system's alternatives say, and a host's own BLAS stays its own
** (RTLD_LOCAL, RTLD_DEEPBIND).
**
** Version 0.3.21 does not know every processor with AVX-512 and then runs old
** kernels at a quarter of the speed. It chooses in its constructor and hears
** only OPENBLAS_CORETYPE: so where its choice has no AVX-512 and the processor
** does, it is unloaded and loaded again with that variable set.
**
** A library that the host had loaded already is taken as it is. The environment
** variable AELUA_OPENBLAS names another file to load; where that cannot be,
** products are errors (gemm.c).
*/
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/backend.h"
#include "kernel/library.h"

enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111, TRANSPOSE = 112 }; /* of the CBLAS standard */
enum { SERIAL = 0, PTHREADS = 1, OPENMP = 2 };                 /* what openblas_get_parallel says */

typedef void (*gemm_fn)(int order, int trans_a, int trans_b, int m, int n, int k, real alpha, const real *a, int lda,
                        const real *b, int ldb, real beta, real *c, int ldc);

#ifdef AELUA_REAL_DOUBLE
#define GEMM_NAME "cblas_dgemm"
#else
#define GEMM_NAME "cblas_sgemm"
#endif

enum { UNKNOWN, PRESENT, ABSENT };
static atomic_int state = UNKNOWN;
static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
static gemm_fn gemm_of_library;
static ae_backend backend;

static int transpose_code(ae_matrix x) {
  return x.transposed ? TRANSPOSE : NO_TRANSPOSE;
}

static ae_status openblas_gemm(int64_t m, int64_t n, int64_t k, real alpha, ae_matrix a, ae_matrix b, real beta,
                               real *c, int64_t c_stride) {
  int before = ae_backend_enter_serial();
  gemm_of_library(ROW_MAJOR, transpose_code(a), transpose_code(b), (int)m, (int)n, (int)k, alpha, a.data, (int)a.stride,
                  b.data, (int)b.stride, beta, c, (int)c_stride);
  ae_backend_leave_serial(before);
  return AE_OK;
}

static ae_status openblas_gemm_own_threads(int64_t m, int64_t n, int64_t k, real alpha, ae_matrix a, ae_matrix b,
                                           real beta, real *c, int64_t c_stride) {
  gemm_of_library(ROW_MAJOR, transpose_code(a), transpose_code(b), (int)m, (int)n, (int)k, alpha, a.data, (int)a.stride,
                  b.data, (int)b.stride, beta, c, (int)c_stride);
  return AE_OK;
}

/* dlsym gives an object pointer; POSIX says that it may be used as a function. */
static void symbol(void *library, const char *name, void *function) {
  void *address = dlsym(library, name);
  memcpy(function, &address, sizeof address);
}

static const char *core_name(void *library) {
  const char *(*name)(void) = NULL;
  symbol(library, "openblas_get_corename", &name);
  return name ? name() : "unknown";
}

static bool processor_has_avx512(void) {
#if defined(__x86_64__) && defined(__GNUC__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

/* Cores of 0.3.21 that have no AVX-512: what it takes an unknown processor for. */
static bool core_is_old(const char *core) {
  static const char *const old[] = {"Prescott", "Core2",       "Penryn",    "Nehalem",     "Sandybridge",
                                    "Haswell",  "Barcelona",   "Bobcat",    "Bulldozer",   "Piledriver",
                                    "Zen",      "Steamroller", "Excavator", "Opteron_SSE3"};
  for (size_t i = 0; i < sizeof old / sizeof *old; i++)
    if (strcmp(core, old[i]) == 0) return true;
  return false;
}

static void *load_for_avx512(const char *path, void *library) {
  dlclose(library);
  void *still = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
  if (still) return still; /* it does not unload, so it cannot be asked again */
  setenv("OPENBLAS_CORETYPE", "SKYLAKEX", 1);
  library = ae_library_open(path);
  unsetenv("OPENBLAS_CORETYPE"); /* an empty one would mean something */
  return library;
}

static void *load(const char *path, bool keep_environment) {
  void *library = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
  backend.lent = library != NULL;
  if (library) return library;
  library = ae_library_open(path);
  if (!library) return NULL;
  if (keep_environment || getenv("OPENBLAS_CORETYPE")) return library;
  if (processor_has_avx512() && core_is_old(core_name(library))) return load_for_avx512(path, library);
  return library;
}

static void describe(void *library, int parallel) {
  static const char *const flavours[] = {"one thread", "pthreads", "OpenMP"};
  const char *(*config)(void) = NULL;
  symbol(library, "openblas_get_config", &config);
  char version[32] = "OpenBLAS";
  if (config) sscanf(config(), "OpenBLAS %19[0-9.]", version + snprintf(version, sizeof version, "OpenBLAS "));
  snprintf(backend.text, sizeof backend.text, "%s, %s kernels, %s%s", version, core_name(library),
           parallel >= SERIAL && parallel <= OPENMP ? flavours[parallel] : "unknown threading",
           backend.lent ? ", as the host loaded it" : "");
}

static bool open_library(bool keep_environment) {
  const char *named = getenv("AELUA_OPENBLAS");
  bool is_named = named && *named; /* no other will do */
  void *library = is_named ? load(named, keep_environment) : NULL;
#ifdef AELUA_OPENBLAS_LIBRARY
  if (!library && !is_named) library = load(AELUA_OPENBLAS_LIBRARY, keep_environment);
#endif
  if (!library && !is_named) library = load("libopenblas.so.0", keep_environment);
  if (!library) return false;
  symbol(library, GEMM_NAME, &gemm_of_library);
  if (!gemm_of_library) return false;
  int (*get_parallel)(void) = NULL;
  symbol(library, "openblas_get_parallel", &get_parallel);
  int parallel = get_parallel ? get_parallel() : SERIAL;
  if (parallel == PTHREADS && !backend.lent) {
    void (*set_threads)(int) = NULL;
    symbol(library, "openblas_set_num_threads", &set_threads);
    if (set_threads) set_threads(1); /* its pool beside OpenMP's is many times slower; ours splits */
  }
  backend.splits_itself = parallel != OPENMP && (parallel != PTHREADS || backend.lent);
  backend.gemm = backend.splits_itself ? openblas_gemm_own_threads : openblas_gemm;
  describe(library, parallel);
  return true;
}

const ae_backend *ae_backend_openblas(bool keep_environment) {
  if (atomic_load_explicit(&state, memory_order_acquire) == UNKNOWN) {
    pthread_mutex_lock(&loading);
    if (atomic_load_explicit(&state, memory_order_relaxed) == UNKNOWN)
      atomic_store_explicit(&state, open_library(keep_environment) ? PRESENT : ABSENT, memory_order_release);
    pthread_mutex_unlock(&loading);
  }
  return atomic_load_explicit(&state, memory_order_relaxed) == PRESENT ? &backend : NULL;
}
