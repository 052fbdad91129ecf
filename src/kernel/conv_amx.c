/*
** conv_amx: convolution on tiles (amx.h), elements as three bfloat16 numbers,
** forward and the gradient of the data. Both read a `source` and make a `target`:
**   forward  source x, target y
**   data     source dy, target dx
** Backwards targets whose places leave the same rest by the stride are a phase,
** which reads alike. The source is cut into images (conv_amx.h), each place's
** channels after the other's, a unit at a time:
**   sums [32 places, 32 channels] = sum over taps of image [32, channels of the source] weights [.., 32]
** Errors are those of amx.c's products. Where source or weights hold what is no
** sum of such parts, the direct way (conv_direct.c) computes it all.
**
** Not here: groups; the gradient of the weights (conv_amx_weights.c).
*/
#include "kernel/backend.h"
#include "kernel/conv_amx_pass.h"

#ifdef AELUA_AMX

#include <math.h>
#include <string.h>

#include "core/context.h"
#include "kernel/amx_cut.h"

/* ---- A unit ---- */

/* A thread's, and where it works on it. */
typedef struct place {
  ae_amx_pass *p;
  ae_amx_unit unit;
  uint16_t *cut; /* [PARTS, images, places, channels] */
  float *sums;   /* [WIDE, WIDE] */
  ae_conv_ahead next_source, next_target;
  __m512 odd;
} place;

/* `n` elements as parts. */
AE_AMX_INLINE void cut_run(const float *from, int64_t n, uint16_t *to, int64_t part, __m512 *odd) {
  for (int64_t i = 0; i < n; i += AE_AMX_DEPTH) {
    const int64_t left = n - i;
    const __mmask32 lanes = left >= AE_AMX_DEPTH ? 0xffffffff : ((__mmask32)1 << left) - 1;
    const ae_amx_parts low = ae_amx_cut(_mm512_maskz_loadu_ps((__mmask16)lanes, from + i), odd);
    const ae_amx_parts high = ae_amx_cut(_mm512_maskz_loadu_ps((__mmask16)(lanes >> 16), from + i + AE_AMX_SIDE), odd);
    for (int k = 0; k < AE_AMX_PARTS; k++)
      _mm512_mask_storeu_epi16(to + k * part + i, lanes, ae_amx_joined(low.of[k], high.of[k]));
  }
}

static void clear_run(int64_t n, uint16_t *to, int64_t part) {
  for (int k = 0; k < AE_AMX_PARTS; k++) memset(to + k * part, 0, (size_t)n * sizeof *to);
}

AE_AMX static void cut_line(place *at, const ae_amx_line *line) {
  const ae_amx_pass *p = at->p;
  const int64_t channels = p->images.channels, held = line->held.end - line->held.begin;
  uint16_t *to = at->cut + line->place * channels, *first = to + line->held.begin * channels;
  __m512 odd = at->odd;
  clear_run(line->held.begin * channels, to, p->part);
  if (line->step == channels)
    cut_run(line->from, held * channels, first, p->part, &odd);
  else
    for (int64_t i = 0; i < held; i++)
      cut_run(line->from + i * line->step, channels, first + i * channels, p->part, &odd);
  clear_run((p->images.pitch - line->held.end) * channels, to + line->held.end * channels, p->part);
  at->odd = odd;
}

/* What became of a place's channels [column, column + columns). */
AE_AMX_INLINE void put_place(const ae_amx_pass *p, const float *sums, int64_t column, int64_t columns, float *to) {
  const float *b = p->finish && p->finish->b ? p->finish->b + column : NULL;
  for (int64_t i = 0; i < columns; i += AE_AMX_SIDE) {
    const __mmask16 lanes = ae_amx_lanes(columns - i);
    __m512 z = _mm512_load_ps(sums + i);
    if (b) z = _mm512_add_ps(z, _mm512_maskz_loadu_ps(lanes, b + i));
    _mm512_mask_storeu_ps(to + i, lanes, _mm512_max_ps(_mm512_set1_ps(p->floor), z));
  }
}

/* Where the walk over the places is. */
typedef struct cursor {
  int64_t picture, row, column;
} cursor;

/* Puts the targets among WIDE places from the cursor on; returns how many places on the next target is. */
AE_AMX static int64_t put_sums(const place *at, const ae_amx_phase *f, int64_t block, cursor *c) {
  const ae_amx_pass *p = at->p;
  const int64_t channel = block * AE_AMX_WIDE, channels = ae_amx_least(p->channels - channel, AE_AMX_WIDE);
  const int64_t rows = ae_amx_least(at->unit.end, f->h.count) - at->unit.begin;
  int64_t i = 0;
  while (i < AE_AMX_WIDE && c->picture < at->unit.pictures) {
    const int64_t row = f->h.first + (at->unit.begin + c->row) * f->h.out_step, step = f->v.out_step * p->channels;
    const int64_t column = f->v.first + c->column * f->v.out_step;
    float *to = p->out + (((at->unit.n + c->picture) * p->rows + row) * p->columns + column) * p->channels + channel;
    const int64_t count = ae_amx_least(f->v.count - c->column, AE_AMX_WIDE - i);
    for (int64_t j = 0; j < count; j++)
      put_place(p, at->sums + (i + j) * AE_AMX_WIDE, channel, channels, to + j * step);
    i += count;
    c->column += count;
    if (c->column < f->v.count) continue;
    i += p->images.pitch - f->v.count;
    c->column = 0;
    if (++c->row < rows) continue;
    i += (at->unit.lines - rows) * p->images.pitch;
    c->row = 0;
    c->picture++;
  }
  return i;
}

/* sums [WIDE places from `first` on, WIDE channels] */
AE_AMX static void add_up(place *at, const ae_amx_phase *f, int64_t first, ae_amx_step *weights) {
  const ae_amx_pass *p = at->p;
  const int64_t channels = p->images.channels;
  ae_amx_block a = {.stride = (size_t)channels * sizeof *at->cut, .second = AE_AMX_SIDE * channels, .part = p->part};
  ae_amx_begin(at->sums, AE_AMX_WIDE, false);
  for (int64_t i = 0; i < f->n_pieces; i++) {
    a.at = at->cut + (first + f->pieces[i].offset) * channels;
    for (int64_t deep = 0; deep < f->pieces[i].run; deep += AE_AMX_DEPTH, a.at += AE_AMX_DEPTH) {
      ae_amx_add(a, ae_amx_packed(weights++));
      ae_conv_fetch(&at->next_source);
      ae_conv_fetch(&at->next_target);
    }
  }
  ae_amx_end(at->sums, AE_AMX_WIDE);
}

static void run_phase(place *at, const ae_amx_phase *f, int64_t block) {
  if (f->v.count <= 0 || at->unit.begin >= f->h.count) return;
  cursor c = {0};
  for (int64_t first = 0; c.picture < at->unit.pictures;) {
    add_up(at, f, first, at->p->weights + f->first + block * f->steps);
    first += put_sums(at, f, block, &c);
  }
}

static void finish_unit(const place *at) {
  const ae_amx_pass *p = at->p;
  const ae_amx_unit *u = &at->unit;
  const int64_t out_step = p->back ? p->conv->stride_h : 1;
  const int64_t begin = u->begin * out_step, end = ae_amx_least(u->end * out_step, p->rows);
  ae_conv_finish finish = *p->finish;
  finish.b = NULL;
  for (int64_t n = u->n; n < u->n + u->pictures; n++)
    ae_conv_finish_rows(&finish, p->channels, (n * p->rows + begin) * p->columns, (end - begin) * p->columns, p->out);
}

static void look_ahead(place *at, int64_t number) {
  const ae_amx_pass *p = at->p;
  const ae_amx_images *x = &p->images;
  const int64_t out_step = p->back ? p->conv->stride_h : 1;
  const int64_t places = at->unit.pictures * at->unit.lines * x->pitch;
  const int64_t calls = ae_amx_ceiling(places, AE_AMX_WIDE) * p->blocks * p->steps + 1;
  const ae_amx_unit next = ae_amx_unit_at(x, number);
  at->next_source = ae_amx_ahead_of(x->data, x->h.size, x->v.size * x->channels, &next,
                                    (next.begin + x->h.low) * x->h.step, (next.end + x->h.high) * x->h.step, calls);
  at->next_target = ae_amx_ahead_of(p->out, p->rows, p->columns * p->channels, &next, next.begin * out_step,
                                    next.end * out_step, calls);
}

AE_AMX static void run_units(void *arg, int part, int64_t begin, int64_t end) {
  ae_amx_pass *p = arg;
  const bool finishes = p->finish && p->finish->f.kind != AE_LINEAR && p->finish->f.kind != AE_RELU;
  place at = {.p = p, .sums = (float *)(p->rooms + part * p->room), .odd = _mm512_setzero_ps()};
  at.cut = (uint16_t *)(at.sums + AE_AMX_WIDE * AE_AMX_WIDE);
  memset(at.cut, 0, (size_t)(AE_AMX_PARTS * p->part) * sizeof *at.cut);
  ae_amx_configure();
  for (int64_t number = begin; number < end; number++) {
    at.unit = ae_amx_unit_at(&p->images, number);
    if (number + 1 < end) look_ahead(&at, number + 1);
    for (int64_t i = 0; i < ae_amx_line_count(&p->images, &at.unit); i++) {
      const ae_amx_line line = ae_amx_line_at(&p->images, &at.unit, i);
      cut_line(&at, &line);
    }
    for (int64_t block = 0; block < p->blocks; block++)
      for (int64_t i = 0; i < p->n_phases; i++) run_phase(&at, &p->phases[i], block);
    if (finishes) finish_unit(&at);
  }
  _tile_release();
  if (ae_amx_is_odd(at.odd)) atomic_store_explicit(&p->odd, true, memory_order_relaxed);
}

/* ---- A pass ---- */

static ae_status run(ae_context *ctx, ae_amx_pass *p, const real *from, ae_conv_weights w, ae_error *err) {
  const ae_conv *c = p->conv;
  ae_amx_lay_pass(p, from);
  ae_amx_images *x = &p->images;
  p->floor = p->finish && p->finish->f.kind == AE_RELU ? 0 : -INFINITY;
  if (!ae_amx_lay_units(ctx, x, AE_AMX_PARTS * ae_amx_count(x) * x->channels * (int64_t)sizeof(uint16_t)))
    return AE_UNSUPPORTED;
  p->part = ae_amx_ceiling(ae_amx_count(x) * x->places * x->channels + AE_AMX_DEPTH, AE_AMX_DEPTH) * AE_AMX_DEPTH;
  p->room = AE_AMX_WIDE * AE_AMX_WIDE * (int64_t)sizeof(float) + AE_AMX_PARTS * p->part * (int64_t)sizeof(uint16_t);
  const int64_t units = ae_amx_units(x);
  const int parts = ae_conv_parts(ctx, c, units);
  const int64_t rooms = parts * p->room, phases = p->n_phases * (int64_t)sizeof(ae_amx_phase);
  const size_t bytes = (size_t)(rooms + phases) + (size_t)(c->r * c->s) * sizeof(ae_amx_piece);
  void *block;
  AE_TRY(ae_allocate(ctx->allocator, bytes, &block, err));
  p->rooms = block;
  p->phases = (ae_amx_phase *)(p->rooms + rooms);
  ae_amx_lay_phases(p, (ae_amx_piece *)((char *)p->phases + phases));
  ae_kept *weights;
  bool odd;
  const ae_status status = ae_amx_pack_weights(ctx, p, w, &weights, &odd, err);
  if (status == AE_OK) {
    p->weights = weights->data;
    p->odd = odd;
    if (!odd) ae_parallel_parts(ctx, units, parts, run_units, p);
    ae_kept_release(weights);
  }
  ae_free(ctx->allocator, block, bytes);
  return status;
}

static bool serves(const ae_context *ctx, const ae_conv *conv) {
  return ae_conv_way_serves(AE_CONV_AMX, conv) && ae_backend_amx(ctx->keep_environment);
}

static ae_status amx_forward(ae_context *ctx, const ae_conv *conv, const real *x, ae_conv_weights w,
                             const ae_conv_finish *finish, real *y, ae_error *err) {
  ae_amx_pass p = {.conv = conv, .out = y, .finish = finish};
  if (!serves(ctx, conv)) return AE_UNSUPPORTED;
  AE_TRY(run(ctx, &p, x, w, err));
  return p.odd ? ae_conv_direct.forward(ctx, conv, x, w, finish, y, err) : AE_OK;
}

static ae_status amx_data_gradient(ae_context *ctx, const ae_conv *conv, const real *dy, ae_conv_weights w,
                                   const ae_conv_finish *finish, real *dx, ae_error *err) {
  ae_amx_pass p = {.conv = conv, .back = true, .out = dx, .finish = finish};
  if (!serves(ctx, conv)) return AE_UNSUPPORTED;
  AE_TRY(run(ctx, &p, dy, w, err));
  return p.odd ? ae_conv_direct.data_gradient(ctx, conv, dy, w, finish, dx, err) : AE_OK;
}

#else

static ae_status amx_forward(ae_context *ctx, const ae_conv *conv, const real *x, ae_conv_weights w,
                             const ae_conv_finish *finish, real *y, ae_error *err) {
  (void)ctx, (void)conv, (void)x, (void)w, (void)finish, (void)y, (void)err;
  return AE_UNSUPPORTED;
}

static ae_status amx_data_gradient(ae_context *ctx, const ae_conv *conv, const real *dy, ae_conv_weights w,
                                   const ae_conv_finish *finish, real *dx, ae_error *err) {
  return amx_forward(ctx, conv, dy, w, finish, dx, err);
}

#endif

static ae_status amx_weight_gradient(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy, real *dw,
                                     ae_error *err) {
  return ae_amx_weight_gradient(ctx, conv, x, dy, NULL, dw, err);
}

const ae_conv_path ae_conv_amx = {amx_forward, amx_data_gradient, amx_weight_gradient};
