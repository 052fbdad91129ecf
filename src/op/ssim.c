/*
** ssim: structural similarity of pictures, by channel, and its part of contrast
** and structure alone.
**   prediction x, target y [N,H,W,C] -> similarity, structure [N,C]
** Means over all places where the window lies inside the picture, P x Q of
** them with P = H - window + 1 and Q likewise. At a place, E the mean weighted
** with the window (a Gaussian of deviation sigma, window x window taps, sum 1):
**   mx = E x, my = E y, e = E(x^2 + y^2), r = E(x y)
**   l  = (2 mx my + c1) / (mx^2 + my^2 + c1)                    luminance
**   cs = (2 (r - mx my) + c2) / (e - mx^2 - my^2 + c2)          contrast, structure
**   similarity: l cs, structure: cs;  c1 = (k1 range)^2, c2 = (k2 range)^2
** back, a = dl, b = dcs, B1 and B2 the divisors of l and cs:
**   d mx = 2 a (my - l mx)/B1 + 2 b (cs mx - my)/B2, d my likewise
**   d e  = -b cs/B2, d r = 2 b/B2, and each goes back through the window:
**   dx = E'(d mx) + 2 x E'(d e) + y E'(d r), dy likewise
** The window is separable: down columns first, then across. With channels last
** both are loops over whole rows, whatever C is. Work is split over samples;
** backward computes the moments again rather than keep four maps a picture.
** Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error
** visibility to structural similarity", 2004.
** Not here: several scales, reductions (lua/aelua/base/similarity.lua).
*/
#include <math.h>
#include <string.h>

#include "core/op.h"
#include "core/parallel.h"

enum { X, Y };
enum { SIMILARITY, STRUCTURE };
enum { MX, MY, E, R, MOMENTS };
enum { WINDOW_MAX = 255 };

typedef struct attrs {
  int64_t window;
  double sigma, k1, k2, range;
} attrs;

typedef struct pass {
  int64_t h, w, c, window, p, q; /* p, q: places of the window */
  real taps[WINDOW_MAX], c1, c2;
  const real *x, *y;
  real *result[2];      /* forward: [N,C]; NULL where C is 0 */
  const real *slope[2]; /* backward: [N,C]; NULL: nobody asked */
  real *dx, *dy;        /* NULL: not wanted */
  char *scratch;        /* `scratch_size` bytes for each part */
  size_t scratch_size;
} pass;

static int64_t row_in(const pass *p) {
  return p->w * p->c;
}
static int64_t row_out(const pass *p) {
  return p->q * p->c;
}

/* ---- The window ---- */

/* to [4, n]: the moments of n columns, from rows of n numbers. */
AE_SIMD static void down(const real *taps, int64_t window, int64_t n, const real *restrict x, const real *restrict y,
                         real *restrict to) {
  real *mx = to + MX * n, *my = to + MY * n, *e = to + E * n, *r = to + R * n;
  for (int64_t i = 0; i < MOMENTS * n; i++) to[i] = 0;
  for (int64_t k = 0; k < window; k++, x += n, y += n) {
    const real g = taps[k];
    for (int64_t i = 0; i < n; i++) mx[i] += g * x[i];
    for (int64_t i = 0; i < n; i++) my[i] += g * y[i];
    for (int64_t i = 0; i < n; i++) e[i] += g * (x[i] * x[i] + y[i] * y[i]);
    for (int64_t i = 0; i < n; i++) r[i] += g * (x[i] * y[i]);
  }
}

/* to [n] from [n + (window - 1) step] */
AE_SIMD static void across(const real *taps, int64_t window, int64_t step, int64_t n, const real *restrict from,
                           real *restrict to) {
  for (int64_t i = 0; i < n; i++) to[i] = 0;
  for (int64_t k = 0; k < window; k++, from += step)
    for (int64_t i = 0; i < n; i++) to[i] += taps[k] * from[i];
}

/* The way back of across: to [n + (window - 1) step] from [n]. */
AE_SIMD static void spread_across(const real *taps, int64_t window, int64_t step, int64_t n, const real *restrict from,
                                  real *restrict to) {
  for (int64_t i = 0; i < n + (window - 1) * step; i++) to[i] = 0;
  for (int64_t k = 0; k < window; k++, to += step)
    for (int64_t i = 0; i < n; i++) to[i] += taps[k] * from[i];
}

AE_SIMD static void add_scaled(int64_t n, real factor, const real *restrict from, real *restrict to) {
  for (int64_t i = 0; i < n; i++) to[i] += factor * from[i];
}

/* The moments at one row of places: [4, row_out]. `columns` is [4, row_in]. */
static void moments(const pass *p, int64_t first, real *columns, real *to) {
  down(p->taps, p->window, row_in(p), p->x + first, p->y + first, columns);
  for (int m = 0; m < MOMENTS; m++)
    across(p->taps, p->window, p->c, row_out(p), columns + m * row_in(p), to + m * row_out(p));
}

/* ---- Forward ---- */

/* Rounding may leave a flat place a variance below 0. */
AE_INLINE real at_least_zero(real variance) {
  return variance > 0 ? variance : 0;
}

/* sums [2, n] += l cs, cs */
AE_SIMD static void add_similarity(int64_t n, real c1, real c2, const real *restrict at, double *restrict sums) {
  const real *mx = at + MX * n, *my = at + MY * n, *e = at + E * n, *r = at + R * n;
  for (int64_t i = 0; i < n; i++) {
    const real product = mx[i] * my[i], squares = mx[i] * mx[i] + my[i] * my[i];
    const real l = (2 * product + c1) / (squares + c1);
    const real cs = (2 * (r[i] - product) + c2) / (at_least_zero(e[i] - squares) + c2);
    sums[SIMILARITY * n + i] += l * cs;
    sums[STRUCTURE * n + i] += cs;
  }
}

static void forward_samples(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  const int64_t n = row_out(p);
  double *sums = (double *)(void *)(p->scratch + (size_t)part * p->scratch_size);
  real *columns = (real *)(sums + 2 * n), *at = columns + MOMENTS * row_in(p);
  for (int64_t sample = begin; sample < end; sample++) {
    memset(sums, 0, (size_t)(2 * n) * sizeof *sums);
    for (int64_t row = 0; row < p->p; row++) {
      moments(p, (sample * p->h + row) * row_in(p), columns, at);
      add_similarity(n, p->c1, p->c2, at, sums);
    }
    for (int k = SIMILARITY; k <= STRUCTURE; k++)
      for (int64_t c = 0; c < p->c; c++) {
        double sum = 0;
        for (int64_t q = 0; q < p->q; q++) sum += sums[k * n + q * p->c + c];
        p->result[k][sample * p->c + c] = (real)(sum / ((double)p->p * (double)p->q));
      }
  }
}

static pass pass_over(const ae_call *call) {
  const attrs *a = call->attrs;
  const ae_shape *x = &call->in_spec[X].shape;
  pass p = {.h = x->dims[1], .w = x->dims[2], .c = x->dims[3], .window = a->window};
  double weights[WINDOW_MAX], sum = 0;
  for (int64_t k = 0; k < a->window; k++) {
    const double from_centre = ((double)k - (double)(a->window - 1) / 2) / a->sigma;
    weights[k] = exp(-0.5 * from_centre * from_centre);
    sum += weights[k];
  }
  for (int64_t k = 0; k < a->window; k++) p.taps[k] = (real)(weights[k] / sum);
  p.p = p.h - a->window + 1, p.q = p.w - a->window + 1;
  p.c1 = (real)(a->k1 * a->range * a->k1 * a->range), p.c2 = (real)(a->k2 * a->range * a->k2 * a->range);
  p.x = ae_reals(call->in[X]), p.y = ae_reals(call->in[Y]);
  return p;
}

/* Runs fn over the samples, each part with `doubles` and `reals` of its own. */
static ae_status run(ae_call *call, pass *p, ae_part_fn fn, int64_t doubles, int64_t reals) {
  const int64_t samples = call->in_spec[X].shape.dims[0], elements = p->h * p->w * p->c;
  const int parts = ae_parallel_count(call->ctx, samples, AE_GRAIN_COSTLY / (elements > 0 ? elements : 1) + 1);
  p->scratch_size = ((size_t)doubles * sizeof(double) + (size_t)reals * sizeof(real) + 63) / 64 * 64;
  const size_t bytes = (size_t)parts * p->scratch_size;
  void *block;
  AE_TRY(ae_allocate(call->ctx->allocator, bytes, &block, call->err));
  p->scratch = block;
  ae_parallel_parts(call->ctx, samples, parts, fn, p);
  ae_free(call->ctx->allocator, block, bytes);
  return AE_OK;
}

static ae_status ssim_forward(ae_call *call) {
  pass p = pass_over(call);
  for (int k = SIMILARITY; k <= STRUCTURE; k++) p.result[k] = ae_reals(call->out[k]);
  return run(call, &p, forward_samples, 2 * row_out(&p), MOMENTS * (row_in(&p) + row_out(&p)));
}

/* ---- Back ---- */

/* The moments at [4, n] become the gradients with regard to them; slopes [2, n]. */
AE_SIMD static void moment_slopes(int64_t n, real c1, real c2, const real *restrict slopes, real *restrict at) {
  real *mx = at + MX * n, *my = at + MY * n, *e = at + E * n, *r = at + R * n;
  for (int64_t i = 0; i < n; i++) {
    const real x = mx[i], y = my[i], product = x * y, squares = x * x + y * y;
    const real inverse1 = 1 / (squares + c1), inverse2 = 1 / (at_least_zero(e[i] - squares) + c2);
    const real l = (2 * product + c1) * inverse1, cs = (2 * (r[i] - product) + c2) * inverse2;
    const real a = slopes[SIMILARITY * n + i] * cs * inverse1;
    const real b = (slopes[SIMILARITY * n + i] * l + slopes[STRUCTURE * n + i]) * inverse2;
    mx[i] = 2 * (a * (y - l * x) + b * (cs * x - y));
    my[i] = 2 * (a * (x - l * y) + b * (cs * y - x));
    e[i] = -b * cs;
    r[i] = 2 * b;
  }
}

AE_SIMD static void picture_slope(int64_t n, const real *restrict mean, const real *restrict e, const real *restrict r,
                                  const real *restrict own, const real *restrict other, real *restrict to) {
  for (int64_t i = 0; i < n; i++) to[i] = mean[i] + 2 * own[i] * e[i] + other[i] * r[i];
}

/* slopes [2, row_out]: what a place's similarity and structure count in the sample's means. */
static void place_slopes(const pass *p, int64_t sample, real *slopes) {
  const real share = (real)(1 / ((double)p->p * (double)p->q));
  for (int k = SIMILARITY; k <= STRUCTURE; k++, slopes += row_out(p))
    for (int64_t i = 0; i < row_out(p); i++)
      slopes[i] = p->slope[k] ? p->slope[k][sample * p->c + i % p->c] * share : 0;
}

static void backward_samples(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  const int64_t in = row_in(p), out = row_out(p);
  real *columns = (real *)(void *)(p->scratch + (size_t)part * p->scratch_size), *at = columns + MOMENTS * in;
  real *slopes = at + MOMENTS * out, *rows = slopes + 2 * out; /* rows [P, 4, row_in] */
  for (int64_t sample = begin; sample < end; sample++) {
    place_slopes(p, sample, slopes);
    for (int64_t row = 0; row < p->p; row++) {
      moments(p, (sample * p->h + row) * in, columns, at);
      moment_slopes(out, p->c1, p->c2, slopes, at);
      for (int m = 0; m < MOMENTS; m++)
        spread_across(p->taps, p->window, p->c, out, at + m * out, rows + (row * MOMENTS + m) * in);
    }
    for (int64_t h = 0; h < p->h; h++) {
      memset(columns, 0, (size_t)(MOMENTS * in) * sizeof *columns);
      const int64_t from = h - p->window + 1 > 0 ? h - p->window + 1 : 0, last = h < p->p - 1 ? h : p->p - 1;
      for (int64_t row = from; row <= last; row++)
        add_scaled(MOMENTS * in, p->taps[h - row], rows + row * MOMENTS * in, columns);
      const int64_t first = (sample * p->h + h) * in;
      const real *x = p->x + first, *y = p->y + first;
      if (p->dx) picture_slope(in, columns + MX * in, columns + E * in, columns + R * in, x, y, p->dx + first);
      if (p->dy) picture_slope(in, columns + MY * in, columns + E * in, columns + R * in, y, x, p->dy + first);
    }
  }
}

static ae_status ssim_backward(ae_call *call) {
  pass p = pass_over(call);
  real **to[] = {&p.dx, &p.dy};
  for (int k = SIMILARITY; k <= STRUCTURE; k++)
    if (call->gout[k]) p.slope[k] = ae_reals(call->gout[k]);
  for (int i = X; i <= Y; i++) {
    if (!call->wants[i]) continue;
    ae_tensor *gradient;
    AE_TRY(ae_call_gradient(call, i, &gradient));
    *to[i] = ae_reals(gradient);
  }
  const int64_t maps = MOMENTS * (row_in(&p) + row_out(&p)) + 2 * row_out(&p);
  return run(call, &p, backward_samples, 0, maps + p.p * MOMENTS * row_in(&p));
}

/* ---- Shapes ---- */

static ae_status check_attrs(const ae_call *call) {
  const attrs *a = call->attrs;
  if (a->window < 1 || a->window > WINDOW_MAX)
    return ae_fail(call->err, AE_INVALID, "ssim: window wants 1 to %d, got %lld", WINDOW_MAX, (long long)a->window);
  const struct {
    const char *name;
    double value;
  } positive[] = {{"sigma", a->sigma}, {"k1", a->k1}, {"k2", a->k2}, {"range", a->range}};
  for (int i = 0; i < 4; i++)
    if (!(positive[i].value > 0) || !isfinite(positive[i].value))
      return ae_fail(call->err, AE_INVALID, "ssim: %s must be greater than 0 and finite, got %g", positive[i].name,
                     positive[i].value);
  return AE_OK;
}

static ae_status ssim_shape(ae_call *call, ae_spec *out) {
  const attrs *a = call->attrs;
  const ae_shape *x = &call->in_spec[X].shape, *y = &call->in_spec[Y].shape;
  char wanted[AE_SHAPE_TEXT], got[AE_SHAPE_TEXT];
  AE_TRY(check_attrs(call));
  if (x->ndim != 4)
    return ae_fail(call->err, AE_SHAPE, "ssim: prediction wants pictures [N,H,W,C], got %s", ae_shape_text(x, got));
  if (!ae_shape_equal(x, y))
    return ae_fail(call->err, AE_SHAPE, "ssim: target wants prediction's shape, %s, got %s", ae_shape_text(x, wanted),
                   ae_shape_text(y, got));
  if (x->dims[1] < a->window || x->dims[2] < a->window)
    return ae_fail(call->err, AE_SHAPE,
                   "ssim: a window of %lld wants pictures of at least %lld x %lld, got %s; window takes a smaller one",
                   (long long)a->window, (long long)a->window, (long long)a->window, ae_shape_text(x, got));
  const int64_t dims[] = {x->dims[0], x->dims[3]};
  for (int k = SIMILARITY; k <= STRUCTURE; k++) {
    out[k].type = AE_REAL;
    AE_TRY(ae_shape_make("ssim", 2, dims, &out[k].shape, call->err));
  }
  return AE_OK;
}

const ae_op ae_op_ssim = {
    .name = "ssim",
    .doc = "Structural similarity of pictures by channel, the mean over all places where a Gaussian window lies inside "
           "the picture, and its part of contrast and structure alone (which MS-SSIM takes of the finer scales).\n"
           "Wang, Bovik, Sheikh, Simoncelli 2004. Errors: shapes that differ, pictures smaller than the window.",
    .result = "[N, C] the similarity, -1 to 1, and [N, C] contrast and structure",
    .params = {{.name = "prediction", .takes = AE_TAKES_REAL, .doc = "[N, H, W, C] pictures"},
               {.name = "target", .takes = AE_TAKES_REAL, .doc = "[N, H, W, C] those they are compared with"}},
    .attrs = {AE_ATTR(attrs, window, AE_ATTR_INT, 11, "side of the window in pixels, default 11"),
              AE_ATTR(attrs, sigma, AE_ATTR_REAL, 1.5, "deviation of the window's Gaussian in pixels, default 1.5"),
              AE_ATTR(attrs, k1, AE_ATTR_REAL, 0.01, "steadies dark places: c1 = (k1 range)^2; default 0.01"),
              AE_ATTR(attrs, k2, AE_ATTR_REAL, 0.03, "steadies flat places: c2 = (k2 range)^2; default 0.03"),
              AE_ATTR(attrs, range, AE_ATTR_REAL, 1, "from the darkest value to the brightest, default 1")},
    .attrs_size = sizeof(attrs),
    .n_out = 2,
    .saves = AE_SAVES_INPUTS,
    .internal = true,
    .shape = ssim_shape,
    .forward = ssim_forward,
    .backward = ssim_backward,
};
