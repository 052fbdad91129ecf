/*
** assign: a tensor written over a region of another, broadcast to it.
**
** Not here: which region a script named (bind/index.c).
*/
#include "kernel/copy.h"

ae_status ae_tensor_assign(ae_context *ctx, const char *who, ae_tensor *dst, const int64_t *start,
                           const int64_t *length, ae_dimset dropped, const ae_tensor *src, ae_error *err) {
  if (src->type != dst->type) {
    return ae_fail(err, AE_TYPE, "%s: wants %s, the type it writes into, got %s", who, ae_type_name(dst->type),
                   ae_type_name(src->type));
  }
  const size_t element = ae_type_size(dst->type);
  ae_copy plan = {.element = element, .ndim = dst->shape.ndim};
  ae_shape box = {0};
  int64_t strides[AE_MAX_DIMS], source[AE_MAX_DIMS], first = 0;
  ae_copy_strides(&dst->shape, strides);
  ae_copy_strides(&src->shape, source);
  for (int d = 0; d < dst->shape.ndim; d++) {
    first += start[d] * strides[d];
    if ((dropped >> d & 1) == 0) box.dims[box.ndim++] = length[d];
  }
  int from = src->shape.ndim - 1;
  bool fits = true;
  for (int d = dst->shape.ndim - 1; d >= 0; d--) {
    plan.dims[d] = length[d];
    plan.to[d] = strides[d];
    plan.from[d] = 0;
    if ((dropped >> d & 1) != 0 || from < 0) continue;
    if (src->shape.dims[from] == length[d])
      plan.from[d] = source[from];
    else if (src->shape.dims[from] != 1)
      fits = false;
    from--;
  }
  for (; from >= 0; from--) fits = fits && src->shape.dims[from] == 1;
  if (!fits) {
    char a[AE_SHAPE_TEXT], b[AE_SHAPE_TEXT];
    return ae_fail(err, AE_SHAPE, "%s: %s does not broadcast to %s", who, ae_shape_text(&src->shape, a),
                   ae_shape_text(&box, b));
  }
  ae_tensor *copy = NULL;
  if (src->storage == dst->storage) {
    AE_TRY(ae_tensor_clone(ctx, src, &copy, err));
    src = copy;
  }
  ae_copy_strided(ctx, &plan, (char *)ae_tensor_bytes(dst) + first * (int64_t)element, ae_tensor_bytes(src));
  ae_storage_touch(dst->storage);
  ae_tensor_release(copy);
  return AE_OK;
}
