/*
** tensor: headers, views and their lives. Elements are in tensor_data.c.
*/
#include "core/tensor.h"

#include <inttypes.h>
#include <string.h>

#include "core/context.h"
#include "core/tape.h"

size_t ae_type_size(ae_type type) {
  switch (type) {
  case AE_REAL:
    return sizeof(real);
  case AE_U8:
    return 1;
  case AE_I32:
    return 4;
  default:
    return 0;
  }
}

const char *ae_type_name(ae_type type) {
  static const char *const names[] = {"?", "f32", "u8", "i32", "f64", "bf16", "i64"};
  return (unsigned)type < sizeof names / sizeof *names ? names[type] : "?";
}

/* A header that takes over the caller's reference to `storage`; on failure it
** is still the caller's. */
static ae_status header(ae_allocator *a, ae_type type, const ae_shape *shape, ae_storage *storage, size_t offset,
                        ae_tensor **out, ae_error *err) {
  void *block;
  AE_TRY(ae_allocate(a, sizeof(ae_tensor), &block, err));
  ae_tensor *t = block;
  *t = (ae_tensor){.type = type,
                   .shape = *shape,
                   .count = ae_shape_count(shape),
                   .offset = offset,
                   .storage = storage,
                   .allocator = a};
  atomic_init(&t->refs, 1);
  *out = t;
  return AE_OK;
}

/* The bytes of a tensor, checked. */
static ae_status byte_size(const char *who, ae_type type, const ae_shape *shape, size_t *bytes, ae_error *err) {
  size_t size = ae_type_size(type);
  if (size == 0) return ae_fail(err, AE_TYPE, "%s: this build has no tensors of type %s", who, ae_type_name(type));
  ae_shape checked; /* also rules out what a caller wrote into the shape by hand */
  AE_TRY(ae_shape_make(who, shape->ndim, shape->dims, &checked, err));
  *bytes = (size_t)ae_shape_count(&checked) * size;
  return AE_OK;
}

ae_status ae_tensor_new(ae_context *ctx, ae_type type, const ae_shape *shape, ae_tensor **out, ae_error *err) {
  size_t bytes = 0;
  AE_TRY(byte_size("tensor", type, shape, &bytes, err));
  ae_storage *storage;
  AE_TRY(ae_storage_new(ctx->allocator, bytes, &storage, err));
  ae_status status = header(ctx->allocator, type, shape, storage, 0, out, err);
  if (status != AE_OK) ae_storage_release(storage);
  return status;
}

ae_status ae_tensor_view(ae_tensor *t, const ae_shape *shape, int64_t first, ae_tensor **out, ae_error *err) {
  int64_t count = ae_shape_count(shape);
  if (first < 0 || first > t->count || count > t->count - first) {
    char want[AE_SHAPE_TEXT], have[AE_SHAPE_TEXT];
    return ae_fail(err, AE_SHAPE, "view: %s from element %" PRId64 " does not lie within %s",
                   ae_shape_text(shape, want), first, ae_shape_text(&t->shape, have));
  }
  size_t offset = t->offset + (size_t)first * ae_type_size(t->type);
  AE_TRY(header(t->allocator, t->type, shape, t->storage, offset, out, err));
  ae_storage_retain(t->storage);
  return AE_OK;
}

ae_status ae_tensor_alias(ae_tensor *t, ae_tensor **out, ae_error *err) {
  return ae_tensor_view(t, &t->shape, 0, out, err);
}

ae_status ae_tensor_clone(ae_context *ctx, const ae_tensor *t, ae_tensor **out, ae_error *err) {
  ae_tensor *copy;
  AE_TRY(ae_tensor_new(ctx, t->type, &t->shape, &copy, err));
  ae_tensor_copy(ctx, copy, t);
  *out = copy;
  return AE_OK;
}

ae_status ae_tensor_scalar(ae_context *ctx, double value, ae_tensor **out, ae_error *err) {
  AE_TRY(ae_tensor_new(ctx, AE_REAL, &(ae_shape){0}, out, err));
  ae_reals(*out)[0] = (real)value;
  return AE_OK;
}

ae_status ae_tensor_lend(ae_context *ctx, ae_type type, int ndim, const int64_t *dims, void *data,
                         void (*release)(void *user, void *data), void *user, ae_tensor **out, ae_error *err) {
  ae_shape shape;
  size_t bytes = 0;
  AE_TRY(ae_shape_make("lend", ndim, dims, &shape, err));
  AE_TRY(byte_size("lend", type, &shape, &bytes, err));
  if (!data && bytes) return ae_fail(err, AE_INVALID, "lend: wants memory for %zu bytes, got NULL", bytes);
  if ((uintptr_t)data % ae_type_size(type))
    return ae_fail(err, AE_INVALID, "lend: wants memory aligned to %zu bytes", ae_type_size(type));
  ae_storage *storage;
  AE_TRY(ae_storage_lend(ctx->allocator, data, bytes, release, user, &storage, err));
  ae_status status = header(ctx->allocator, type, &shape, storage, 0, out, err);
  if (status != AE_OK) {
    storage->release = NULL; /* on failure the memory is still the caller's */
    ae_storage_release(storage);
  }
  return status;
}

void ae_tensor_retain(ae_tensor *t) {
  atomic_fetch_add_explicit(&t->refs, 1, memory_order_relaxed);
}

ae_node *ae_tensor_drop(ae_tensor *t) {
  if (!t || atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) != 1) return NULL;
  ae_node *node = t->node;
  if (node) ae_node_forget(node, t->output);
  ae_tensor_release(t->grad); /* never computed by a node itself: goes no deeper */
  ae_storage_release(t->storage);
  ae_free(t->allocator, t, sizeof *t);
  return node;
}

void ae_tensor_release(ae_tensor *t) {
  ae_node *node = ae_tensor_drop(t);
  if (node) ae_node_release(node);
}

bool ae_tensor_unique(const ae_tensor *t) {
  return atomic_load_explicit(&t->refs, memory_order_acquire) == 1 &&
         atomic_load_explicit(&t->storage->refs, memory_order_acquire) == 1;
}

ae_type ae_tensor_type(const ae_tensor *t) {
  return t->type;
}
int ae_tensor_ndim(const ae_tensor *t) {
  return t->shape.ndim;
}
int64_t ae_tensor_count(const ae_tensor *t) {
  return t->count;
}
const void *ae_tensor_data(const ae_tensor *t) {
  return ae_tensor_bytes(t);
}

int64_t ae_tensor_dim(const ae_tensor *t, int axis) {
  return axis >= 0 && axis < t->shape.ndim ? t->shape.dims[axis] : 0;
}

void ae_tensor_require_grad(ae_tensor *t, bool on) {
  if (t->type == AE_REAL && !t->node) t->requires_grad = on;
}

ae_tensor *ae_tensor_grad(const ae_tensor *t) {
  /* A gradient that counts as zero is made so before anyone looks. */
  if (t->grad && t->grad_zeroed) memset(ae_tensor_bytes(t->grad), 0, (size_t)t->grad->count * sizeof(real));
  return t->grad;
}
