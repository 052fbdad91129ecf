/*
** tensor: a shape and a type over a storage, always contiguous and row-major.
** A view shares the storage (reshape, a range of the first dimension); every
** other rearrangement copies.
**
** Not here: arithmetic (op/), the graph (tape.h).
*/
#ifndef AE_CORE_TENSOR_H
#define AE_CORE_TENSOR_H

#include "core/real.h"
#include "core/shape.h"
#include "core/status.h"
#include "core/storage.h"

struct ae_node;

struct ae_tensor {
  atomic_int refs;
  ae_type type;
  ae_shape shape;
  int64_t count;
  size_t offset; /* bytes into the storage */
  ae_storage *storage;
  ae_allocator *allocator; /* of this header */
  /* autograd */
  struct ae_node *node; /* what computed it, retained; NULL: a leaf */
  int output;           /* which output of the node it is */
  bool requires_grad;   /* a leaf that wants a gradient, or computed from one */
  bool retain_grad;     /* keep the gradient though it is no leaf */
  bool grad_zeroed;     /* grad counts as zero whatever it holds: the next gradient overwrites it */
  ae_tensor *grad;      /* retained; NULL: none */
};

size_t ae_type_size(ae_type type);      /* 0: not a type of this build */
const char *ae_type_name(ae_type type); /* "f32", "u8", ... */

/* Uninitialised. Errors: AE_TYPE, AE_OVERFLOW, AE_NO_MEMORY. */
ae_status ae_tensor_new(ae_context *ctx, ae_type type, const ae_shape *shape, ae_tensor **out, ae_error *err);
/* Shares t's storage, `first` elements in; no gradient, no node. */
ae_status ae_tensor_view(ae_tensor *t, const ae_shape *shape, int64_t first, ae_tensor **out, ae_error *err);
/* The whole of t without its node: what a node saves of its own output. */
ae_status ae_tensor_alias(ae_tensor *t, ae_tensor **out, ae_error *err);
/* A copy with the same type and shape, no gradient. */
ae_status ae_tensor_clone(ae_context *ctx, const ae_tensor *t, ae_tensor **out, ae_error *err);
/* One number of type real, zero dimensions. */
ae_status ae_tensor_scalar(ae_context *ctx, double value, ae_tensor **out, ae_error *err);
/* Copies src's elements over dst's (same type and count) and touches the storage. */
void ae_tensor_copy(ae_context *ctx, ae_tensor *dst, const ae_tensor *src);
/* dst += src, both real and of the same count; touches dst's storage. */
void ae_tensor_accumulate(ae_context *ctx, ae_tensor *dst, const ae_tensor *src);
/* Fills with a value converted to the type (caller has checked its range). */
void ae_tensor_fill(ae_context *ctx, ae_tensor *t, double value);
/* Whether this tensor is its storage's only user and nothing else holds the tensor. */
bool ae_tensor_unique(const ae_tensor *t);
/* Lets go of t as ae_tensor_release does, but hands the caller the reference
** to t's node where this was the last of t (NULL else), so that a chain of
** tensors and nodes is let go in a loop. */
struct ae_node *ae_tensor_drop(ae_tensor *t);
/* Element i as a double, any type; i is in range. */
double ae_tensor_get(const ae_tensor *t, int64_t i);
void ae_tensor_set(ae_tensor *t, int64_t i, double value);

static inline void *ae_tensor_bytes(const ae_tensor *t) {
  return (char *)t->storage->data + t->offset;
}
static inline real *ae_reals(const ae_tensor *t) {
  return (real *)ae_tensor_bytes(t);
}
static inline uint8_t *ae_u8s(const ae_tensor *t) {
  return (uint8_t *)ae_tensor_bytes(t);
}
static inline int32_t *ae_i32s(const ae_tensor *t) {
  return (int32_t *)ae_tensor_bytes(t);
}

#endif
