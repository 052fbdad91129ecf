/*
** conv_choice: which way computes a convolution. By the measured table
** (conv_choice.c) it is a pure function of shape, direction, threads, processor
** and what the build, AELUA_BACKEND (gemm.h) and keep_environment have; a context may fix one way for all that
** it serves, or measure them on what it computes. It remembers the convolutions
** it has computed, up to some hundreds, for people to read.
*/
#ifndef AE_KERNEL_CONV_CHOICE_H
#define AE_KERNEL_CONV_CHOICE_H

#include "kernel/conv.h"

typedef enum ae_conv_direction { AE_CONV_FORWARD, AE_CONV_DATA, AE_CONV_WEIGHTS } ae_conv_direction;
typedef enum ae_conv_way {
  AE_CONV_DIRECT,
  AE_CONV_TILES,
  AE_CONV_DEPTHWISE,
  AE_CONV_ONEDNN,
  AE_CONV_AMX,
  AE_CONV_WAYS
} ae_conv_way;

extern const char *const ae_conv_direction_names[];
extern const char *const ae_conv_way_names[]; /* then NULL */

typedef struct ae_conv_choice {
  ae_conv conv;
  ae_conv_direction direction;
  bool making; /* with a maker: the direct way, or AMX */
  int threads;
  ae_conv_way way;
  bool measured;                /* by the context itself, else by the table or fixed */
  double seconds[AE_CONV_WAYS]; /* where measured; 0: that way has none for it */
} ae_conv_choice;

typedef struct ae_conv_choices {
  ae_allocator *allocator;
  bool measuring;
  int fixed; /* an ae_conv_way; AE_CONV_WAYS: none */
  int n, capacity;
  ae_conv_choice *list;
} ae_conv_choices;

/* The context's. Errors: AE_NO_MEMORY. */
ae_status ae_conv_choices_of(ae_context *ctx, ae_conv_choices **out, ae_error *err);
/* What was chosen before, or is now; `*out` lasts until the next. */
ae_status ae_conv_choose(ae_context *ctx, const ae_conv *conv, ae_conv_direction direction, bool making,
                         ae_conv_choice **out, ae_error *err);
/* Whether gradients of weights are to have a maker. */
bool ae_conv_makes(const ae_context *ctx, const ae_conv_choices *choices, const ae_conv *conv);
/* Whether the way is made for such a convolution; whether oneDNN and AMX are here only trying says. */
bool ae_conv_way_serves(ae_conv_way way, const ae_conv *conv);

/* From now on: `way` wherever it serves; AE_CONV_WAYS: by the table. Forgets what was chosen. */
ae_status ae_conv_fix(ae_context *ctx, int way, ae_error *err);
/* Whether what comes is measured, each shape once. */
ae_status ae_conv_measure(ae_context *ctx, bool measuring, ae_error *err);

#endif
