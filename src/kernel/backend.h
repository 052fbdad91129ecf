/*
** backend: what gemm.c asks of a library, or of code here, that multiplies
** matrices. Each is looked for once in a process, at the first product.
**
** Not here: which one serves a product (gemm.c).
*/
#ifndef AE_KERNEL_BACKEND_H
#define AE_KERNEL_BACKEND_H

#include "kernel/gemm.h"
#include "kernel/heap.h"

typedef struct ae_backend {
  /* The whole product on the calling thread, inside a parallel region or not
  ** (where `splits_itself`: on as many as the library likes). No size is 0,
  ** alpha is not 0, every number fits an int. Errors: AE_NO_MEMORY. */
  ae_status (*gemm)(int64_t m, int64_t n, int64_t k, real alpha, ae_matrix a, ae_matrix b, real beta, real *c,
                    int64_t c_stride);
  bool splits_itself; /* its threads are not ours: never call it from several */
  bool litters;       /* its buffers come from malloc at every product; see heap.h */
  bool lent;          /* the host had it loaded before us, and keeps its settings */
  bool tiles;         /* convolutions go to tiles as well (conv_amx.h) */
  char text[160];     /* for people: version, core, threading */
} ae_backend;

/* NULL: there is none. `keep_environment`: neither set a variable around the load nor ask the system for tiles. */
const ae_backend *ae_backend_openblas(bool keep_environment);
const ae_backend *ae_backend_onednn(void);
const ae_backend *ae_backend_amx(bool keep_environment);
/* Plain loops, where no library is to be had. */
extern const ae_backend ae_backend_loops;

/* The handle of oneDNN's library, NULL: there is none. */
void *ae_onednn_library(void);

/* What kernel/ keeps in a context. */
typedef struct ae_kernel_state {
  ae_allocator *allocator;
  const ae_backend *forced; /* that AELUA_BACKEND names; NULL: none */
  ae_heap_care heap;
  void *conv; /* primitives of convolutions (conv_onednn.c) */
  void (*conv_close)(void *conv);
  void *conv_choices; /* who computes which (conv_choice.c) */
  void (*conv_choices_close)(void *choices);
} ae_kernel_state;
/* Made at the first call. Errors: those of AELUA_BACKEND, AE_NO_MEMORY. */
ae_status ae_kernel_state_of(ae_context *ctx, ae_kernel_state **out, ae_error *err);

/* Between the two, a library that would spread over OpenMP's threads uses one. */
int ae_backend_enter_serial(void);
void ae_backend_leave_serial(int before);

#endif
