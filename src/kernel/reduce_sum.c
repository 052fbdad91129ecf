/*
** reduce_sum: sums in double of x, |x|, x^2, (x - c)^2, exp(x - c) and counts.
** A row is summed in LANES interleaved parts, which any vector width divides:
** the order of additions is the same for every instruction set.
**
** Not here: cutting into tasks (reduce.c).
*/
#include "kernel/reduce_cut.h"
#include "kernel/vmath.h"

enum { LANES = 32, SHORT = 32, NARROW = 16, FOLD = 64 };

AE_INLINE double load(ae_type type, const void *x, int64_t i) {
  return type == AE_I32 ? (double)((const int32_t *)x)[i] : (double)((const real *)x)[i];
}

AE_INLINE double term_of(ae_term term, double x, double c) {
  switch (term) {
  case AE_TERM_NONZERO:
    return x != 0 ? 1 : 0;
  case AE_TERM_ABS:
    return x < 0 ? -x : x;
  case AE_TERM_SQUARE:
    return x * x;
  case AE_TERM_DEVIATION:
    return (x - c) * (x - c);
  case AE_TERM_EXP:
    return (double)ae_exp((real)x - (real)c);
  case AE_TERM_EQUAL:
    return x == c ? 1 : 0;
  case AE_TERM_EQUAL_ABS:
    return (x < 0 ? -x : x) == c ? 1 : 0;
  default:
    return x;
  }
}

AE_INLINE double sum_row(ae_type type, ae_term term, const void *x, int64_t first, int64_t n, double c) {
  double lane[LANES] = {0};
  double tail = 0;
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    for (int l = 0; l < LANES; l++) lane[l] += term_of(term, load(type, x, first + i + l), c);
  }
  for (; i < n; i++) tail += term_of(term, load(type, x, first + i), c);
  if (n < LANES) return tail;
  for (int step = LANES / 2; step > 0; step /= 2) {
    for (int l = 0; l < step; l++) lane[l] += lane[l + step];
  }
  return lane[0] + tail;
}

/* Bytes are added up as they are, BYTES at most into one number of 32 bits. */
enum { BYTES = 1 << 24 };

AE_INLINE uint32_t byte_term(ae_term term, uint8_t x) {
  return term == AE_TERM_NONZERO ? x != 0 : x;
}

AE_INLINE double byte_row(ae_term term, const uint8_t *x, int64_t n) {
  double sum = 0;
  for (; n > 0; n -= BYTES, x += BYTES) {
    uint32_t lane[LANES] = {0};
    const int64_t part = n < BYTES ? n : BYTES;
    int64_t i = 0;
    for (; i + LANES <= part; i += LANES) {
      for (int l = 0; l < LANES; l++) lane[l] += byte_term(term, x[i + l]);
    }
    for (; i < part; i++) lane[0] += byte_term(term, x[i]);
    for (int l = 0; l < LANES; l++) sum += lane[l];
  }
  return sum;
}

AE_INLINE void byte_columns(ae_term term, const uint8_t *x, int64_t rows, int64_t stride, int64_t width,
                            double *restrict acc) {
  uint32_t part[AE_REDUCE_WIDTH];
  for (int64_t j = 0; j < width; j++) acc[j] = 0;
  for (int64_t i = 0; i < rows;) {
    const int64_t end = rows - i < BYTES ? rows : i + BYTES;
    for (int64_t j = 0; j < width; j++) part[j] = 0;
    for (; i < end; i++) {
      for (int64_t j = 0; j < width; j++) part[j] += byte_term(term, x[i * stride + j]);
    }
    for (int64_t j = 0; j < width; j++) acc[j] += part[j];
  }
}

/* Short rows of reals are taken SHORT at a time, side by side. */
AE_INLINE void sum_rows(ae_type type, ae_term term, const void *x, int64_t count, int64_t n, const double *center,
                        double *acc) {
  int64_t i = 0;
  for (; type == AE_REAL && n < LANES && i + SHORT <= count; i += SHORT) {
    double lane[SHORT] = {0};
    real column[SHORT];
    for (int64_t j = 0; j < n; j++) {
      for (int l = 0; l < SHORT; l++) column[l] = ((const real *)x)[(i + l) * n + j];
      for (int l = 0; l < SHORT; l++) lane[l] += term_of(term, (double)column[l], center ? center[i + l] : 0);
    }
    for (int l = 0; l < SHORT; l++) acc[i + l] = lane[l];
  }
  for (; i < count; i++) acc[i] = sum_row(type, term, x, i * n, n, center ? center[i] : 0);
}

AE_INLINE void add_columns(ae_type type, ae_term term, const void *x, int64_t rows, int64_t stride, int64_t width,
                           const double *restrict center, double *restrict acc) {
  for (int64_t j = 0; j < width; j++) acc[j] = 0;
  int64_t i = 0;
  for (; i + 4 <= rows; i += 4) {
    for (int64_t j = 0; j < width; j++) {
      const double c = center ? center[j] : 0;
      const int64_t k = i * stride + j;
      acc[j] += (term_of(term, load(type, x, k), c) + term_of(term, load(type, x, k + stride), c)) +
                (term_of(term, load(type, x, k + 2 * stride), c) + term_of(term, load(type, x, k + 3 * stride), c));
    }
  }
  for (; i < rows; i++) {
    for (int64_t j = 0; j < width; j++) {
      acc[j] += term_of(term, load(type, x, i * stride + j), center ? center[j] : 0);
    }
  }
}

/* Few columns: several rows are taken as one, and folded afterwards. */
AE_INLINE void sum_columns(ae_type type, ae_term term, const void *x, int64_t rows, int64_t stride, int64_t width,
                           const double *center, double *acc) {
  const int64_t fold = width <= NARROW && stride == width ? FOLD / width : 1;
  const int64_t folded = rows / fold * fold;
  if (fold == 1 || folded < 2 * fold) {
    add_columns(type, term, x, rows, stride, width, center, acc);
    return;
  }
  double wide[FOLD], centers[FOLD];
  for (int64_t j = 0; center && j < fold * width; j++) centers[j] = center[j % width];
  add_columns(type, term, x, folded / fold, fold * width, fold * width, center ? centers : NULL, wide);
  for (int64_t j = 0; j < width; j++) acc[j] = 0;
  for (int64_t j = 0; j < fold * width; j++) acc[j % width] += wide[j];
  for (int64_t k = folded * width; k < rows * width; k++) {
    acc[k % width] += term_of(term, load(type, x, k), center ? center[k % width] : 0);
  }
}

/* The switches choose among loops, each compiled for its type and term. */
AE_SIMD static void rows(ae_type type, int term, const void *x, int64_t count, int64_t n, const double *center,
                         void *acc) {
  if (type == AE_U8 && term == AE_TERM_VALUE) {
    for (int64_t i = 0; i < count; i++) ((double *)acc)[i] = byte_row(AE_TERM_VALUE, (const uint8_t *)x + i * n, n);
  } else if (type == AE_U8) {
    for (int64_t i = 0; i < count; i++) ((double *)acc)[i] = byte_row(AE_TERM_NONZERO, (const uint8_t *)x + i * n, n);
  } else if (type == AE_I32 && term == AE_TERM_VALUE) {
    sum_rows(AE_I32, AE_TERM_VALUE, x, count, n, NULL, acc);
  } else if (type == AE_I32) {
    sum_rows(AE_I32, AE_TERM_NONZERO, x, count, n, NULL, acc);
  } else {
    switch ((ae_term)term) {
    case AE_TERM_VALUE:
      sum_rows(AE_REAL, AE_TERM_VALUE, x, count, n, NULL, acc);
      break;
    case AE_TERM_NONZERO:
      sum_rows(AE_REAL, AE_TERM_NONZERO, x, count, n, NULL, acc);
      break;
    case AE_TERM_ABS:
      sum_rows(AE_REAL, AE_TERM_ABS, x, count, n, NULL, acc);
      break;
    case AE_TERM_SQUARE:
      sum_rows(AE_REAL, AE_TERM_SQUARE, x, count, n, NULL, acc);
      break;
    case AE_TERM_DEVIATION:
      sum_rows(AE_REAL, AE_TERM_DEVIATION, x, count, n, center, acc);
      break;
    case AE_TERM_EXP:
      sum_rows(AE_REAL, AE_TERM_EXP, x, count, n, center, acc);
      break;
    case AE_TERM_EQUAL:
      sum_rows(AE_REAL, AE_TERM_EQUAL, x, count, n, center, acc);
      break;
    case AE_TERM_EQUAL_ABS:
      sum_rows(AE_REAL, AE_TERM_EQUAL_ABS, x, count, n, center, acc);
      break;
    }
  }
}

AE_SIMD static void columns(ae_type type, int term, const void *x, int64_t n, int64_t stride, int64_t width,
                            const double *center, void *acc) {
  if (type == AE_U8 && term == AE_TERM_VALUE) {
    byte_columns(AE_TERM_VALUE, x, n, stride, width, acc);
  } else if (type == AE_U8) {
    byte_columns(AE_TERM_NONZERO, x, n, stride, width, acc);
  } else if (type == AE_I32 && term == AE_TERM_VALUE) {
    sum_columns(AE_I32, AE_TERM_VALUE, x, n, stride, width, NULL, acc);
  } else if (type == AE_I32) {
    sum_columns(AE_I32, AE_TERM_NONZERO, x, n, stride, width, NULL, acc);
  } else {
    switch ((ae_term)term) {
    case AE_TERM_VALUE:
      sum_columns(AE_REAL, AE_TERM_VALUE, x, n, stride, width, NULL, acc);
      break;
    case AE_TERM_NONZERO:
      sum_columns(AE_REAL, AE_TERM_NONZERO, x, n, stride, width, NULL, acc);
      break;
    case AE_TERM_ABS:
      sum_columns(AE_REAL, AE_TERM_ABS, x, n, stride, width, NULL, acc);
      break;
    case AE_TERM_SQUARE:
      sum_columns(AE_REAL, AE_TERM_SQUARE, x, n, stride, width, NULL, acc);
      break;
    case AE_TERM_DEVIATION:
      sum_columns(AE_REAL, AE_TERM_DEVIATION, x, n, stride, width, center, acc);
      break;
    case AE_TERM_EXP:
      sum_columns(AE_REAL, AE_TERM_EXP, x, n, stride, width, center, acc);
      break;
    case AE_TERM_EQUAL:
      sum_columns(AE_REAL, AE_TERM_EQUAL, x, n, stride, width, center, acc);
      break;
    case AE_TERM_EQUAL_ABS:
      sum_columns(AE_REAL, AE_TERM_EQUAL_ABS, x, n, stride, width, center, acc);
      break;
    }
  }
}

static void combine(ae_type type, int term, void *acc, const void *partial, int64_t n) {
  (void)type, (void)term;
  double *a = acc;
  const double *p = partial;
  for (int64_t j = 0; j < n; j++) a[j] += p[j];
}
static void finish_real(const void *acc, int64_t n, double scale, void *out) {
  const double *a = acc;
  real *y = out;
  for (int64_t j = 0; j < n; j++) y[j] = (real)(a[j] * scale);
}
static void finish_wide(const void *acc, int64_t n, double scale, void *out) {
  const double *a = acc;
  double *y = out;
  for (int64_t j = 0; j < n; j++) y[j] = a[j] * scale;
}

static const ae_reduce_loops to_real = {sizeof(double), sizeof(real), rows, columns, combine, finish_real};
static const ae_reduce_loops to_wide = {sizeof(double), sizeof(double), rows, columns, combine, finish_wide};

ae_status ae_reduce_sum(ae_context *ctx, const ae_reduce_view *view, ae_term term, const double *center, double scale,
                        real *out, ae_error *err) {
  return ae_reduce_run(ctx, view, &to_real, (int)term, center, scale, out, err);
}

ae_status ae_reduce_sum_wide(ae_context *ctx, const ae_reduce_view *view, ae_term term, const double *center,
                             double scale, double *out, ae_error *err) {
  return ae_reduce_run(ctx, view, &to_wide, (int)term, center, scale, out, err);
}
