/*
** conv_paths: the ways of conv.h, for conv.c, and what they share. No
** size is 0 here.
*/
#ifndef AE_KERNEL_CONV_PATHS_H
#define AE_KERNEL_CONV_PATHS_H

#include "core/kept.h"
#include "core/parallel.h"
#include "core/status.h"
#include "kernel/conv.h"
#include "kernel/window.h"

/* Arithmetic under which another thread costs more than it gains. */
enum { AE_CONV_WORK_PER_THREAD = 1 << 18 };

typedef struct ae_conv_path {
  ae_status (*forward)(ae_context *ctx, const ae_conv *conv, const real *x, ae_conv_weights w,
                       const ae_conv_finish *finish, real *y, ae_error *err);
  ae_status (*data_gradient)(ae_context *ctx, const ae_conv *conv, const real *dy, ae_conv_weights w,
                             const ae_conv_finish *finish, real *dx, ae_error *err);
  ae_status (*weight_gradient)(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy, real *dw,
                               ae_error *err);
} ae_conv_path;

extern const ae_conv_path ae_conv_tiles;
extern const ae_conv_path ae_conv_direct;
/* The direct way's. `maker` NULL: nothing is to be made; else there are at least as many pictures as threads. */
ae_status ae_direct_weight_gradient(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy,
                                    const ae_conv_maker *maker, real *dw, ae_error *err);
/* AE_UNSUPPORTED without a message, before anything is written: it has no way for this convolution. */
extern const ae_conv_path ae_conv_onednn;
extern const ae_conv_path ae_conv_depthwise; /* groups = c = k */

/* `bytes` that pack makes of w: kept beside it where it may be, and then found again by the key, which begins with
** w.data; else the caller's alone. Released in the end. Errors: AE_NO_MEMORY, also where pack says false. */
ae_status ae_conv_packed(ae_context *ctx, ae_conv_weights w, const void *key, size_t key_bytes, size_t bytes,
                         bool (*pack)(void *arg, const real *w, void *to), void *arg, ae_kept **out, ae_error *err);
double ae_conv_work(const ae_conv *conv); /* multiplications and additions */
/* In how many parts `units` equal pieces of the whole work are worth splitting. */
int ae_conv_parts(const ae_context *ctx, const ae_conv *conv, int64_t units);
/* Pixels row.. of a result of `channels`, which begins at y, become f(z + b). */
void ae_conv_finish_rows(const ae_conv_finish *finish, int64_t channels, int64_t row, int64_t rows, real *y);
/* out[i] += the sum of the parts after the first, which is out itself; in order. */
void ae_conv_add_parts(ae_context *ctx, real *out, const real *parts, int n_parts, int64_t count);

#endif
