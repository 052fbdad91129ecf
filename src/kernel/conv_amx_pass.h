/*
** conv_amx_pass: what a pass forward or to the data over pictures on tiles reads
** and where it puts its sums (conv_amx.c): phases, the pieces of the source that
** targets of each add up, and the weights packed for them.
*/
#ifndef AE_KERNEL_CONV_AMX_PASS_H
#define AE_KERNEL_CONV_AMX_PASS_H

#include "kernel/conv_amx.h"
#include "kernel/conv_direct_axis.h"

#ifdef AELUA_AMX

#include <stdatomic.h>

/* What targets of one phase read at a tap, or at the joined taps of a kernel row. */
typedef struct ae_amx_piece {
  int64_t offset; /* places */
  int64_t run;    /* elements */
  int64_t r, s;   /* the first tap */
} ae_amx_piece;

typedef struct ae_amx_phase {
  ae_direct_axis h, v; /* where its targets are, and which taps they read */
  const ae_amx_piece *pieces;
  int64_t n_pieces, steps; /* of all pieces */
  int64_t first;           /* step of the packed weights, of the first block */
} ae_amx_phase;

typedef struct ae_amx_pass {
  const ae_conv *conv;
  bool back; /* the gradient of the data */
  ae_amx_images images;
  bool joined;
  int64_t rows, columns, channels, blocks; /* of the target; blocks of its channels */
  int64_t n_phases, phases_v;
  ae_amx_phase *phases;
  int64_t steps;        /* of all phases, one block */
  ae_amx_step *weights; /* by phase, [blocks, steps of the phase] */
  int64_t part;         /* elements of all images, of one part */
  char *rooms;
  int64_t room; /* bytes of a thread's */
  float *out;
  float floor;
  const ae_conv_finish *finish;
  atomic_bool odd;
} ae_amx_pass;

/* Sets all from rows to phases_v, and images but its units. */
void ae_amx_lay_pass(ae_amx_pass *p, const float *source);
/* Fills phases, and `pieces`: r * s of them. */
void ae_amx_lay_phases(ae_amx_pass *p, ae_amx_piece *pieces);
/* *odd: some are no sums of parts. The caller releases *out, which p->weights is then. Errors: AE_NO_MEMORY. */
ae_status ae_amx_pack_weights(ae_context *ctx, const ae_amx_pass *p, ae_conv_weights w, ae_kept **out, bool *odd,
                              ae_error *err);

#endif
#endif
