/*
** broadcast: elementwise work over operands whose shapes stretch to a common
** one by NumPy's rule, and the sum that takes a gradient back to the shape it
** was stretched from.
**
** A plan drops dimensions of size 1 and joins neighbours that every operand
** walks alike, so that [N,H,W,C] with [C] is two dimensions. A run hands out
** short blocks of consecutive output elements with, for every operand, as many
** consecutive elements: where they lie where that is possible, else from a
** small buffer that stays in the first cache. So an operation's loop is written
** once, for plain arrays, whatever the shapes.
**
** Not here: what to compute (op/elementwise.h), reductions of other kinds.
*/
#ifndef AE_KERNEL_BROADCAST_H
#define AE_KERNEL_BROADCAST_H

#include "core/context.h"
#include "core/tensor.h"

enum {
  AE_BROADCAST_OPERANDS = 4,
  AE_BROADCAST_BLOCK = 4096 / sizeof(real) /* most elements that a block has */
};

typedef struct ae_broadcast {
  int n; /* operands */
  int ndim;
  int64_t count;                                       /* elements of the output */
  int64_t dims[AE_MAX_DIMS];                           /* outermost first, none of size 1 unless it is the only one */
  int64_t strides[AE_BROADCAST_OPERANDS][AE_MAX_DIMS]; /* in elements; 0: repeats. The last is 0 or 1 */
  bool whole[AE_BROADCAST_OPERANDS];                   /* walks as the output does */
} ae_broadcast;

/* Plans n operands (1 to 4) that broadcast to `out`, as the caller has checked
** with ae_shape_broadcast. */
void ae_broadcast_plan(const ae_shape *out, const ae_shape *const *in, int n, ae_broadcast *plan);

/* `n` elements from number `first` of the output on; in[k] points to the n
** elements of operand k that meet them. */
typedef void (*ae_block_fn)(void *arg, int64_t first, int64_t n, const void *const *in);

typedef struct ae_operand {
  const void *data;
  size_t size; /* bytes of an element: 1, 4 or 8, at most sizeof(double) */
} ae_operand;

/* Calls fn for blocks that cover the output, over the context's threads.
** `grain` is in elements (parallel.h). fn must not fail. */
void ae_broadcast_run(ae_context *ctx, const ae_broadcast *plan, const ae_operand *operands, int64_t grain,
                      ae_block_fn fn, void *arg);

/* Overwrites dst with the sums of src over what broadcasting dst's shape to
** src's repeats (reduce.h's sums). Both real. Errors: AE_NO_MEMORY. */
ae_status ae_reduce_to_shape(ae_context *ctx, const ae_tensor *src, ae_tensor *dst, ae_error *err);

#endif
