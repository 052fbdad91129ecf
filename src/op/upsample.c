/*
** upsample: pictures and signals enlarged by whole factors.
**   x [N,H,W,C] -> y [N, H*fh, W*fw, C]   x [N,T,C] -> y [N, T*f, C]
** "nearest": y[i] = x[i / f]. "bilinear" (linear in one dimension): between the
** two neighbours of the place where output i lies in x:
**   (i + 1/2) / f - 1/2, past the border the border itself, as PyTorch, Keras
**   and TensorFlow 2 have it;
**   align_corners: i (H - 1) / (H f - 1), so that corners fall on corners.
** One dimension after the other. Backward: every element of x collects from the
** outputs that read it.
**
** Not here: other sizes, bicubic, area.
*/
#include <string.h>

#include "core/parallel.h"
#include "kernel/fetch.h"
#include "kernel/lanes.h"
#include "op/window.h"

static const char *const modes[] = {"nearest", "bilinear", NULL};
enum { NEAREST, BILINEAR };

typedef struct attrs {
  ae_dims factor;
  int mode;
  bool align_corners;
  int64_t n, h, w, c, fh, fw; /* resolved; one dimension: h and fh are 1 */
} attrs;

/* Output i = (1 - part) x[low] + part x[high]. */
typedef struct place {
  int64_t low, high;
  real part;
} place;

static place nearest(int64_t i, int64_t factor) {
  return (place){i / factor, i / factor, 0};
}

static place between(int64_t i, int64_t size, int64_t factor, bool align_corners) {
  double at = ((double)i + 0.5) / (double)factor - 0.5;
  if (align_corners) at = size > 1 ? (double)i * ((double)(size - 1) / (double)(size * factor - 1)) : 0;
  if (at < 0) at = 0;
  int64_t low = (int64_t)at;
  if (low > size - 1) low = size - 1;
  const int64_t high = low + 1 < size ? low + 1 : low;
  return (place){low, high, high == low ? 0 : (real)(at - (double)low)};
}

static ae_status upsample_shape(ae_call *call, ae_spec *out) {
  attrs *a = call->attrs;
  const ae_shape *x = &call->in_spec[0].shape;
  const int sides = x->ndim - 2;
  char text[AE_SHAPE_TEXT];
  if (sides != 1 && sides != 2)
    return ae_fail(call->err, AE_SHAPE, "upsample: x wants 3 dimensions [N,T,C] or 4 [N,H,W,C], got %s",
                   ae_shape_text(x, text));
  if (a->align_corners && a->mode != BILINEAR)
    return ae_fail(call->err, AE_INVALID, "upsample: align_corners wants the mode \"bilinear\", got \"%s\"",
                   modes[a->mode]);
  int64_t factor[2] = {1, 1};
  if (a->factor.n == 0) return ae_fail(call->err, AE_INVALID, "upsample: factor wants a number, got none");
  AE_TRY(ae_side_numbers(call, "factor", &a->factor, sides, 1, 1, factor));
  a->n = x->dims[0], a->c = x->dims[sides + 1], a->w = x->dims[sides], a->fw = factor[sides - 1];
  a->h = sides == 2 ? x->dims[1] : 1, a->fh = sides == 2 ? factor[0] : 1;
  int64_t dims[4] = {x->dims[0]};
  for (int d = 0; d < sides; d++)
    if (__builtin_mul_overflow(x->dims[d + 1], factor[d], &dims[d + 1])) return ae_side_overflow(call);
  dims[sides + 1] = a->c;
  out->type = AE_REAL;
  return ae_shape_make("upsample", x->ndim, dims, &out->shape, call->err);
}

/* The outputs that read one input element: `count` from `first` on, and how much each takes of it. */
typedef struct readers {
  int64_t first, count;
  const real *weights;
} readers;

/* One dimension of a call. */
typedef struct axis {
  int64_t in, out;
  place *places;    /* [out] */
  readers *readers; /* back: [in] */
  real *weights;    /* back: [2 * out] of all readers */
} axis;

static size_t axis_bytes(const axis *x) {
  return (size_t)x->out * (sizeof(place) + 2 * sizeof(real)) + (size_t)x->in * sizeof(readers);
}

/* Takes axis_bytes at `block`; gives what is behind them. */
static char *axis_fill(axis *x, const attrs *a, int64_t factor, char *block) {
  x->places = (place *)(void *)block;
  x->readers = (readers *)(void *)(x->places + x->out);
  x->weights = (real *)(void *)(x->readers + x->in);
  for (int64_t i = 0; i < x->out; i++)
    x->places[i] = a->mode == NEAREST ? nearest(i, factor) : between(i, x->in, factor, a->align_corners);
  real *weights = x->weights;
  for (int64_t i = 0, first = 0; i < x->in; i++) {
    readers *r = &x->readers[i];
    while (first < x->out && x->places[first].high < i) first++;
    *r = (readers){first, 0, weights};
    for (int64_t o = first; o < x->out && x->places[o].low <= i; o++, r->count++) {
      const place p = x->places[o];
      *weights++ = p.low == i ? 1 - p.part : p.part;
    }
  }
  return (char *)(x->weights + 2 * x->out);
}

typedef struct job {
  const attrs *a;
  axis rows, columns;
  const real *x; /* back: dy */
  real *y;       /* back: dx */
  real *lines;   /* [parts, line]: a row between the two dimensions */
  int64_t line;
} job;

/* ---- Forward: down first, then across ---- */

AE_SIMD static void mix(int64_t n, const real *upper, const real *lower, real part, real *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] = upper[i] + part * (lower[i] - upper[i]);
}

AE_INLINE void spread_pixel(int lanes, int64_t C, int64_t times, const real *restrict x, real *restrict y) {
  for (int64_t i = 0; i < times; i++) {
    AE_LANES_LOOP
    for (int l = 0; l < lanes; l++) y[i * C + l] = x[l];
  }
}

AE_SIMD static void repeat_pixels(int64_t n, int64_t C, int64_t times, const real *x, real *y) {
  for (int64_t i = 0; i < n; i++, x += C, y += times * C) {
#define SPREAD(c, lanes) spread_pixel(lanes, C, times, x + c, y + c)
    AE_LANES_FOR(C, SPREAD);
#undef SPREAD
  }
}

AE_INLINE void mix_pixel(int lanes, const real *low, const real *high, real part, real *restrict y) {
  AE_LANES_LOOP
  for (int l = 0; l < lanes; l++) y[l] = low[l] + part * (high[l] - low[l]);
}

AE_SIMD static void mix_pixels(const axis *columns, int64_t C, const real *x, real *y) {
  for (int64_t q = 0; q < columns->out; q++, y += C) {
    const place p = columns->places[q];
#define MIX(c, lanes) mix_pixel(lanes, x + p.low * C + c, x + p.high * C + c, p.part, y + c)
    AE_LANES_FOR(C, MIX);
#undef MIX
  }
}

/* The rows of y that begin at a row of x's N*H. */
static void forward_rows(void *arg, int part, int64_t begin, int64_t end) {
  const job *j = arg;
  const attrs *a = j->a;
  const int64_t row_in = a->w * a->c, row_out = j->columns.out * a->c;
  for (int64_t row = begin; row < end; row++) {
    const real *image = j->x + row / a->h * a->h * row_in;
    real *y = j->y + row * a->fh * row_out, *line = j->lines + part * j->line;
    const place *places = j->rows.places + row % a->h * a->fh;
    if (a->mode == NEAREST) {
      repeat_pixels(a->w, a->c, a->fw, j->x + row * row_in, y);
      for (int64_t i = 1; i < a->fh; i++) memcpy(y + i * row_out, y, (size_t)row_out * sizeof *y);
      continue;
    }
    for (int64_t i = 0; i < a->fh; i++) {
      mix(row_in, image + places[i].low * row_in, image + places[i].high * row_in, places[i].part, line);
      mix_pixels(&j->columns, a->c, line, y + i * row_out);
    }
  }
}

/* ---- Back: up first, then across ---- */

AE_SIMD static void add_rows(const readers *r, int64_t n, const real *dy, real *restrict line) {
  const real first = r->weights[0];
  for (int64_t i = 0; i < n; i++) line[i] = first * dy[i];
  for (int64_t o = 1; o < r->count; o++) {
    const real weight = r->weights[o], *restrict from = dy + o * n;
    for (int64_t i = 0; i < n; i++) line[i] += weight * from[i];
  }
}

AE_INLINE void collect_pixel(int lanes, const readers *r, int64_t C, const real *restrict line, real *restrict dx) {
  real sum[AE_LANES] = {0};
  for (int64_t o = 0; o < r->count; o++) {
    const real weight = r->weights[o];
    AE_LANES_LOOP
    for (int l = 0; l < lanes; l++) sum[l] += weight * line[o * C + l];
  }
  AE_LANES_LOOP
  for (int l = 0; l < lanes; l++) dx[l] = sum[l];
}

AE_SIMD static void collect_pixels(const axis *columns, int64_t C, const real *line, real *dx) {
  for (int64_t w = 0; w < columns->in; w++, dx += C) {
    const readers *r = &columns->readers[w];
#define COLLECT(c, lanes) collect_pixel(lanes, r, C, line + r->first * C + c, dx + c)
    AE_LANES_FOR(C, COLLECT);
#undef COLLECT
  }
}

AE_INLINE void sum_pixel(int lanes, int64_t fh, int64_t fw, int64_t C, int64_t line, const real *restrict dy,
                         real *restrict dx) {
  real sum[AE_LANES] = {0};
  for (int64_t i = 0; i < fh; i++)
    for (int64_t k = 0; k < fw; k++) {
      AE_LANES_LOOP
      for (int l = 0; l < lanes; l++) sum[l] += dy[i * line + k * C + l];
    }
  AE_LANES_LOOP
  for (int l = 0; l < lanes; l++) dx[l] = sum[l];
}

/* Those that repeat a pixel each, of fh rows `line` apart. */
AE_INLINE void sum_row(int64_t w, int64_t C, int64_t fh, int64_t fw, int64_t line, const real *dy, real *dx) {
  for (; w > 0; w--, dy += fw * C, dx += C) {
#define SUM(c, lanes) sum_pixel(lanes, fh, fw, C, line, dy + c, dx + c)
    AE_LANES_FOR(C, SUM);
#undef SUM
  }
}

AE_SIMD static void sum_pixels(const attrs *a, int64_t line, const real *dy, real *dx) {
  if (a->fh == 2 && a->fw == 2)
    sum_row(a->w, a->c, 2, 2, line, dy, dx); /* most calls: loops of a known length */
  else
    sum_row(a->w, a->c, a->fh, a->fw, line, dy, dx);
}

/* Rows of dx's N*H. */
static void back_rows(void *arg, int part, int64_t begin, int64_t end) {
  const job *j = arg;
  const attrs *a = j->a;
  const int64_t row_out = j->columns.out * a->c;
  real *line = j->lines + part * j->line;
  for (int64_t row = begin; row < end; row++) {
    real *dx = j->y + row * a->w * a->c;
    if (row + 1 < end) ae_fetch(j->x + (row + 1) * a->fh * row_out, a->fh * row_out);
    if (a->mode == NEAREST) {
      sum_pixels(a, row_out, j->x + row * a->fh * row_out, dx);
      continue;
    }
    const readers *r = &j->rows.readers[row % a->h];
    add_rows(r, row_out, j->x + (row / a->h * j->rows.out + r->first) * row_out, line);
    collect_pixels(&j->columns, a->c, line, dx);
  }
}

/* fn over x's rows. */
static ae_status run(ae_call *call, const real *x, real *y, ae_part_fn fn) {
  const attrs *a = call->attrs;
  job j = {.a = a, .rows = {a->h, a->h * a->fh, 0}, .columns = {a->w, a->w * a->fw, 0}, .x = x, .y = y};
  j.line = j.columns.out * a->c;
  if (a->n * a->h * j.line == 0) return AE_OK;
  const int parts = ae_parallel_count(call->ctx, a->n * a->h, AE_GRAIN_CHEAP / (j.line * a->fh) + 1);
  const size_t bytes = axis_bytes(&j.rows) + axis_bytes(&j.columns) + (size_t)parts * (size_t)j.line * sizeof(real);
  void *block;
  AE_TRY(ae_allocate(call->ctx->allocator, bytes, &block, call->err));
  j.lines = (real *)(void *)axis_fill(&j.columns, a, a->fw, axis_fill(&j.rows, a, a->fh, block));
  ae_parallel_parts(call->ctx, a->n * a->h, parts, fn, &j);
  ae_free(call->ctx->allocator, block, bytes);
  return AE_OK;
}

static ae_status upsample_forward(ae_call *call) {
  return run(call, ae_reals(call->in[0]), ae_reals(call->out[0]), forward_rows);
}

static ae_status upsample_backward(ae_call *call) {
  ae_tensor *dx;
  AE_TRY(ae_call_gradient(call, 0, &dx));
  return run(call, ae_reals(call->gout[0]), ae_reals(dx), back_rows);
}

const ae_op ae_op_upsample = {
    .name = "upsample",
    .doc = "Pictures or signals enlarged by whole factors, by repeating (\"nearest\") or between neighbours "
           "(\"bilinear\").\n"
           "Bilinear takes pixels as areas (half-pixel centres), as PyTorch, Keras and TensorFlow 2 do; with "
           "align_corners the corners of x and y fall together. Errors: another number of dimensions.",
    .result = "[N, H*factor, W*factor, C]",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[N, H, W, C] pictures or [N, T, C] signals"}},
    .attrs = {AE_ATTR_REQUIRED(attrs, factor, AE_ATTR_DIMS, "how many times as large: a number or {height, width}"),
              AE_ATTR_CHOICE(attrs, mode, modes, NEAREST, "\"nearest\" (the default) or \"bilinear\""),
              AE_ATTR(attrs, align_corners, AE_ATTR_BOOL, 0, "bilinear: corners fall on corners; default false")},
    .attrs_size = sizeof(attrs),
    .shape = upsample_shape,
    .forward = upsample_forward,
    .backward = upsample_backward,
};
