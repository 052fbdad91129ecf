/*
** conv_direct_weights: gradient of the weights for conv_direct.c. The sums of a
** dozen taps and one block of output channels stay in registers while a band of
** pictures passes:
**   sums[tap, k] += x[pixel at tap] dy[pixel, k]
** packed as weights are, [taps, width] for each block. Split over pictures and
** bands of their rows, with sums of its own for every thread, added up in order.
**
** Where there are 1 to 4 output channels and stride 1, x and dy change places:
** vectors run over x's channels, and the taps are those of the kernel turned by
** half a circle.
*/
#include <string.h>

#include "core/context.h"
#include "kernel/conv_direct.h"

typedef struct pass {
  ae_conv conv; /* as it is computed */
  const ae_direct_kernels *kernels;
  ae_direct_source source;
  const real *y;
  int64_t group_c, group_k, padded;
  int64_t count; /* sums of a part: [groups, r * s * group_c, padded] */
  int64_t windows, bands;
  int64_t together; /* bands that one part has from the first to the last: those of a picture where there is a maker */
  const ae_conv_maker *maker;
  bool of_source; /* the maker's is the source, else y */
  real *sums, *rooms;
  int64_t room, band_room; /* of a part, and its band; the rest is for the tail */
} pass;

typedef struct place {
  const pass *p;
  ae_direct_band band;
  const real *y; /* of the band's first row, at the block */
  int64_t y_step;
  int64_t begin, end; /* rows of y */
  real *sums;         /* of the block */
  ae_conv_ahead next_source, next_y;
  int part;
  int64_t made; /* pixels so far */
} place;

/* ---- A band ---- */

/* Rows [begin, end) of y at the input that kernel row r and column offset `column` give them. */
static ae_direct_outer rows_at(const place *at, ae_range rows, int64_t r, int64_t column) {
  const pass *p = at->p;
  const ae_conv *c = &p->conv;
  const int64_t row = rows.begin * c->stride_h - c->top + r * c->dilation_h;
  return (ae_direct_outer){
      .in = at->band.data + (at->band.origin + row * p->source.line + column * p->source.pitch),
      .in_step = c->stride_w * p->source.pitch,
      .in_line = c->stride_h * p->source.line,
      .tap_line = c->dilation_h * p->source.line,
      .out = at->y + (rows.begin - at->begin) * c->q * at->y_step,
      .out_step = at->y_step,
      .out_line = c->q * at->y_step,
      .rows = rows.end - rows.begin,
      .columns = c->q,
  };
}

/* Rows of the band that meet the input at kernel row r. */
static ae_range rows_meeting(const place *at, int64_t r) {
  const ae_conv *c = &at->p->conv;
  ae_range rows = ae_window_outputs(r, c->h, c->p, c->stride_h, c->dilation_h, c->top);
  if (rows.begin < at->begin) rows.begin = at->begin;
  if (rows.end > at->end) rows.end = at->end;
  return rows;
}

/* Taps [tap, tap + count) of kernel row r, which begin at column offset `column`. */
static void add_taps(place *at, ae_direct_block b, ae_range rows, int64_t r, int64_t column, int64_t tap,
                     int64_t count) {
  const ae_direct_kernels *kernels = at->p->kernels;
  if (rows.begin >= rows.end) return;
  ae_direct_outer sum = rows_at(at, rows, r, column);
  const real *in = sum.in;
  const ae_direct_cut cut = ae_direct_cut_of(count, kernels->most[b.which]);
  for (int64_t number = 0, i = 0; i < count; number++) {
    const int64_t taps = ae_direct_piece_size(cut, number);
    sum.in = in + i;
    sum.sums = at->sums + (tap + i) * b.width;
    ae_conv_fetch(&at->next_source);
    ae_conv_fetch(&at->next_y);
    kernels->outer[b.which][taps - 1](&sum);
    i += taps;
  }
}

/* All nine taps of a 3x3 kernel on one channel, where all meet the input, and the rows before and after. */
static void add_nine(place *at, ae_direct_block b) {
  const int64_t left = -at->p->conv.left;
  const ae_range inside = {rows_meeting(at, 0).begin, rows_meeting(at, 2).end};
  if (inside.begin < inside.end) {
    ae_direct_outer sum = rows_at(at, inside, 0, left);
    sum.sums = at->sums;
    at->p->kernels->nine[b.which](&sum);
  }
  for (int64_t r = 0; r < 3; r++) {
    const ae_range rows = rows_meeting(at, r);
    if (inside.begin >= inside.end) {
      add_taps(at, b, rows, r, left, 3 * r, 3);
    } else {
      add_taps(at, b, (ae_range){rows.begin, inside.begin}, r, left, 3 * r, 3);
      add_taps(at, b, (ae_range){inside.end, rows.end}, r, left, 3 * r, 3);
    }
  }
}

static void add_block(place *at, ae_direct_block b) {
  const pass *p = at->p;
  const ae_conv *c = &p->conv;
  const bool joined = c->dilation_w == 1;
  const int64_t pieces = joined ? 1 : c->s, count = joined ? c->s * p->group_c : p->group_c;
  if (joined && c->r == 3 && count == 3 && p->kernels->nine[b.which]) {
    add_nine(at, b);
    return;
  }
  for (int64_t r = 0; r < c->r; r++)
    for (int64_t s = 0; s < pieces; s++)
      add_taps(at, b, rows_meeting(at, r), r, s * c->dilation_w - c->left, (r * c->s + s) * p->group_c, count);
}

/* Channels of a block that is not full, with zeros. */
static void copy_tail(const pass *p, const real *from, int64_t pixels, ae_direct_block b, real *to) {
  for (int64_t i = 0; i < pixels; i++, from += p->conv.k, to += b.width) {
    for (int64_t k = 0; k < b.valid; k++) to[k] = from[k];
    for (int64_t k = b.valid; k < b.width; k++) to[k] = 0;
  }
}

/* Rows of the source that rows [begin, end) of y read. */
static ae_range reads(const ae_conv *c, int64_t begin, int64_t end) {
  return (ae_range){begin * c->stride_h - c->top, (end - 1) * c->stride_h - c->top + (c->r - 1) * c->dilation_h + 1};
}

static void look_ahead(const pass *p, int64_t n, int64_t begin, place *at) {
  const ae_conv *c = &p->conv;
  const int64_t end = begin + p->windows, taps = c->r * c->s * p->group_c;
  const int64_t calls = taps / p->kernels->most[p->kernels->n_widths - 1] + 1;
  const ae_range rows = reads(c, begin, end);
  at->next_source = ae_conv_ahead_of(p->source.data, c->h, c->w * c->c, n, rows.begin, rows.end, calls);
  at->next_y = ae_conv_ahead_of(p->y, c->p, c->q * c->k, n, begin, end, calls);
}

/* What the band reads of it, and with the last band of picture n the rest. */
static void make(const pass *p, place *at, int64_t n, ae_range source_rows) {
  const ae_conv *c = &p->conv;
  if (!p->maker) return;
  const int64_t rows = p->of_source ? c->h : c->p, columns = p->of_source ? c->w : c->q;
  int64_t end = p->of_source ? source_rows.end : at->end;
  if (end < 0) end = 0;
  if (end > rows || at->end == c->p) end = rows;
  ae_conv_make(p->maker, at->part, &at->made, n * rows * columns, (n * rows + end) * columns);
}

static void add_band(const pass *p, place *at, int64_t n, int64_t begin) {
  const ae_conv *c = &p->conv;
  real *room = p->rooms + at->part * p->room, *tail = room + p->band_room;
  real *sums = p->sums + at->part * p->count;
  const int64_t end = begin + p->windows < c->p ? begin + p->windows : c->p;
  const ae_range rows = reads(c, begin, end);
  at->begin = begin, at->end = end;
  make(p, at, n, rows);
  for (int64_t group = 0; group < c->groups; group++, sums += c->r * c->s * p->group_c * p->padded) {
    at->band = ae_direct_band_at(&p->source, n, group, rows.begin, rows.end, room);
    ae_direct_block b = {0};
    while (ae_direct_block_next(p->kernels, p->group_k, &b)) {
      const bool full = b.valid == b.width;
      const real *y = p->y + (n * c->p + begin) * c->q * c->k + group * p->group_k + b.begin;
      if (!full) copy_tail(p, y, (end - begin) * c->q, b, tail);
      at->y = full ? y : tail;
      at->y_step = full ? c->k : b.width;
      at->sums = sums + b.at * c->r * c->s * p->group_c;
      add_block(at, b);
    }
  }
}

static void add_bands(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  memset(p->sums + part * p->count, 0, (size_t)p->count * sizeof *p->sums);
  const bool ahead = p->conv.r * p->conv.s * p->group_c >= AE_DIRECT_WORTH_AHEAD;
  const int64_t last = end * p->together;
  place at = {.p = p, .part = part};
  for (int64_t unit = begin * p->together; unit < last; unit++) {
    if (ahead && unit + 1 < last) look_ahead(p, (unit + 1) / p->bands, (unit + 1) % p->bands * p->windows, &at);
    add_band(p, &at, unit / p->bands, unit % p->bands * p->windows);
  }
}

/* ---- The sums as weights lie ---- */

static void unpack(const pass *p, bool turned, real *dw) {
  const ae_conv *c = &p->conv;
  const int64_t places = c->r * c->s, C = p->group_c;
  for (int64_t group = 0; group < c->groups; group++) {
    const real *sums = p->sums + group * places * C * p->padded;
    ae_direct_block b = {0};
    while (ae_direct_block_next(p->kernels, p->group_k, &b))
      for (int64_t i = 0; i < places * C; i++) {
        const real *from = sums + (b.at * places * C + i * b.width);
        const int64_t at = turned ? places - 1 - i / C : i / C, k = group * p->group_k + b.begin;
        for (int64_t j = 0; j < b.valid; j++) dw[turned ? (at * c->k + k + j) * C + i % C : i * c->k + k + j] = from[j];
      }
  }
}

/* dw of conv is dw of this one, turned by half a circle, its channels exchanged. */
static ae_conv exchange(const ae_conv *c) {
  ae_conv e = *c;
  e.h = c->p, e.w = c->q, e.c = c->k;
  e.p = c->h, e.q = c->w, e.k = c->c;
  e.top = (c->r - 1) * c->dilation_h - c->top;
  e.left = (c->s - 1) * c->dilation_w - c->left;
  return e;
}

ae_status ae_direct_weight_gradient(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy,
                                    const ae_conv_maker *maker, real *dw, ae_error *err) {
  const bool turned = conv->groups == 1 && conv->k <= AE_DIRECT_FEW && conv->c > AE_DIRECT_FEW && conv->stride_h == 1 &&
                      conv->stride_w == 1;
  pass p = {.conv = turned ? exchange(conv) : *conv, .kernels = ae_direct_kernels_here(), .y = turned ? x : dy};
  const ae_conv *c = &p.conv;
  p.group_c = c->c / c->groups, p.group_k = c->k / c->groups;
  p.padded = ae_direct_padded(p.kernels, p.group_k);
  p.source = ae_direct_source_of(turned ? dy : x, c->h, c->w, c->c, c->groups, -c->left,
                                 (c->q - 1) * c->stride_w - c->left + (c->s - 1) * c->dilation_w + 1);
  const int64_t reach = (c->r - 1) * c->dilation_h + 1;
  p.windows = ae_direct_band_windows(ctx, &p.source, c->n, c->p, c->stride_h, reach);
  p.bands = (c->p + p.windows - 1) / p.windows;
  p.band_room = ae_direct_band_room(&p.source, (p.windows - 1) * c->stride_h + reach);
  p.room = p.band_room + ae_direct_lines(p.windows * c->q * p.kernels->width[p.kernels->n_widths - 1]);
  p.count = ae_direct_lines(c->groups * c->r * c->s * p.group_c * p.padded);
  p.maker = maker;
  p.of_source = maker && maker->of_x != turned;
  p.together = maker ? p.bands : 1;
  const int64_t units = c->n * p.bands / p.together;
  const int parts = ae_conv_parts(ctx, c, units);
  const size_t bytes = (size_t)parts * (size_t)(p.count + p.room) * sizeof(real);
  void *block;
  AE_TRY(ae_allocate(ctx->allocator, bytes, &block, err));
  p.sums = block;
  p.rooms = p.sums + parts * p.count;
  ae_parallel_parts(ctx, units, parts, add_bands, &p);
  ae_conv_add_parts(ctx, p.sums, p.sums + p.count, parts - 1, p.count);
  unpack(&p, turned, dw);
  ae_free(ctx->allocator, block, bytes);
  return AE_OK;
}
