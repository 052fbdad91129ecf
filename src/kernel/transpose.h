/*
** transpose: a matrix turned over its diagonal, block by block.
**   to[r * to_stride + c] = from[c * from_stride + r]   r < rows, c < cols
*/
#ifndef AE_KERNEL_TRANSPOSE_H
#define AE_KERNEL_TRANSPOSE_H

#include "core/real.h"

/* rows and cols are multiples of this, which is 64, 16 or 8. */
static inline int64_t ae_transpose_side(size_t element) {
  return 64 / (int64_t)element;
}
/* Strides in elements of `element` bytes (1, 4 or 8). In one thread. */
void ae_transpose(size_t element, int64_t rows, int64_t cols, void *to, int64_t to_stride, const void *from,
                  int64_t from_stride);

#endif
