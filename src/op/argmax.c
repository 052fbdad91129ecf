/*
** argmax, argmin: where the extreme is, counted from 1.
**   x [.., n, ..] -> i32 [the other dimensions], 1..n along `dim`
**   without dim: one number, the place in row-major order
** The first of several; a nan comes before everything else.
*/
#include "core/parallel.h"
#include "kernel/reduce.h"
#include "op/reduction.h"

typedef struct argmax_attrs {
  ae_reduction reduction; /* dims holds `dim`, where it was given */
  int64_t dim;
} argmax_attrs;

enum { WHOLE = 0, WIDTH = 256 };

static ae_status argmax_shape(ae_call *call, ae_spec *out) {
  argmax_attrs *attrs = call->attrs;
  const ae_shape *in = &call->in_spec[0].shape;
  if (attrs->dim != WHOLE) {
    attrs->reduction.dims.n = 1;
    attrs->reduction.dims.at[0] = attrs->dim;
  }
  AE_TRY(ae_reduction_shape(call, AE_I32, out));
  AE_TRY(ae_reduction_nonempty(call));
  const int64_t n = ae_reduction_count(call);
  if (n > INT32_MAX) {
    char text[AE_SHAPE_TEXT];
    return ae_fail(call->err, AE_OVERFLOW, "%s: %s has more places than an i32 can number", call->op->name,
                   ae_shape_text(in, text));
  }
  return AE_OK;
}

/* Whether x is the element sought: the extreme, or a nan where the extreme is one. */
AE_INLINE bool found(ae_type type, const void *x, int64_t i, const void *best, int64_t k) {
  if (type == AE_U8) return ((const uint8_t *)x)[i] == ((const uint8_t *)best)[k];
  if (type == AE_I32) return ((const int32_t *)x)[i] == ((const int32_t *)best)[k];
  const real a = ((const real *)x)[i], b = ((const real *)best)[k];
  return (a == b) | ((a != a) & (b != b));
}

typedef struct search {
  ae_reduce_view view;
  const void *best; /* [outer, inner] */
  int32_t *at;      /* [outer, inner] */
  int64_t blocks;   /* of columns */
} search;

AE_INLINE void search_row(ae_type type, const search *s, int64_t row) {
  const int64_t first = row * s->view.reduced;
  int64_t i = 0;
  for (; i + WIDTH <= s->view.reduced; i += WIDTH) {
    uint32_t hits = 0;
    for (int64_t k = 0; k < WIDTH; k++) hits += found(type, s->view.data, first + i + k, s->best, row);
    if (hits > 0) break;
  }
  while (!found(type, s->view.data, first + i, s->best, row)) i++;
  s->at[row] = (int32_t)(i + 1);
}

/* From the last row to the first, so that the first that fits stays. */
AE_INLINE void search_columns(ae_type type, const search *s, int64_t task) {
  const int64_t outer = task / s->blocks, column = task % s->blocks * WIDTH;
  const int64_t n = s->view.inner - column < WIDTH ? s->view.inner - column : WIDTH;
  const int64_t k = outer * s->view.inner + column;
  int32_t *restrict at = s->at + k;
  for (int64_t i = s->view.reduced - 1; i >= 0; i--) {
    const int64_t first = (outer * s->view.reduced + i) * s->view.inner + column;
    for (int64_t j = 0; j < n; j++) {
      at[j] = found(type, s->view.data, first + j, s->best, k + j) ? (int32_t)(i + 1) : at[j];
    }
  }
}

AE_INLINE void search_tasks(ae_type type, const search *s, int64_t begin, int64_t end) {
  if (s->view.inner == 1) {
    for (int64_t row = begin; row < end; row++) search_row(type, s, row);
  } else {
    for (int64_t task = begin; task < end; task++) search_columns(type, s, task);
  }
}

AE_SIMD static void search_range(void *arg, int64_t begin, int64_t end) {
  const search *s = arg;
  if (s->view.type == AE_U8)
    search_tasks(AE_U8, s, begin, end);
  else if (s->view.type == AE_I32)
    search_tasks(AE_I32, s, begin, end);
  else
    search_tasks(AE_REAL, s, begin, end);
}

static ae_status arg_forward(ae_call *call, ae_extreme which) {
  const argmax_attrs *attrs = call->attrs;
  search s = {.at = ae_i32s(call->out[0])};
  AE_TRY(ae_reduce_open(call->ctx, call->in[0], attrs->reduction.set, &s.view, call->err));
  ae_tensor *best = NULL;
  ae_status status = ae_tensor_new(call->ctx, s.view.type, &call->out_spec[0].shape, &best, call->err);
  if (status == AE_OK) {
    s.best = ae_tensor_bytes(best);
    status = ae_reduce_extreme(call->ctx, &s.view, which, ae_tensor_bytes(best), call->err);
  }
  if (status == AE_OK && call->out[0]->count > 0) {
    s.blocks = (s.view.inner + WIDTH - 1) / WIDTH;
    const int64_t width = s.view.inner < WIDTH ? s.view.inner : WIDTH;
    ae_parallel(call->ctx, s.view.outer * s.blocks, AE_GRAIN_CHEAP / (s.view.reduced * width) + 1, search_range, &s);
  }
  ae_tensor_release(best);
  ae_reduce_close(&s.view);
  return status;
}

static ae_status argmax_forward(ae_call *call) {
  return arg_forward(call, AE_MAX);
}
static ae_status argmin_forward(ae_call *call) {
  return arg_forward(call, AE_MIN);
}

#define ARGMAX_ATTRS                                                                                                   \
  AE_ATTR(argmax_attrs, dim, AE_ATTR_DIM, WHOLE, "the dimension to search; default: all, in row-major order"), {       \
    "keepdim", AE_ATTR_BOOL, offsetof(argmax_attrs, reduction.keepdim), false, 0, NULL,                                \
        "keep what was searched with size 1; default false"                                                            \
  }

const ae_op ae_op_argmax = {
    .name = "argmax",
    .doc = "Where the largest element is, counted from 1: along one dimension, or in all of x in row-major order. The "
           "first of several; a nan is larger than everything. Raises where there is nothing to search.",
    .result = "[the other dimensions] i32 places",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {ARGMAX_ATTRS},
    .attrs_size = sizeof(argmax_attrs),
    .no_gradient = "a place does not change with small changes of x",
    .shape = argmax_shape,
    .forward = argmax_forward,
};

const ae_op ae_op_argmin = {
    .name = "argmin",
    .doc = "Where the smallest element is, counted from 1: along one dimension, or in all of x in row-major order. The "
           "first of several; a nan is smaller than everything. Raises where there is nothing to search.",
    .result = "[the other dimensions] i32 places",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {ARGMAX_ATTRS},
    .attrs_size = sizeof(argmax_attrs),
    .no_gradient = "a place does not change with small changes of x",
    .shape = argmax_shape,
    .forward = argmin_forward,
};
