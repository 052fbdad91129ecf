/*
** conv: who computes a convolution, and what the ways share.
**
** The direct way takes everything but depthwise kernels and 1x1 kernels with
** stride 1, which are products (gemm.c chooses). Measured on one Zen 4 core
** (scripts/conv_times.c; bias and relu included in forward), 3x3, GF/s of a peak
** of 120, the direct way / oneDNN 2.6.3 / tiles of the column matrix:
**                                       forward       data          weights
**    16->8, 14x14, batch 128            80 48 43      106 127 46    98 61 50
**    32->32, 14x14                     108 114 90     109 126 88   109 121 92
**    1->32, 28x28                       79 36 20       24   7 18    76 112 27
**    32->1, 28x28                       32  6 10       79  94 12    80   7 12
**    32->3, 64x64, batch 64             49 18 25       95 109 30    96  19 27
**    64->128, 16x16 stride 2           108 117 101    108 121 97   104  97 102
**    128->256, 8x8 stride 2            108 119 106    111 118 71    89  88 104
** oneDNN comes where AELUA_BACKEND (gemm.h) asks for it: its threads are OpenMP's,
** whose waiting takes the processor from ours.
*/
#include "kernel/conv.h"

#include <string.h>

#include "kernel/backend.h"
#include "kernel/conv_paths.h"

static double work(const ae_conv *conv) {
  return 2.0 * (double)conv->n * (double)conv->p * (double)conv->q * (double)conv->k * (double)conv->r *
         (double)conv->s * (double)(conv->c / conv->groups);
}

static bool onednn_serves(const ae_kernel_state *state) {
  return state->forced && state->forced == ae_backend_onednn();
}

static const ae_conv_path *choose(const ae_conv *conv) {
  if (conv->groups == conv->c && conv->c == conv->k && conv->c > 1) return &ae_conv_depthwise;
  if (conv->r == 1 && conv->s == 1 && conv->stride_h == 1 && conv->stride_w == 1) return &ae_conv_tiles;
  return &ae_conv_direct;
}

/* ---- Shared ---- */

int ae_conv_parts(const ae_context *ctx, const ae_conv *conv, int64_t units) {
  double parts = work(conv) / AE_CONV_WORK_PER_THREAD;
  int64_t most = parts < 1 ? 1 : parts < ctx->threads ? (int64_t)parts : ctx->threads;
  return ae_parallel_count(ctx, most < units ? most : units, 1);
}

void ae_conv_finish_rows(const ae_conv_finish *finish, int64_t channels, int64_t row, int64_t rows, real *y) {
  if (!finish) return;
  real *saved = finish->saved ? finish->saved + row * channels : NULL;
  ae_activate(finish->f, rows, channels, finish->b, y + row * channels, saved);
}

typedef struct addition {
  real *out;
  const real *parts;
  int n_parts;
  int64_t count;
} addition;

AE_SIMD static void add(int64_t n, const real *restrict from, real *restrict to) {
  for (int64_t i = 0; i < n; i++) to[i] += from[i];
}

static void add_range(void *arg, int64_t begin, int64_t end) {
  const addition *a = arg;
  for (int part = 0; part < a->n_parts; part++) add(end - begin, a->parts + part * a->count + begin, a->out + begin);
}

void ae_conv_add_parts(ae_context *ctx, real *out, const real *parts, int n_parts, int64_t count) {
  addition a = {out, parts, n_parts, count};
  if (n_parts > 0) ae_parallel(ctx, count, AE_GRAIN_CHEAP, add_range, &a);
}

/* ---- The seam ---- */

static int64_t output_count(const ae_conv *conv) {
  return conv->n * conv->p * conv->q * conv->k;
}

static int64_t input_count(const ae_conv *conv) {
  return conv->n * conv->h * conv->w * conv->c;
}

static int64_t weight_count(const ae_conv *conv) {
  return conv->r * conv->s * (conv->c / conv->groups) * conv->k;
}

static bool is_empty(const ae_conv *conv) {
  return output_count(conv) == 0 || input_count(conv) == 0 || weight_count(conv) == 0;
}

ae_status ae_conv_forward(ae_context *ctx, const ae_conv *conv, const real *x, const real *w,
                          const ae_conv_finish *finish, real *y, ae_error *err) {
  if (!is_empty(conv)) {
    ae_kernel_state *state;
    AE_TRY(ae_kernel_state_of(ctx, &state, err));
    ae_status status = AE_UNSUPPORTED;
    if (onednn_serves(state)) status = ae_conv_onednn.forward(ctx, conv, x, w, finish, y, err);
    return status == AE_UNSUPPORTED ? choose(conv)->forward(ctx, conv, x, w, finish, y, err) : status;
  }
  memset(y, 0, (size_t)output_count(conv) * sizeof *y);
  ae_conv_finish_rows(finish, conv->k, 0, conv->n * conv->p * conv->q, y);
  return AE_OK;
}

ae_status ae_conv_data_gradient(ae_context *ctx, const ae_conv *conv, const real *dy, const real *w,
                                const ae_conv_finish *finish, real *dx, ae_error *err) {
  if (!is_empty(conv)) {
    ae_kernel_state *state;
    AE_TRY(ae_kernel_state_of(ctx, &state, err));
    ae_status status = AE_UNSUPPORTED;
    if (onednn_serves(state)) status = ae_conv_onednn.data_gradient(ctx, conv, dy, w, finish, dx, err);
    return status == AE_UNSUPPORTED ? choose(conv)->data_gradient(ctx, conv, dy, w, finish, dx, err) : status;
  }
  memset(dx, 0, (size_t)input_count(conv) * sizeof *dx);
  ae_conv_finish_rows(finish, conv->c, 0, conv->n * conv->h * conv->w, dx);
  return AE_OK;
}

ae_status ae_conv_weight_gradient(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy, real *dw,
                                  ae_error *err) {
  if (!is_empty(conv)) {
    ae_kernel_state *state;
    AE_TRY(ae_kernel_state_of(ctx, &state, err));
    ae_status status = AE_UNSUPPORTED;
    if (onednn_serves(state)) status = ae_conv_onednn.weight_gradient(ctx, conv, x, dy, dw, err);
    return status == AE_UNSUPPORTED ? choose(conv)->weight_gradient(ctx, conv, x, dy, dw, err) : status;
  }
  memset(dw, 0, (size_t)weight_count(conv) * sizeof *dw);
  return AE_OK;
}
