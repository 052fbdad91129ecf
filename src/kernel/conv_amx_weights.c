/*
** conv_amx_weights: gradient of the weights for conv_amx.c. What is summed over
** are places of images (conv_amx.h), a band at a time:
**   sums[tap] [32 of k, 32 of c] += dy [places, 32]^T image of x [places + offset of the tap, 32]
** dy is the left factor, its rows with gaps of zeros as wide as the images' lines;
** the images are the right one, in pairs of neighbouring places. A tap that begins
** at an odd place takes the pair in which it does, and a form of dy that begins
** one place later. Every thread has sums of its own, added up in order.
**
** Where x or dy hold what is no sum of parts, the direct way computes it all.
*/
#include "kernel/conv_amx.h"

#ifdef AELUA_AMX

#include <stdatomic.h>
#include <string.h>

#include "core/context.h"
#include "kernel/amx_cut.h"
#include "kernel/backend.h"
#include "kernel/transpose.h"

enum { FORMS = 2 /* of dy: for taps at even and at odd places */ };

typedef struct tap {
  int64_t place; /* even */
  int form;
} tap;

typedef struct pass {
  const ae_conv *conv;
  ae_amx_images images;
  int64_t together; /* bands that one thread has from the first to the last: with a maker, a picture's */
  bool wants[FORMS];
  int64_t padded; /* channels of x, whole blocks */
  int64_t blocks_c, blocks_k;
  int64_t taps;
  tap at[AE_CONV_AMX_SIDE * AE_CONV_AMX_SIDE];
  int64_t steps; /* of a unit, at most */
  int64_t part;  /* elements of one part of all images */
  int64_t count; /* sums of a thread */
  const real *dy;
  const ae_conv_maker *maker;
  char *rooms;
  float *sums;  /* [threads, blocks_k, blocks_c, taps, WIDE, WIDE] */
  int64_t room; /* bytes of a thread's */
  atomic_bool odd;
} pass;

typedef struct place {
  pass *p;
  int part;
  ae_amx_step *left; /* [forms, blocks_k, steps] */
  uint16_t *pairs;   /* [PARTS, images, pairs of places, padded, 2] */
  float *dy;         /* [1 + steps * DEPTH, k] */
  float *sums;
  ae_amx_unit unit;
  int64_t steps;
  int64_t made;
  ae_conv_ahead next_x, next_dy;
  __m512 odd;
} place;

/* ---- What is cut ---- */

/* A place of zeros, then the unit's rows of dy, each `pitch` places long. */
static void lay_dy(place *at) {
  const pass *p = at->p;
  const ae_conv *c = p->conv;
  const ae_amx_unit *u = &at->unit;
  const size_t row = (size_t)(c->q * c->k) * sizeof *at->dy;
  memset(at->dy, 0, (size_t)((1 + at->steps * AE_AMX_DEPTH) * c->k) * sizeof *at->dy);
  for (int64_t picture = 0; picture < u->pictures; picture++)
    for (int64_t i = u->begin; i < u->end; i++) {
      const int64_t first = 1 + (picture * u->lines + i - u->begin) * p->images.pitch;
      memcpy(at->dy + first * c->k, p->dy + ((u->n + picture) * c->p + i) * c->q * c->k, row);
    }
}

/* SIDE channels of a line's places, in pairs of neighbours. */
typedef struct strip {
  const ae_amx_line *line;
  int64_t channel;
  __mmask16 lanes;
  uint16_t *to;
  int64_t pair, part; /* elements */
} strip;

AE_AMX_INLINE ae_amx_parts strip_at(const strip *s, int64_t i, __m512 *odd) {
  const ae_amx_line *x = s->line;
  const bool held = i >= x->held.begin && i < x->held.end;
  const int64_t at = (i - x->held.begin) * x->step + s->channel;
  return ae_amx_cut(held ? _mm512_maskz_loadu_ps(s->lanes, x->from + at) : _mm512_setzero_ps(), odd);
}

AE_AMX static void cut_strip(const strip *s, int64_t pitch, __m512 *flag) {
  __m512 odd = *flag;
  for (int64_t i = 0; i < pitch; i += 2) {
    const ae_amx_parts x = strip_at(s, i, &odd), y = strip_at(s, i + 1, &odd);
    for (int k = 0; k < AE_AMX_PARTS; k++)
      _mm512_store_si512(s->to + i / 2 * s->pair + k * s->part, ae_amx_pairs(x.of[k], y.of[k]));
  }
  *flag = odd;
}

AE_AMX static void cut_line(place *at, const ae_amx_line *line) {
  const pass *p = at->p;
  const ae_amx_images *x = &p->images;
  strip s = {.line = line, .pair = 2 * p->padded, .part = p->part};
  for (; s.channel < x->channels; s.channel += AE_AMX_SIDE) {
    s.lanes = ae_amx_lanes(x->channels - s.channel);
    s.to = at->pairs + line->place * p->padded + 2 * s.channel;
    cut_strip(&s, x->pitch, &at->odd);
  }
}

/* Whether all are sums of their parts. */
static bool pack_dy(const place *at) {
  const pass *p = at->p;
  const int64_t k = p->conv->k;
  bool all = true;
  for (int form = 0; form < FORMS; form++)
    if (p->wants[form])
      all &= ae_amx_pack_a((ae_matrix){at->dy + (1 - form) * k, k, true}, k, at->steps * AE_AMX_DEPTH,
                           at->left + form * p->blocks_k * p->steps);
  return all;
}

/* ---- A unit ---- */

/* All that the unit's images hold, which may be more than its taps read, and with the last band of a picture the rest.
 */
static void make_more(place *at) {
  const pass *p = at->p;
  const ae_conv *c = p->conv;
  if (!p->maker) return;
  const bool of_x = p->maker->of_x, last = at->unit.end == c->p;
  const int64_t rows = of_x ? c->h : c->p, columns = of_x ? c->w : c->q;
  int64_t end = of_x ? (at->unit.end + p->images.h.high) * c->stride_h : at->unit.end;
  if (end < 0) end = 0;
  if (end > rows || last) end = rows;
  const int64_t picture = at->unit.n + at->unit.pictures - 1;
  ae_conv_make(p->maker, at->part, &at->made, at->unit.n * rows * columns, (picture * rows + end) * columns);
}

/* One block of k by one of c, all taps. */
AE_AMX static void add_block(place *at, int64_t k, int64_t c) {
  const pass *p = at->p;
  ae_amx_block right = {
      .stride = (size_t)(2 * p->padded) * sizeof *at->pairs, .second = 2 * AE_AMX_SIDE, .part = p->part};
  float *sums = at->sums + (k * p->blocks_c + c) * p->taps * AE_AMX_WIDE * AE_AMX_WIDE;
  for (int64_t i = 0; i < p->taps; i++, sums += AE_AMX_WIDE * AE_AMX_WIDE) {
    ae_amx_step *left = at->left + p->at[i].form * p->blocks_k * p->steps + k * at->steps;
    right.at = at->pairs + p->at[i].place * p->padded + c * AE_AMX_WIDE * 2;
    ae_amx_begin(sums, AE_AMX_WIDE, true);
    for (int64_t step = 0; step < at->steps; step++, right.at += AE_AMX_SIDE * 2 * p->padded) {
      ae_amx_add(ae_amx_packed(left + step), right);
      ae_conv_fetch(&at->next_x);
      ae_conv_fetch(&at->next_dy);
    }
    ae_amx_end(sums, AE_AMX_WIDE);
  }
}

AE_AMX static void add_unit(place *at) {
  pass *p = at->p;
  const ae_conv *c = p->conv;
  const int64_t places =
      ((at->unit.pictures - 1) * at->unit.lines + at->unit.end - at->unit.begin - 1) * p->images.pitch + c->q;
  at->steps = ae_amx_ceiling(places + p->wants[1], AE_AMX_DEPTH);
  make_more(at);
  lay_dy(at);
  for (int64_t i = 0; i < ae_amx_line_count(&p->images, &at->unit); i++) {
    const ae_amx_line line = ae_amx_line_at(&p->images, &at->unit, i);
    cut_line(at, &line);
  }
  if (!pack_dy(at)) atomic_store_explicit(&p->odd, true, memory_order_relaxed);
  for (int64_t k = 0; k < p->blocks_k; k++)
    for (int64_t i = 0; i < p->blocks_c; i++) add_block(at, k, i);
}

static void look_ahead(place *at, int64_t number) {
  const pass *p = at->p;
  const ae_conv *c = p->conv;
  const ae_amx_images *x = &p->images;
  const int64_t places = at->unit.pictures * at->unit.lines * x->pitch;
  const int64_t calls = ae_amx_ceiling(places, AE_AMX_DEPTH) * p->blocks_k * p->blocks_c * p->taps;
  const ae_amx_unit next = ae_amx_unit_at(x, number);
  at->next_x = ae_amx_ahead_of(x->data, c->h, c->w * c->c, &next, (next.begin + x->h.low) * x->h.step,
                               (next.end + x->h.high) * x->h.step, calls);
  at->next_dy = ae_amx_ahead_of(p->dy, c->p, c->q * c->k, &next, next.begin, next.end, calls);
}

AE_AMX static void add_units(void *arg, int part, int64_t begin, int64_t end) {
  pass *p = arg;
  place at = {.p = p, .part = part, .sums = p->sums + part * p->count, .odd = _mm512_setzero_ps()};
  at.left = (ae_amx_step *)(p->rooms + part * p->room);
  at.pairs = (uint16_t *)(at.left + FORMS * p->blocks_k * p->steps);
  at.dy = (float *)(at.pairs + AE_AMX_PARTS * p->part);
  memset(at.sums, 0, (size_t)p->count * sizeof *at.sums);
  memset(at.pairs, 0, (size_t)(AE_AMX_PARTS * p->part) * sizeof *at.pairs);
  ae_amx_configure();
  const int64_t last = end * p->together;
  for (int64_t number = begin * p->together; number < last; number++) {
    at.unit = ae_amx_unit_at(&p->images, number);
    if (number + 1 < last) look_ahead(&at, number + 1);
    add_unit(&at);
  }
  _tile_release();
  if (ae_amx_is_odd(at.odd)) atomic_store_explicit(&p->odd, true, memory_order_relaxed);
}

/* ---- A pass ---- */

typedef struct unpacking {
  const pass *p;
  real *dw;
} unpacking;

/* dw [taps, c, k] from sums [blocks_k, blocks_c, taps, WIDE of k, WIDE of c], blocks [begin, end). */
static void unpack(void *arg, int64_t begin, int64_t end) {
  const unpacking *u = arg;
  const pass *p = u->p;
  const ae_conv *conv = p->conv;
  const float *from = p->sums + begin * AE_AMX_WIDE * AE_AMX_WIDE;
  for (int64_t i = begin; i < end; i++, from += AE_AMX_WIDE * AE_AMX_WIDE) {
    const int64_t t = i % p->taps, c = i / p->taps % p->blocks_c * AE_AMX_WIDE;
    const int64_t k = i / p->taps / p->blocks_c * AE_AMX_WIDE;
    const int64_t rows = ae_amx_least(conv->c - c, AE_AMX_WIDE), columns = ae_amx_least(conv->k - k, AE_AMX_WIDE);
    real *to = u->dw + (t * conv->c + c) * conv->k + k;
    if (rows == AE_AMX_WIDE && columns == AE_AMX_WIDE) {
      ae_transpose(sizeof(real), AE_AMX_WIDE, AE_AMX_WIDE, to, conv->k, from, AE_AMX_WIDE);
      continue;
    }
    for (int64_t row = 0; row < rows; row++)
      for (int64_t column = 0; column < columns; column++)
        to[row * conv->k + column] = from[column * AE_AMX_WIDE + row];
  }
}

static void lay_taps(pass *p) {
  const ae_conv *c = p->conv;
  for (int64_t i = 0; i < p->taps; i++) {
    const ae_amx_tap h = ae_amx_axis_take(&p->images.h, i / c->s * c->dilation_h - c->top);
    const ae_amx_tap v = ae_amx_axis_take(&p->images.v, i % c->s * c->dilation_w - c->left);
    const int64_t offset = ae_amx_offset(&p->images, h, v);
    p->at[i] = (tap){offset / 2 * 2, (int)(offset % 2)};
    p->wants[offset % 2] = true;
  }
}

static bool lay_images(const ae_context *ctx, pass *p, const real *from) {
  const ae_conv *c = p->conv;
  ae_amx_images *x = &p->images;
  *x = (ae_amx_images){.data = from, .n = c->n, .channels = c->c};
  x->h = ae_amx_axis_of(c->h, c->stride_h, c->p);
  x->v = ae_amx_axis_of(c->w, c->stride_w, c->q);
  for (int64_t r = 0; r < c->r; r++) ae_amx_axis_take(&x->h, r * c->dilation_h - c->top);
  for (int64_t s = 0; s < c->s; s++) ae_amx_axis_take(&x->v, s * c->dilation_w - c->left);
  x->pitch = ae_amx_ceiling(c->q + x->v.high - x->v.low, 2) * 2;
  const int64_t parts = AE_AMX_PARTS * (int64_t)sizeof(uint16_t);
  const int64_t bytes = ae_amx_count(x) * p->padded * parts + c->k * (FORMS * parts + (int64_t)sizeof(float));
  if (!ae_amx_lay_units(ctx, x, bytes)) return false;
  p->part = ae_amx_count(x) * x->places * p->padded;
  p->steps = x->places / AE_AMX_DEPTH;
  lay_taps(p);
  return true;
}

static ae_status run(ae_context *ctx, pass *p, const real *x, real *dw, ae_error *err) {
  const ae_conv *c = p->conv;
  p->taps = c->r * c->s;
  p->blocks_c = ae_amx_ceiling(c->c, AE_AMX_WIDE), p->blocks_k = ae_amx_ceiling(c->k, AE_AMX_WIDE);
  p->padded = p->blocks_c * AE_AMX_WIDE;
  if (!lay_images(ctx, p, x)) return AE_UNSUPPORTED;
  p->together = p->maker ? p->images.bands : 1;
  p->count = p->blocks_k * p->blocks_c * p->taps * AE_AMX_WIDE * AE_AMX_WIDE;
  p->room = FORMS * p->blocks_k * p->steps * (int64_t)sizeof(ae_amx_step) +
            AE_AMX_PARTS * p->part * (int64_t)sizeof(uint16_t) +
            ae_amx_ceiling((1 + p->steps * AE_AMX_DEPTH) * c->k, AE_AMX_SIDE) * AE_AMX_SIDE * (int64_t)sizeof(float);
  const int64_t units = ae_amx_units(&p->images) / p->together;
  const int parts = ae_conv_parts(ctx, c, units);
  const size_t sums = (size_t)(parts * p->count) * sizeof(float), bytes = sums + (size_t)(parts * p->room);
  void *block;
  AE_TRY(ae_allocate(ctx->allocator, bytes, &block, err));
  p->sums = block;
  p->rooms = (char *)block + sums;
  ae_parallel_parts(ctx, units, parts, add_units, p);
  ae_conv_add_parts(ctx, p->sums, p->sums + p->count, parts - 1, p->count);
  unpacking u = {p, dw};
  ae_parallel(ctx, p->count / (AE_AMX_WIDE * AE_AMX_WIDE), AE_GRAIN_CHEAP / (AE_AMX_WIDE * AE_AMX_WIDE), unpack, &u);
  ae_free(ctx->allocator, block, bytes);
  return AE_OK;
}

ae_status ae_amx_weight_gradient(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy,
                                 const ae_conv_maker *maker, real *dw, ae_error *err) {
  pass p = {.conv = conv, .dy = dy, .maker = maker};
  if (!ae_conv_way_serves(AE_CONV_AMX, conv) || !ae_backend_amx(ctx->keep_environment)) return AE_UNSUPPORTED;
  AE_TRY(run(ctx, &p, x, dw, err));
  return p.odd ? ae_conv_direct.weight_gradient(ctx, conv, x, dy, dw, err) : AE_OK;
}

#else

ae_status ae_amx_weight_gradient(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy,
                                 const ae_conv_maker *maker, real *dw, ae_error *err) {
  (void)ctx, (void)conv, (void)x, (void)dy, (void)maker, (void)dw, (void)err;
  return AE_UNSUPPORTED;
}

#endif
