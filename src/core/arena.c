/*
** arena: packing leaves and gradients. Everything that can fail comes first.
*/
#include "core/arena.h"

#include <string.h>

#include "core/context.h"

/* Elements per piece boundary. */
enum { PIECE = 64 / (int)sizeof(real) };

static int64_t piece(int64_t count) {
  return (count + PIECE - 1) / PIECE * PIECE;
}

static bool overlap(const ae_tensor *a, const ae_tensor *b) {
  if (a->storage != b->storage || a->count == 0 || b->count == 0) return a == b;
  size_t a_end = a->offset + (size_t)a->count * sizeof(real), b_end = b->offset + (size_t)b->count * sizeof(real);
  return a->offset < b_end && b->offset < a_end;
}

static ae_status check(ae_tensor *const *leaves, int n, int64_t *total, ae_error *err) {
  *total = 0;
  for (int i = 0; i < n; i++) {
    if (leaves[i]->type != AE_REAL)
      return ae_fail(err, AE_TYPE, "arena: tensor %d wants to be %s, is %s", i + 1, ae_type_name(AE_REAL),
                     ae_type_name(leaves[i]->type));
    if (leaves[i]->node) return ae_fail(err, AE_INVALID, "arena: tensor %d was computed, wants to be a leaf", i + 1);
    for (int j = 0; j < i; j++)
      if (overlap(leaves[i], leaves[j]))
        return ae_fail(err, AE_INVALID, "arena: tensors %d and %d share memory", j + 1, i + 1);
    if (__builtin_add_overflow(*total, piece(leaves[i]->count), total))
      return ae_fail(err, AE_OVERFLOW, "arena: the tensors together are too large");
  }
  return AE_OK;
}

/* Makes t a view of `flat` from element `first` on; what it holds must be there already. */
static void move(ae_tensor *t, const ae_tensor *flat, int64_t first) {
  ae_storage_retain(flat->storage);
  ae_storage_release(t->storage);
  t->storage = flat->storage;
  t->offset = (size_t)first * sizeof(real);
}

static void copy_piece(const ae_tensor *flat, int64_t first, const ae_tensor *from) {
  size_t bytes = from ? (size_t)from->count * sizeof(real) : 0;
  if (bytes) memcpy(ae_reals(flat) + first, ae_tensor_bytes(from), bytes);
}

/* Gradients for the leaves that have none yet, in `fresh` (NULL elsewhere). */
static ae_status make_grads(ae_tensor *const *leaves, int n, ae_tensor *flat, ae_tensor **fresh, ae_error *err) {
  int64_t first = 0;
  for (int i = 0; i < n; i++) {
    if (!leaves[i]->grad) AE_TRY(ae_tensor_view(flat, &leaves[i]->shape, first, &fresh[i], err));
    first += piece(leaves[i]->count);
  }
  return AE_OK;
}

static void commit(ae_tensor *const *leaves, int n, ae_tensor *values, ae_tensor *grads, ae_tensor *const *fresh) {
  int64_t first = 0;
  unsigned version = 0;
  memset(ae_reals(values), 0, (size_t)values->count * sizeof(real));
  memset(ae_reals(grads), 0, (size_t)grads->count * sizeof(real));
  for (int i = 0; i < n; i++) {
    ae_tensor *leaf = leaves[i];
    unsigned was = atomic_load(&leaf->storage->version);
    if (was >= version) version = was + 1;
    copy_piece(values, first, leaf);
    move(leaf, values, first);
    if (fresh[i]) {
      leaf->grad = fresh[i];
      leaf->grad_zeroed = true;
    } else {
      if (!leaf->grad_zeroed) copy_piece(grads, first, leaf->grad);
      move(leaf->grad, grads, first);
    }
    first += piece(leaf->count);
  }
  /* Later than any version of a leaf that a node has saved. */
  atomic_store(&values->storage->version, version);
}

ae_status ae_arena_pack(ae_context *ctx, ae_tensor *const *leaves, int n, ae_tensor **values, ae_tensor **grads,
                        ae_error *err) {
  ae_shape shape = {.ndim = 1};
  AE_TRY(check(leaves, n, &shape.dims[0], err));
  ae_tensor *v = NULL, *g = NULL;
  size_t bytes = (size_t)n * sizeof(ae_tensor *);
  void *block;
  AE_TRY(ae_allocate(ctx->allocator, bytes, &block, err));
  ae_tensor **fresh = memset(block, 0, bytes);
  ae_status status = ae_tensor_new(ctx, AE_REAL, &shape, &v, err);
  if (status == AE_OK) status = ae_tensor_new(ctx, AE_REAL, &shape, &g, err);
  if (status == AE_OK) status = make_grads(leaves, n, g, fresh, err);
  if (status == AE_OK) {
    commit(leaves, n, v, g, fresh);
    *values = v;
    *grads = g;
  } else {
    for (int i = 0; i < n; i++) ae_tensor_release(fresh[i]);
    ae_tensor_release(v);
    ae_tensor_release(g);
  }
  ae_free(ctx->allocator, block, bytes);
  return status;
}

bool ae_arena_holds(const ae_tensor *values, const ae_tensor *leaf) {
  return leaf->storage == values->storage;
}
