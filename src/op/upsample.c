/*
** upsample: pictures and signals enlarged by whole factors.
**   x [N,H,W,C] -> y [N, H*fh, W*fw, C]   x [N,T,C] -> y [N, T*f, C]
** "nearest": y[i] = x[i / f]. "bilinear" (linear in one dimension): between the
** two neighbours of the place where output i lies in x:
**   (i + 1/2) / f - 1/2, past the border the border itself, as PyTorch, Keras
**   and TensorFlow 2 have it;
**   align_corners: i (H - 1) / (H f - 1), so that corners fall on corners.
** Backward: every element of x collects from the outputs that read it.
**
** Not here: other sizes, bicubic, area.
*/
#include "core/parallel.h"
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

typedef struct job {
  const attrs *a;
  const place *rows, *columns; /* [h*fh], [w*fw] */
  const real *x;               /* back: dy */
  real *y;                     /* back: dx */
} job;

AE_INLINE void copy(int64_t n, const real *restrict x, real *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] = x[i];
}

AE_INLINE void add(int64_t n, real factor, const real *restrict x, real *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] += factor * x[i];
}

AE_INLINE void mix(int64_t n, const real *a, const real *b, const real *c, const real *d, real down, real across,
                   real *restrict y) {
  for (int64_t i = 0; i < n; i++) {
    const real upper = a[i] + across * (b[i] - a[i]), lower = c[i] + across * (d[i] - c[i]);
    y[i] = upper + down * (lower - upper);
  }
}

/* Rows of y's N*H*fh. */
AE_SIMD static void forward_rows(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const attrs *a = j->a;
  const int64_t C = a->c, height = a->h * a->fh, width = a->w * a->fw;
  for (int64_t row = begin; row < end; row++) {
    const place r = j->rows[row % height];
    const real *image = j->x + row / height * a->h * a->w * C;
    const real *upper = image + r.low * a->w * C, *lower = image + r.high * a->w * C;
    real *y = j->y + row * width * C;
    for (int64_t q = 0; q < width; q++, y += C) {
      const place s = j->columns[q];
      if (a->mode == NEAREST)
        copy(C, upper + s.low * C, y);
      else
        mix(C, upper + s.low * C, upper + s.high * C, lower + s.low * C, lower + s.high * C, r.part, s.part, y);
    }
  }
}

/* What output place p takes of input i. */
AE_INLINE real weight(place p, int64_t i) {
  return (p.low == i ? 1 - p.part : 0) + (p.high == i && p.high != p.low ? p.part : 0);
}

/* Rows of dx's N*H. */
AE_SIMD static void back_rows(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const attrs *a = j->a;
  const int64_t C = a->c, height = a->h * a->fh, width = a->w * a->fw;
  for (int64_t row = begin; row < end; row++) {
    const int64_t n = row / a->h, h = row % a->h;
    real *line = j->y + row * a->w * C;
    for (int64_t i = 0; i < a->w * C; i++) line[i] = 0;
    for (int64_t p = 0; p < height && j->rows[p].low <= h; p++) {
      if (j->rows[p].high < h) continue;
      const real down = weight(j->rows[p], h);
      const real *dy = j->x + (n * height + p) * width * C;
      for (int64_t q = 0; q < width; q++, dy += C) {
        const place s = j->columns[q];
        add(C, down * (1 - s.part), dy, line + s.low * C);
        if (s.part != 0) add(C, down * s.part, dy, line + s.high * C);
      }
    }
  }
}

static ae_status run(ae_call *call, const real *x, real *y, int64_t rows, ae_range_fn fn) {
  const attrs *a = call->attrs;
  const int64_t height = a->h * a->fh, width = a->w * a->fw;
  const size_t bytes = (size_t)(height + width) * sizeof(place);
  void *block;
  if (rows == 0 || width * a->c == 0) return AE_OK;
  AE_TRY(ae_allocate(call->ctx->allocator, bytes, &block, call->err));
  place *places = block;
  for (int64_t i = 0; i < height; i++)
    places[i] = a->mode == NEAREST ? nearest(i, a->fh) : between(i, a->h, a->fh, a->align_corners);
  for (int64_t i = 0; i < width; i++)
    places[height + i] = a->mode == NEAREST ? nearest(i, a->fw) : between(i, a->w, a->fw, a->align_corners);
  job j = {a, places, places + height, x, y};
  ae_parallel(call->ctx, rows, AE_GRAIN_CHEAP / (width * a->c) + 1, fn, &j);
  ae_free(call->ctx->allocator, block, bytes);
  return AE_OK;
}

static ae_status upsample_forward(ae_call *call) {
  const attrs *a = call->attrs;
  return run(call, ae_reals(call->in[0]), ae_reals(call->out[0]), a->n * a->h * a->fh, forward_rows);
}

static ae_status upsample_backward(ae_call *call) {
  const attrs *a = call->attrs;
  ae_tensor *dx;
  AE_TRY(ae_call_gradient(call, 0, &dx));
  return run(call, ae_reals(call->gout[0]), ae_reals(dx), a->n * a->h, back_rows);
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
