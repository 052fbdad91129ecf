/*
** tensor_data: elements in, out and across; large copies are split over threads.
*/
#include <inttypes.h>
#include <string.h>

#include "core/parallel.h"
#include "core/tensor.h"

/* Bytes that one thread copies before a second is worth waking. */
enum { COPY_GRAIN = 1 << 20 };

struct copy {
  char *dst;
  const char *src;
};

static void copy_range(void *arg, int64_t begin, int64_t end) {
  const struct copy *c = arg;
  memcpy(c->dst + begin, c->src + begin, (size_t)(end - begin));
}

void ae_tensor_copy(ae_context *ctx, ae_tensor *dst, const ae_tensor *src) {
  struct copy c = {ae_tensor_bytes(dst), ae_tensor_bytes(src)};
  int64_t bytes = src->count * (int64_t)ae_type_size(src->type);
  if (c.dst != c.src) {
    /* Views of one storage may overlap. */
    if (dst->storage == src->storage)
      memmove(c.dst, c.src, (size_t)bytes);
    else
      ae_parallel(ctx, bytes, COPY_GRAIN, copy_range, &c);
  }
  ae_storage_touch(dst->storage);
}

struct fill {
  real *dst;
  const real *src;
  real value;
};

AE_SIMD static void add_loop(real *dst, const real *src, int64_t n) {
  for (int64_t i = 0; i < n; i++) dst[i] += src[i];
}

static void add_range(void *arg, int64_t begin, int64_t end) {
  const struct fill *f = arg;
  add_loop(f->dst + begin, f->src + begin, end - begin);
}

void ae_tensor_accumulate(ae_context *ctx, ae_tensor *dst, const ae_tensor *src) {
  struct fill f = {.dst = ae_reals(dst), .src = ae_reals(src)};
  ae_parallel(ctx, dst->count, AE_GRAIN_CHEAP, add_range, &f);
  ae_storage_touch(dst->storage);
}

static void fill_range(void *arg, int64_t begin, int64_t end) {
  const struct fill *f = arg;
  for (int64_t i = begin; i < end; i++) f->dst[i] = f->value;
}

void ae_tensor_fill(ae_context *ctx, ae_tensor *t, double value) {
  if (t->type == AE_REAL) {
    struct fill f = {.dst = ae_reals(t), .value = (real)value};
    ae_parallel(ctx, t->count, COPY_GRAIN / (int64_t)sizeof(real), fill_range, &f);
  } else if (t->type == AE_U8) {
    memset(ae_tensor_bytes(t), (int)value, (size_t)t->count);
  } else {
    int32_t *dst = ae_i32s(t);
    for (int64_t i = 0; i < t->count; i++) dst[i] = (int32_t)value;
  }
  ae_storage_touch(t->storage);
}

double ae_tensor_get(const ae_tensor *t, int64_t i) {
  switch (t->type) {
  case AE_U8:
    return ae_u8s(t)[i];
  case AE_I32:
    return ae_i32s(t)[i];
  default:
    return (double)ae_reals(t)[i];
  }
}

void ae_tensor_set(ae_tensor *t, int64_t i, double value) {
  switch (t->type) {
  case AE_U8:
    ae_u8s(t)[i] = (uint8_t)value;
    break;
  case AE_I32:
    ae_i32s(t)[i] = (int32_t)value;
    break;
  default:
    ae_reals(t)[i] = (real)value;
    break;
  }
}

ae_status ae_tensor_read(const ae_tensor *t, double *values, int64_t count, ae_error *err) {
  if (count != t->count)
    return ae_fail(err, AE_SHAPE, "read: the tensor has %" PRId64 " elements, wanted %" PRId64, t->count, count);
  for (int64_t i = 0; i < count; i++) values[i] = ae_tensor_get(t, i);
  return AE_OK;
}

ae_status ae_tensor_from_reals(ae_context *ctx, int ndim, const int64_t *dims, const double *values, ae_tensor **out,
                               ae_error *err) {
  ae_shape shape;
  ae_tensor *t;
  AE_TRY(ae_shape_make("tensor", ndim, dims, &shape, err));
  AE_TRY(ae_tensor_new(ctx, AE_REAL, &shape, &t, err));
  for (int64_t i = 0; i < t->count; i++) ae_reals(t)[i] = (real)values[i];
  *out = t;
  return AE_OK;
}

ae_status ae_tensor_from_bytes(ae_context *ctx, int ndim, const int64_t *dims, const uint8_t *values, ae_tensor **out,
                               ae_error *err) {
  ae_shape shape;
  ae_tensor *t;
  AE_TRY(ae_shape_make("tensor", ndim, dims, &shape, err));
  AE_TRY(ae_tensor_new(ctx, AE_U8, &shape, &t, err));
  if (t->count) memcpy(ae_tensor_bytes(t), values, (size_t)t->count);
  *out = t;
  return AE_OK;
}
