/*
** conv_tiles: convolution as products over tiles of the column matrix
** (im2col), which is never made as a whole. A row of it holds what one output
** pixel reads:
**   columns [N*P*Q, R*S*C/G]   w_g [R*S*C/G, K/G], a slice of w's columns
**   forward   y_g = columns_g w_g
**   data      columns' gradient = dy_g w_g^T, added where the columns came from
**   weights   dw_g = columns_g^T dy_g, summed over tiles
** A tile fits half a second-level cache. A 1x1 kernel with stride 1 reads x as
** it lies. Forward and weights are split over output pixels, weights with a sum
** of its own for every thread, added up in order; data over images and, where
** those are few, bands of dx's rows.
*/
#include <stdatomic.h>
#include <string.h>

#include "kernel/conv_paths.h"
#include "kernel/gemm.h"

enum { TILE_BYTES = 1 << 18, TILE_ROWS = 16, BANDS_PER_THREAD = 4 };

typedef struct pass {
  ae_context *ctx;
  const ae_conv *conv;
  ae_gemm_plan plan;
  bool whole;   /* one part, whose products ae_gemm splits */
  bool plain;   /* x is the column matrix */
  int64_t taps; /* r * s * c/g */
  int64_t group_c, group_k;
  int64_t tile_rows;
  real *columns; /* [parts, tile_rows, taps] */
  const real *x, *w, *dy;
  real *out;  /* y, dx or dw */
  real *sums; /* weights: [parts - 1, count of w] */
  int64_t bands, band_rows;
  const ae_conv_finish *finish;
  atomic_bool failed;
} pass;

static pass pass_over(ae_context *ctx, const ae_conv *conv) {
  pass p = {.ctx = ctx, .conv = conv, .group_c = conv->c / conv->groups, .group_k = conv->k / conv->groups};
  p.taps = conv->r * conv->s * p.group_c;
  p.tile_rows = TILE_BYTES / ((int64_t)sizeof(real) * p.taps);
  if (p.tile_rows < TILE_ROWS) p.tile_rows = TILE_ROWS;
  int64_t rows = conv->n * conv->p * conv->q;
  if (p.tile_rows > rows) p.tile_rows = rows;
  p.plain = conv->r == 1 && conv->s == 1 && conv->stride_h == 1 && conv->stride_w == 1 && conv->top == 0 &&
            conv->left == 0 && conv->p == conv->h && conv->q == conv->w;
  return p;
}

/* Room for `parts` tiles of columns and `n_sums` sums of `count`. */
static ae_status reserve(pass *p, int parts, int n_sums, int64_t count, size_t *bytes, void **block, ae_error *err) {
  size_t columns = p->plain ? 0 : (size_t)parts * (size_t)p->tile_rows * (size_t)p->taps;
  *bytes = (columns + (size_t)n_sums * (size_t)count) * sizeof(real);
  AE_TRY(ae_allocate(p->ctx->allocator, *bytes, block, err));
  p->columns = *block;
  p->sums = p->columns + columns;
  return AE_OK;
}

static ae_status finish_pass(pass *p, void *block, size_t bytes, ae_error *err) {
  ae_free(p->ctx->allocator, block, bytes);
  if (p->failed) return ae_fail(err, AE_NO_MEMORY, "convolution: the library of products had no memory");
  return AE_OK;
}

static void multiply(pass *p, int64_t m, int64_t n, int64_t k, ae_matrix a, ae_matrix b, real beta, real *c,
                     int64_t c_stride) {
  ae_gemm_plan plan = p->plan;
  plan.n = n;
  plan.k = k;
  ae_status status = p->whole ? ae_gemm(p->ctx, m, n, k, 1, a, b, beta, c, c_stride, NULL)
                              : ae_gemm_rows(&plan, m, 1, a, b, beta, c, c_stride);
  if (status != AE_OK) atomic_store_explicit(&p->failed, true, memory_order_relaxed);
}

/* ---- Columns ---- */

/* A run of outputs q of one row (n, p) of y. */
typedef struct run {
  int64_t n, p, q, count;
} run;

static run run_at(const ae_conv *conv, int64_t row, int64_t end) {
  run r = {row / conv->q / conv->p, row / conv->q % conv->p, row % conv->q, conv->q - row % conv->q};
  if (r.count > end - row) r.count = end - row;
  return r;
}

AE_INLINE void copy_span(int64_t n, const real *from, real *to) {
  if (n >= 32) {
    memcpy(to, from, (size_t)n * sizeof *to);
  } else {
    for (int64_t i = 0; i < n; i++) to[i] = from[i];
  }
}

AE_INLINE void add_span(int64_t n, const real *from, real *to) {
  AE_IVDEP
  for (int64_t i = 0; i < n; i++) to[i] += from[i];
}

AE_INLINE void zero_span(int64_t n, real *to) {
  for (int64_t i = 0; i < n; i++) to[i] = 0;
}

/* Row r of the kernel for the outputs of a run: columns [count, taps] from their
** element r*S*group_c on. `line` is x's row, NULL: outside. */
AE_SIMD static void fill_line(const pass *p, run at, const real *line, real *columns) {
  const ae_conv *conv = p->conv;
  const int64_t width = p->group_c;
  for (int64_t i = 0; i < at.count; i++, columns += p->taps) {
    if (!line) {
      zero_span(conv->s * width, columns);
      continue;
    }
    const int64_t w = (at.q + i) * conv->stride_w - conv->left;
    const ae_range s = ae_window_taps(w, conv->w, conv->s, conv->dilation_w);
    zero_span(s.begin * width, columns);
    if (conv->dilation_w == 1 && conv->groups == 1) {
      copy_span((s.end - s.begin) * width, line + (w + s.begin) * width, columns + s.begin * width);
    } else {
      for (int64_t tap = s.begin; tap < s.end; tap++)
        copy_span(width, line + (w + tap * conv->dilation_w) * conv->c, columns + tap * width);
    }
    zero_span((conv->s - s.end) * width, columns + s.end * width);
  }
}

/* The columns of outputs row.. of group g, as a matrix [rows, taps]. */
static ae_matrix columns_of(const pass *p, int64_t g, int64_t row, int64_t rows, real *columns) {
  const ae_conv *conv = p->conv;
  if (p->plain) return (ae_matrix){p->x + row * conv->c + g * p->group_c, conv->c, false};
  const int64_t end = row + rows;
  real *to = columns;
  while (row < end) {
    run at = run_at(conv, row, end);
    for (int64_t r = 0; r < conv->r; r++) {
      const int64_t h = at.p * conv->stride_h - conv->top + r * conv->dilation_h;
      const real *line = NULL;
      if (h >= 0 && h < conv->h) line = p->x + (at.n * conv->h + h) * conv->w * conv->c + g * p->group_c;
      fill_line(p, at, line, to + r * conv->s * p->group_c);
    }
    row += at.count;
    to += at.count * p->taps;
  }
  return (ae_matrix){columns, p->taps, false};
}

/* ---- Forward ---- */

static void forward_rows(void *arg, int part, int64_t begin, int64_t end) {
  pass *p = arg;
  const ae_conv *conv = p->conv;
  real *columns = p->columns + part * p->tile_rows * p->taps;
  for (int64_t row = begin; row < end; row += p->tile_rows) {
    const int64_t rows = end - row < p->tile_rows ? end - row : p->tile_rows;
    for (int64_t g = 0; g < conv->groups; g++) {
      ae_matrix a = columns_of(p, g, row, rows, columns), b = {p->w + g * p->group_k, conv->k, false};
      multiply(p, rows, p->group_k, p->taps, a, b, 0, p->out + row * conv->k + g * p->group_k, conv->k);
    }
    ae_conv_finish_rows(p->finish, conv->k, row, rows, p->out);
  }
}

static ae_status tiles_forward(ae_context *ctx, const ae_conv *conv, const real *x, ae_conv_weights w,
                               const ae_conv_finish *finish, real *y, ae_error *err) {
  pass p = pass_over(ctx, conv);
  p.x = x, p.w = w.data, p.out = y, p.finish = finish;
  const int64_t rows = conv->n * conv->p * conv->q;
  AE_TRY(ae_gemm_plan_rows(ctx, rows, p.group_k, p.taps, &p.plan, err));
  int parts = ae_conv_parts(ctx, conv, p.plan.concurrent ? rows / TILE_ROWS : 1);
  p.whole = parts == 1 && ctx->threads > 1;
  void *block;
  size_t bytes;
  AE_TRY(reserve(&p, parts, 0, 0, &bytes, &block, err));
  ae_parallel_parts(ctx, rows, parts, forward_rows, &p);
  return finish_pass(&p, block, bytes, err);
}

/* ---- Gradient of the data ---- */

/* Rows [h_begin, h_end) of one image's dx. */
typedef struct band {
  int64_t n, h_begin, h_end;
} band;

/* Adds row r of the kernel of a run's columns to dx's row. */
AE_SIMD static void scatter_line(const pass *p, run at, const real *columns, real *line) {
  const ae_conv *conv = p->conv;
  const int64_t width = p->group_c;
  for (int64_t i = 0; i < at.count; i++, columns += p->taps) {
    const int64_t w = (at.q + i) * conv->stride_w - conv->left;
    const ae_range s = ae_window_taps(w, conv->w, conv->s, conv->dilation_w);
    if (conv->dilation_w == 1 && conv->groups == 1) {
      add_span((s.end - s.begin) * width, columns + s.begin * width, line + (w + s.begin) * width);
    } else {
      for (int64_t tap = s.begin; tap < s.end; tap++)
        add_span(width, columns + tap * width, line + (w + tap * conv->dilation_w) * conv->c);
    }
  }
}

static void scatter_columns(const pass *p, band b, int64_t g, int64_t row, int64_t rows, const real *columns) {
  const ae_conv *conv = p->conv;
  const int64_t end = row + rows;
  while (row < end) {
    run at = run_at(conv, row, end);
    for (int64_t r = 0; r < conv->r; r++) {
      const int64_t h = at.p * conv->stride_h - conv->top + r * conv->dilation_h;
      if (h < b.h_begin || h >= b.h_end) continue;
      real *line = p->out + (at.n * conv->h + h) * conv->w * conv->c + g * p->group_c;
      scatter_line(p, at, columns + r * conv->s * p->group_c, line);
    }
    row += at.count;
    columns += at.count * p->taps;
  }
}

/* The rows of y that read any of the band's. */
static ae_range rows_reading(const ae_conv *conv, band b) {
  const int64_t reach = (conv->r - 1) * conv->dilation_h, first = b.h_begin + conv->top - reach;
  const int64_t last = b.h_end - 1 + conv->top;
  ae_range p = {first > 0 ? (first - 1) / conv->stride_h + 1 : 0, last >= 0 ? last / conv->stride_h + 1 : 0};
  if (p.end > conv->p) p.end = conv->p;
  return p;
}

static void data_bands(void *arg, int part, int64_t begin, int64_t end) {
  pass *p = arg;
  const ae_conv *conv = p->conv;
  real *columns = p->columns + part * p->tile_rows * p->taps;
  for (int64_t unit = begin; unit < end; unit++) {
    band b = {unit / p->bands, unit % p->bands * p->band_rows, (unit % p->bands + 1) * p->band_rows};
    if (b.h_end > conv->h) b.h_end = conv->h;
    if (b.h_begin >= b.h_end) continue;
    const int64_t pixel = (b.n * conv->h + b.h_begin) * conv->w, pixels = (b.h_end - b.h_begin) * conv->w;
    memset(p->out + pixel * conv->c, 0, (size_t)(pixels * conv->c) * sizeof(real));
    const ae_range from = rows_reading(conv, b);
    const int64_t last = (b.n * conv->p + from.end) * conv->q;
    for (int64_t row = (b.n * conv->p + from.begin) * conv->q; row < last; row += p->tile_rows) {
      const int64_t rows = last - row < p->tile_rows ? last - row : p->tile_rows;
      for (int64_t g = 0; g < conv->groups; g++) {
        ae_matrix a = {p->dy + row * conv->k + g * p->group_k, conv->k, false};
        multiply(p, rows, p->taps, p->group_k, a, (ae_matrix){p->w + g * p->group_k, conv->k, true}, 0, columns,
                 p->taps);
        scatter_columns(p, b, g, row, rows, columns);
      }
    }
    ae_conv_finish_rows(p->finish, conv->c, pixel, pixels, p->out);
  }
}

/* dx_g = dy_g w_g^T, row by row. */
static void data_rows(void *arg, int part, int64_t begin, int64_t end) {
  pass *p = arg;
  const ae_conv *conv = p->conv;
  (void)part;
  for (int64_t row = begin; row < end; row += p->tile_rows) {
    const int64_t rows = end - row < p->tile_rows ? end - row : p->tile_rows;
    for (int64_t g = 0; g < conv->groups; g++) {
      ae_matrix a = {p->dy + row * conv->k + g * p->group_k, conv->k, false};
      multiply(p, rows, p->group_c, p->group_k, a, (ae_matrix){p->w + g * p->group_k, conv->k, true}, 0,
               p->out + row * conv->c + g * p->group_c, conv->c);
    }
    ae_conv_finish_rows(p->finish, conv->c, row, rows, p->out);
  }
}

static ae_status tiles_data_gradient(ae_context *ctx, const ae_conv *conv, const real *dy, ae_conv_weights w,
                                     const ae_conv_finish *finish, real *dx, ae_error *err) {
  pass p = pass_over(ctx, conv);
  p.dy = dy, p.w = w.data, p.out = dx, p.finish = finish;
  const int64_t rows = conv->n * conv->p * conv->q;
  AE_TRY(ae_gemm_plan_rows(ctx, rows, p.taps, p.group_k, &p.plan, err));
  int64_t units = rows / TILE_ROWS;
  if (!p.plain) {
    int64_t bands = ((int64_t)ctx->threads * BANDS_PER_THREAD + conv->n - 1) / conv->n;
    if (ctx->threads == 1 || bands < 1) bands = 1;
    if (bands > conv->h) bands = conv->h;
    p.band_rows = (conv->h + bands - 1) / bands;
    p.bands = (conv->h + p.band_rows - 1) / p.band_rows;
    units = conv->n * p.bands;
  }
  int parts = ae_conv_parts(ctx, conv, p.plan.concurrent ? units : 1);
  p.whole = parts == 1 && ctx->threads > 1;
  void *block;
  size_t bytes;
  AE_TRY(reserve(&p, parts, 0, 0, &bytes, &block, err));
  if (p.plain)
    ae_parallel_parts(ctx, rows, parts, data_rows, &p);
  else
    ae_parallel_parts(ctx, units, parts, data_bands, &p);
  return finish_pass(&p, block, bytes, err);
}

/* ---- Gradient of the weights ---- */

static void weight_rows(void *arg, int part, int64_t begin, int64_t end) {
  pass *p = arg;
  const ae_conv *conv = p->conv;
  const int64_t count = p->taps * conv->k;
  real *columns = p->columns + part * p->tile_rows * p->taps;
  real *sums = part == 0 ? p->out : p->sums + (part - 1) * count;
  if (begin == end) memset(sums, 0, (size_t)count * sizeof *sums);
  for (int64_t row = begin; row < end; row += p->tile_rows) {
    const int64_t rows = end - row < p->tile_rows ? end - row : p->tile_rows;
    for (int64_t g = 0; g < conv->groups; g++) {
      ae_matrix a = columns_of(p, g, row, rows, columns);
      a.transposed = true;
      ae_matrix b = {p->dy + row * conv->k + g * p->group_k, conv->k, false};
      multiply(p, p->taps, p->group_k, rows, a, b, row == begin ? 0 : 1, sums + g * p->group_k, conv->k);
    }
  }
}

static ae_status tiles_weight_gradient(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy, real *dw,
                                       ae_error *err) {
  pass p = pass_over(ctx, conv);
  p.x = x, p.dy = dy, p.out = dw;
  const int64_t rows = conv->n * conv->p * conv->q, count = p.taps * conv->k;
  AE_TRY(ae_gemm_plan_rows(ctx, p.taps, p.group_k, p.tile_rows, &p.plan, err));
  int parts = ae_conv_parts(ctx, conv, p.plan.concurrent ? rows / TILE_ROWS : 1);
  p.whole = parts == 1 && ctx->threads > 1;
  void *block;
  size_t bytes;
  AE_TRY(reserve(&p, parts, parts - 1, count, &bytes, &block, err));
  ae_parallel_parts(ctx, rows, parts, weight_rows, &p);
  ae_conv_add_parts(ctx, dw, p.sums, parts - 1, count);
  return finish_pass(&p, block, bytes, err);
}

const ae_conv_path ae_conv_tiles = {tiles_forward, tiles_data_gradient, tiles_weight_gradient};
