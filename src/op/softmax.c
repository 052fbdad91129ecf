/*
** softmax, log_softmax along one dimension:
**   softmax_i = exp(x_i - m) / sum_j exp(x_j - m)   m = max x
**   log_softmax_i = x_i - m - log sum_j exp(x_j - m)
**   x [.., n, ..] -> y of the same shape
** Backward: y (g - sum g y), and g - exp(y) sum g.
**
** A row of -inf alone is nan, as the limit depends on the way there.
** Not here: the losses that end in one of the two, which fuse it.
*/
#include <string.h>

#include "core/op.h"
#include "core/parallel.h"
#include "kernel/vmath.h"

typedef struct softmax_attrs {
  int64_t dim;
  int axis; /* dim resolved */
} softmax_attrs;

enum { LANES = 16, WIDTH = 256, SHORT = 32, TOGETHER = 32 };

static ae_status softmax_shape(ae_call *call, ae_spec *out) {
  softmax_attrs *attrs = call->attrs;
  AE_TRY(ae_shape_axis(call->op->name, attrs->dim, call->in_spec[0].shape.ndim, &attrs->axis, call->err));
  *out = call->in_spec[0];
  return AE_OK;
}

/* x [outer, n, inner]; in backward y and g stand for what is read, gx is out. */
typedef struct job {
  const real *x, *y, *g;
  real *out;
  int64_t outer, n, inner, blocks;
  bool log;
} job;

static job job_over(const ae_call *call) {
  const softmax_attrs *attrs = call->attrs;
  const ae_shape *s = &call->in_spec[0].shape;
  job j = {.outer = 1, .n = s->dims[attrs->axis], .inner = 1};
  for (int d = 0; d < attrs->axis; d++) j.outer *= s->dims[d];
  for (int d = attrs->axis + 1; d < s->ndim; d++) j.inner *= s->dims[d];
  j.blocks = (j.inner + WIDTH - 1) / WIDTH;
  return j;
}

/* ---- Rows: inner = 1 ---- */

/* A row is taken LANES elements at a time; its end is filled up with `fill`,
** which the caller picks so that it changes nothing. */
AE_INLINE const real *lanes_at(const real *x, int64_t i, int64_t n, real fill, real *buffer) {
  if (i + LANES <= n) return x + i;
  for (int l = 0; l < LANES; l++) buffer[l] = i + l < n ? x[i + l] : fill;
  return buffer;
}

AE_INLINE double lanes_sum(double *lane) {
  for (int step = LANES / 2; step > 0; step /= 2) {
    for (int l = 0; l < step; l++) lane[l] += lane[l + step];
  }
  return lane[0];
}

AE_INLINE real row_max(const real *x, int64_t n) {
  real lane[LANES], end[LANES];
  for (int l = 0; l < LANES; l++) lane[l] = -(real)INFINITY;
  for (int64_t i = 0; i < n; i += LANES) {
    const real *v = lanes_at(x, i, n, -(real)INFINITY, end);
    for (int l = 0; l < LANES; l++) lane[l] = v[l] > lane[l] ? v[l] : lane[l];
  }
  for (int step = LANES / 2; step > 0; step /= 2) {
    for (int l = 0; l < step; l++) lane[l] = lane[l + step] > lane[l] ? lane[l + step] : lane[l];
  }
  return lane[0];
}

/* Writes exp(x - m) to y where y is not NULL; returns the sum, in double. */
AE_INLINE double row_exp(const real *x, int64_t n, real m, real *y) {
  double lane[LANES] = {0};
  real end[LANES], e[LANES];
  for (int64_t i = 0; i < n; i += LANES) {
    const real *v = lanes_at(x, i, n, -(real)INFINITY, end);
    for (int l = 0; l < LANES; l++) e[l] = ae_exp(v[l] - m);
    for (int l = 0; l < LANES; l++) lane[l] += (double)e[l];
    if (y) memcpy(y + i, e, (size_t)(n - i < LANES ? n - i : LANES) * sizeof(real));
  }
  return lanes_sum(lane);
}

AE_SIMD static void forward_rows(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const int64_t n = j->n;
  for (int64_t row = begin; row < end; row++) {
    const real *x = j->x + row * n;
    real *y = j->out + row * n;
    const real m = row_max(x, n);
    const double sum = row_exp(x, n, m, j->log ? NULL : y);
    if (j->log) {
      const real shift = (real)log(sum);
      for (int64_t i = 0; i < n; i++) y[i] = x[i] - m - shift;
    } else {
      const real scale = (real)(1 / sum);
      for (int64_t i = 0; i < n; i++) y[i] *= scale;
    }
  }
}

AE_SIMD static void backward_rows(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const int64_t n = j->n;
  for (int64_t row = begin; row < end; row++) {
    const real *y = j->y + row * n, *g = j->g + row * n;
    real *gx = j->out + row * n;
    double lane[LANES] = {0};
    real end_y[LANES], end_g[LANES];
    for (int64_t i = 0; i < n; i += LANES) {
      const real *vy = lanes_at(y, i, n, 0, end_y), *vg = lanes_at(g, i, n, 0, end_g);
      for (int l = 0; l < LANES; l++) lane[l] += (double)vg[l] * (j->log ? 1 : (double)vy[l]);
    }
    const real sum = (real)lanes_sum(lane);
    if (j->log) {
      for (int64_t i = 0; i < n; i++) gx[i] = g[i] - ae_exp(y[i]) * sum;
    } else {
      for (int64_t i = 0; i < n; i++) gx[i] = y[i] * (g[i] - sum);
    }
  }
}

/* ---- Columns: blocks of WIDTH of one outer index ---- */

typedef struct block {
  int64_t first, rows, stride, width;
} block;

static block block_at(const job *j, int64_t task) {
  const int64_t column = task % j->blocks * WIDTH;
  const int64_t width = j->inner - column < WIDTH ? j->inner - column : WIDTH;
  return (block){task / j->blocks * j->n * j->inner + column, j->n, j->inner, width};
}

AE_INLINE void forward_block(const job *j, block b) {
  real m[WIDTH], scale[WIDTH];
  double sum[WIDTH];
  const real *restrict x = j->x + b.first;
  real *restrict y = j->out + b.first;
  for (int64_t k = 0; k < b.width; k++) {
    m[k] = -(real)INFINITY;
    sum[k] = 0;
  }
  for (int64_t i = 0; i < b.rows; i++) {
    for (int64_t k = 0; k < b.width; k++) m[k] = x[i * b.stride + k] > m[k] ? x[i * b.stride + k] : m[k];
  }
  for (int64_t i = 0; i < b.rows; i++) {
    for (int64_t k = 0; k < b.width; k++) {
      const real e = ae_exp(x[i * b.stride + k] - m[k]);
      y[i * b.stride + k] = j->log ? x[i * b.stride + k] - m[k] : e;
      sum[k] += (double)e;
    }
  }
  for (int64_t k = 0; k < b.width; k++) scale[k] = (real)(j->log ? log(sum[k]) : 1 / sum[k]);
  for (int64_t i = 0; i < b.rows; i++) {
    real *row = y + i * b.stride;
    if (j->log) {
      for (int64_t k = 0; k < b.width; k++) row[k] -= scale[k];
    } else {
      for (int64_t k = 0; k < b.width; k++) row[k] *= scale[k];
    }
  }
}

AE_INLINE void backward_block(const job *j, block b) {
  double sum[WIDTH];
  real s[WIDTH];
  const real *restrict y = j->y + b.first;
  const real *restrict g = j->g + b.first;
  real *restrict gx = j->out + b.first;
  for (int64_t k = 0; k < b.width; k++) sum[k] = 0;
  for (int64_t i = 0; i < b.rows; i++) {
    const int64_t row = i * b.stride;
    for (int64_t k = 0; k < b.width; k++) sum[k] += (double)g[row + k] * (j->log ? 1 : (double)y[row + k]);
  }
  for (int64_t k = 0; k < b.width; k++) s[k] = (real)sum[k];
  for (int64_t i = 0; i < b.rows; i++) {
    const int64_t row = i * b.stride;
    if (j->log) {
      for (int64_t k = 0; k < b.width; k++) gx[row + k] = g[row + k] - ae_exp(y[row + k]) * s[k];
    } else {
      for (int64_t k = 0; k < b.width; k++) gx[row + k] = y[row + k] * (g[row + k] - s[k]);
    }
  }
}

/* ---- Short rows: TOGETHER of them are turned into columns, and back ---- */

AE_INLINE void turn_in(const real *rows, int64_t n, real *columns) {
  for (int64_t i = 0; i < n; i++) {
    for (int l = 0; l < TOGETHER; l++) columns[i * TOGETHER + l] = rows[l * n + i];
  }
}
AE_INLINE void turn_out(const real *columns, int64_t n, real *rows) {
  for (int64_t i = 0; i < n; i++) {
    for (int l = 0; l < TOGETHER; l++) rows[l * n + i] = columns[i * TOGETHER + l];
  }
}

AE_SIMD static void forward_groups(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const int64_t n = j->n;
  real x[SHORT * TOGETHER], y[SHORT * TOGETHER];
  const job turned = {.x = x, .out = y, .n = n, .inner = TOGETHER, .log = j->log};
  for (int64_t row = begin * TOGETHER; row < end * TOGETHER; row += TOGETHER) {
    if (j->outer - row < TOGETHER) {
      forward_rows(arg, row, j->outer);
      return;
    }
    turn_in(j->x + row * n, n, x);
    forward_block(&turned, (block){0, n, TOGETHER, TOGETHER});
    turn_out(y, n, j->out + row * n);
  }
}

AE_SIMD static void backward_groups(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const int64_t n = j->n;
  real y[SHORT * TOGETHER], g[SHORT * TOGETHER], gx[SHORT * TOGETHER];
  const job turned = {.y = y, .g = g, .out = gx, .n = n, .inner = TOGETHER, .log = j->log};
  for (int64_t row = begin * TOGETHER; row < end * TOGETHER; row += TOGETHER) {
    if (j->outer - row < TOGETHER) {
      backward_rows(arg, row, j->outer);
      return;
    }
    turn_in(j->y + row * n, n, y);
    turn_in(j->g + row * n, n, g);
    backward_block(&turned, (block){0, n, TOGETHER, TOGETHER});
    turn_out(gx, n, j->out + row * n);
  }
}

AE_SIMD static void forward_blocks(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  for (int64_t task = begin; task < end; task++) forward_block(j, block_at(j, task));
}
AE_SIMD static void backward_blocks(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  for (int64_t task = begin; task < end; task++) backward_block(j, block_at(j, task));
}

/* The three ways of one direction. */
typedef struct ways {
  ae_range_fn rows, groups, blocks;
} ways;

static void job_run(ae_context *ctx, job *j, const ways *w) {
  if (j->outer * j->n * j->inner == 0) return;
  const bool rows = j->inner == 1, groups = rows && j->n <= SHORT;
  const int64_t width = j->inner < WIDTH ? j->inner : WIDTH, each = j->n * (groups ? TOGETHER : width);
  const int64_t tasks = groups ? (j->outer + TOGETHER - 1) / TOGETHER : j->outer * j->blocks;
  ae_parallel(ctx, tasks, AE_GRAIN_COSTLY / each + 1, groups ? w->groups : rows ? w->rows : w->blocks, j);
}

static ae_status forward(ae_call *call, bool log) {
  job j = job_over(call);
  j.log = log;
  j.x = ae_reals(call->in[0]);
  j.out = ae_reals(call->out[0]);
  job_run(call->ctx, &j, &(ways){forward_rows, forward_groups, forward_blocks});
  return AE_OK;
}

static ae_status backward(ae_call *call, bool log) {
  ae_tensor *gx;
  AE_TRY(ae_call_gradient(call, 0, &gx));
  job j = job_over(call);
  j.log = log;
  j.y = ae_reals(call->out[0]);
  j.g = ae_reals(call->gout[0]);
  j.out = ae_reals(gx);
  job_run(call->ctx, &j, &(ways){backward_rows, backward_groups, backward_blocks});
  return AE_OK;
}

static ae_status softmax_forward(ae_call *call) {
  return forward(call, false);
}
static ae_status softmax_backward(ae_call *call) {
  return backward(call, false);
}
static ae_status log_softmax_forward(ae_call *call) {
  return forward(call, true);
}
static ae_status log_softmax_backward(ae_call *call) {
  return backward(call, true);
}

#define SOFTMAX_DIM AE_ATTR(softmax_attrs, dim, AE_ATTR_DIM, -1, "the dimension that is normalised; default the last")

const ae_op ae_op_softmax = {
    .name = "softmax",
    .doc = "Exponentials along a dimension, divided by their sum: positive numbers that sum to 1. Does not overflow; "
           "nan where all of x is -inf.",
    .result = "[x's shape]",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[any shape] logits"}},
    .attrs = {SOFTMAX_DIM},
    .attrs_size = sizeof(softmax_attrs),
    .saves = AE_SAVES_OUT(0),
    .shape = softmax_shape,
    .forward = softmax_forward,
    .backward = softmax_backward,
};

const ae_op ae_op_log_softmax = {
    .name = "log_softmax",
    .doc = "Logarithm of softmax, computed directly: exact also where softmax is 0 in floating point.",
    .result = "[x's shape]",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[any shape] logits"}},
    .attrs = {SOFTMAX_DIM},
    .attrs_size = sizeof(softmax_attrs),
    .saves = AE_SAVES_OUT(0),
    .shape = softmax_shape,
    .forward = log_softmax_forward,
    .backward = log_softmax_backward,
};
