/*
** conv: the seam: what has a size of 0, who is asked (conv_choice.c), what the
** ways share.
*/
#include "kernel/conv.h"

#include <string.h>

#include "core/clock.h"
#include "kernel/conv_choice.h"
#include "kernel/conv_direct_axis.h"
#include "kernel/conv_paths.h"

/* ---- Shared ---- */

double ae_conv_work(const ae_conv *conv) {
  return 2.0 * (double)conv->n * (double)conv->p * (double)conv->q * (double)conv->k * (double)conv->r *
         (double)conv->s * (double)(conv->c / conv->groups);
}

int ae_conv_parts(const ae_context *ctx, const ae_conv *conv, int64_t units) {
  double parts = ae_conv_work(conv) / AE_CONV_WORK_PER_THREAD;
  int64_t most = parts < 1 ? 1 : parts < ctx->threads ? (int64_t)parts : ctx->threads;
  return ae_parallel_count(ctx, most < units ? most : units, 1);
}

int ae_conv_many_parts(const ae_context *ctx, const ae_conv *conv, int64_t units) {
  enum { PARTS_PER_THREAD = 4 }; /* measured: 2 gain less, 8 no more */
  const int parts = ae_conv_parts(ctx, conv, units);
  /* A part of one unit has no next one to call into the cache. */
  return parts > 1 && units >= 2 * PARTS_PER_THREAD * parts ? PARTS_PER_THREAD * parts : parts;
}

void ae_conv_make(const ae_conv_maker *maker, int part, int64_t *made, int64_t begin, int64_t end) {
  if (*made < begin) *made = begin;
  if (*made < end) maker->make(maker->arg, part, *made, end);
  if (*made < end) *made = end;
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

/* Where forms of w stay; NULL: nowhere. Under a budget, as they would hold memory that something else may need, and
** beside the storage of another context, which may outlive this one's memory. */
static ae_storage *keeper_of(const ae_context *ctx, ae_conv_weights w) {
  if (!w.keep || !ae_kept_fits(w.keep) || w.keep->allocator != ctx->allocator) return NULL;
  if (ae_allocator_use(ctx->allocator).budget == 0) return w.keep;
  ae_kept_clear(w.keep);
  return NULL;
}

ae_conv_form ae_conv_form_of(const ae_conv *c, ae_conv_way way, bool back, int64_t bytes) {
  ae_conv_form form = {.way = way,
                       .direction = back ? AE_CONV_DATA : AE_CONV_FORWARD,
                       .bytes = bytes,
                       .conv = {.c = c->c, .r = c->r, .s = c->s, .k = c->k, .groups = c->groups}};
  if (back) {
    form.conv.h = ae_direct_phase_count(c->stride_h, c->h), form.conv.w = ae_direct_phase_count(c->stride_w, c->w);
    form.conv.stride_h = c->stride_h, form.conv.stride_w = c->stride_w;
    form.conv.dilation_h = c->dilation_h, form.conv.dilation_w = c->dilation_w;
    form.conv.top = c->top, form.conv.left = c->left;
  }
  return form;
}

ae_status ae_conv_packed(ae_context *ctx, ae_conv_weights w, ae_conv_form form,
                         bool (*pack)(void *arg, const real *w, void *to), void *arg, ae_kept **out, ae_error *err) {
  ae_storage *keep = keeper_of(ctx, w);
  ae_kept *k = NULL;
  if (keep) {
    form.at = (const char *)w.data - (const char *)keep->data;
    k = ae_kept_find(keep, &form, sizeof form);
  }
  if (!k) {
    AE_TRY(ae_kept_new(ctx->allocator, keep, &form, sizeof form, (size_t)form.bytes, &k, err));
    if (!pack(arg, w.data, k->data)) {
      ae_kept_release(k);
      return ae_fail(err, AE_NO_MEMORY, "convolution: no memory to pack its weights");
    }
    if (keep) ae_kept_add(keep, k);
  }
  *out = k;
  return AE_OK;
}

/* ---- A call ---- */

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

/* Two of these are read; the third is `out`. */
typedef struct call {
  const ae_conv *conv;
  ae_conv_direction direction;
  const real *x, *y;
  ae_conv_weights w;
  const ae_conv_finish *finish;
  real *out;
} call;

static ae_status run(ae_context *ctx, const call *c, ae_conv_way way, ae_error *err) {
  static const ae_conv_path *const paths[] = {
      [AE_CONV_DIRECT] = &ae_conv_direct, [AE_CONV_TILES] = &ae_conv_tiles, [AE_CONV_DEPTHWISE] = &ae_conv_depthwise,
      [AE_CONV_ONEDNN] = &ae_conv_onednn, [AE_CONV_AMX] = &ae_conv_amx,
  };
  if (c->direction == AE_CONV_FORWARD) return paths[way]->forward(ctx, c->conv, c->x, c->w, c->finish, c->out, err);
  if (c->direction == AE_CONV_DATA) return paths[way]->data_gradient(ctx, c->conv, c->y, c->w, c->finish, c->out, err);
  return paths[way]->weight_gradient(ctx, c->conv, c->x, c->y, c->out, err);
}

/* ---- Measuring ---- */

enum { MEASURED_RUNS = 3 };

/* The best of several runs after a first; every one overwrites the same result. */
static ae_status measure(ae_context *ctx, const call *c, ae_conv_way way, double *best, ae_error *err) {
  *best = 0;
  if (!ae_conv_way_serves(way, c->conv)) return AE_OK;
  for (int i = 0; i <= MEASURED_RUNS; i++) {
    const double began = ae_clock_seconds();
    const ae_status status = run(ctx, c, way, err);
    if (status == AE_UNSUPPORTED) return AE_OK;
    if (status != AE_OK) return status;
    const double took = ae_clock_seconds() - began;
    if (i == 1 || (i > 1 && took < *best)) *best = took;
  }
  return AE_OK;
}

/* What it takes with weights that nobody has packed before, as in training. */
static ae_status measure_all(ae_context *ctx, call c, ae_conv_choice *choice, ae_error *err) {
  c.w.keep = NULL;
  for (int way = 0; way < AE_CONV_WAYS; way++) AE_TRY(measure(ctx, &c, (ae_conv_way)way, &choice->seconds[way], err));
  for (int way = 0; way < AE_CONV_WAYS; way++)
    if (choice->seconds[way] > 0 &&
        (choice->seconds[choice->way] == 0 || choice->seconds[way] < choice->seconds[choice->way]))
      choice->way = (ae_conv_way)way;
  choice->measured = true;
  return AE_OK;
}

static ae_status serve(ae_context *ctx, const call *c, ae_error *err) {
  ae_conv_choices *choices;
  ae_conv_choice *choice;
  AE_TRY(ae_conv_choices_of(ctx, &choices, err));
  AE_TRY(ae_conv_choose(ctx, c->conv, c->direction, false, &choice, err));
  if (choices->measuring && !choice->measured) AE_TRY(measure_all(ctx, *c, choice, err));
  const ae_status status = run(ctx, c, choice->way, err);
  if (status != AE_UNSUPPORTED) return status;
  choice->way = ae_conv_way_serves(AE_CONV_DEPTHWISE, c->conv) ? AE_CONV_DEPTHWISE : AE_CONV_DIRECT;
  return run(ctx, c, choice->way, err);
}

/* ---- The seam ---- */

ae_status ae_conv_forward(ae_context *ctx, const ae_conv *conv, const real *x, ae_conv_weights w,
                          const ae_conv_finish *finish, real *y, ae_error *err) {
  const call c = {.conv = conv, .direction = AE_CONV_FORWARD, .x = x, .w = w, .finish = finish, .out = y};
  if (!is_empty(conv)) return serve(ctx, &c, err);
  memset(y, 0, (size_t)output_count(conv) * sizeof *y);
  ae_conv_finish_rows(finish, conv->k, 0, conv->n * conv->p * conv->q, y);
  return AE_OK;
}

ae_status ae_conv_data_gradient(ae_context *ctx, const ae_conv *conv, const real *dy, ae_conv_weights w,
                                const ae_conv_finish *finish, real *dx, ae_error *err) {
  const call c = {.conv = conv, .direction = AE_CONV_DATA, .y = dy, .w = w, .finish = finish, .out = dx};
  if (!is_empty(conv)) return serve(ctx, &c, err);
  memset(dx, 0, (size_t)input_count(conv) * sizeof *dx);
  ae_conv_finish_rows(finish, conv->c, 0, conv->n * conv->h * conv->w, dx);
  return AE_OK;
}

ae_status ae_conv_weight_gradient(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy, real *dw,
                                  ae_error *err) {
  const call c = {.conv = conv, .direction = AE_CONV_WEIGHTS, .x = x, .y = dy, .out = dw};
  if (!is_empty(conv)) return serve(ctx, &c, err);
  memset(dw, 0, (size_t)weight_count(conv) * sizeof *dw);
  return AE_OK;
}

ae_status ae_conv_weight_gradient_making(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy,
                                         const ae_conv_maker *maker, real *dw, ae_error *err) {
  ae_conv_choices *choices;
  ae_conv_choice *choice;
  AE_TRY(ae_conv_choices_of(ctx, &choices, err));
  if (is_empty(conv) || !ae_conv_makes(ctx, choices, conv)) return AE_UNSUPPORTED;
  AE_TRY(ae_conv_choose(ctx, conv, AE_CONV_WEIGHTS, true, &choice, err));
  if (choice->way == AE_CONV_AMX) {
    const ae_status status = ae_amx_weight_gradient(ctx, conv, x, dy, maker, dw, err);
    if (status != AE_UNSUPPORTED) return status;
    choice->way = AE_CONV_DIRECT;
  }
  return ae_direct_weight_gradient(ctx, conv, x, dy, maker, dw, err);
}
