/*
** product: what the hosts of this folder have in common: a product through the
** library that can be checked, and how a test ends.
*/
#ifndef SPEC_HOST_PRODUCT_H
#define SPEC_HOST_PRODUCT_H

#include <stdio.h>
#include <stdlib.h>

#include "aelua.h"

enum { TEST_SKIPPED = 77, PRODUCT_SIZE = 128 };

#define WANT(condition)                                                                                                \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                                   \
      exit(EXIT_FAILURE);                                                                                              \
    }                                                                                                                  \
  } while (0)

/* A [128, 128] of 0, 1, 2, ... mod 7 times the identity must come back. */
static inline void want_right_product(ae_context *ctx) {
  enum { N = PRODUCT_SIZE };
  static double a[N * N], one[N * N], result[N * N];
  int64_t dims[2] = {N, N};
  for (int i = 0; i < N * N; i++) {
    a[i] = i % 7;
    one[i] = i / N == i % N;
  }
  ae_tensor *in[2], *out;
  WANT(ae_tensor_from_reals(ctx, 2, dims, a, &in[0], NULL) == AE_OK);
  WANT(ae_tensor_from_reals(ctx, 2, dims, one, &in[1], NULL) == AE_OK);
  WANT(ae_op_apply(ctx, "matmul", in, 2, &out, 1, NULL) == AE_OK);
  WANT(ae_tensor_read(out, result, N * N, NULL) == AE_OK);
  for (int i = 0; i < N * N; i++) WANT(result[i] == a[i]);
  ae_tensor_release(out);
  ae_tensor_release(in[0]);
  ae_tensor_release(in[1]);
}

#endif
