/*
** gemm: matrix products behind one seam (OpenBLAS; oneDNN where it is found; AMX
** where the processor has it).
**   C [m, n] = alpha * op(A) [m, k] * op(B) [k, n] + beta * C, row-major
** Which backend serves a product is a pure function of its shape, the threads,
** and what is to be had here (the table is in gemm.c). beta = 0 overwrites C
** whatever it held, NaN included; a size of 0 is fine.
**
** The environment variable AELUA_BACKEND (openblas, onednn, amx, loops) forces one
** for the whole process, convolutions (conv.h) included; it is read at the first product.
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

/* op(X) from that row and column on. */
AE_INLINE ae_matrix ae_matrix_corner(ae_matrix x, int64_t row, int64_t column) {
  x.data += x.transposed ? column * x.stride + row : row * x.stride + column;
  return x;
}

/* Errors: AE_UNSUPPORTED where the backend that AELUA_BACKEND names is not to be
** had, AE_INVALID where it names none, AE_NO_MEMORY. */
ae_status ae_gemm(ae_context *ctx, int64_t m, int64_t n, int64_t k, real alpha, ae_matrix a, ae_matrix b, real beta,
                  real *c, int64_t c_stride, ae_error *err);

/* For an operation that splits the rows of C over threads itself, to do more to
** them while they are in the cache: who serves it, and in how many ranges. */
typedef struct ae_gemm_plan {
  const struct ae_backend *backend;
  int parts;       /* ranges of rows; 0: too few rows for that, use ae_gemm */
  bool concurrent; /* several threads may run products at a time */
  int64_t n, k;
} ae_gemm_plan;

ae_status ae_gemm_plan_rows(ae_context *ctx, int64_t m, int64_t n, int64_t k, ae_gemm_plan *out, ae_error *err);
/* The product of `rows` rows on the calling thread; a and c begin at the first
** of them. Errors (status alone): AE_NO_MEMORY. */
ae_status ae_gemm_rows(const ae_gemm_plan *plan, int64_t rows, real alpha, ae_matrix a, ae_matrix b, real beta, real *c,
                       int64_t c_stride);

/* What `aelua -v` says: backend names, versions, cores, threading flavour. Loads them. */
typedef struct ae_kernel_report {
  char blas[160];
  char onednn[160]; /* empty: not built with it, or not found */
  char amx[160];    /* empty: not to be had, or another is forced */
  char isa[32];
} ae_kernel_report;
void ae_kernel_describe(ae_context *ctx, ae_kernel_report *out);

#endif
