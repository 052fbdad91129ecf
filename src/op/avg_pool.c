/*
** avg_pool1d, avg_pool2d: the mean of every window, per channel.
**   x [N,H,W,C] -> y [N,P,Q,C]   x [N,T,C] -> y [N,P,C]
** At the border the mean is over the elements of x that the window meets, as in
** TensorFlow and Keras; with count_padding over the whole window, padding being
** 0, as in PyTorch.
**
** Not here: over everything (mean with dims).
*/
#include "core/parallel.h"
#include "kernel/lanes.h"
#include "kernel/window.h"
#include "op/pooling.h"

typedef struct job {
  const ae_pool *pool;
  bool count_padding;
  const real *x; /* back: dy */
  real *y;       /* back: dx */
} job;

/* 1 / the number of elements that output (p, q) is the mean of. */
AE_INLINE real share(const job *j, int64_t p, int64_t q) {
  const ae_pool *pool = j->pool;
  if (j->count_padding) return 1 / (real)(pool->r * pool->s);
  const ae_range r = ae_window_taps(p * pool->stride_h - pool->top, pool->h, pool->r, 1);
  const ae_range s = ae_window_taps(q * pool->stride_w - pool->left, pool->w, pool->s, 1);
  return 1 / (real)((r.end - r.begin) * (s.end - s.begin));
}

/* `rows` times `columns` pixels from x on, over `lanes` neighbouring channels. */
AE_INLINE void mean_of(const ae_pool *pool, int lanes, int64_t rows, int64_t columns, real factor,
                       const real *restrict x, real *restrict y) {
  real sum[AE_LANES] = {0};
  for (int64_t r = 0; r < rows; r++)
    for (int64_t s = 0; s < columns; s++) {
      AE_LANES_LOOP
      for (int l = 0; l < lanes; l++) sum[l] += x[(r * pool->w + s) * pool->c + l];
    }
  AE_LANES_LOOP
  for (int l = 0; l < lanes; l++) y[l] = sum[l] * factor;
}

AE_SIMD static void forward_rows(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const ae_pool *pool = j->pool;
  const int64_t C = pool->c;
  for (int64_t row = begin; row < end; row++) {
    const int64_t p = row % pool->p, top = p * pool->stride_h - pool->top;
    const real *image = j->x + row / pool->p * pool->h * pool->w * C;
    const ae_range r_in = ae_window_taps(top, pool->h, pool->r, 1);
    const int64_t rows = r_in.end - r_in.begin;
    for (int64_t q = 0; q < pool->q; q++) {
      const int64_t left = q * pool->stride_w - pool->left;
      const ae_range s_in = ae_window_taps(left, pool->w, pool->s, 1);
      const int64_t columns = s_in.end - s_in.begin;
      const real *x = image + ((top + r_in.begin) * pool->w + left + s_in.begin) * C;
      const real factor = share(j, p, q);
#define MEAN(c, lanes) mean_of(pool, lanes, rows, columns, factor, x + c, j->y + (row * pool->q + q) * C + c)
#define MEAN_OF_FOUR(c, lanes) mean_of(pool, lanes, 2, 2, factor, x + c, j->y + (row * pool->q + q) * C + c)
      if (rows == 2 && columns == 2) /* most windows: loops of a known length */
        AE_LANES_FOR(C, MEAN_OF_FOUR);
      else
        AE_LANES_FOR(C, MEAN);
#undef MEAN_OF_FOUR
#undef MEAN
    }
  }
}

/* dx += factor dy for `count` neighbouring pixels, over `lanes` neighbouring channels. */
AE_INLINE void give_share(int lanes, int64_t C, int64_t count, real factor, const real *restrict dy,
                          real *restrict dx) {
  for (int64_t i = 0; i < count; i++) {
    AE_LANES_LOOP
    for (int l = 0; l < lanes; l++) dx[i * C + l] += factor * dy[l];
  }
}

/* Rows of dx, from every row of dy whose windows meet them. */
AE_SIMD static void back_rows(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const ae_pool *pool = j->pool;
  const int64_t C = pool->c;
  for (int64_t row = begin; row < end; row++) {
    const int64_t n = row / pool->h, h = row % pool->h;
    real *line = j->y + row * pool->w * C;
    for (int64_t i = 0; i < pool->w * C; i++) line[i] = 0;
    for (int64_t r = 0; r < pool->r; r++) {
      const int64_t top = h + pool->top - r, p = top / pool->stride_h;
      if (top < 0 || top % pool->stride_h != 0 || p >= pool->p) continue;
      for (int64_t q = 0; q < pool->q; q++) {
        const int64_t left = q * pool->stride_w - pool->left;
        const ae_range s_in = ae_window_taps(left, pool->w, pool->s, 1);
        const real factor = share(j, p, q), *dy = j->x + ((n * pool->p + p) * pool->q + q) * C;
        real *dx = line + (left + s_in.begin) * C;
#define GIVE(c, lanes) give_share(lanes, C, s_in.end - s_in.begin, factor, dy + c, dx + c)
        AE_LANES_FOR(C, GIVE);
#undef GIVE
      }
    }
  }
}

static ae_status avg_pool_forward(ae_call *call) {
  const ae_pooling *a = call->attrs;
  job j = {&a->pool, a->count_padding, ae_reals(call->in[0]), ae_reals(call->out[0])};
  const int64_t work = a->pool.q * a->pool.c * a->pool.r * a->pool.s;
  ae_parallel(call->ctx, a->pool.n * a->pool.p, AE_GRAIN_CHEAP / (work > 0 ? work : 1) + 1, forward_rows, &j);
  return AE_OK;
}

static ae_status avg_pool_backward(ae_call *call) {
  const ae_pooling *a = call->attrs;
  ae_tensor *dx;
  AE_TRY(ae_call_gradient(call, 0, &dx));
  job j = {&a->pool, a->count_padding, ae_reals(call->gout[0]), ae_reals(dx)};
  const int64_t work = a->pool.w * a->pool.c;
  ae_parallel(call->ctx, a->pool.n * a->pool.h, AE_GRAIN_CHEAP / (work > 0 ? work : 1) + 1, back_rows, &j);
  return AE_OK;
}

static ae_status avg_pool1d_shape(ae_call *call, ae_spec *out) {
  return ae_pooling_shape(call, 1, out);
}
static ae_status avg_pool2d_shape(ae_call *call, ae_spec *out) {
  return ae_pooling_shape(call, 2, out);
}

#define AVG_POOL_DOC                                                                                                   \
  "At the border the mean is over the elements of x that the window meets, as in TensorFlow and Keras; with "          \
  "count_padding over the whole window, as in PyTorch. Errors: another number of dimensions, a window larger than x "  \
  "with its padding."
#define COUNT_PADDING                                                                                                  \
  AE_ATTR(ae_pooling, count_padding, AE_ATTR_BOOL, 0, "whether padding counts as elements that are 0; default false")

const ae_op ae_op_avg_pool1d = {
    .name = "avg_pool1d",
    .doc = "The mean of every window along a signal, for each channel.\n" AVG_POOL_DOC,
    .result = "[N, P, C]",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[N, T, C] signals"}},
    .attrs = {AE_POOLING_ATTRS(AE_POOLING_SIZE_1D, AE_POOLING_PADDING_1D), COUNT_PADDING},
    .attrs_size = sizeof(ae_pooling),
    .shape = avg_pool1d_shape,
    .forward = avg_pool_forward,
    .backward = avg_pool_backward,
};

const ae_op ae_op_avg_pool2d = {
    .name = "avg_pool2d",
    .doc = "The mean of every window over a picture, for each channel.\n" AVG_POOL_DOC,
    .result = "[N, P, Q, C]",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[N, H, W, C] pictures"}},
    .attrs = {AE_POOLING_ATTRS(AE_POOLING_SIZE_2D, AE_POOLING_PADDING_2D), COUNT_PADDING},
    .attrs_size = sizeof(ae_pooling),
    .shape = avg_pool2d_shape,
    .forward = avg_pool_forward,
    .backward = avg_pool_backward,
};
