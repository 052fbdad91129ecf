/*
** resize: pictures in another size.
**   x [N,H,W,C] -> y [N,H',W',C]   x [H,W,C] -> y [H',W',C]
** A linear filter along the rows, another along the columns (core/resample.h has
** the formulas and whose they are). Backward: their transposes.
** Bytes stay bytes, rounded once.
**
** Not here: whole factors as a layer, signals, align_corners (upsample.c).
*/
#include <inttypes.h>

#include "core/parallel.h"
#include "core/resample.h"
#include "op/window.h"

static const char *const methods[] = {"nearest", "bilinear", "bicubic", "area", NULL};

typedef struct attrs {
  ae_dims size;
  int method; /* an ae_resampling */
  bool antialias;
  int64_t n, in[2], out[2], channels; /* resolved */
} attrs;

static ae_status resize_shape(ae_call *call, ae_spec *out) {
  attrs *a = call->attrs;
  const ae_shape *x = &call->in_spec[0].shape;
  char text[AE_SHAPE_TEXT];
  if (x->ndim != 3 && x->ndim != 4)
    return ae_fail(call->err, AE_SHAPE, "resize: x wants 3 dimensions [H,W,C] or 4 [N,H,W,C], got %s",
                   ae_shape_text(x, text));
  if (a->size.n == 0) return ae_fail(call->err, AE_INVALID, "resize: size wants a number or {height, width}, got none");
  AE_TRY(ae_side_numbers(call, "size", &a->size, 2, 1, 1, a->out));
  const int64_t *sides = x->dims + x->ndim - 3;
  for (int d = 0; d < 2; d++) {
    a->in[d] = sides[d];
    /* Places are computed as doubles and in 64 bits. */
    if (sides[d] > INT32_MAX)
      return ae_fail(call->err, AE_OVERFLOW, "resize: %s of %" PRId64 " pixels are too many", d ? "lines" : "columns",
                     sides[d]);
  }
  a->n = x->ndim == 4 ? x->dims[0] : 1;
  a->channels = sides[2];
  if (a->in[0] == 0 || a->in[1] == 0)
    return ae_fail(call->err, AE_SHAPE, "resize: there is no pixel in %s", ae_shape_text(x, text));
  int64_t dims[4] = {x->dims[0]};
  for (int d = 0; d < 2; d++) dims[x->ndim - 3 + d] = a->out[d];
  dims[x->ndim - 1] = a->channels;
  out->type = call->in_spec[0].type;
  return ae_shape_make("resize", x->ndim, dims, &out->shape, call->err);
}

typedef struct job {
  ae_resample r;
  int64_t scratch; /* numbers for each part */
  real *block;
} job;

static void lines(void *arg, int part, int64_t begin, int64_t end) {
  const job *j = arg;
  ae_resample_lines(&j->r, begin, end, j->block + part * j->scratch);
}

/* All lines of y, with the taps that r has. */
static ae_status run(const ae_call *call, const ae_resample *r) {
  const attrs *a = call->attrs;
  job j = {.r = *r, .scratch = ae_resample_scratch(r)};
  const int64_t count = a->n * r->rows.out;
  const int64_t work = r->rows.most * r->columns.in * r->channels + r->columns.most * r->columns.out * r->channels;
  if (count == 0 || r->channels == 0) return AE_OK;
  const int parts = ae_parallel_count(call->ctx, count, AE_GRAIN_CHEAP / (work + 1) + 1);
  const size_t bytes = (size_t)parts * (size_t)j.scratch * sizeof(real);
  void *block;
  AE_TRY(ae_allocate(call->ctx->allocator, bytes, &block, call->err));
  j.block = block;
  ae_parallel_parts(call->ctx, count, parts, lines, &j);
  ae_free(call->ctx->allocator, block, bytes);
  return AE_OK;
}

/* Taps of both dimensions; on failure none are left. */
static ae_status make_taps(const ae_call *call, ae_taps taps[2]) {
  const attrs *a = call->attrs;
  ae_allocator *allocator = call->ctx->allocator;
  AE_TRY(ae_taps_make(allocator, a->in[0], a->out[0], a->method, a->antialias, &taps[0], call->err));
  ae_status status = ae_taps_make(allocator, a->in[1], a->out[1], a->method, a->antialias, &taps[1], call->err);
  if (status != AE_OK) ae_taps_free(allocator, &taps[0]);
  return status;
}

static void free_taps(const ae_call *call, ae_taps taps[2]) {
  for (int d = 0; d < 2; d++) ae_taps_free(call->ctx->allocator, &taps[d]);
}

static ae_status resize_forward(ae_call *call) {
  const attrs *a = call->attrs;
  ae_taps taps[2];
  AE_TRY(make_taps(call, taps));
  const ae_resample r = {taps[0],
                         taps[1],
                         a->channels,
                         call->out_spec[0].type,
                         ae_tensor_bytes(call->in[0]),
                         ae_tensor_bytes(call->out[0])};
  const ae_status status = run(call, &r);
  free_taps(call, taps);
  return status;
}

static ae_status resize_backward(ae_call *call) {
  const attrs *a = call->attrs;
  ae_taps taps[2], back[2] = {{0}, {0}};
  ae_tensor *dx;
  AE_TRY(ae_call_gradient(call, 0, &dx));
  AE_TRY(make_taps(call, taps));
  ae_status status = AE_OK;
  for (int d = 0; d < 2 && status == AE_OK; d++)
    status = ae_taps_transpose(call->ctx->allocator, &taps[d], &back[d], call->err);
  free_taps(call, taps);
  if (status == AE_OK) {
    const ae_resample r = {back[0], back[1], a->channels, AE_REAL, ae_reals(call->gout[0]), ae_reals(dx)};
    status = run(call, &r);
  }
  free_taps(call, back);
  return status;
}

const ae_op ae_op_resize = {
    .name = "resize",
    .doc =
        "Pictures in another size. Pixels are areas (half-pixel centres), as in Pillow, TensorFlow 2 and PyTorch with "
        "align_corners = False.\n"
        "\"nearest\": the pixel under the centre (PyTorch's \"nearest-exact\"). \"bilinear\" and \"bicubic\" (Keys, "
        "a = -1/2), weights past the border left out; where a side shrinks the filter is widened by as much, so that "
        "every pixel counts, as Pillow, JAX and PyTorch's antialias do; antialias = false takes the neighbours alone, "
        "as TensorFlow 2 does. \"area\": the mean of what an output pixel covers. PyTorch's bicubic without antialias "
        "and OpenCV's differ: a = -3/4, the border repeated.\n"
        "Bytes are computed in real numbers and rounded once. Errors: another number of dimensions, no pixels.",
    .result = "[N, height, width, C] or [height, width, C] of x's type",
    .params = {{.name = "x", .takes = AE_TAKES_REAL | AE_TAKES_U8, .doc = "[N, H, W, C] or [H, W, C] pictures"}},
    .attrs = {AE_ATTR_REQUIRED(attrs, size, AE_ATTR_DIMS, "{height, width}, or one number for both"),
              AE_ATTR_CHOICE(attrs, method, methods, AE_BILINEAR,
                             "\"nearest\", \"bilinear\" (the default), \"bicubic\" or \"area\""),
              AE_ATTR(attrs, antialias, AE_ATTR_BOOL, 1, "widen the filter where a side shrinks; default true")},
    .attrs_size = sizeof(attrs),
    .no_method = true,
    .shape = resize_shape,
    .forward = resize_forward,
    .backward = resize_backward,
};
