/*
** conv_paths: the three ways of conv.h, for conv.c, and what they share. No
** size is 0 here.
*/
#ifndef AE_KERNEL_CONV_PATHS_H
#define AE_KERNEL_CONV_PATHS_H

#include "core/parallel.h"
#include "core/status.h"
#include "kernel/conv.h"

/* Arithmetic under which another thread costs more than it gains. */
enum { AE_CONV_WORK_PER_THREAD = 1 << 18, AE_CONV_FEW = 4 };

typedef struct ae_conv_path {
  ae_status (*forward)(ae_context *ctx, const ae_conv *conv, const real *x, const real *w, const ae_conv_finish *finish,
                       real *y, ae_error *err);
  ae_status (*data_gradient)(ae_context *ctx, const ae_conv *conv, const real *dy, const real *w,
                             const ae_conv_finish *finish, real *dx, ae_error *err);
  ae_status (*weight_gradient)(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy, real *dw,
                               ae_error *err);
} ae_conv_path;

extern const ae_conv_path ae_conv_tiles;
extern const ae_conv_path ae_conv_few;       /* groups = 1, k <= AE_CONV_FEW */
extern const ae_conv_path ae_conv_depthwise; /* groups = c = k */

/* In how many parts `units` equal pieces of the whole work are worth splitting. */
int ae_conv_parts(const ae_context *ctx, const ae_conv *conv, int64_t units);
/* Pixels row.. of a result of `channels`, which begins at y, become f(z + b). */
void ae_conv_finish_rows(const ae_conv_finish *finish, int64_t channels, int64_t row, int64_t rows, real *y);
/* out[i] += the sum of the parts after the first, which is out itself; in order. */
void ae_conv_add_parts(ae_context *ctx, real *out, const real *parts, int n_parts, int64_t count);

typedef struct ae_conv_range {
  int64_t begin, end;
} ae_conv_range;

static inline ae_conv_range ae_conv_within(int64_t begin, int64_t end, int64_t most) {
  if (end > most) end = most;
  if (begin > most) begin = most;
  return (ae_conv_range){begin, begin < end ? end : begin};
}

/* The outputs [begin, end) of one dimension for which tap `tap` falls inside
** the input: 0 <= i*stride - before + tap*dilation < in. */
static inline ae_conv_range ae_conv_outputs(int64_t tap, int64_t in, int64_t out, int64_t stride, int64_t dilation,
                                            int64_t before) {
  int64_t shift = before - tap * dilation; /* i*stride >= shift, i*stride < in + shift */
  int64_t begin = shift > 0 ? (shift - 1) / stride + 1 : 0;
  int64_t end = in + shift > 0 ? (in + shift - 1) / stride + 1 : 0;
  return ae_conv_within(begin, end, out);
}

/* The taps [begin, end) of one dimension that fall inside the input for the
** output whose first tap is at `at`. */
static inline ae_conv_range ae_conv_taps(int64_t at, int64_t in, int64_t taps, int64_t dilation) {
  int64_t begin = at < 0 ? (-at - 1) / dilation + 1 : 0;
  int64_t end = at < in ? (in - at - 1) / dilation + 1 : 0;
  return ae_conv_within(begin, end, taps);
}

#endif
