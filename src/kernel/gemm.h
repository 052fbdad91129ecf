/*
** gemm: matrix products behind one seam (OpenBLAS; oneDNN where it is found).
**   C [m, n] = alpha * op(A) [m, k] * op(B) [k, n] + beta * C, row-major
** Which backend serves a product is a pure function of its shape, the
** processor and the threads (the table is in gemm.c). beta = 0 overwrites C
** whatever it held, NaN included; a size of 0 is fine.
**
** Not here: bias and activation (op/dense.c).
*/
#ifndef AE_KERNEL_GEMM_H
#define AE_KERNEL_GEMM_H

#include "core/context.h"
#include "core/real.h"

typedef struct ae_matrix {
  const real *data;
  int64_t stride;  /* elements from one stored row to the next */
  bool transposed; /* op(X) is the transpose of what is stored */
} ae_matrix;

/* Errors: AE_UNSUPPORTED where no backend can be loaded, AE_NO_MEMORY. */
ae_status ae_gemm(ae_context *ctx, int64_t m, int64_t n, int64_t k, real alpha, ae_matrix a, ae_matrix b, real beta,
                  real *c, int64_t c_stride, ae_error *err);

/* What `aelua -v` says: backend names, versions, cores, threading flavour. Loads them. */
typedef struct ae_kernel_report {
  char blas[160];
  char onednn[160];
  char isa[32];
} ae_kernel_report;
void ae_kernel_describe(ae_context *ctx, ae_kernel_report *out);

#endif
