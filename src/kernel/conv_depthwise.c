/*
** conv_depthwise: convolution where every channel is its own group,
**   x [N,H,W,C]   w [R,S,1,C]   y [N,P,Q,C]
** as one loop over channels for each tap; a product would have one column.
** Split over rows of y (forward), of dx (data), and rows of y with a sum of its
** own for every thread (weights).
*/
#include <string.h>

#include "kernel/conv_paths.h"

enum { BLOCK = 64 }; /* channels kept side by side */

typedef struct pass {
  const ae_conv *conv;
  const real *x, *w, *dy;
  real *out;  /* y, dx or dw */
  real *sums; /* weights: [parts - 1, r, s, c] */
  const ae_conv_finish *finish;
} pass;

/* ---- Forward ---- */

/* Channels c.. of one output; its first tap, which may lie outside, is x's element `first`. */
AE_INLINE void forward_pixel(const pass *p, int64_t first, ae_range r_in, ae_range s_in, int64_t c, int64_t count,
                             real *y) {
  const ae_conv *conv = p->conv;
  real sum[BLOCK] = {0};
  for (int64_t r = r_in.begin; r < r_in.end; r++)
    for (int64_t s = s_in.begin; s < s_in.end; s++) {
      const real *from = p->x + (first + (r * conv->dilation_h * conv->w + s * conv->dilation_w) * conv->c + c);
      const real *tap = p->w + (r * conv->s + s) * conv->c + c;
      for (int64_t i = 0; i < count; i++) sum[i] += from[i] * tap[i];
    }
  for (int64_t i = 0; i < count; i++) y[c + i] = sum[i];
}

AE_SIMD static void forward_row(const pass *p, int64_t n, int64_t row) {
  const ae_conv *conv = p->conv;
  const int64_t C = conv->c, top = row * conv->stride_h - conv->top;
  const ae_range r_in = ae_window_taps(top, conv->h, conv->r, conv->dilation_h);
  real *y = p->out + (n * conv->p + row) * conv->q * C;
  for (int64_t q = 0; q < conv->q; q++, y += C) {
    const int64_t left = q * conv->stride_w - conv->left;
    const ae_range s_in = ae_window_taps(left, conv->w, conv->s, conv->dilation_w);
    const int64_t first = ((n * conv->h + top) * conv->w + left) * C;
    int64_t c = 0;
    for (; c + BLOCK <= C; c += BLOCK) forward_pixel(p, first, r_in, s_in, c, BLOCK, y);
    if (c < C) forward_pixel(p, first, r_in, s_in, c, C - c, y);
  }
}

static void forward_rows(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  const ae_conv *conv = p->conv;
  (void)part;
  for (int64_t row = begin; row < end; row++) {
    forward_row(p, row / conv->p, row % conv->p);
    ae_conv_finish_rows(p->finish, conv->c, row * conv->q, conv->q, p->out);
  }
}

static ae_status depthwise_forward(ae_context *ctx, const ae_conv *conv, const real *x, ae_conv_weights w,
                                   const ae_conv_finish *finish, real *y, ae_error *err) {
  pass p = {.conv = conv, .x = x, .w = w.data, .out = y, .finish = finish};
  const int64_t rows = conv->n * conv->p;
  (void)err;
  ae_parallel_parts(ctx, rows, ae_conv_parts(ctx, conv, rows), forward_rows, &p);
  return AE_OK;
}

/* ---- Gradient of the data ---- */

AE_SIMD static void data_row(const pass *p, int64_t n, int64_t h) {
  const ae_conv *conv = p->conv;
  const int64_t C = conv->c;
  real *line = p->out + (n * conv->h + h) * conv->w * C;
  for (int64_t i = 0; i < conv->w * C; i++) line[i] = 0;
  for (int64_t r = 0; r < conv->r; r++) {
    const int64_t at = h + conv->top - r * conv->dilation_h, row = at / conv->stride_h;
    if (at < 0 || at % conv->stride_h != 0 || row >= conv->p) continue;
    for (int64_t s = 0; s < conv->s; s++) {
      const ae_range q_in = ae_window_outputs(s, conv->w, conv->q, conv->stride_w, conv->dilation_w, conv->left);
      const real *restrict w = p->w + (r * conv->s + s) * C;
      for (int64_t q = q_in.begin; q < q_in.end; q++) {
        const real *restrict dy = p->dy + ((n * conv->p + row) * conv->q + q) * C;
        real *restrict to = line + (q * conv->stride_w - conv->left + s * conv->dilation_w) * C;
        for (int64_t c = 0; c < C; c++) to[c] += dy[c] * w[c];
      }
    }
  }
}

static void data_rows(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  const ae_conv *conv = p->conv;
  (void)part;
  for (int64_t row = begin; row < end; row++) {
    data_row(p, row / conv->h, row % conv->h);
    ae_conv_finish_rows(p->finish, conv->c, row * conv->w, conv->w, p->out);
  }
}

static ae_status depthwise_data_gradient(ae_context *ctx, const ae_conv *conv, const real *dy, ae_conv_weights w,
                                         const ae_conv_finish *finish, real *dx, ae_error *err) {
  pass p = {.conv = conv, .dy = dy, .w = w.data, .out = dx, .finish = finish};
  const int64_t rows = conv->n * conv->h;
  (void)err;
  ae_parallel_parts(ctx, rows, ae_conv_parts(ctx, conv, rows), data_rows, &p);
  return AE_OK;
}

/* ---- Gradient of the weights ---- */

/* sums[c] += sum over `count` outputs of x dy; their x lie `step` apart. */
AE_INLINE void weight_block(int64_t count, const real *x, int64_t step, const real *dy, int64_t C, int64_t width,
                            real *sums) {
  real sum[BLOCK] = {0};
  for (int64_t q = 0; q < count; q++)
    for (int64_t i = 0; i < width; i++) sum[i] += x[q * step + i] * dy[q * C + i];
  for (int64_t i = 0; i < width; i++) sums[i] += sum[i];
}

AE_SIMD static void weight_tap(const ae_conv *conv, const real *line, const real *dy, int64_t s, real *sums) {
  const ae_range q_in = ae_window_outputs(s, conv->w, conv->q, conv->stride_w, conv->dilation_w, conv->left);
  const int64_t C = conv->c, step = conv->stride_w * C, count = q_in.end - q_in.begin;
  if (count == 0) return;
  const real *x = line + (q_in.begin * conv->stride_w - conv->left + s * conv->dilation_w) * C;
  dy += q_in.begin * C;
  int64_t c = 0;
  for (; c + BLOCK <= C; c += BLOCK) weight_block(count, x + c, step, dy + c, C, BLOCK, sums + c);
  if (c < C) weight_block(count, x + c, step, dy + c, C, C - c, sums + c);
}

static void weight_rows(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  const ae_conv *conv = p->conv;
  const int64_t count = conv->r * conv->s * conv->c;
  real *sums = part == 0 ? p->out : p->sums + (part - 1) * count;
  memset(sums, 0, (size_t)count * sizeof *sums);
  for (int64_t row = begin; row < end; row++) {
    const int64_t n = row / conv->p, top = row % conv->p * conv->stride_h - conv->top;
    const ae_range r_in = ae_window_taps(top, conv->h, conv->r, conv->dilation_h);
    for (int64_t r = r_in.begin; r < r_in.end; r++)
      for (int64_t s = 0; s < conv->s; s++)
        weight_tap(conv, p->x + (n * conv->h + top + r * conv->dilation_h) * conv->w * conv->c,
                   p->dy + row * conv->q * conv->c, s, sums + (r * conv->s + s) * conv->c);
  }
}

static ae_status depthwise_weight_gradient(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy,
                                           real *dw, ae_error *err) {
  const int64_t rows = conv->n * conv->p, count = conv->r * conv->s * conv->c;
  const int parts = ae_conv_parts(ctx, conv, rows);
  const size_t bytes = (size_t)(parts - 1) * (size_t)count * sizeof(real);
  void *block = NULL;
  if (bytes > 0) AE_TRY(ae_allocate(ctx->allocator, bytes, &block, err));
  pass p = {.conv = conv, .x = x, .dy = dy, .out = dw, .sums = block};
  ae_parallel_parts(ctx, rows, parts, weight_rows, &p);
  ae_conv_add_parts(ctx, dw, p.sums, parts - 1, count);
  ae_free(ctx->allocator, block, bytes);
  return AE_OK;
}

const ae_conv_path ae_conv_depthwise = {depthwise_forward, depthwise_data_gradient, depthwise_weight_gradient};
