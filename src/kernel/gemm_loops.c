/*
** gemm_loops: matrix products in plain C, for a machine without a library of
** them. Rows of B are added up (B stored as [k, n]), or dotted with rows of A
** (B stored as [n, k]). No packing, no blocking: a quarter of a library's speed
** at best.
*/
#include "kernel/backend.h"
#include "kernel/lanes.h"

static real element(ae_matrix x, int64_t row, int64_t column) {
  return x.transposed ? x.data[column * x.stride + row] : x.data[row * x.stride + column];
}

AE_SIMD static void scale_row(int64_t n, real beta, real *y) {
  if (beta == 0)
    for (int64_t j = 0; j < n; j++) y[j] = 0;
  else
    for (int64_t j = 0; j < n; j++) y[j] *= beta;
}

/* y += f0 x0 + f1 x1 + f2 x2 + f3 x3, the rows of X `stride` apart */
AE_SIMD static void add_four_rows(int64_t n, const real f[4], const real *restrict x, int64_t stride,
                                  real *restrict y) {
  real f0 = f[0], f1 = f[1], f2 = f[2], f3 = f[3];
  for (int64_t j = 0; j < n; j++)
    y[j] += f0 * x[j] + f1 * x[stride + j] + f2 * x[2 * stride + j] + f3 * x[3 * stride + j];
}

AE_SIMD static void add_row(int64_t n, real f, const real *restrict x, real *restrict y) {
  for (int64_t j = 0; j < n; j++) y[j] += f * x[j];
}

AE_SIMD static real dot(int64_t k, const real *x, const real *y) {
  return (real)ae_lanes_dot(k, x, y);
}

static void row_by_rows(int64_t i, int64_t n, int64_t k, real alpha, ae_matrix a, ae_matrix b, real *y) {
  int64_t p = 0;
  for (; p + 4 <= k; p += 4) {
    real f[4];
    for (int q = 0; q < 4; q++) f[q] = alpha * element(a, i, p + q);
    add_four_rows(n, f, b.data + p * b.stride, b.stride, y);
  }
  for (; p < k; p++) add_row(n, alpha * element(a, i, p), b.data + p * b.stride, y);
}

static void row_by_dots(int64_t i, int64_t n, int64_t k, real alpha, ae_matrix a, ae_matrix b, real *y) {
  for (int64_t j = 0; j < n; j++) {
    const real *column = b.data + j * b.stride;
    real sum = 0;
    if (a.transposed)
      for (int64_t p = 0; p < k; p++) sum += a.data[p * a.stride + i] * column[p];
    else
      sum = dot(k, a.data + i * a.stride, column);
    y[j] += alpha * sum;
  }
}

static ae_status loops_gemm(int64_t m, int64_t n, int64_t k, real alpha, ae_matrix a, ae_matrix b, real beta, real *c,
                            int64_t c_stride) {
  for (int64_t i = 0; i < m; i++) {
    real *y = c + i * c_stride;
    if (beta != 1) scale_row(n, beta, y);
    if (b.transposed)
      row_by_dots(i, n, k, alpha, a, b, y);
    else
      row_by_rows(i, n, k, alpha, a, b, y);
  }
  return AE_OK;
}

const ae_backend ae_backend_loops = {.gemm = loops_gemm, .text = "plain loops"};
