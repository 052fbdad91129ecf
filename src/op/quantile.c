/*
** quantile: the values below which shares q of the elements lie.
**   x [any shape], q [] or [Q] -> y [the other dimensions] or [Q, the others]
**   sorted x: s_0 .. s_(n-1),  t = q (n - 1),  i = floor t
**   y = s_i + (t - i) (s_(i+1) - s_i)
** A row with a nan gives nan. Backward: to the two neighbours by their shares,
** to q by the slope (n - 1) (s_(i+1) - s_i).
*/
#include <string.h>

#include "core/parallel.h"
#include "kernel/copy.h"
#include "kernel/order.h"
#include "kernel/vmath.h"
#include "op/reduction.h"

static ae_status quantile_shape(ae_call *call, ae_spec *out) {
  const ae_shape *q = &call->in_spec[1].shape;
  char text[AE_SHAPE_TEXT];
  if (q->ndim > 1) {
    return ae_fail(call->err, AE_SHAPE, "quantile: q wants a number or one dimension, got %s", ae_shape_text(q, text));
  }
  AE_TRY(ae_reduction_shape(call, AE_REAL, out));
  AE_TRY(ae_reduction_nonempty(call));
  if (ae_reduction_count(call) > INT32_MAX) {
    return ae_fail(call->err, AE_OVERFLOW, "quantile: %s has more elements to sort than an i32 can number",
                   ae_shape_text(&call->in_spec[0].shape, text));
  }
  if (q->ndim == 0) return AE_OK;
  int64_t dims[AE_MAX_DIMS + 1] = {q->dims[0]};
  memcpy(dims + 1, out->shape.dims, sizeof out->shape.dims);
  return ae_shape_make("quantile", out->shape.ndim + 1, dims, &out->shape, call->err);
}

/* The place of q in a sorted row of n: between `low` and `high`, `share` of the way. */
typedef struct point {
  int64_t low, high;
  double share;
} point;

static point point_of(real q, int64_t n) {
  const double t = (double)q * (double)(n - 1);
  const int64_t low = (int64_t)t;
  return (point){low, low + 1 < n ? low + 1 : low, t - (double)low};
}

typedef struct job {
  ae_reduce_view view;
  int64_t n_q;
  const real *q;
  real *y;             /* [n_q, outer, inner] */
  int32_t *low, *high; /* places of the neighbours, like y; NULL where nobody asks */
  ae_entry *room;      /* 2 n entries for every part */
} job;

static void quantile_rows(void *arg, int part, int64_t begin, int64_t end) {
  const job *j = arg;
  const int64_t n = j->view.reduced, inner = j->view.inner, rows = j->view.outer * inner;
  ae_entry *entries = j->room + 2 * part * n, *scratch = entries + n;
  for (int64_t row = begin; row < end; row++) {
    const real *x = (const real *)j->view.data + row / inner * n * inner + row % inner;
    ae_order_load(AE_REAL, x, inner, n, false, entries);
    ae_order_sort(entries, scratch, n);
    const real last = x[entries[n - 1].place * inner];
    for (int64_t k = 0; k < j->n_q; k++) {
      point p = point_of(j->q[k], n);
      if (last != last) p = (point){n - 1, n - 1, 0};
      const int32_t low = entries[p.low].place, high = entries[p.high].place;
      const double a = (double)x[low * inner], b = (double)x[high * inner];
      j->y[k * rows + row] = (real)(p.share == 0 ? a : a + p.share * (b - a));
      if (j->low) {
        j->low[k * rows + row] = low;
        j->high[k * rows + row] = high;
      }
    }
  }
}

static ae_status check_q(const ae_call *call) {
  const ae_tensor *q = call->in[1];
  for (int64_t k = 0; k < q->count; k++) {
    const double value = ae_tensor_get(q, k);
    if (!(value >= 0 && value <= 1)) {
      return ae_fail(call->err, AE_INVALID, "quantile: q wants 0 to 1, got %g", value);
    }
  }
  return AE_OK;
}

static ae_status run(ae_call *call, job *j) {
  const int64_t n = j->view.reduced, rows = j->view.outer * j->view.inner;
  const int parts = ae_parallel_count(call->ctx, rows, AE_GRAIN_COSTLY / (n + 1) + 1);
  const size_t bytes = (size_t)parts * 2 * (size_t)n * sizeof(ae_entry);
  void *room;
  AE_TRY(ae_allocate(call->ctx->allocator, bytes, &room, call->err));
  j->room = room;
  if (rows > 0) ae_parallel_parts(call->ctx, rows, parts, quantile_rows, j);
  ae_free(call->ctx->allocator, room, bytes);
  return AE_OK;
}

static ae_status quantile_forward(ae_call *call) {
  const ae_reduction *attrs = call->attrs;
  AE_TRY(check_q(call));
  job j = {.n_q = call->in[1]->count, .q = ae_reals(call->in[1]), .y = ae_reals(call->out[0])};
  if (call->recording) {
    for (int i = 0; i < 2; i++) {
      AE_TRY(ae_tensor_new(call->ctx, AE_I32, &call->out_spec[0].shape, &call->saved[i], call->err));
    }
    j.low = ae_i32s(call->saved[0]);
    j.high = ae_i32s(call->saved[1]);
  }
  AE_TRY(ae_reduce_open(call->ctx, call->in[0], attrs->set, &j.view, call->err));
  const ae_status status = run(call, &j);
  ae_reduce_close(&j.view);
  return status;
}

typedef struct spread {
  ae_reduce_view view;
  int64_t n_q;
  const real *q, *g;
  const int32_t *low, *high;
  real *gx;
} spread;

static void spread_outer(void *arg, int64_t begin, int64_t end) {
  const spread *s = arg;
  const int64_t n = s->view.reduced, inner = s->view.inner, rows = s->view.outer * inner;
  for (int64_t outer = begin; outer < end; outer++) {
    real *gx = s->gx + outer * n * inner;
    memset(gx, 0, (size_t)(n * inner) * sizeof(real));
    for (int64_t k = 0; k < s->n_q; k++) {
      const point p = point_of(s->q[k], n);
      for (int64_t j = 0; j < inner; j++) {
        const int64_t at = k * rows + outer * inner + j;
        gx[s->low[at] * inner + j] += (real)((1 - p.share) * (double)s->g[at]);
        gx[s->high[at] * inner + j] += (real)(p.share * (double)s->g[at]);
      }
    }
  }
}

static ae_status gradient_x(ae_call *call, spread *s) {
  const ae_shape *shape = &call->in_spec[0].shape;
  ae_tensor *gx, *turned = NULL;
  AE_TRY(ae_call_gradient(call, 0, &gx));
  if (s->view.copy) AE_TRY(ae_tensor_new(call->ctx, AE_REAL, shape, &turned, call->err));
  s->gx = ae_reals(turned ? turned : gx);
  const int64_t each = s->view.reduced * s->view.inner;
  ae_parallel(call->ctx, s->view.outer, AE_GRAIN_CHEAP / (each + 1) + 1, spread_outer, s);
  if (turned) ae_reduce_restore(call->ctx, &s->view, shape, ae_reals(gx), ae_reals(turned));
  ae_tensor_release(turned);
  return AE_OK;
}

static ae_status gradient_q(ae_call *call, const spread *s) {
  const int64_t n = s->view.reduced, inner = s->view.inner, rows = s->view.outer * inner;
  const real *x = s->view.data;
  ae_tensor *gq;
  AE_TRY(ae_call_gradient(call, 1, &gq));
  for (int64_t k = 0; k < s->n_q; k++) {
    double sum = 0;
    for (int64_t row = 0; row < rows; row++) {
      const int64_t at = k * rows + row, first = row / inner * n * inner + row % inner;
      sum += (double)s->g[at] * ((double)x[first + s->high[at] * inner] - (double)x[first + s->low[at] * inner]);
    }
    ae_reals(gq)[k] = (real)((double)(n - 1) * sum);
  }
  return AE_OK;
}

static ae_status quantile_backward(ae_call *call) {
  const ae_reduction *attrs = call->attrs;
  spread s = {.n_q = call->in[1]->count, .q = ae_reals(call->in[1]), .g = ae_reals(call->gout[0])};
  s.low = ae_i32s(call->saved[0]);
  s.high = ae_i32s(call->saved[1]);
  AE_TRY(ae_reduce_open(call->ctx, call->in[0], attrs->set, &s.view, call->err));
  ae_status status = call->wants[0] ? gradient_x(call, &s) : AE_OK;
  if (status == AE_OK && call->wants[1]) status = gradient_q(call, &s);
  ae_reduce_close(&s.view);
  return status;
}

const ae_op ae_op_quantile = {
    .name = "quantile",
    .doc = "The values below which shares q of the elements lie, interpolated linearly between neighbours; nan where "
           "there is one. quantile(x, 0.5) is the median. Raises where there is nothing to sort.",
    .result = "[the other dimensions], behind one of q's size where q has a dimension",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[any shape]"},
               {.name = "q", .takes = AE_TAKES_REAL, .doc = "[] or [Q] shares, 0 to 1", .number = true}},
    .attrs = {AE_REDUCTION_ATTRS},
    .attrs_size = sizeof(ae_reduction),
    .saves = AE_SAVES_IN(0) | AE_SAVES_IN(1),
    .shape = quantile_shape,
    .forward = quantile_forward,
    .backward = quantile_backward,
};
