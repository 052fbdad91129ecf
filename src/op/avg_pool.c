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

AE_SIMD static void forward_rows(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const ae_pool *pool = j->pool;
  const int64_t C = pool->c;
  for (int64_t row = begin; row < end; row++) {
    const int64_t p = row % pool->p, top = p * pool->stride_h - pool->top;
    const real *image = j->x + row / pool->p * pool->h * pool->w * C;
    const ae_range r_in = ae_window_taps(top, pool->h, pool->r, 1);
    for (int64_t q = 0; q < pool->q; q++) {
      const int64_t left = q * pool->stride_w - pool->left;
      const ae_range s_in = ae_window_taps(left, pool->w, pool->s, 1);
      real *restrict y = j->y + (row * pool->q + q) * C;
      for (int64_t c = 0; c < C; c++) y[c] = 0;
      for (int64_t r = r_in.begin; r < r_in.end; r++)
        for (int64_t s = s_in.begin; s < s_in.end; s++) {
          const real *restrict x = image + ((top + r) * pool->w + left + s) * C;
          for (int64_t c = 0; c < C; c++) y[c] += x[c];
        }
      const real factor = share(j, p, q);
      for (int64_t c = 0; c < C; c++) y[c] *= factor;
    }
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
        const real factor = share(j, p, q);
        const real *restrict dy = j->x + ((n * pool->p + p) * pool->q + q) * C;
        for (int64_t s = s_in.begin; s < s_in.end; s++) {
          real *restrict dx = line + (left + s) * C;
          for (int64_t c = 0; c < C; c++) dx[c] += factor * dy[c];
        }
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
