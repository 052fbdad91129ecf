/*
** sort, topk: the elements along one dimension in order, and where they stood.
**   sort: x [.., n, ..] -> values, places i32 (from 1), both of x's shape
**   topk: x [.., n, ..] -> values, places i32 [.., k, ..]
** Stable. A nan is larger than every number: last when ascending, first when
** descending. Backward sends each value's gradient to where it stood.
**
** Not here: values between elements (quantile.c).
*/
#include <string.h>

#include "core/op.h"
#include "core/parallel.h"
#include "kernel/order.h"

typedef struct sort_attrs {
  int64_t k; /* topk alone; sort: n */
  int64_t dim;
  bool descending;
  int axis; /* dim resolved */
} sort_attrs;

/* x [outer, n, inner] -> [outer, k, inner] */
typedef struct extent {
  int64_t outer, n, k, inner;
} extent;

static extent extent_of(const ae_call *call) {
  const sort_attrs *attrs = call->attrs;
  const ae_shape *s = &call->in_spec[0].shape;
  extent e = {1, s->dims[attrs->axis], attrs->k, 1};
  for (int d = 0; d < attrs->axis; d++) e.outer *= s->dims[d];
  for (int d = attrs->axis + 1; d < s->ndim; d++) e.inner *= s->dims[d];
  return e;
}

static ae_status resolve(ae_call *call, ae_spec *out) {
  sort_attrs *attrs = call->attrs;
  const ae_spec *in = &call->in_spec[0];
  AE_TRY(ae_shape_axis(call->op->name, attrs->dim, in->shape.ndim, &attrs->axis, call->err));
  if (in->shape.dims[attrs->axis] > INT32_MAX) {
    return ae_fail(call->err, AE_OVERFLOW, "%s: %lld elements are more than an i32 can number", call->op->name,
                   (long long)in->shape.dims[attrs->axis]);
  }
  out[0] = *in;
  out[1] = (ae_spec){AE_I32, in->shape};
  return AE_OK;
}

static ae_status sort_shape(ae_call *call, ae_spec *out) {
  sort_attrs *attrs = call->attrs;
  AE_TRY(resolve(call, out));
  attrs->k = call->in_spec[0].shape.dims[attrs->axis];
  return AE_OK;
}

static ae_status topk_shape(ae_call *call, ae_spec *out) {
  sort_attrs *attrs = call->attrs;
  AE_TRY(resolve(call, out));
  const int64_t n = call->in_spec[0].shape.dims[attrs->axis];
  if (attrs->k < 0 || attrs->k > n) {
    return ae_fail(call->err, AE_INVALID, "topk: k wants 0 to %lld, the size of dimension %d, got %lld", (long long)n,
                   attrs->axis + 1, (long long)attrs->k);
  }
  out[0].shape.dims[attrs->axis] = out[1].shape.dims[attrs->axis] = attrs->k;
  return AE_OK;
}

typedef struct job {
  extent e;
  ae_type type;
  size_t element;
  bool descending;
  const char *x;
  char *values;
  int32_t *places;
  ae_entry *room; /* 2 n entries for every part */
} job;

/* values[i] = x[place of entry i], which also brings back -0 and each nan. */
static void write_row(const job *j, const ae_entry *entries, const char *x, char *values, int32_t *places) {
  const int64_t inner = j->e.inner;
  for (int64_t i = 0; i < j->e.k; i++) places[i * inner] = entries[i].place + 1;
  switch (j->type) {
  case AE_U8:
    for (int64_t i = 0; i < j->e.k; i++) {
      ((uint8_t *)values)[i * inner] = ((const uint8_t *)x)[entries[i].place * inner];
    }
    break;
  case AE_I32:
    for (int64_t i = 0; i < j->e.k; i++) {
      ((int32_t *)values)[i * inner] = ((const int32_t *)x)[entries[i].place * inner];
    }
    break;
  default:
    for (int64_t i = 0; i < j->e.k; i++) ((real *)values)[i * inner] = ((const real *)x)[entries[i].place * inner];
    break;
  }
}

static void sort_rows(void *arg, int part, int64_t begin, int64_t end) {
  const job *j = arg;
  const extent e = j->e;
  ae_entry *entries = j->room + 2 * part * e.n, *scratch = entries + e.n;
  for (int64_t row = begin; row < end; row++) {
    const int64_t from = row / e.inner * e.n * e.inner + row % e.inner;
    const int64_t to = row / e.inner * e.k * e.inner + row % e.inner;
    const char *x = j->x + (size_t)from * j->element;
    ae_order_load(j->type, x, e.inner, e.n, j->descending, entries);
    if (e.k == e.n)
      ae_order_sort(entries, scratch, e.n);
    else
      ae_order_first(entries, scratch, e.n, e.k);
    write_row(j, entries, x, j->values + (size_t)to * j->element, j->places + to);
  }
}

static ae_status sort_forward(ae_call *call) {
  const sort_attrs *attrs = call->attrs;
  const ae_type type = call->in[0]->type;
  job j = {.e = extent_of(call), .type = type, .element = ae_type_size(type), .descending = attrs->descending};
  const int64_t rows = j.e.outer * j.e.inner;
  if (rows * j.e.k == 0) return AE_OK;
  j.x = ae_tensor_bytes(call->in[0]);
  j.values = ae_tensor_bytes(call->out[0]);
  j.places = ae_i32s(call->out[1]);
  const int parts = ae_parallel_count(call->ctx, rows, AE_GRAIN_COSTLY / j.e.n + 1);
  const size_t bytes = (size_t)parts * 2 * (size_t)j.e.n * sizeof(ae_entry);
  void *room;
  AE_TRY(ae_allocate(call->ctx->allocator, bytes, &room, call->err));
  j.room = room;
  ae_parallel_parts(call->ctx, rows, parts, sort_rows, &j);
  ae_free(call->ctx->allocator, room, bytes);
  return AE_OK;
}

typedef struct spread {
  extent e;
  const int32_t *places;
  const real *g;
  real *gx;
} spread;

static void spread_outer(void *arg, int64_t begin, int64_t end) {
  const spread *s = arg;
  const extent e = s->e;
  for (int64_t outer = begin; outer < end; outer++) {
    real *gx = s->gx + outer * e.n * e.inner;
    if (e.k < e.n) memset(gx, 0, (size_t)(e.n * e.inner) * sizeof(real));
    for (int64_t i = 0; i < e.k; i++) {
      const int64_t row = (outer * e.k + i) * e.inner;
      for (int64_t j = 0; j < e.inner; j++) gx[(s->places[row + j] - 1) * e.inner + j] = s->g[row + j];
    }
  }
}

static ae_status sort_backward(ae_call *call) {
  ae_tensor *gx;
  AE_TRY(ae_call_gradient(call, 0, &gx));
  if (!call->gout[0]) {
    ae_tensor_fill(call->ctx, gx, 0);
    return AE_OK;
  }
  spread s = {extent_of(call), ae_i32s(call->out[1]), ae_reals(call->gout[0]), ae_reals(gx)};
  const int64_t each = s.e.n * s.e.inner;
  ae_parallel(call->ctx, s.e.outer, AE_GRAIN_CHEAP / (each + 1) + 1, spread_outer, &s);
  return AE_OK;
}

const ae_op ae_op_sort = {
    .name = "sort",
    .doc = "Elements along a dimension in ascending (or descending) order, and where they stood. Stable: equal "
           "elements keep their order. A nan is larger than every number: last when ascending, first when descending.",
    .result = "values of x's type and i32 places (from 1), both of x's shape",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {AE_ATTR(sort_attrs, dim, AE_ATTR_DIM, -1, "the dimension to sort along; default the last"),
              AE_ATTR(sort_attrs, descending, AE_ATTR_BOOL, 0, "largest first; default false")},
    .attrs_size = sizeof(sort_attrs),
    .n_out = 2,
    .saves = AE_SAVES_OUT(1),
    .shape = sort_shape,
    .forward = sort_forward,
    .backward = sort_backward,
};

const ae_op ae_op_topk = {
    .name = "topk",
    .doc = "The k largest (or smallest) elements along a dimension in order, and where they stood. Of equal elements "
           "the first come first. A nan is larger than every number.",
    .result = "values of x's type and i32 places (from 1), of x's shape with k in place of the dimension's size",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {AE_ATTR_REQUIRED(sort_attrs, k, AE_ATTR_INT, "how many, 0 to the dimension's size"),
              AE_ATTR(sort_attrs, dim, AE_ATTR_DIM, -1, "the dimension to look along; default the last"),
              {"largest", AE_ATTR_BOOL, offsetof(sort_attrs, descending), false, 1, NULL,
               "the largest, largest first; false: the smallest, smallest first; default true"}},
    .attrs_size = sizeof(sort_attrs),
    .n_out = 2,
    .saves = AE_SAVES_OUT(1),
    .shape = topk_shape,
    .forward = sort_forward,
    .backward = sort_backward,
};
