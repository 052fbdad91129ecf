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
#include "kernel/conv_choice.h"
#include "kernel/window.h"

/* Arithmetic under which another thread costs more than it gains. */
enum { AE_CONV_WORK_PER_THREAD = 1 << 18 };

/* A side of the kernels that tiles of AMX serve, at most. */
enum { AE_CONV_AMX_SIDE = 16 };

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
/* AE_UNSUPPORTED without a message, before anything is written or made: it has no way for this convolution. */
extern const ae_conv_path ae_conv_onednn;
extern const ae_conv_path ae_conv_amx;
ae_status ae_amx_weight_gradient(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy,
                                 const ae_conv_maker *maker, real *dw, ae_error *err);
extern const ae_conv_path ae_conv_depthwise; /* groups = c = k */

/* What tells one packed form of weights from another: whose, of what, for what, how large. Zeros where it does not
** matter; no padding, since it is compared byte by byte. */
typedef struct ae_conv_form {
  int64_t way, direction; /* ae_conv_way, ae_conv_direction */
  int64_t at;             /* of the weights in their storage, bytes; set where it is looked for */
  int64_t bytes;
  ae_conv conv;
} ae_conv_form;
_Static_assert(sizeof(ae_conv_form) == 4 * sizeof(int64_t) + sizeof(ae_conv) &&
                   sizeof(ae_conv) == 16 * sizeof(int64_t) && sizeof(ae_conv_form) <= AE_KEPT_KEY,
               "no padding, and short enough");
/* Of a way that lays weights by phases (conv_direct_axis.h): number and size of pictures do not matter; backwards how
** many phases have a target does. */
ae_conv_form ae_conv_form_of(const ae_conv *c, ae_conv_way way, bool back, int64_t bytes);
/* What `pack` makes of w: kept beside it where it may be, and then found again; else the caller's alone. The
** caller releases it. Errors: AE_NO_MEMORY, also where pack says false. */
ae_status ae_conv_packed(ae_context *ctx, ae_conv_weights w, ae_conv_form form,
                         bool (*pack)(void *arg, const real *w, void *to), void *arg, ae_kept **out, ae_error *err);
/* Pixels that are not made yet, of [begin, end), which grows while a picture is worked on; `made`: up to where. */
void ae_conv_make(const ae_conv_maker *maker, int part, int64_t *made, int64_t begin, int64_t end);
double ae_conv_work(const ae_conv *conv); /* multiplications and additions */
/* In how many parts `units` equal pieces of the whole work are worth splitting. */
int ae_conv_parts(const ae_context *ctx, const ae_conv *conv, int64_t units);
/* The same where units want nothing of each other: several parts for a thread, so that one thread which is held up
** leaves what it has not begun to the others. Part numbers go beyond those of threads. */
int ae_conv_many_parts(const ae_context *ctx, const ae_conv *conv, int64_t units);
/* Pixels row.. of a result of `channels`, which begins at y, become f(z + b). */
void ae_conv_finish_rows(const ae_conv_finish *finish, int64_t channels, int64_t row, int64_t rows, real *y);
/* out[i] += the sum of the parts after the first, which is out itself; in order. */
void ae_conv_add_parts(ae_context *ctx, real *out, const real *parts, int n_parts, int64_t count);

#endif
