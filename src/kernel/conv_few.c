/*
** conv_few: convolution to 1 to 4 output channels, as a last layer has it,
** without a column matrix. Weights are kept by output channel, [K, R, S*C], so
** that one row of a kernel is a plain array that lies beside S neighbouring
** pixels of x:
**   forward   dot products, sixteen sums side by side
**   data      dx += dy[k] * weights, over the same arrays
**   weights   the same arrays += dy[k] * x, four outputs at a time
** Split over rows of y (forward), of dx (data), and rows of y with a sum of its
** own for every thread (weights).
*/
#include <string.h>

#include "kernel/conv_paths.h"

enum { LANES = 16, TOGETHER = 4 };

typedef struct pass {
  const ae_conv *conv;
  int64_t taps;       /* r * s * c */
  int64_t piece;      /* neighbouring elements of x under one piece of the kernel: s * c, dilated: c */
  int64_t pieces;     /* of one row of the kernel */
  int64_t piece_taps; /* s, dilated: 1 */
  const real *x, *dy;
  real *weights; /* [k, taps] */
  real *out;     /* y or dx */
  real *sums;    /* weights: [parts, k, taps] */
  const ae_conv_finish *finish;
} pass;

static pass pass_over(const ae_conv *conv) {
  const bool dilated = conv->dilation_w != 1;
  return (pass){.conv = conv,
                .taps = conv->r * conv->s * conv->c,
                .piece = dilated ? conv->c : conv->s * conv->c,
                .pieces = dilated ? conv->s : 1,
                .piece_taps = dilated ? 1 : conv->s};
}

/* [taps, k] to [k, taps] */
static void pack(const pass *p, const real *w, real *weights) {
  const int64_t k = p->conv->k;
  for (int64_t i = 0; i < p->taps; i++)
    for (int64_t j = 0; j < k; j++) weights[j * p->taps + i] = w[i * k + j];
}

static void unpack(const pass *p, const real *weights, real *w) {
  const int64_t k = p->conv->k;
  for (int64_t i = 0; i < p->taps; i++)
    for (int64_t j = 0; j < k; j++) w[i * k + j] = weights[j * p->taps + i];
}

/* Where piece `number` of kernel row r meets a row of x for output q. */
typedef struct meeting {
  int64_t x;      /* element of x's row */
  int64_t weight; /* element of [taps] */
  int64_t count;  /* 0: all of it outside */
} meeting;

AE_INLINE meeting meet(const pass *p, int64_t r, int64_t number, int64_t q) {
  const ae_conv *conv = p->conv;
  const int64_t w = q * conv->stride_w - conv->left + number * conv->dilation_w;
  const int64_t begin = w < 0 ? -w : 0, end = conv->w - w < p->piece_taps ? conv->w - w : p->piece_taps;
  if (begin >= end) return (meeting){0, 0, 0};
  return (meeting){(w + begin) * conv->c, r * conv->s * conv->c + number * p->piece + begin * conv->c,
                   (end - begin) * conv->c};
}

/* ---- Forward ---- */

/* y[q, k] for all q of row (n, p); K = conv->k, known when compiled. */
AE_INLINE void forward_row(const pass *p, int64_t n, int64_t row, int K) {
  const ae_conv *conv = p->conv;
  real *y = p->out + (n * conv->p + row) * conv->q * K;
  const int64_t top = row * conv->stride_h - conv->top;
  const ae_range taps = ae_window_taps(top, conv->h, conv->r, conv->dilation_h);
  for (int64_t q = 0; q < conv->q; q++, y += K) {
    real lane[AE_CONV_FEW][LANES] = {{0}}, rest[AE_CONV_FEW] = {0};
    for (int64_t r = taps.begin; r < taps.end; r++) {
      const real *line = p->x + (n * conv->h + top + r * conv->dilation_h) * conv->w * conv->c;
      for (int64_t number = 0; number < p->pieces; number++) {
        const meeting m = meet(p, r, number, q);
        const real *x = line + m.x, *w = p->weights + m.weight;
        int64_t i = 0;
        for (; i + LANES <= m.count; i += LANES)
          for (int k = 0; k < K; k++)
            for (int l = 0; l < LANES; l++) lane[k][l] += x[i + l] * w[k * p->taps + i + l];
        for (; i < m.count; i++)
          for (int k = 0; k < K; k++) rest[k] += x[i] * w[k * p->taps + i];
      }
    }
    for (int k = 0; k < K; k++) {
      for (int half = LANES / 2; half > 0; half /= 2)
        for (int l = 0; l < half; l++) lane[k][l] += lane[k][l + half];
      y[k] = rest[k] + lane[k][0];
    }
  }
}

#define FOR_EACH_ROW(name)                                                                                             \
  AE_SIMD static void name##_1(const pass *p, int64_t n, int64_t row) {                                                \
    name(p, n, row, 1);                                                                                                \
  }                                                                                                                    \
  AE_SIMD static void name##_2(const pass *p, int64_t n, int64_t row) {                                                \
    name(p, n, row, 2);                                                                                                \
  }                                                                                                                    \
  AE_SIMD static void name##_3(const pass *p, int64_t n, int64_t row) {                                                \
    name(p, n, row, 3);                                                                                                \
  }                                                                                                                    \
  AE_SIMD static void name##_4(const pass *p, int64_t n, int64_t row) {                                                \
    name(p, n, row, 4);                                                                                                \
  }                                                                                                                    \
  static void (*const name##_of[])(const pass *p, int64_t n, int64_t row) = {name##_1, name##_2, name##_3, name##_4};

/* clang-format off */
FOR_EACH_ROW(forward_row)
/* clang-format on */

static void forward_rows(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  const ae_conv *conv = p->conv;
  (void)part;
  for (int64_t row = begin; row < end; row++) {
    forward_row_of[conv->k - 1](p, row / conv->p, row % conv->p);
    ae_conv_finish_rows(p->finish, conv->k, row * conv->q, conv->q, p->out);
  }
}

static ae_status few_forward(ae_context *ctx, const ae_conv *conv, const real *x, const real *w,
                             const ae_conv_finish *finish, real *y, ae_error *err) {
  pass p = pass_over(conv);
  const size_t bytes = (size_t)(p.taps * conv->k) * sizeof(real);
  void *block;
  AE_TRY(ae_allocate(ctx->allocator, bytes, &block, err));
  p.x = x, p.out = y, p.weights = block, p.finish = finish;
  pack(&p, w, p.weights);
  const int64_t rows = conv->n * conv->p;
  ae_parallel_parts(ctx, rows, ae_conv_parts(ctx, conv, rows), forward_rows, &p);
  ae_free(ctx->allocator, block, bytes);
  return AE_OK;
}

/* ---- Gradient of the data ---- */

/* dx[h] of image n, from every row of y that reads it. */
AE_INLINE void data_row(const pass *p, int64_t n, int64_t h, int K) {
  const ae_conv *conv = p->conv;
  real *line = p->out + (n * conv->h + h) * conv->w * conv->c;
  for (int64_t i = 0; i < conv->w * conv->c; i++) line[i] = 0;
  for (int64_t r = 0; r < conv->r; r++) {
    const int64_t at = h + conv->top - r * conv->dilation_h, row = at / conv->stride_h;
    if (at < 0 || at % conv->stride_h != 0 || row >= conv->p) continue;
    const real *dy = p->dy + (n * conv->p + row) * conv->q * K;
    for (int64_t q = 0; q < conv->q; q++, dy += K)
      for (int64_t number = 0; number < p->pieces; number++) {
        const meeting m = meet(p, r, number, q);
        const real *restrict w = p->weights + m.weight;
        real *restrict to = line + m.x;
        for (int64_t i = 0; i < m.count; i++) {
          real sum = to[i];
          for (int k = 0; k < K; k++) sum += dy[k] * w[k * p->taps + i];
          to[i] = sum;
        }
      }
  }
}

/* clang-format off */
FOR_EACH_ROW(data_row)
/* clang-format on */

static void data_rows(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  const ae_conv *conv = p->conv;
  (void)part;
  for (int64_t row = begin; row < end; row++) {
    data_row_of[conv->k - 1](p, row / conv->h, row % conv->h);
    ae_conv_finish_rows(p->finish, conv->c, row * conv->w, conv->w, p->out);
  }
}

static ae_status few_data_gradient(ae_context *ctx, const ae_conv *conv, const real *dy, const real *w,
                                   const ae_conv_finish *finish, real *dx, ae_error *err) {
  pass p = pass_over(conv);
  const size_t bytes = (size_t)(p.taps * conv->k) * sizeof(real);
  void *block;
  AE_TRY(ae_allocate(ctx->allocator, bytes, &block, err));
  p.dy = dy, p.out = dx, p.weights = block, p.finish = finish;
  pack(&p, w, p.weights);
  const int64_t rows = conv->n * conv->h;
  ae_parallel_parts(ctx, rows, ae_conv_parts(ctx, conv, rows), data_rows, &p);
  ae_free(ctx->allocator, block, bytes);
  return AE_OK;
}

/* ---- Gradient of the weights ---- */

/* to[i] += f0 x[i] + f1 x[step + i] + f2 x[2 step + i] + f3 x[3 step + i] */
AE_SIMD static void add_four(int64_t n, const real f[TOGETHER], const real *restrict x, int64_t step,
                             real *restrict to) {
  const real f0 = f[0], f1 = f[1], f2 = f[2], f3 = f[3];
  for (int64_t i = 0; i < n; i++)
    to[i] += (f0 * x[i] + f1 * x[step + i]) + (f2 * x[2 * step + i] + f3 * x[3 * step + i]);
}

AE_SIMD static void add_one(int64_t n, real f, const real *restrict x, real *restrict to) {
  for (int64_t i = 0; i < n; i++) to[i] += f * x[i];
}

/* What row (n, row) of dy adds to piece `number` of kernel row r. */
static void weight_piece(const pass *p, const real *line, const real *dy, int64_t r, int64_t number, real *sums) {
  const ae_conv *conv = p->conv;
  const int64_t K = conv->k, step = conv->stride_w * conv->c;
  for (int64_t q = 0; q < conv->q;) {
    const meeting m = meet(p, r, number, q);
    const bool four =
        q + TOGETHER <= conv->q && m.count == p->piece && meet(p, r, number, q + TOGETHER - 1).count == p->piece;
    for (int64_t k = 0; k < K && m.count > 0; k++) {
      real *to = sums + k * p->taps + m.weight;
      if (four) {
        const real *d = dy + q * K + k, f[TOGETHER] = {d[0], d[K], d[2 * K], d[3 * K]};
        add_four(m.count, f, line + m.x, step, to);
      } else {
        add_one(m.count, dy[q * K + k], line + m.x, to);
      }
    }
    q += four ? TOGETHER : 1;
  }
}

static void weight_rows(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  const ae_conv *conv = p->conv;
  real *sums = p->sums + part * conv->k * p->taps;
  memset(sums, 0, (size_t)(conv->k * p->taps) * sizeof *sums);
  for (int64_t row = begin; row < end; row++) {
    const int64_t n = row / conv->p, top = row % conv->p * conv->stride_h - conv->top;
    const ae_range taps = ae_window_taps(top, conv->h, conv->r, conv->dilation_h);
    for (int64_t r = taps.begin; r < taps.end; r++) {
      const real *line = p->x + (n * conv->h + top + r * conv->dilation_h) * conv->w * conv->c;
      for (int64_t number = 0; number < p->pieces; number++)
        weight_piece(p, line, p->dy + row * conv->q * conv->k, r, number, sums);
    }
  }
}

static ae_status few_weight_gradient(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy, real *dw,
                                     ae_error *err) {
  pass p = pass_over(conv);
  const int64_t rows = conv->n * conv->p, count = p.taps * conv->k;
  const int parts = ae_conv_parts(ctx, conv, rows);
  const size_t bytes = (size_t)parts * (size_t)count * sizeof(real);
  void *block;
  AE_TRY(ae_allocate(ctx->allocator, bytes, &block, err));
  p.x = x, p.dy = dy, p.sums = block;
  ae_parallel_parts(ctx, rows, parts, weight_rows, &p);
  ae_conv_add_parts(ctx, p.sums, p.sums + count, parts - 1, count);
  unpack(&p, p.sums, dw);
  ae_free(ctx->allocator, block, bytes);
  return AE_OK;
}

const ae_conv_path ae_conv_few = {few_forward, few_data_gradient, few_weight_gradient};
