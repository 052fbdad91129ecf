/*
** copy: strided copies of any element size, the part of every rearrangement
** that is no arithmetic: permute, flip, broadcast, a region in or out.
**
**   to[sum i_d * to_d] = from[sum i_d * from_d]   for i_d in [0, dims_d)
**
** Not here: which strides an operation wants (src/op), conversion of types.
*/
#ifndef AE_KERNEL_COPY_H
#define AE_KERNEL_COPY_H

#include "core/context.h"
#include "core/tensor.h"

enum { AE_COPY_DIMS = 2 * AE_MAX_DIMS };

/* Strides count elements. Those of the destination are positive and name every
** element once; 0 in `from` repeats, a negative one walks backwards. */
typedef struct ae_copy {
  size_t element; /* bytes: 1, 4 or 8 */
  int ndim;
  int64_t dims[AE_COPY_DIMS], to[AE_COPY_DIMS], from[AE_COPY_DIMS];
} ae_copy;

/* Copies; destination and source do not overlap. */
void ae_copy_strided(ae_context *ctx, const ae_copy *plan, void *to, const void *from);

/* Row-major strides of a contiguous tensor, in elements. */
void ae_copy_strides(const ae_shape *shape, int64_t strides[AE_MAX_DIMS]);

/* Dimension d of the result is dimension perm[d] of `shape`. */
void ae_copy_permuted(ae_context *ctx, size_t element, const ae_shape *shape, const int *perm, void *to,
                      const void *from);

/* A box inside `whole` that begins at `start`: out of it into a contiguous
** block, or the other way. */
void ae_copy_box_out(ae_context *ctx, size_t element, const ae_shape *whole, const int64_t *start, const ae_shape *box,
                     void *block, const void *data);
void ae_copy_box_in(ae_context *ctx, size_t element, const ae_shape *whole, const int64_t *start, const ae_shape *box,
                    void *data, const void *block);

/* Writes src, broadcast, over the box of dst that begins at `start` (from 0)
** and is `length` long in every dimension; the dimensions in `dropped` have
** length 1 and do not count where src is broadcast. Touches the storage; src
** may share it. Errors: AE_TYPE, AE_SHAPE, AE_NO_MEMORY. */
ae_status ae_tensor_assign(ae_context *ctx, const char *who, ae_tensor *dst, const int64_t *start,
                           const int64_t *length, ae_dimset dropped, const ae_tensor *src, ae_error *err);

#endif
