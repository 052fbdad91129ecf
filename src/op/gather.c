/*
** gather: from each line along one dimension, the elements that places name.
**   x [.., n, ..], places i32 [.., m, ..] -> y [.., m, ..]
**   y[i, k, j] = x[i, places[i, k, j], j]
** The other sizes are the same. Places count from 1, negative ones from the
** end. Backward adds up, in order.
**
** Not here: whole slices (index.c).
*/
#include <inttypes.h>
#include <string.h>

#include "core/op.h"
#include "core/parallel.h"

typedef struct gather_attrs {
  int64_t dim;
  int axis; /* dim resolved */
} gather_attrs;

static ae_status gather_shape(ae_call *call, ae_spec *out) {
  gather_attrs *attrs = call->attrs;
  const ae_shape *in = &call->in_spec[0].shape, *places = &call->in_spec[1].shape;
  AE_TRY(ae_shape_axis("gather", attrs->dim, in->ndim, &attrs->axis, call->err));
  bool fits = places->ndim == in->ndim;
  for (int d = 0; d < in->ndim && fits; d++) fits = d == attrs->axis || places->dims[d] == in->dims[d];
  if (!fits) {
    char a[AE_SHAPE_TEXT], b[AE_SHAPE_TEXT];
    return ae_fail(call->err, AE_SHAPE, "gather: wants places of x's shape %s but for dimension %d, got %s",
                   ae_shape_text(in, a), attrs->axis + 1, ae_shape_text(places, b));
  }
  *out = (ae_spec){call->in_spec[0].type, *places};
  return AE_OK;
}

/* x [outer, n, inner], places and y [outer, m, inner] */
typedef struct job {
  int64_t outer, n, m, inner;
  const int32_t *places;
  size_t element;
  void *x;
  void *y;
} job;

static job job_over(const ae_call *call) {
  const gather_attrs *attrs = call->attrs;
  const ae_shape *s = &call->in_spec[0].shape;
  job j = {.outer = 1, .n = s->dims[attrs->axis], .inner = 1};
  j.m = call->in_spec[1].shape.dims[attrs->axis];
  j.places = ae_i32s(call->in[1]);
  for (int d = 0; d < attrs->axis; d++) j.outer *= s->dims[d];
  for (int d = attrs->axis + 1; d < s->ndim; d++) j.inner *= s->dims[d];
  return j;
}

/* Where in x element i of y comes from. */
static int64_t source(const job *j, int64_t i) {
  const int64_t outer = i / (j->m * j->inner), column = i % j->inner, place = j->places[i];
  return (outer * j->n + (place < 0 ? place + j->n : place - 1)) * j->inner + column;
}

static ae_status check_places(const ae_call *call, const job *j) {
  for (int64_t i = 0; i < call->in[1]->count; i++) {
    const int64_t place = j->places[i];
    if (place != 0 && place <= j->n && place >= -j->n) continue;
    return ae_fail(call->err, AE_INVALID,
                   "gather: wants places of 1 to %" PRId64 " (negative: from the end), got %" PRId64
                   " at number %" PRId64,
                   j->n, place, i + 1);
  }
  return AE_OK;
}

static void take(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  switch (j->element) {
  case 1:
    for (int64_t i = begin; i < end; i++) ((uint8_t *)j->y)[i] = ((const uint8_t *)j->x)[source(j, i)];
    break;
  case 4:
    for (int64_t i = begin; i < end; i++) ((uint32_t *)j->y)[i] = ((const uint32_t *)j->x)[source(j, i)];
    break;
  default:
    for (int64_t i = begin; i < end; i++) ((uint64_t *)j->y)[i] = ((const uint64_t *)j->x)[source(j, i)];
    break;
  }
}

static ae_status gather_forward(ae_call *call) {
  job j = job_over(call);
  AE_TRY(check_places(call, &j));
  j.element = ae_type_size(call->in[0]->type);
  j.x = ae_tensor_bytes(call->in[0]);
  j.y = ae_tensor_bytes(call->out[0]);
  ae_parallel(call->ctx, call->out[0]->count, AE_GRAIN_COSTLY, take, &j);
  return AE_OK;
}

/* x is the gradient that is made, y the one that came; outer indices share nothing. */
static void add(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  real *gx = j->x;
  const real *g = j->y;
  memset(gx + begin * j->n * j->inner, 0, (size_t)((end - begin) * j->n * j->inner) * sizeof(real));
  for (int64_t i = begin * j->m * j->inner; i < end * j->m * j->inner; i++) gx[source(j, i)] += g[i];
}

static ae_status gather_backward(ae_call *call) {
  ae_tensor *gx;
  AE_TRY(ae_call_gradient(call, 0, &gx));
  job j = job_over(call);
  j.x = ae_reals(gx);
  j.y = ae_reals(call->gout[0]);
  const int64_t each = (j.n + j.m) * j.inner;
  ae_parallel(call->ctx, j.outer, AE_GRAIN_COSTLY / (each + 1) + 1, add, &j);
  return AE_OK;
}

const ae_op ae_op_gather = {
    .name = "gather",
    .doc = "From each line along a dimension, the elements that places name. Raises where a place is not there. The "
           "gradient is that of x alone.",
    .result = "[the places' shape] of x's type",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[.., n, ..]"},
               {.name = "places",
                .takes = AE_TAKES_I32,
                .doc = "[.., m, ..] numbers, 1 to n along the dimension (negative ones count from the end); the other "
                       "sizes are x's"}},
    .attrs = {AE_ATTR_REQUIRED(gather_attrs, dim, AE_ATTR_DIM, "the dimension")},
    .attrs_size = sizeof(gather_attrs),
    .saves = AE_SAVES_IN(1),
    .shape = gather_shape,
    .forward = gather_forward,
    .backward = gather_backward,
};
