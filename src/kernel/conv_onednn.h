/*
** conv_onednn: oneDNN's primitives as conv_onednn.c runs them. Each computes a
** whole convolution in one direction on the thread that calls it, with weights
** in a form of its own, which may be another for another number of pictures.
*/
#ifndef AE_KERNEL_CONV_ONEDNN_H
#define AE_KERNEL_CONV_ONEDNN_H

#include "core/status.h"
#include "kernel/conv.h"

typedef enum ae_onednn_kind { AE_ONEDNN_FORWARD, AE_ONEDNN_DATA, AE_ONEDNN_WEIGHTS } ae_onednn_kind;

/* Belongs to the context. */
typedef struct ae_onednn_plan ae_onednn_plan;

/* The one for this convolution that up to `threads` threads may run at a time; it stays through the next 60 look-ups.
** AE_UNSUPPORTED without a message: there is none. Errors: AE_NO_MEMORY. */
ae_status ae_onednn_plan_for(ae_context *ctx, const ae_conv *conv, ae_onednn_kind what, int threads,
                             ae_onednn_plan **out, ae_error *err);
size_t ae_onednn_packed_bytes(const ae_onednn_plan *p);
size_t ae_onednn_scratch_bytes(const ae_onednn_plan *p);

/* As thread number `thread`: w into its own form, for gradients of weights out of it. false: no memory. */
bool ae_onednn_reorder(const ae_onednn_plan *p, int thread, real *w, void *packed);
/* What is computed is overwritten. false: no memory. */
bool ae_onednn_run(const ae_onednn_plan *p, int thread, const real *x, void *packed, const real *y, void *scratch);

#endif
