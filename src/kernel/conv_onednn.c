/*
** conv_onednn: convolution by oneDNN's primitives, each on one thread, split
** over pictures among ours: its own threads would wait in the way of them.
** Forward and gradient of the data go over a few pictures at a time, whose bias
** and activation follow while they are in the cache; the gradient of the weights
** over as many shares as there are threads, added up in order.
**
** Weights are brought into oneDNN's form once for a call, as in training they
** change from one to the next, or once for all where they may be kept so.
*/
#include "kernel/conv_onednn.h"

#include <stdatomic.h>

#include "kernel/conv_paths.h"

enum { CHUNK_WORK = 1 << 23, CHUNK_BYTES = 1 << 18, ALIGNMENT = 64 };

typedef struct pass {
  const ae_conv *conv;
  ae_onednn_kind what;
  int64_t chunk, chunks; /* pictures of a primitive; of the first `chunks` */
  const ae_onednn_plan *plan, *last;
  const real *x, *y;
  int64_t x_step, y_step;           /* elements of a picture */
  ae_kept *form, *last_form;        /* weights, forward and for the data, as plan and last want them */
  char *packed, *scratch;           /* packed: gradients of weights */
  size_t packed_step, scratch_step; /* bytes: of a plan's or share's, of a part */
  real *dw, *sums;                  /* of the first share, of the others: [count] each */
  int64_t count;
  const ae_conv_finish *finish;
  atomic_bool failed;
} pass;

static size_t larger_of(size_t bytes, size_t others) {
  return ((bytes > others ? bytes : others) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static ae_status plan_of(ae_context *ctx, const pass *p, int64_t pictures, int threads, const ae_onednn_plan **out,
                         ae_error *err) {
  ae_conv conv = *p->conv;
  ae_onednn_plan *plan = NULL;
  conv.n = pictures;
  AE_TRY(ae_onednn_plan_for(ctx, &conv, p->what, threads, &plan, err));
  *out = plan;
  return AE_OK;
}

static pass pass_over(const ae_conv *c, ae_onednn_kind what, const real *x, const real *y) {
  return (pass){.conv = c, .what = what, .x = x, .y = y, .x_step = c->h * c->w * c->c, .y_step = c->p * c->q * c->k};
}

/* Room for gradients of weights, `packed` of them in oneDNN's form and `sums` in ours, and what oneDNN wants besides.
 */
static ae_status reserve(ae_context *ctx, pass *p, int parts, int packed, int sums, void **block, size_t *bytes,
                         ae_error *err) {
  const ae_onednn_plan *last = p->last ? p->last : p->plan;
  const ae_conv *c = p->conv;
  p->packed_step = larger_of(ae_onednn_packed_bytes(p->plan), ae_onednn_packed_bytes(last));
  p->scratch_step = larger_of(ae_onednn_scratch_bytes(p->plan), ae_onednn_scratch_bytes(last));
  p->count = c->r * c->s * c->c * c->k;
  const size_t before = (size_t)packed * p->packed_step + (size_t)parts * p->scratch_step;
  *bytes = before + (size_t)sums * (size_t)p->count * sizeof(real);
  AE_TRY(ae_allocate(ctx->allocator, *bytes, block, err));
  p->packed = *block;
  p->scratch = p->packed + (size_t)packed * p->packed_step;
  p->sums = (real *)(p->packed + before);
  return AE_OK;
}

static ae_status end_pass(ae_context *ctx, const pass *p, void *block, size_t bytes, ae_error *err) {
  ae_free(ctx->allocator, block, bytes);
  return p->failed ? ae_fail(err, AE_NO_MEMORY, "convolution: oneDNN had no memory for its buffers") : AE_OK;
}

/* ---- Forward, gradient of the data ---- */

/* Enough work for a call, a result that stays in the cache, several for every thread; and they divide n where nearly as
** many do. */
static int64_t chunk_of(const ae_context *ctx, const ae_conv *c, int64_t result) {
  const double work = 2.0 * (double)(c->p * c->q * c->k) * (double)(c->r * c->s * c->c);
  const int64_t by_work = (int64_t)(CHUNK_WORK / work), by_bytes = CHUNK_BYTES / (result * (int64_t)sizeof(real));
  const int64_t most = c->n / (2 * ctx->threads);
  int64_t chunk = by_work > by_bytes ? by_work : by_bytes;
  if (ctx->threads > 1 && chunk > most) chunk = most;
  if (chunk > c->n) chunk = c->n;
  if (chunk < 1) chunk = 1;
  for (int64_t divisor = chunk; 2 * divisor > chunk; divisor--)
    if (c->n % divisor == 0) return divisor;
  return chunk;
}

static void run_chunks(void *arg, int part, int64_t begin, int64_t end) {
  pass *p = arg;
  const ae_conv *c = p->conv;
  const bool data = p->what == AE_ONEDNN_DATA;
  for (int64_t i = begin; i < end; i++) {
    const bool last = i == p->chunks;
    const int64_t n = i * p->chunk, pictures = last ? c->n - n : p->chunk;
    if (!ae_onednn_run(last ? p->last : p->plan, part, p->x + n * p->x_step, (last ? p->last_form : p->form)->data,
                       p->y + n * p->y_step, p->scratch + (size_t)part * p->scratch_step))
      atomic_store_explicit(&p->failed, true, memory_order_relaxed);
    const int64_t pixels = data ? c->h * c->w : c->p * c->q;
    ae_conv_finish_rows(p->finish, data ? c->c : c->k, n * pixels, pictures * pixels,
                        (real *)(uintptr_t)(data ? p->x : p->y));
  }
}

static bool reorder(void *arg, const real *w, void *to) {
  return ae_onednn_reorder(arg, 0, (real *)(uintptr_t)w, to);
}

static ae_status form_for(ae_context *ctx, const pass *p, const ae_onednn_plan *plan, int64_t pictures,
                          ae_conv_weights w, ae_kept **out, ae_error *err) {
  ae_conv_form form = {.way = AE_CONV_ONEDNN,
                       .direction = p->what == AE_ONEDNN_DATA ? AE_CONV_DATA : AE_CONV_FORWARD,
                       .bytes = (int64_t)ae_onednn_packed_bytes(plan),
                       .conv = *p->conv};
  form.conv.n = pictures;
  return ae_conv_packed(ctx, w, form, reorder, (void *)(uintptr_t)plan, out, err);
}

static ae_status run_forward(ae_context *ctx, pass *p, ae_conv_weights w, const ae_conv_finish *finish, ae_error *err) {
  const ae_conv *c = p->conv;
  p->chunk = chunk_of(ctx, c, p->what == AE_ONEDNN_DATA ? p->x_step : p->y_step);
  p->chunks = c->n / p->chunk;
  p->finish = finish;
  const int64_t units = (c->n + p->chunk - 1) / p->chunk;
  const int parts = ae_conv_parts(ctx, c, units);
  AE_TRY(plan_of(ctx, p, p->chunk, parts, &p->plan, err));
  if (units > p->chunks) AE_TRY(plan_of(ctx, p, c->n - p->chunks * p->chunk, parts, &p->last, err));
  void *block;
  size_t bytes;
  AE_TRY(reserve(ctx, p, parts, 0, 0, &block, &bytes, err));
  ae_status status = form_for(ctx, p, p->plan, p->chunk, w, &p->form, err);
  if (status == AE_OK && p->last)
    status = form_for(ctx, p, p->last, c->n - p->chunks * p->chunk, w, &p->last_form, err);
  if (status == AE_OK) ae_parallel_parts(ctx, units, parts, run_chunks, p);
  ae_kept_release(p->form);
  ae_kept_release(p->last_form);
  const ae_status ended = end_pass(ctx, p, block, bytes, err);
  return status == AE_OK ? ended : status;
}

static ae_status onednn_forward(ae_context *ctx, const ae_conv *conv, const real *x, ae_conv_weights w,
                                const ae_conv_finish *finish, real *y, ae_error *err) {
  pass p = pass_over(conv, AE_ONEDNN_FORWARD, x, y);
  return run_forward(ctx, &p, w, finish, err);
}

static ae_status onednn_data_gradient(ae_context *ctx, const ae_conv *conv, const real *dy, ae_conv_weights w,
                                      const ae_conv_finish *finish, real *dx, ae_error *err) {
  pass p = pass_over(conv, AE_ONEDNN_DATA, dx, dy);
  return run_forward(ctx, &p, w, finish, err);
}

/* ---- Gradient of the weights ---- */

/* Shares of n pictures; the first are one larger where it does not divide. */
static void run_shares(void *arg, int part, int64_t begin, int64_t end) {
  pass *p = arg;
  for (int64_t i = begin; i < end; i++) {
    const ae_onednn_plan *plan = i < p->chunks ? p->last : p->plan;
    const int64_t n = i * p->chunk + (i < p->chunks ? i : p->chunks);
    char *packed = p->packed + (size_t)i * p->packed_step;
    if (!ae_onednn_run(plan, part, p->x + n * p->x_step, packed, p->y + n * p->y_step,
                       p->scratch + (size_t)part * p->scratch_step) ||
        !ae_onednn_reorder(plan, part, i == 0 ? p->dw : p->sums + (i - 1) * p->count, packed))
      atomic_store_explicit(&p->failed, true, memory_order_relaxed);
  }
}

static ae_status onednn_weight_gradient(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy, real *dw,
                                        ae_error *err) {
  pass p = pass_over(conv, AE_ONEDNN_WEIGHTS, x, dy);
  const int parts = ae_conv_parts(ctx, conv, conv->n);
  p.dw = dw;
  p.chunk = conv->n / parts;
  p.chunks = conv->n % parts;
  AE_TRY(plan_of(ctx, &p, p.chunk, parts, &p.plan, err));
  if (p.chunks > 0) AE_TRY(plan_of(ctx, &p, p.chunk + 1, parts, &p.last, err));
  void *block;
  size_t bytes;
  AE_TRY(reserve(ctx, &p, parts, parts, parts - 1, &block, &bytes, err));
  ae_parallel_parts(ctx, parts, parts, run_shares, &p);
  ae_conv_add_parts(ctx, dw, p.sums, parts - 1, p.count);
  return end_pass(ctx, &p, block, bytes, err);
}

const ae_conv_path ae_conv_onednn = {onednn_forward, onednn_data_gradient, onednn_weight_gradient};
