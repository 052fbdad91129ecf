/*
** max_pool1d, max_pool2d: the largest element of every window, per channel.
**   x [N,H,W,C] -> y [N,P,Q,C]   x [N,T,C] -> y [N,P,C]
** Padding never wins. The first of several equal ones, in row-major order, gets
** the gradient; a nan is larger than everything. Which element won is kept in a
** byte where the window has at most 256.
**
** Not here: over everything (max with dims).
*/
#include "core/parallel.h"
#include "kernel/fetch.h"
#include "kernel/lanes.h"
#include "kernel/window.h"
#include "op/pooling.h"

enum { WON }; /* saved: [P,Q] places in the window, u8 or i32 */
enum { BYTE_PLACES = 256 };

typedef struct job {
  const ae_pool *pool;
  const real *x; /* back: dy */
  real *y;       /* back: dx */
  void *won;     /* NULL: not recorded */
  bool wide;     /* won is i32 */
} job;

/* The part of one output's window that meets x. */
typedef struct meeting {
  const real *x; /* its first pixel */
  int64_t rows, columns;
  int64_t place; /* in the window, of that pixel */
} meeting;

/* y and won of `lanes` neighbouring channels of one output. */
AE_INLINE void take_largest(const ae_pool *pool, meeting m, int lanes, bool wide, real *restrict y, void *won) {
  real most[AE_LANES];
  int32_t place[AE_LANES];
  AE_LANES_LOOP
  for (int l = 0; l < lanes; l++) most[l] = m.x[l], place[l] = (int32_t)m.place;
  for (int64_t r = 0; r < m.rows; r++)
    for (int64_t s = 0; s < m.columns; s++) {
      const real *x = m.x + (r * pool->w + s) * pool->c;
      const int32_t here = (int32_t)(m.place + r * pool->s + s);
      AE_LANES_LOOP
      for (int l = 0; l < lanes; l++) {
        const bool larger = !(x[l] <= most[l]) & (most[l] == most[l]);
        most[l] = larger ? x[l] : most[l];
        place[l] = larger ? here : place[l];
      }
    }
  AE_LANES_LOOP
  for (int l = 0; l < lanes; l++) y[l] = most[l];
  if (!won) return;
  if (wide) {
    AE_LANES_LOOP
    for (int l = 0; l < lanes; l++) ((int32_t *)won)[l] = place[l];
  } else {
    AE_LANES_LOOP
    for (int l = 0; l < lanes; l++) ((uint8_t *)won)[l] = (uint8_t)place[l];
  }
}

/* Element i of won. */
AE_INLINE void *won_at(const job *j, int64_t i, bool wide) {
  return wide ? (void *)((int32_t *)j->won + i) : (void *)((uint8_t *)j->won + i);
}

/* Row `row` of y's N*P. */
AE_INLINE void forward_row(const job *j, int64_t row, bool wide, bool keeps) {
  const ae_pool *pool = j->pool;
  const int64_t C = pool->c, top = row % pool->p * pool->stride_h - pool->top;
  const real *image = j->x + row / pool->p * pool->h * pool->w * C;
  const ae_range r_in = ae_window_taps(top, pool->h, pool->r, 1);
  for (int64_t q = 0; q < pool->q; q++) {
    const int64_t left = q * pool->stride_w - pool->left, at = (row * pool->q + q) * C;
    const ae_range s_in = ae_window_taps(left, pool->w, pool->s, 1);
    const real *x = image + ((top + r_in.begin) * pool->w + left + s_in.begin) * C;
    meeting m = {x, r_in.end - r_in.begin, s_in.end - s_in.begin, r_in.begin * pool->s + s_in.begin};
#define LANES_FROM(c, lanes)                                                                                           \
  take_largest(pool, (meeting){m.x + c, m.rows, m.columns, m.place}, lanes, wide, j->y + at + c,                       \
               keeps ? won_at(j, at + c, wide) : NULL)
    if (m.rows == 2 && m.columns == 2) {
      m.rows = m.columns = 2; /* most windows: loops of a known length */
      AE_LANES_FOR(C, LANES_FROM);
    } else {
      AE_LANES_FOR(C, LANES_FROM);
    }
#undef LANES_FROM
  }
}

/* The rows of x under the next row of y. */
AE_INLINE void fetch_rows(const job *j, int64_t row) {
  const ae_pool *pool = j->pool;
  const int64_t p = row % pool->p, first = p * pool->stride_h,
                rows = pool->h - first < pool->r ? pool->h - first : pool->r;
  if (row >= pool->n * pool->p) return;
  ae_fetch(j->x + (row / pool->p * pool->h + first) * pool->w * pool->c, rows * pool->w * pool->c);
}

AE_SIMD static void forward_rows(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  for (int64_t row = begin; row < end; row++) {
    fetch_rows(j, row + 1);
    if (!j->won)
      forward_row(j, row, false, false);
    else if (j->wide)
      forward_row(j, row, true, true);
    else
      forward_row(j, row, false, true);
  }
}

/* dx += dy where `place` won, over `lanes` neighbouring channels. */
AE_INLINE void give_winner(int lanes, int32_t place, bool wide, const void *won, const real *restrict dy,
                           real *restrict dx) {
  AE_LANES_LOOP
  for (int l = 0; l < lanes; l++) {
    const int32_t winner = wide ? ((const int32_t *)won)[l] : ((const uint8_t *)won)[l];
    const real g = dy[l];
    dx[l] += winner == place ? g : 0;
  }
}

/* Row `row` of dx's N*H, from every row of dy whose windows meet it. */
AE_INLINE void back_row(const job *j, int64_t row, bool wide) {
  const ae_pool *pool = j->pool;
  const int64_t C = pool->c, n = row / pool->h, h = row % pool->h;
  real *line = j->y + row * pool->w * C;
  for (int64_t i = 0; i < pool->w * C; i++) line[i] = 0;
  for (int64_t r = 0; r < pool->r; r++) {
    const int64_t top = h + pool->top - r, p = top / pool->stride_h;
    if (top < 0 || top % pool->stride_h != 0 || p >= pool->p) continue;
    for (int64_t s = 0; s < pool->s; s++) {
      const ae_range q_in = ae_window_outputs(s, pool->w, pool->q, pool->stride_w, 1, pool->left);
      const int32_t place = (int32_t)(r * pool->s + s);
      for (int64_t q = q_in.begin; q < q_in.end; q++) {
        const int64_t at = ((n * pool->p + p) * pool->q + q) * C;
        real *dx = line + (q * pool->stride_w - pool->left + s) * C;
#define LANES_FROM(c, lanes) give_winner(lanes, place, wide, won_at(j, at + c, wide), j->x + at + c, dx + c)
        AE_LANES_FOR(C, LANES_FROM);
#undef LANES_FROM
      }
    }
  }
}

/* dx = dy where the place won, else 0, in `columns` neighbouring pixels from `place` on. */
AE_INLINE void give_all(int lanes, int64_t columns, int64_t C, int64_t place, const uint8_t *won,
                        const real *restrict dy, real *restrict dx) {
  for (int64_t s = 0; s < columns; s++) {
    const int32_t here = (int32_t)(place + s);
    AE_LANES_LOOP
    for (int l = 0; l < lanes; l++) {
      const int32_t winner = won[l];
      const real g = dy[l];
      dx[s * C + l] = winner == here ? g : 0;
    }
  }
}

/* The same where windows lie side by side: every element is in one at most, and
** is written once. */
AE_INLINE void back_row_apart(const job *j, int64_t row) {
  const ae_pool *pool = j->pool;
  const int64_t C = pool->c, top = row % pool->h + pool->top, p = top / pool->r, r = top % pool->r;
  const uint8_t *won = j->won;
  real *line = j->y + row * pool->w * C;
  int64_t done = 0; /* pixels */
  for (int64_t q = 0; p < pool->p && q < pool->q; q++) {
    const int64_t left = q * pool->s - pool->left, at = ((row / pool->h * pool->p + p) * pool->q + q) * C;
    const ae_range s_in = ae_window_taps(left, pool->w, pool->s, 1);
    const int64_t columns = s_in.end - s_in.begin, place = r * pool->s + s_in.begin;
    real *dx = line + (left + s_in.begin) * C;
#define GIVE(c, lanes) give_all(lanes, columns, C, place, won + at + c, j->x + at + c, dx + c)
#define GIVE_TWO(c, lanes) give_all(lanes, 2, C, place, won + at + c, j->x + at + c, dx + c)
    if (columns == 2)
      AE_LANES_FOR(C, GIVE_TWO);
    else
      AE_LANES_FOR(C, GIVE);
#undef GIVE
#undef GIVE_TWO
    done = left + s_in.end;
  }
  for (int64_t i = done * C; i < pool->w * C; i++) line[i] = 0;
}

AE_SIMD static void back_rows(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const bool apart = j->pool->stride_h == j->pool->r && j->pool->stride_w == j->pool->s;
  for (int64_t row = begin; row < end; row++) {
    if (apart && !j->wide)
      back_row_apart(j, row);
    else if (j->wide)
      back_row(j, row, true);
    else
      back_row(j, row, false);
  }
}

static ae_status max_pool_shape(ae_call *call, int sides, ae_spec *out) {
  const ae_pool *pool = &((const ae_pooling *)call->attrs)->pool;
  AE_TRY(ae_pooling_shape(call, sides, out));
  if (pool->r * pool->s > INT32_MAX)
    return ae_fail(call->err, AE_OVERFLOW, "%s: a window of %lld x %lld has more places than an i32 can number",
                   call->name, (long long)pool->r, (long long)pool->s);
  return AE_OK;
}

static ae_status max_pool_forward(ae_call *call) {
  const ae_pool *pool = &((const ae_pooling *)call->attrs)->pool;
  job j = {.pool = pool, .x = ae_reals(call->in[0]), .y = ae_reals(call->out[0])};
  if (call->recording) {
    j.wide = pool->r * pool->s > BYTE_PLACES;
    AE_TRY(ae_tensor_new(call->ctx, j.wide ? AE_I32 : AE_U8, &call->out_spec[0].shape, &call->saved[WON], call->err));
    j.won = ae_tensor_bytes(call->saved[WON]);
  }
  const int64_t work = pool->q * pool->c * pool->r * pool->s;
  ae_parallel(call->ctx, pool->n * pool->p, AE_GRAIN_CHEAP / (work > 0 ? work : 1) + 1, forward_rows, &j);
  return AE_OK;
}

static ae_status max_pool_backward(ae_call *call) {
  const ae_pool *pool = &((const ae_pooling *)call->attrs)->pool;
  ae_tensor *dx;
  AE_TRY(ae_call_gradient(call, 0, &dx));
  job j = {.pool = pool,
           .x = ae_reals(call->gout[0]),
           .y = ae_reals(dx),
           .won = ae_tensor_bytes(call->saved[WON]),
           .wide = call->saved[WON]->type == AE_I32};
  const int64_t work = pool->w * pool->c;
  ae_parallel(call->ctx, pool->n * pool->h, AE_GRAIN_CHEAP / (work > 0 ? work : 1) + 1, back_rows, &j);
  return AE_OK;
}

static ae_status max_pool1d_shape(ae_call *call, ae_spec *out) {
  return max_pool_shape(call, 1, out);
}
static ae_status max_pool2d_shape(ae_call *call, ae_spec *out) {
  return max_pool_shape(call, 2, out);
}

#define MAX_POOL_DOC                                                                                                   \
  "Padding never wins. Of several equal elements the first gets the gradient; a nan is larger than everything. "       \
  "Errors: another number of dimensions, a window larger than x with its padding."

const ae_op ae_op_max_pool1d = {
    .name = "max_pool1d",
    .doc = "The largest element of every window along a signal, for each channel.\n" MAX_POOL_DOC,
    .result = "[N, P, C]",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[N, T, C] signals"}},
    .attrs = {AE_POOLING_ATTRS(AE_POOLING_SIZE_1D, AE_POOLING_PADDING_1D)},
    .attrs_size = sizeof(ae_pooling),
    .shape = max_pool1d_shape,
    .forward = max_pool_forward,
    .backward = max_pool_backward,
};

const ae_op ae_op_max_pool2d = {
    .name = "max_pool2d",
    .doc = "The largest element of every window over a picture, for each channel.\n" MAX_POOL_DOC,
    .result = "[N, P, Q, C]",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[N, H, W, C] pictures"}},
    .attrs = {AE_POOLING_ATTRS(AE_POOLING_SIZE_2D, AE_POOLING_PADDING_2D)},
    .attrs_size = sizeof(ae_pooling),
    .shape = max_pool2d_shape,
    .forward = max_pool_forward,
    .backward = max_pool_backward,
};
