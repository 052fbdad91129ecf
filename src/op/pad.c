/*
** pad: x with a border.
**   x [d_1, .., d_k] -> y [before_1 + d_1 + after_1, ..]
**   constant  one value
**   edge      the element nearest to it
**   reflect   x mirrored at its first and last element, which are not repeated:
**             c b | a b c d | c b
** Backward: the gradient inside the border, and for edge and reflect that of the
** border where it was read.
*/
#include <inttypes.h>
#include <string.h>

#include "core/parallel.h"
#include "kernel/copy.h"
#include "op/create.h"

static const char *const modes[] = {"constant", "edge", "reflect", NULL};
enum { CONSTANT, EDGE, REFLECT };

typedef struct pad_attrs {
  ae_dims before, after;
  double value;
  int mode;
} pad_attrs;

static ae_status check_side(const ae_call *call, const char *side, const ae_dims *dims) {
  const ae_shape *in = &call->in_spec[0].shape;
  if (dims->n != in->ndim) {
    char text[AE_SHAPE_TEXT];
    return ae_fail(call->err, AE_SHAPE, "pad: %s wants a number for each dimension of %s, got %d", side,
                   ae_shape_text(in, text), dims->n);
  }
  for (int d = 0; d < dims->n; d++) {
    if (dims->at[d] >= 0) continue;
    return ae_fail(call->err, AE_INVALID, "pad: %s wants at least 0, got %" PRId64 " in dimension %d", side,
                   dims->at[d], d + 1);
  }
  return AE_OK;
}

/* What a border that is read from x wants of it. */
static ae_status check_mode(const ae_call *call, const pad_attrs *attrs) {
  const ae_shape *in = &call->in_spec[0].shape;
  if (attrs->mode == CONSTANT) return AE_OK;
  if (attrs->value != 0)
    return ae_fail(call->err, AE_INVALID, "pad: value wants the mode \"constant\", got \"%s\"", modes[attrs->mode]);
  for (int d = 0; d < in->ndim; d++) {
    const int64_t before = attrs->before.at[d], after = attrs->after.at[d], most = before > after ? before : after;
    const int64_t size = in->dims[d];
    if (attrs->mode == EDGE && most > 0 && size == 0)
      return ae_fail(call->err, AE_SHAPE, "pad: edge wants an element to repeat, dimension %d has none", d + 1);
    if (attrs->mode == REFLECT && most > 0 && most >= size)
      return ae_fail(call->err, AE_SHAPE,
                     "pad: reflect wants less than the %" PRId64 " elements of dimension %d, got %" PRId64, size, d + 1,
                     most);
  }
  return AE_OK;
}

static ae_status pad_shape(ae_call *call, ae_spec *out) {
  pad_attrs *attrs = call->attrs;
  const ae_shape *in = &call->in_spec[0].shape;
  int64_t dims[AE_MAX_DIMS];
  if (attrs->after.n == 0) attrs->after = attrs->before;
  AE_TRY(check_side(call, "before", &attrs->before));
  AE_TRY(check_side(call, "after", &attrs->after));
  AE_TRY(ae_value_fits(call, "value", call->in_spec[0].type, attrs->value));
  AE_TRY(check_mode(call, attrs));
  for (int d = 0; d < in->ndim; d++) {
    if (__builtin_add_overflow(attrs->before.at[d], in->dims[d], &dims[d]) ||
        __builtin_add_overflow(attrs->after.at[d], dims[d], &dims[d])) {
      return ae_fail(call->err, AE_OVERFLOW, "pad: dimension %d gets more elements than 64 bits can count", d + 1);
    }
  }
  out->type = call->in_spec[0].type;
  return ae_shape_make("pad", in->ndim, dims, &out->shape, call->err);
}

/* ---- Borders read from x ---- */

/* y's dimensions up to the last that has a border, which is read in three: its
** border, what lies together, its border. What follows it is a run of neighbours. */
typedef struct reading {
  int ndim;
  int64_t before, together;         /* of the last one */
  int64_t dims[AE_MAX_DIMS];        /* of y */
  int64_t strides[AE_MAX_DIMS];     /* of x, in runs */
  const int64_t *from[AE_MAX_DIMS]; /* [dims[d]] where in x */
  int64_t run;                      /* elements */
  int64_t rows;                     /* of the last dimension, under one index of the first */
  size_t element;
  const char *x; /* back: NULL */
  char *y;
  const real *gy;
  real *gx;
} reading;

static int64_t place(int mode, int64_t i, int64_t size) {
  if (i >= 0 && i < size) return i;
  if (mode == EDGE) return i < 0 ? 0 : size - 1;
  return i < 0 ? -i : 2 * (size - 1) - i;
}

static ae_status open_reading(const ae_call *call, reading *r, void **block, size_t *bytes) {
  const pad_attrs *attrs = call->attrs;
  const ae_shape *x = &call->in_spec[0].shape, *y = &call->out_spec[0].shape;
  int64_t places = 0, stride = 1;
  *r = (reading){.run = 1, .rows = 1};
  for (int d = 0; d < x->ndim; d++)
    if (attrs->before.at[d] + attrs->after.at[d] > 0) r->ndim = d + 1;
  if (r->ndim == 0 && x->ndim > 0) r->ndim = 1;
  for (int d = r->ndim; d < x->ndim; d++) r->run *= x->dims[d];
  for (int d = r->ndim - 1; d >= 0; d--) {
    r->dims[d] = y->dims[d];
    r->strides[d] = stride;
    stride *= x->dims[d];
    places += y->dims[d];
    if (d > 0 && d < r->ndim - 1) r->rows *= y->dims[d];
  }
  *bytes = (size_t)places * sizeof(int64_t);
  AE_TRY(ae_allocate(call->ctx->allocator, *bytes, block, call->err));
  int64_t *table = *block;
  for (int d = 0; d < r->ndim; d++) {
    r->from[d] = table;
    for (int64_t i = 0; i < y->dims[d]; i++) *table++ = place(attrs->mode, i - attrs->before.at[d], x->dims[d]);
    r->before = attrs->before.at[d], r->together = x->dims[d];
  }
  return AE_OK;
}

AE_SIMD static void add_run(int64_t n, const real *restrict g, real *restrict gx) {
  for (int64_t i = 0; i < n; i++) gx[i] += g[i];
}

/* `count` runs of neighbours. */
static void read_runs(const reading *r, int64_t to, int64_t from, int64_t count) {
  const int64_t n = count * r->run;
  if (r->gx) {
    add_run(n, r->gy + to * r->run, r->gx + from * r->run);
  } else {
    const size_t bytes = (size_t)r->run * r->element;
    memcpy(r->y + (size_t)to * bytes, r->x + (size_t)from * bytes, (size_t)n * r->element);
  }
}

/* Everything under the indices [begin, end) of y's first dimension; of one
** dimension that is all of it. */
static void read_slices(void *arg, int64_t begin, int64_t end) {
  const reading *r = arg;
  const int last = r->ndim - 1;
  const int64_t width = r->dims[last], *column = r->from[last];
  for (int64_t row = begin * r->rows; row < end * r->rows; row++) {
    int64_t rest = row, from = 0, i = 0;
    for (int d = last - 1; d >= 0; d--) {
      from += r->from[d][rest % r->dims[d]] * r->strides[d];
      rest /= r->dims[d];
    }
    for (; i < r->before; i++) read_runs(r, row * width + i, from + column[i], 1);
    read_runs(r, row * width + i, from, r->together);
    for (i += r->together; i < width; i++) read_runs(r, row * width + i, from + column[i], 1);
  }
}

/* `shared`: slices may write to one place, and are not split over threads. */
static void run_reading(ae_context *ctx, reading *r, bool shared) {
  if (r->ndim == 0) return;
  const int64_t first = r->ndim > 1 ? r->dims[0] : 1, work = r->rows * r->dims[r->ndim - 1] * r->run;
  if (work == 0) return;
  ae_parallel(ctx, first, shared ? first + 1 : AE_GRAIN_CHEAP / work + 1, read_slices, r);
}

/* ---- Both ---- */

static ae_status pad_forward(ae_call *call) {
  const pad_attrs *attrs = call->attrs;
  const ae_tensor *x = call->in[0];
  ae_tensor *y = call->out[0];
  if (attrs->mode != CONSTANT && x->shape.ndim > 0) {
    reading r;
    void *block;
    size_t bytes;
    AE_TRY(open_reading(call, &r, &block, &bytes));
    r.element = ae_type_size(x->type), r.x = ae_tensor_bytes(x), r.y = ae_tensor_bytes(y);
    run_reading(call->ctx, &r, false);
    ae_free(call->ctx->allocator, block, bytes);
    return AE_OK;
  }
  ae_tensor_fill(call->ctx, y, attrs->value);
  ae_copy_box_in(call->ctx, ae_type_size(x->type), &y->shape, attrs->before.at, &x->shape, ae_tensor_bytes(y),
                 ae_tensor_bytes(x));
  return AE_OK;
}

static ae_status pad_backward(ae_call *call) {
  const pad_attrs *attrs = call->attrs;
  const ae_tensor *g = call->gout[0];
  ae_tensor *gx;
  AE_TRY(ae_call_gradient(call, 0, &gx));
  if (attrs->mode != CONSTANT && g->shape.ndim > 0) {
    reading r;
    void *block;
    size_t bytes;
    AE_TRY(open_reading(call, &r, &block, &bytes));
    r.gy = ae_reals(g), r.gx = ae_reals(gx);
    memset(r.gx, 0, (size_t)gx->count * sizeof(real));
    run_reading(call->ctx, &r, attrs->before.at[0] + attrs->after.at[0] > 0);
    ae_free(call->ctx->allocator, block, bytes);
    return AE_OK;
  }
  ae_copy_box_out(call->ctx, sizeof(real), &g->shape, attrs->before.at, &gx->shape, ae_reals(gx), ae_reals(g));
  return AE_OK;
}

const ae_op ae_op_pad = {
    .name = "pad",
    .doc = "A border around x: pad(x, {0, 2, 2, 0}) puts two rows and columns on each side of [N,H,W,C].\n"
           "constant: of one value. edge: of the nearest element. reflect: x mirrored at its first and last element, "
           "which "
           "are not repeated. Errors: a border to mirror that is not less than x.",
    .result = "[before + size + after in each dimension] of x's type",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {AE_ATTR_REQUIRED(pad_attrs, before, AE_ATTR_SHAPE, "how many in front, for each dimension"),
              AE_ATTR(pad_attrs, after, AE_ATTR_SHAPE, 0, "how many behind, for each; default: as before"),
              AE_ATTR(pad_attrs, value, AE_ATTR_REAL, 0,
                      "constant: the border's value, which x's type holds; default 0"),
              AE_ATTR_CHOICE(pad_attrs, mode, modes, CONSTANT, "\"constant\" (the default), \"edge\" or \"reflect\"")},
    .attrs_size = sizeof(pad_attrs),
    .shape = pad_shape,
    .forward = pad_forward,
    .backward = pad_backward,
};
