/*
** profile: rows, events, and the work of operations that do not state theirs.
*/
#define _POSIX_C_SOURCE 200809L
#include "core/profile.h"

#include <stdio.h>
#include <string.h>

#include "core/clock.h"

struct ae_profile {
  ae_allocator *allocator;
  int64_t opened; /* nanoseconds */
  int64_t inside; /* the current call has spent in calls of its own */
  bool keeps_events;
  ae_profile_row *rows;
  ae_profile_event *events;
  size_t n_rows, n_events;
  size_t room_rows, room_events; /* how many there is memory for */
  uint64_t lost;
};

ae_status ae_profile_open(ae_context *ctx, bool events, ae_error *err) {
  if (ctx->profile) return ae_fail(err, AE_STATE, "profile: one is running already");
  void *block;
  AE_TRY(ae_allocate(ctx->allocator, sizeof(ae_profile), &block, err));
  ctx->profile = block;
  *ctx->profile = (ae_profile){.allocator = ctx->allocator, .opened = ae_clock_nanoseconds(), .keeps_events = events};
  return AE_OK;
}

ae_profile_report ae_profile_read(const ae_context *ctx) {
  const ae_profile *p = ctx->profile;
  return (ae_profile_report){p->rows, (int)p->n_rows, p->events, p->n_events, p->lost};
}

void ae_profile_close(ae_context *ctx) {
  ae_profile *p = ctx->profile;
  if (!p) return;
  ctx->profile = NULL;
  ae_free(p->allocator, p->rows, p->room_rows * sizeof *p->rows);
  ae_free(p->allocator, p->events, p->room_events * sizeof *p->events);
  ae_free(p->allocator, p, sizeof *p);
}

/* ---- Rows and events ---- */

/* Room for one more element of `size` bytes in *block; false: there is no memory. */
static bool make_room(ae_profile *p, void **block, size_t count, size_t *room, size_t size) {
  if (count < *room) return true;
  size_t larger = *room ? 2 * *room : 64;
  void *fresh;
  if (ae_allocate(p->allocator, larger * size, &fresh, NULL) != AE_OK) return false;
  if (*room) memcpy(fresh, *block, *room * size);
  ae_free(p->allocator, *block, *room * size);
  *block = fresh;
  *room = larger;
  return true;
}

/* FNV-1a. */
static uint64_t mix(uint64_t key, uint64_t word) {
  return (key ^ word) * 0x100000001b3u;
}

static uint64_t key_of(const char *name, bool back, const ae_spec *of, int n) {
  uint64_t key = mix(0xcbf29ce484222325u, back);
  for (const char *c = name; *c; c++) key = mix(key, (unsigned char)*c);
  for (int i = 0; i < n; i++) {
    key = mix(key, (uint64_t)of[i].shape.ndim);
    for (int d = 0; d < of[i].shape.ndim; d++) key = mix(key, (uint64_t)of[i].shape.dims[d]);
  }
  return key;
}

static void write_shapes(const ae_spec *of, int n, char *out) {
  size_t used = 0;
  char text[AE_SHAPE_TEXT];
  *out = 0;
  for (int i = 0; i < n; i++) {
    if (of[i].shape.ndim < 0) continue;
    int length =
        snprintf(out + used, AE_PROFILE_SHAPES - used, "%s%s", used ? " " : "", ae_shape_text(&of[i].shape, text));
    used += (size_t)length;
    if (used < AE_PROFILE_SHAPES) continue;
    strcpy(out + AE_PROFILE_SHAPES - 4, "...");
    return;
  }
}

/* The row of such calls, or -1 where there is no memory for a new one. */
static int find_row(ae_profile *p, const char *name, bool back, const ae_spec *of, int n) {
  uint64_t key = key_of(name, back, of, n);
  for (size_t i = 0; i < p->n_rows; i++)
    if (p->rows[i].key == key) return (int)i;
  void *rows = p->rows;
  if (!make_room(p, &rows, p->n_rows, &p->room_rows, sizeof *p->rows)) return -1;
  p->rows = rows;
  ae_profile_row *row = &p->rows[p->n_rows];
  *row = (ae_profile_row){.back = back, .key = key};
  snprintf(row->name, sizeof row->name, "%s", name);
  write_shapes(of, n, row->shapes);
  return (int)p->n_rows++;
}

static void note(ae_profile *p, const char *name, bool back, const ae_spec *of, int n, ae_work work, int64_t begin,
                 int64_t seconds, int64_t own) {
  int index = find_row(p, name, back, of, n);
  void *events = p->events;
  if (index < 0 || (p->keeps_events && !make_room(p, &events, p->n_events, &p->room_events, sizeof *p->events))) {
    p->lost++;
    return;
  }
  ae_profile_row *row = &p->rows[index];
  row->calls++;
  row->seconds += (double)own * 1e-9;
  row->work.flops += work.flops;
  row->work.bytes += work.bytes;
  if (!p->keeps_events) return;
  p->events = events;
  p->events[p->n_events++] = (ae_profile_event){index, (double)(begin - p->opened) * 1e-9, (double)seconds * 1e-9};
}

/* ---- Work ---- */

static double bytes_of(const ae_tensor *t) {
  return t ? (double)t->count * (double)ae_type_size(t->type) : 0;
}

static bool shares(const ae_tensor *t, ae_tensor *const *with, int n) {
  for (int i = 0; i < n; i++)
    if (with[i] && with[i]->storage == t->storage) return true;
  return false;
}

/* Whether t is a tensor that the call was given, and not to write into. */
static bool handed_on(const ae_call *call, const ae_tensor *t) {
  for (int k = 0; call->gout && k < call->n_out; k++)
    if (call->gout[k] && call->gout[k]->storage == t->storage) return !(call->reused & 1u << k);
  return shares(t, call->in, call->n_in) || shares(t, call->saved, AE_MAX_SAVED);
}

static double bytes_written(const ae_call *call, ae_tensor *const *made, int n) {
  double bytes = 0;
  for (int i = 0; i < n; i++)
    if (made[i] && !handed_on(call, made[i])) bytes += bytes_of(made[i]);
  return bytes;
}

static double bytes_read(ae_tensor *const *in, int n) {
  double bytes = 0;
  for (int i = 0; i < n; i++) bytes += bytes_of(in[i]);
  return bytes;
}

/* Every tensor once, where anything was written; views touch nothing. */
static double bytes_touched(const ae_call *call, bool back) {
  double saved = bytes_read(call->saved, AE_MAX_SAVED), in = bytes_read(call->in, call->n_in);
  double written = back ? bytes_written(call, call->gin, call->n_in) : bytes_written(call, call->out, call->n_out);
  if (written == 0) return 0;
  return written + saved + in + (back ? bytes_read(call->out, call->n_out) + bytes_read(call->gout, call->n_out) : 0);
}

static ae_work work_of(const ae_call *call, bool back) {
  ae_work work = {.bytes = bytes_touched(call, back)};
  if (call->op && call->op->work) call->op->work(call, back, &work);
  return work;
}

/* ---- Timing ---- */

ae_timing ae_profile_begin(ae_profile *p) {
  ae_timing timing = {.around = p->inside};
  p->inside = 0;
  timing.begin = ae_clock_nanoseconds();
  return timing;
}

/* Ends the timing: the nanoseconds of the call in all and, less those inside, its own. */
static int64_t stop(ae_profile *p, ae_timing timing, int64_t *own) {
  int64_t all = ae_clock_nanoseconds() - timing.begin;
  *own = all - p->inside;
  p->inside = timing.around + all;
  return all;
}

void ae_profile_end(ae_profile *p, const ae_call *call, bool back, bool done, ae_timing timing) {
  int64_t own, all = stop(p, timing, &own);
  if (done) note(p, call->name, back, call->in_spec, call->n_in, work_of(call, back), timing.begin, all, own);
}

void ae_profile_end_pass(ae_profile *p, const char *name, const ae_tensor *t, int times, ae_timing timing) {
  int64_t own, all = stop(p, timing, &own);
  note(p, name, true, &(ae_spec){t->type, t->shape}, 1, (ae_work){.bytes = times * bytes_of(t)}, timing.begin, all,
       own);
}
