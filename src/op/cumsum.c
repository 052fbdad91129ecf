/*
** cumsum: running sums along one dimension, carried in double.
**   y_i = x_1 + ... + x_i        x [.., n, ..] -> y of the same shape
** Backward: the running sums of g from the other end.
*/
#include "core/op.h"
#include "core/parallel.h"

typedef struct cumsum_attrs {
  int64_t dim;
  int axis; /* dim resolved */
} cumsum_attrs;

enum { WIDTH = 512, GROUP = 8 };

static ae_status cumsum_shape(ae_call *call, ae_spec *out) {
  cumsum_attrs *attrs = call->attrs;
  AE_TRY(ae_shape_axis(call->op->name, attrs->dim, call->in_spec[0].shape.ndim, &attrs->axis, call->err));
  *out = call->in_spec[0];
  return AE_OK;
}

typedef struct job {
  const real *x;
  real *y;
  int64_t outer, n, inner, blocks;
  bool back;
} job;

/* One row (inner = 1), in groups with sums of their own: only one addition a
** group waits for the one before. */
static void rows_range(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const int64_t step = j->back ? -1 : 1;
  for (int64_t row = begin; row < end; row++) {
    const int64_t first = row * j->n + (j->back ? j->n - 1 : 0);
    const real *x = j->x + first;
    real *y = j->y + first;
    double before = 0;
    int64_t i = 0;
    for (; i + GROUP <= j->n; i += GROUP, x += step * GROUP, y += step * GROUP) {
      double sum[GROUP];
      sum[0] = (double)x[0];
      for (int k = 1; k < GROUP; k++) sum[k] = sum[k - 1] + (double)x[step * k];
      for (int k = 0; k < GROUP; k++) y[step * k] = (real)(before + sum[k]);
      before += sum[GROUP - 1];
    }
    for (; i < j->n; i++, x += step, y += step) {
      before += (double)*x;
      *y = (real)before;
    }
  }
}

AE_SIMD static void blocks_range(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  double sum[WIDTH];
  for (int64_t task = begin; task < end; task++) {
    const int64_t column = task % j->blocks * WIDTH, first = task / j->blocks * j->n * j->inner + column;
    const int64_t width = j->inner - column < WIDTH ? j->inner - column : WIDTH;
    for (int64_t k = 0; k < width; k++) sum[k] = 0;
    for (int64_t step = 0; step < j->n; step++) {
      const int64_t row = first + (j->back ? j->n - 1 - step : step) * j->inner;
      for (int64_t k = 0; k < width; k++) {
        sum[k] += (double)j->x[row + k];
        j->y[row + k] = (real)sum[k];
      }
    }
  }
}

static void running(ae_call *call, const real *x, real *y, bool back) {
  const cumsum_attrs *attrs = call->attrs;
  const ae_shape *s = &call->in_spec[0].shape;
  job j = {.x = x, .y = y, .outer = 1, .n = s->dims[attrs->axis], .inner = 1, .back = back};
  for (int d = 0; d < attrs->axis; d++) j.outer *= s->dims[d];
  for (int d = attrs->axis + 1; d < s->ndim; d++) j.inner *= s->dims[d];
  if (j.outer * j.n * j.inner == 0) return;
  j.blocks = (j.inner + WIDTH - 1) / WIDTH;
  const int64_t width = j.inner < WIDTH ? j.inner : WIDTH;
  ae_parallel(call->ctx, j.outer * j.blocks, AE_GRAIN_CHEAP / (j.n * width) + 1,
              j.inner == 1 ? rows_range : blocks_range, &j);
}

static ae_status cumsum_forward(ae_call *call) {
  running(call, ae_reals(call->in[0]), ae_reals(call->out[0]), false);
  return AE_OK;
}

static ae_status cumsum_backward(ae_call *call) {
  ae_tensor *gx;
  AE_TRY(ae_call_gradient(call, 0, &gx));
  running(call, ae_reals(call->gout[0]), ae_reals(gx), true);
  return AE_OK;
}

const ae_op ae_op_cumsum = {
    .name = "cumsum",
    .doc = "Running sums along a dimension, carried in double.",
    .result = "[x's shape] each element the sum up to and with its own place",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[any shape]"}},
    .attrs = {AE_ATTR(cumsum_attrs, dim, AE_ATTR_DIM, -1, "the dimension to run along; default the last")},
    .attrs_size = sizeof(cumsum_attrs),
    .shape = cumsum_shape,
    .forward = cumsum_forward,
    .backward = cumsum_backward,
};
