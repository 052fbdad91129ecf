/*
** profile: where the time of operations goes. For every operation, direction
** and set of input shapes: how often it ran, for how long, and what it says
** that it did (ae_op's work).
**
** A context has one at a time; without one a call costs a branch more. Calls
** nest, as the backward of ae.Function runs operations: the seconds of a row are
** its own, without those of the calls inside. What a row would need of memory
** that is not to be had is counted as lost.
**
** Not here: what lies between the calls; who opens it knows the time in all.
*/
#ifndef AE_CORE_PROFILE_H
#define AE_CORE_PROFILE_H

#include "core/op.h"

typedef struct ae_profile ae_profile;

enum { AE_PROFILE_NAME = 48, AE_PROFILE_SHAPES = 160 };

typedef struct ae_profile_row {
  char name[AE_PROFILE_NAME];
  bool back;
  char shapes[AE_PROFILE_SHAPES]; /* of the inputs: "[256, 784] [784, 32]"; cut off with "..." */
  uint64_t key;                   /* of all the above before it became text */
  uint64_t calls;
  double seconds;
  ae_work work; /* of all calls */
} ae_profile_row;

typedef struct ae_profile_event {
  int row;
  double begin, seconds; /* since the profile was opened; with the calls inside */
} ae_profile_event;

typedef struct ae_profile_report {
  const ae_profile_row *rows; /* in the order in which they first ran */
  int n_rows;
  const ae_profile_event *events; /* as they ended; none unless asked for */
  size_t n_events;
  uint64_t lost; /* calls that there was no memory to note */
} ae_profile_report;

/* Times every operation of the context from now on; `events`: each call of its
** own, too. Errors: AE_STATE where one is open, AE_NO_MEMORY. */
ae_status ae_profile_open(ae_context *ctx, bool events, ae_error *err);
/* What it has found so far; lasts until the next call of an operation. */
ae_profile_report ae_profile_read(const ae_context *ctx);
void ae_profile_close(ae_context *ctx); /* none open is fine */

/* ---- For who runs operations ---- */

/* One call that is being timed. */
typedef struct ae_timing {
  int64_t begin;  /* nanoseconds */
  int64_t around; /* time inside the call around this one before it */
} ae_timing;

ae_timing ae_profile_begin(ae_profile *p);
/* `done`: the call succeeded and counts. */
void ae_profile_end(ae_profile *p, const ae_call *call, bool back, bool done, ae_timing timing);
/* The same for what is no operation but works on tensors like t, touching it `times` times. */
void ae_profile_end_pass(ae_profile *p, const char *name, const ae_tensor *t, int times, ae_timing timing);

static inline ae_timing ae_profile_enter(const ae_context *ctx) {
  return ctx->profile ? ae_profile_begin(ctx->profile) : (ae_timing){0};
}
static inline void ae_profile_leave(const ae_call *call, bool back, bool done, ae_timing timing) {
  if (call->ctx->profile) ae_profile_end(call->ctx->profile, call, back, done, timing);
}

#endif
