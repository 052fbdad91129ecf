/*
** reduce_extreme: smallest and largest elements, and the largest magnitude. A
** nan is smaller and larger than everything: it is the result.
**
** Not here: cutting into tasks (reduce.c), where the extreme is (op/argmax.c).
*/
#include "kernel/reduce_cut.h"
#include "kernel/vmath.h"

enum { LANES = 32, SHORT = 32 };

/* ---- Reals ---- */

AE_INLINE real real_start(ae_extreme which) {
  return which == AE_MIN ? (real)INFINITY : which == AE_MAX ? -(real)INFINITY : 0;
}

AE_INLINE real real_better(ae_extreme which, real a, real x) {
  x = which == AE_MAX_ABS ? ae_abs(x) : x;
  return ((which == AE_MIN ? x < a : x > a) | (x != x)) ? x : a;
}

AE_INLINE real real_row(ae_extreme which, const real *x, int64_t n) {
  real lane[LANES];
  int64_t i = 0;
  for (int l = 0; l < LANES; l++) lane[l] = real_start(which);
  for (; i + LANES <= n; i += LANES) {
    for (int l = 0; l < LANES; l++) lane[l] = real_better(which, lane[l], x[i + l]);
  }
  for (; i < n; i++) lane[0] = real_better(which, lane[0], x[i]);
  for (int step = LANES / 2; step > 0; step /= 2) {
    for (int l = 0; l < step; l++) lane[l] = real_better(which, lane[l], lane[l + step]);
  }
  return lane[0];
}

/* Short rows are taken SHORT at a time, side by side. */
AE_INLINE void real_rows_of(ae_extreme which, const real *x, int64_t count, int64_t n, real *acc) {
  int64_t row = 0;
  for (; n < LANES && row + SHORT <= count; row += SHORT) {
    real lane[SHORT], column[SHORT];
    for (int l = 0; l < SHORT; l++) lane[l] = real_start(which);
    for (int64_t i = 0; i < n; i++) {
      for (int l = 0; l < SHORT; l++) column[l] = x[(row + l) * n + i];
      for (int l = 0; l < SHORT; l++) lane[l] = real_better(which, lane[l], column[l]);
    }
    for (int l = 0; l < SHORT; l++) acc[row + l] = lane[l];
  }
  for (; row < count; row++) acc[row] = real_row(which, x + row * n, n);
}

AE_INLINE void real_columns_of(ae_extreme which, const real *x, int64_t n, int64_t stride, int64_t width,
                               real *restrict acc) {
  for (int64_t j = 0; j < width; j++) acc[j] = real_start(which);
  int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const real *row = x + i * stride;
    for (int64_t j = 0; j < width; j++) {
      const real a = real_better(which, real_better(which, acc[j], row[j]), row[stride + j]);
      acc[j] = real_better(which, real_better(which, a, row[2 * stride + j]), row[3 * stride + j]);
    }
  }
  for (; i < n; i++) {
    for (int64_t j = 0; j < width; j++) acc[j] = real_better(which, acc[j], x[i * stride + j]);
  }
}

AE_SIMD static void real_rows(ae_type type, int which, const void *x, int64_t count, int64_t n, const double *center,
                              void *acc) {
  (void)type, (void)center;
  switch ((ae_extreme)which) {
  case AE_MIN:
    real_rows_of(AE_MIN, x, count, n, acc);
    break;
  case AE_MAX:
    real_rows_of(AE_MAX, x, count, n, acc);
    break;
  case AE_MAX_ABS:
    real_rows_of(AE_MAX_ABS, x, count, n, acc);
    break;
  }
}

AE_SIMD static void real_columns(ae_type type, int which, const void *x, int64_t n, int64_t stride, int64_t width,
                                 const double *center, void *acc) {
  (void)type, (void)center;
  switch ((ae_extreme)which) {
  case AE_MIN:
    real_columns_of(AE_MIN, x, n, stride, width, acc);
    break;
  case AE_MAX:
    real_columns_of(AE_MAX, x, n, stride, width, acc);
    break;
  case AE_MAX_ABS:
    real_columns_of(AE_MAX_ABS, x, n, stride, width, acc);
    break;
  }
}

static void real_combine(ae_type type, int which, void *acc, const void *partial, int64_t n) {
  (void)type;
  real *a = acc;
  const real *p = partial;
  for (int64_t j = 0; j < n; j++) a[j] = real_better((ae_extreme)which, a[j], p[j]);
}

/* ---- Whole numbers, with int32_t accumulators ---- */

AE_INLINE int32_t whole_load(ae_type type, const void *x, int64_t i) {
  return type == AE_U8 ? ((const uint8_t *)x)[i] : ((const int32_t *)x)[i];
}

AE_INLINE int32_t whole_start(ae_type type, ae_extreme which) {
  if (which == AE_MIN) return type == AE_U8 ? UINT8_MAX : INT32_MAX;
  return type == AE_U8 ? 0 : INT32_MIN;
}

AE_INLINE int32_t whole_better(ae_extreme which, int32_t a, int32_t x) {
  return (which == AE_MIN ? x < a : x > a) ? x : a;
}

AE_INLINE void whole_rows_of(ae_type type, ae_extreme which, const void *x, int64_t count, int64_t n, int32_t *acc) {
  for (int64_t row = 0; row < count; row++) {
    int32_t lane[LANES];
    const int64_t first = row * n;
    int64_t i = 0;
    for (int l = 0; l < LANES; l++) lane[l] = whole_start(type, which);
    for (; i + LANES <= n; i += LANES) {
      for (int l = 0; l < LANES; l++) lane[l] = whole_better(which, lane[l], whole_load(type, x, first + i + l));
    }
    for (; i < n; i++) lane[0] = whole_better(which, lane[0], whole_load(type, x, first + i));
    for (int step = LANES / 2; step > 0; step /= 2) {
      for (int l = 0; l < step; l++) lane[l] = whole_better(which, lane[l], lane[l + step]);
    }
    acc[row] = lane[0];
  }
}

AE_INLINE void whole_columns_of(ae_type type, ae_extreme which, const void *x, int64_t n, int64_t stride, int64_t width,
                                int32_t *restrict acc) {
  for (int64_t j = 0; j < width; j++) acc[j] = whole_start(type, which);
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j < width; j++) acc[j] = whole_better(which, acc[j], whole_load(type, x, i * stride + j));
  }
}

AE_SIMD static void whole_rows(ae_type type, int which, const void *x, int64_t count, int64_t n, const double *center,
                               void *acc) {
  (void)center;
  if (type == AE_U8 && which == AE_MIN)
    whole_rows_of(AE_U8, AE_MIN, x, count, n, acc);
  else if (type == AE_U8)
    whole_rows_of(AE_U8, AE_MAX, x, count, n, acc);
  else if (which == AE_MIN)
    whole_rows_of(AE_I32, AE_MIN, x, count, n, acc);
  else
    whole_rows_of(AE_I32, AE_MAX, x, count, n, acc);
}

AE_SIMD static void whole_columns(ae_type type, int which, const void *x, int64_t n, int64_t stride, int64_t width,
                                  const double *center, void *acc) {
  (void)center;
  if (type == AE_U8 && which == AE_MIN)
    whole_columns_of(AE_U8, AE_MIN, x, n, stride, width, acc);
  else if (type == AE_U8)
    whole_columns_of(AE_U8, AE_MAX, x, n, stride, width, acc);
  else if (which == AE_MIN)
    whole_columns_of(AE_I32, AE_MIN, x, n, stride, width, acc);
  else
    whole_columns_of(AE_I32, AE_MAX, x, n, stride, width, acc);
}

static void whole_combine(ae_type type, int which, void *acc, const void *partial, int64_t n) {
  (void)type;
  int32_t *a = acc;
  const int32_t *p = partial;
  for (int64_t j = 0; j < n; j++) a[j] = whole_better((ae_extreme)which, a[j], p[j]);
}

static void finish_u8(const void *acc, int64_t n, double scale, void *out) {
  (void)scale;
  const int32_t *a = acc;
  uint8_t *y = out;
  for (int64_t j = 0; j < n; j++) y[j] = (uint8_t)a[j];
}

static const ae_reduce_loops of_reals = {sizeof(real), sizeof(real), real_rows, real_columns, real_combine, NULL};
static const ae_reduce_loops of_i32 = {sizeof(int32_t), sizeof(int32_t), whole_rows,
                                       whole_columns,   whole_combine,   NULL};
static const ae_reduce_loops of_u8 = {sizeof(int32_t), 1, whole_rows, whole_columns, whole_combine, finish_u8};

ae_status ae_reduce_extreme(ae_context *ctx, const ae_reduce_view *view, ae_extreme which, void *out, ae_error *err) {
  const ae_reduce_loops *loops = view->type == AE_U8 ? &of_u8 : view->type == AE_I32 ? &of_i32 : &of_reals;
  return ae_reduce_run(ctx, view, loops, (int)which, NULL, 1, out, err);
}
