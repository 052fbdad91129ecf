/*
** conv_direct: convolution without a column matrix, by loops over the input as it
** lies whose sums stay in registers (conv_direct_kernels.h). Forward and gradient
** of the data are the same pass over a `source` that makes a `target`:
**   forward  source x, target y      target pixel i reads source i*stride + tap*dilation - before
**   data     source dy, target dx    target pixel i reads source (i + before - tap*dilation) / stride where that is
**                                    whole: targets of one phase, i = phase modulo stride, read alike
** Weights are packed by phase and block of output channels, [taps, width]; for 1
** to 4 output channels [k, taps]; kept so where they may be. Split over pictures
** and bands of their rows.
*/
#include "kernel/conv_direct.h"

#include <math.h>
#include <string.h>

#include "core/context.h"
#include "kernel/conv_direct_axis.h"
#include "kernel/transpose.h"

typedef struct pass {
  const ae_conv *conv;
  const ae_direct_kernels *kernels;
  bool back; /* the gradient of the data */
  bool few;  /* output channels run along */
  ae_direct_source source;
  real *out;
  int64_t rows, columns, channels, width; /* of the target; channels of a group */
  int64_t padded, starts;                 /* width as weights, and what sums start with, have it */
  int64_t phases_h, phases_w;
  int64_t windows, bands; /* rows of a phase in one band; bands of a picture */
  int64_t band_rows;      /* of the source, at most */
  const real *weights;    /* [groups, taps, padded] */
  real *start;            /* [groups, starts] */
  ae_direct_piece *pieces;
  real *rooms;
  int64_t room; /* of a part, band and tail */
  real floor;
  const ae_conv_finish *finish;
} pass;

/* ---- Phases ---- */

/* What all phases of a dimension read: [low, high) for targets [begin, end) of each. */
typedef struct span {
  int64_t low, high;
} span;

static span reads(const pass *p, ae_direct_axis_fn axis_of, int64_t phases, int64_t begin, int64_t end) {
  span s = {INT64_MAX, INT64_MIN};
  for (int64_t phase = 0; phase < phases; phase++) {
    const ae_direct_axis a = axis_of(p->conv, p->back, phase);
    const int64_t last = (end < a.count ? end : a.count) - 1;
    if (a.taps == 0 || last < begin) continue;
    const int64_t low = begin * a.in_step + a.offset;
    const int64_t high = last * a.in_step + a.offset + (a.taps - 1) * a.offset_step + 1;
    if (low < s.low) s.low = low;
    if (high > s.high) s.high = high;
  }
  return s.low > s.high ? (span){0, 0} : s;
}

/* ---- Weights ---- */

/* Channels of one place of the kernel, from rows `from` of w: to [depth, width] of every block, or [width, taps]. */
static void pack_place(const pass *p, const real *from, int64_t taps, int64_t tap, real *to) {
  const int64_t K = p->conv->k, out_step = p->back ? K : 1, in_step = p->back ? 1 : K, depth = p->source.depth;
  ae_direct_block b = {0};
  if (p->few) {
    for (int64_t o = 0; o < p->width; o++)
      for (int64_t d = 0; d < depth; d++) to[o * taps + tap + d] = from[o * out_step + d * in_step];
    return;
  }
  while (ae_direct_block_next(p->kernels, p->width, &b)) {
    real *at = to + b.at * taps + tap * b.width;
    const int64_t side = ae_transpose_side(sizeof(real));
    if (p->back && b.valid == b.width && b.width % side == 0 && depth % side == 0) {
      ae_transpose(sizeof(real), depth, b.width, at, b.width, from + b.begin * K, K);
      continue;
    }
    for (int64_t d = 0; d < depth; d++, at += b.width) {
      const real *row = from + b.begin * out_step + d * in_step;
      if (out_step == 1)
        memcpy(at, row, (size_t)b.valid * sizeof *at);
      else
        for (int64_t o = 0; o < b.valid; o++) at[o] = row[o * out_step];
      for (int64_t o = b.valid; o < b.width; o++) at[o] = 0;
    }
  }
}

typedef struct packing {
  ae_context *ctx;
  const pass *p;
  const real *w;
  real *to;
} packing;

/* Places [begin, end) of the kernels of all groups: phases one after another, as run_band reads them. */
static void pack_places(void *arg, int64_t begin, int64_t end) {
  const packing *pack = arg;
  const pass *p = pack->p;
  const ae_conv *c = p->conv;
  const int64_t group_c = c->c / c->groups, group_k = c->k / c->groups;
  real *to = pack->to;
  int64_t place = 0;
  for (int64_t group = 0; group < c->groups; group++)
    for (int64_t phase = 0; phase < p->phases_h * p->phases_w; phase++) {
      const ae_direct_axis h = ae_direct_axis_h(p->conv, p->back, phase / p->phases_w),
                           v = ae_direct_axis_w(p->conv, p->back, phase % p->phases_w);
      const int64_t taps = h.taps * v.taps * p->source.depth;
      for (int64_t i = 0; i < h.taps * v.taps; i++, place++) {
        if (place < begin || place >= end) continue;
        const int64_t r = h.tap + i / v.taps * h.tap_step, s = v.tap + i % v.taps * v.tap_step;
        pack_place(p, pack->w + (r * c->s + s) * group_c * c->k + group * group_k, taps, i * p->source.depth, to);
      }
      to += taps * p->padded;
    }
}

static bool pack_all(void *arg, const real *w, void *to) {
  packing *pack = arg;
  const pass *p = pack->p;
  const ae_conv *c = p->conv;
  pack->w = w, pack->to = to;
  ae_parallel(pack->ctx, c->r * c->s * c->groups, AE_GRAIN_CHEAP / (p->source.depth * p->padded) + 1, pack_places,
              pack);
  return true;
}

static ae_status pack_weights(ae_context *ctx, const pass *p, ae_conv_weights w, ae_kept **out, ae_error *err) {
  const ae_conv *c = p->conv;
  const int64_t packed = ae_direct_lines(c->r * c->s * p->source.depth * p->padded * c->groups + AE_DIRECT_SLACK);
  const ae_conv_form form = ae_conv_form_of(c, AE_CONV_DIRECT, p->back, packed * (int64_t)sizeof(real));
  packing pack = {.ctx = ctx, .p = p};
  return ae_conv_packed(ctx, w, form, pack_all, &pack, out, err);
}

static void lay_starts(const pass *p) {
  const real *b = p->finish ? p->finish->b : NULL;
  for (int64_t group = 0; group < p->conv->groups; group++)
    for (int64_t i = 0; i < p->starts; i++) {
      const int64_t o = p->few ? i % p->width : i;
      p->start[group * p->starts + i] = b && o < p->width ? b[group * p->width + o] : 0;
    }
}

/* ---- A band ---- */

typedef struct place {
  const pass *p;
  ae_direct_axis h, v;
  ae_direct_band band;
  int64_t n, group;
  const real *weights; /* of the phase */
  int64_t taps;
  ae_direct_piece *pieces;
  real *tail; /* [pixels, width] of a block that is not full */
  ae_conv_ahead next_source, next_target;
} place;

/* What row i of the phase's targets reads. Neighbouring places of a kernel row are one piece. */
static int64_t lay_pieces(const place *at, int64_t i) {
  const ae_direct_source *s = &at->p->source;
  const bool joined = at->v.offset_step == 1 || at->v.taps == 1;
  const int64_t number = joined ? 1 : at->v.taps, count = at->v.taps * s->depth / (number ? number : 1);
  int64_t n = 0;
  for (int64_t j = 0; j < at->h.taps && at->v.taps > 0; j++) {
    const int64_t row = i * at->h.in_step + at->h.offset + j * at->h.offset_step;
    if (row < 0 || row >= s->rows) continue;
    for (int64_t k = 0; k < number; k++)
      at->pieces[n++] =
          (ae_direct_piece){at->band.origin + row * s->line + (at->v.offset + k * at->v.offset_step) * s->pitch,
                            (j * at->v.taps + k) * s->depth, count};
  }
  return n;
}

static void run_row_of_few(const place *at, int64_t n_pieces, real *to) {
  const pass *p = at->p;
  const int64_t step = at->v.in_step * p->source.pitch, out_step = at->v.out_step * p->channels;
  const int *pixels = p->kernels->pixels[p->width - 1];
  int which = 0;
  while (pixels[which] > at->v.count) which++;
  for (int64_t i = 0; i < at->v.count; i += pixels[which]) {
    if (i + pixels[which] > at->v.count) i = at->v.count - pixels[which]; /* some are done twice */
    const ae_direct_sum sum = {.pieces = at->pieces,
                               .n_pieces = n_pieces,
                               .in = at->band.data + i * step,
                               .in_step = step,
                               .w = at->weights,
                               .taps = at->taps,
                               .start = p->start + at->group * p->starts,
                               .out = to + i * out_step,
                               .out_step = out_step,
                               .floor = p->floor};
    p->kernels->along[p->width - 1][which](&sum);
  }
}

static void run_row(const place *at, ae_direct_block b, ae_direct_cut cut, int64_t n_pieces, real *to) {
  const pass *p = at->p;
  const int64_t step = at->v.in_step * p->source.pitch, out_step = at->v.out_step * p->channels;
  const bool full = b.valid == b.width;
  ae_direct_sum sum = {.pieces = at->pieces,
                       .n_pieces = n_pieces,
                       .in_step = step,
                       .w = at->weights + b.at * at->taps,
                       .start = p->start + at->group * p->starts + b.at,
                       .out_step = full ? out_step : b.width,
                       .floor = p->floor};
  to += b.begin;
  for (int64_t number = 0, i = 0; i < at->v.count; number++) {
    const int64_t pixels = ae_direct_piece_size(cut, number);
    sum.in = at->band.data + i * step;
    sum.out = full ? to + i * out_step : at->tail;
    p->kernels->across[b.which][pixels - 1](&sum);
    if (!full)
      for (int64_t q = 0; q < pixels; q++)
        memcpy(to + (i + q) * out_step, at->tail + q * b.width, (size_t)b.valid * sizeof *to);
    i += pixels;
  }
}

/* Rows [begin, end) of one phase. */
static void run_phase(place *at, int64_t begin, int64_t end) {
  const pass *p = at->p;
  real *picture = p->out + at->n * p->rows * p->columns * p->channels + at->group * p->width;
  ae_direct_block b = {0};
  if (end > at->h.count) end = at->h.count;
  do {
    if (!p->few && !ae_direct_block_next(p->kernels, p->width, &b)) return;
    const ae_direct_cut cut = ae_direct_cut_of(at->v.count, p->kernels->most[b.which]);
    for (int64_t i = begin; i < end; i++) {
      const int64_t n_pieces = lay_pieces(at, i);
      ae_conv_fetch(&at->next_source);
      ae_conv_fetch(&at->next_target);
      real *to = picture + ((at->h.first + i * at->h.out_step) * p->columns + at->v.first) * p->channels;
      if (p->few)
        run_row_of_few(at, n_pieces, to);
      else
        run_row(at, b, cut, n_pieces, to);
    }
  } while (!p->few);
}

/* A band's number among all: its picture, and the rows of every phase. */
typedef struct unit {
  int64_t n, begin, end;
} unit;

static unit unit_at(const pass *p, int64_t number) {
  const int64_t begin = number % p->bands * p->windows;
  return (unit){number / p->bands, begin, begin + p->windows};
}

static void look_ahead(const pass *p, unit next, place *at) {
  const ae_direct_source *s = &p->source;
  const span rows = reads(p, ae_direct_axis_h, p->phases_h, next.begin, next.end);
  const int64_t calls = p->phases_h * p->phases_w * p->windows, out_step = p->back ? p->conv->stride_h : 1;
  at->next_source = ae_conv_ahead_of(s->data, s->rows, s->columns * s->channels, next.n, rows.low, rows.high, calls);
  at->next_target = ae_conv_ahead_of(p->out, p->rows, p->columns * p->channels, next.n, next.begin * out_step,
                                     next.end * out_step, calls);
}

static void run_band(const pass *p, place *at, unit u, real *room) {
  const span rows = reads(p, ae_direct_axis_h, p->phases_h, u.begin, u.end);
  at->n = u.n;
  at->weights = p->weights;
  for (at->group = 0; at->group < p->conv->groups; at->group++) {
    at->band = ae_direct_band_at(&p->source, u.n, at->group, rows.low, rows.high, room);
    for (int64_t phase = 0; phase < p->phases_h * p->phases_w; phase++) {
      at->h = ae_direct_axis_h(p->conv, p->back, phase / p->phases_w),
      at->v = ae_direct_axis_w(p->conv, p->back, phase % p->phases_w);
      at->taps = at->h.taps * at->v.taps * p->source.depth;
      if (at->v.count > 0) run_phase(at, u.begin, u.end);
      at->weights += at->taps * p->padded;
    }
  }
}

static void finish_band(const pass *p, unit u) {
  const int64_t out_step = p->back ? p->conv->stride_h : 1, begin = u.begin * out_step, end = u.end * out_step;
  ae_conv_finish finish = *p->finish;
  finish.b = NULL;
  ae_conv_finish_rows(&finish, p->channels, (u.n * p->rows + begin) * p->columns,
                      ((end < p->rows ? end : p->rows) - begin) * p->columns, p->out);
}

static void run_bands(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  const bool ahead = p->conv->r * p->conv->s * p->source.depth >= AE_DIRECT_WORTH_AHEAD;
  const bool finishes = p->finish && p->finish->f.kind != AE_LINEAR && p->finish->f.kind != AE_RELU;
  place at = {.p = p, .pieces = p->pieces + part * p->conv->r * p->conv->s, .tail = p->rooms + part * p->room};
  real *room = at.tail + ae_direct_lines(AE_DIRECT_ROWS * p->kernels->width[p->kernels->n_widths - 1]);
  for (int64_t number = begin; number < end; number++) {
    if (ahead && number + 1 < end) look_ahead(p, unit_at(p, number + 1), &at);
    run_band(p, &at, unit_at(p, number), room);
    if (finishes) finish_band(p, unit_at(p, number));
  }
}

/* ---- A pass ---- */

static ae_status run(ae_context *ctx, pass *p, const real *from, ae_conv_weights w, ae_error *err) {
  const ae_conv *c = p->conv;
  const bool back = p->back;
  p->kernels = ae_direct_kernels_here();
  p->rows = back ? c->h : c->p, p->columns = back ? c->w : c->q, p->channels = back ? c->c : c->k;
  p->width = p->channels / c->groups;
  p->few = p->width <= AE_DIRECT_FEW;
  p->padded = p->few ? p->width : ae_direct_padded(p->kernels, p->width);
  p->phases_h = back ? ae_direct_phase_count(c->stride_h, c->h) : 1,
  p->phases_w = back ? ae_direct_phase_count(c->stride_w, c->w) : 1;
  p->floor = p->finish && p->finish->f.kind == AE_RELU ? 0 : -(real)INFINITY;
  const int64_t stride = back ? c->stride_h : 1, steps = (p->rows + stride - 1) / stride;
  const span columns = reads(p, ae_direct_axis_w, p->phases_w, 0, p->columns);
  p->source = ae_direct_source_of(from, back ? c->p : c->h, back ? c->q : c->w, back ? c->k : c->c, c->groups,
                                  columns.low, columns.high);
  p->source.copied = p->source.copied || p->few;
  const span one = reads(p, ae_direct_axis_h, p->phases_h, 0, 1);
  const int64_t step = back ? 1 : c->stride_h;
  p->windows = ae_direct_band_windows(ctx, &p->source, c->n, steps, step, one.high - one.low);
  p->bands = (steps + p->windows - 1) / p->windows;
  p->band_rows = (p->windows - 1) * step + (one.high - one.low);
  p->room = ae_direct_lines(AE_DIRECT_ROWS * p->kernels->width[p->kernels->n_widths - 1]) +
            ae_direct_band_room(&p->source, p->band_rows);
  /* Every part has a room; those for single rows of windows may be large. */
  const bool small = p->room * (int64_t)sizeof(real) <= 2 * AE_DIRECT_BAND_BYTES;
  const int parts = small ? ae_conv_many_parts(ctx, c, c->n * p->bands) : ae_conv_parts(ctx, c, c->n * p->bands);
  p->starts = p->few ? AE_DIRECT_SLACK : p->padded;
  const int64_t starts = ae_direct_lines(p->starts * c->groups);
  const size_t reals = (size_t)(starts + parts * p->room) * sizeof(real);
  const size_t bytes = reals + (size_t)parts * (size_t)(c->r * c->s) * sizeof(ae_direct_piece);
  ae_kept *weights;
  void *block;
  AE_TRY(pack_weights(ctx, p, w, &weights, err));
  ae_status status = ae_allocate(ctx->allocator, bytes, &block, err);
  if (status != AE_OK) {
    ae_kept_release(weights);
    return status;
  }
  p->weights = weights->data;
  p->start = block;
  p->rooms = p->start + starts;
  p->pieces = (ae_direct_piece *)(p->rooms + parts * p->room);
  lay_starts(p);
  ae_parallel_parts(ctx, c->n * p->bands, parts, run_bands, p);
  ae_free(ctx->allocator, block, bytes);
  ae_kept_release(weights);
  return AE_OK;
}

static ae_status direct_forward(ae_context *ctx, const ae_conv *conv, const real *x, ae_conv_weights w,
                                const ae_conv_finish *finish, real *y, ae_error *err) {
  pass p = {.conv = conv, .out = y, .finish = finish};
  return run(ctx, &p, x, w, err);
}

static ae_status direct_data_gradient(ae_context *ctx, const ae_conv *conv, const real *dy, ae_conv_weights w,
                                      const ae_conv_finish *finish, real *dx, ae_error *err) {
  pass p = {.conv = conv, .back = true, .out = dx, .finish = finish};
  return run(ctx, &p, dy, w, err);
}

static ae_status direct_weight_gradient(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy, real *dw,
                                        ae_error *err) {
  return ae_direct_weight_gradient(ctx, conv, x, dy, NULL, dw, err);
}

const ae_conv_path ae_conv_direct = {direct_forward, direct_data_gradient, direct_weight_gradient};
