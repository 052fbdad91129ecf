/*
** conv: two-dimensional convolution and its two gradients behind one seam,
** channels last.
**   x [N,H,W,C]   w [R,S,C/G,K]   y [N,P,Q,K]
**   y[n,p,q,k] = sum_{r,s,c} x[n, p*stride_h - top + r*dilation_h, q*stride_w - left + s*dilation_w, c] w[r,s,c,k]
** where x is 0 outside, and c runs over the channels of k's group. P and Q are
** the caller's: nothing here asks where "same" puts what. The gradient of the
** data is the forward pass of the transposed convolution.
**
** The ways, chosen by shape (conv_choice.h): loops over the input as it lies
** (conv_direct.c), tiles of the column matrix and products (conv_tiles.c), one
** loop over channels where each is its own group (conv_depthwise.c), oneDNN
** (conv_onednn.c), tiles of the AMX multiplier (conv_amx.c).
**
** Results depend on shape, processor, number of threads and what the environment
** forbids (gemm.h) alone; infinities and nan may send what AMX computes to the
** direct way.
**
** Not here: shape rules (op/convolution.h).
*/
#ifndef AE_KERNEL_CONV_H
#define AE_KERNEL_CONV_H

#include "core/context.h"
#include "core/storage.h"
#include "kernel/activation.h"

typedef struct ae_conv {
  int64_t n, h, w, c;
  int64_t r, s, k;
  int64_t p, q;
  int64_t groups; /* divides c and k */
  int64_t stride_h, stride_w, dilation_h, dilation_w;
  int64_t top, left; /* of the padding; what lies below and right follows from p and q */
} ae_conv;

/* `keep`: the storage that they lie in, beside which the forms of them that a way packs stay until it changes
** (core/kept.h); NULL where that is not worth it: they are no parameters, or change before they are read again. */
typedef struct ae_conv_weights {
  const real *data;
  ae_storage *keep;
} ae_conv_weights;

/* What is done to the result while it is in the cache: f(z + b). */
typedef struct ae_conv_finish {
  ae_activation f;
  const real *b; /* [channels of the result]; NULL: none */
  real *saved;   /* as the result; gets z + b where f wants it on the way back, NULL: not */
} ae_conv_finish;

/* Makes what the gradient of the weights reads, x or dy, while it is in the cache. */
typedef struct ae_conv_maker {
  /* Pixels [begin, end) of all of them, each once; `part` is below the context's threads, of one thread at a time. */
  void (*make)(void *arg, int part, int64_t begin, int64_t end);
  void *arg;
  bool of_x; /* else of dy */
} ae_conv_maker;

/* Overwrite y, dx, dw. `finish` NULL: the plain sums. Errors: AE_NO_MEMORY, those of ae_gemm. */
ae_status ae_conv_forward(ae_context *ctx, const ae_conv *conv, const real *x, ae_conv_weights w,
                          const ae_conv_finish *finish, real *y, ae_error *err);
ae_status ae_conv_data_gradient(ae_context *ctx, const ae_conv *conv, const real *dy, ae_conv_weights w,
                                const ae_conv_finish *finish, real *dx, ae_error *err);
ae_status ae_conv_weight_gradient(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy, real *dw,
                                  ae_error *err);
/* The same, with a maker. AE_UNSUPPORTED without a message, before anything is made: make it all, then call that. */
ae_status ae_conv_weight_gradient_making(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy,
                                         const ae_conv_maker *maker, real *dw, ae_error *err);

#endif
