/*
** arena: many leaf tensors over one storage, their gradients over a second, so
** that an optimiser updates all of them in one pass.
**
**   values  [p0 .. | p1 ..... | p2 . | ...]   pieces begin at multiples of 64
**   grads   [g0 .. | g1 ..... | g2 . | ...]   bytes; what lies between is 0
*/
#ifndef AE_CORE_ARENA_H
#define AE_CORE_ARENA_H

#include "core/tensor.h"

/* Moves the leaves (real, no two over the same memory) and their gradients into
** a new arena: they become views, with the same contents as before. A leaf
** without a gradient gets one that counts as zero. Other views of a leaf's old
** storage are left behind with it. `values` and `grads` are flat over the whole
** arena. On failure nothing has moved. */
ae_status ae_arena_pack(ae_context *ctx, ae_tensor *const *leaves, int n, ae_tensor **values, ae_tensor **grads,
                        ae_error *err);

/* Whether the leaf still lies in this arena (another may have taken it since). */
bool ae_arena_holds(const ae_tensor *values, const ae_tensor *leaf);

#endif
