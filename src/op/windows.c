/*
** windows: rectangles of one size out of pictures, turned over where asked.
**   x [N,H,W,C]   places i32 [M,4]   ->   y [M,h,w,C]
** A place is {sample, row, column, flip}, counted from 1; row and column are where
** the window begins, inside the picture or not; flip 1 turns left and right, 2 top
** and bottom, 3 both. What lies outside is read as pad.c does it: a constant, the
** edge, or reflected (any number of times).
** overlap_add: the adjoint. Windows are added into pictures of zeros,
**   windows [M,h,w,C]   places [M,4]   ->   y [N,H,W,C]
** what lies outside into the pixels that windows would read there.
** Each is the other's backward.
**
** Not here: regular patches, where windows do not overlap (space_to_depth).
*/
#include <inttypes.h>
#include <string.h>

#include "core/parallel.h"
#include "op/window.h"

static const char *const modes[] = {"constant", "edge", "reflect", NULL};
enum { CONSTANT, EDGE, REFLECT };
enum { SAMPLE, ROW, COLUMN, FLIP, PLACE };
enum { LEFT_RIGHT = 1, TOP_BOTTOM = 2 };

typedef struct attrs {
  ae_dims size;  /* of windows; of overlap_add's pictures */
  int64_t count; /* overlap_add: N */
  int mode;
  double value;
  int64_t n, h, w, c, m, rows, columns; /* resolved: pictures [n, h, w, c], windows [m, rows, columns, c] */
} attrs;

/* Where pixel i of a side lies in a picture of `size`; -1: nowhere. */
static int64_t inside(int64_t i, int64_t size, int mode) {
  if (i >= 0 && i < size) return i;
  if (mode == CONSTANT) return -1;
  if (mode == EDGE || size == 1) return i < 0 ? 0 : size - 1;
  const int64_t period = 2 * (size - 1), at = (i % period + period) % period;
  return at < size ? at : period - at;
}

static int64_t row_of(const attrs *a, const int32_t *place, int64_t p) {
  return inside((int64_t)place[ROW] - 1 + (place[FLIP] & TOP_BOTTOM ? a->rows - 1 - p : p), a->h, a->mode);
}

static int64_t column_of(const attrs *a, const int32_t *place, int64_t q) {
  return inside((int64_t)place[COLUMN] - 1 + (place[FLIP] & LEFT_RIGHT ? a->columns - 1 - q : q), a->w, a->mode);
}

static ae_status check_places(const ae_call *call) {
  const attrs *a = call->attrs;
  const int32_t *place = ae_i32s(call->in[1]);
  for (int64_t i = 0; i < a->m; i++, place += PLACE) {
    if (place[SAMPLE] < 1 || place[SAMPLE] > a->n)
      return ae_fail(call->err, AE_INVALID, "%s: wants samples of 1 to %" PRId64 ", place %" PRId64 " names %d",
                     call->name, a->n, i + 1, place[SAMPLE]);
    if (place[FLIP] < 0 || place[FLIP] > (LEFT_RIGHT | TOP_BOTTOM))
      return ae_fail(call->err, AE_INVALID, "%s: flip wants 0 to 3, got %d at place %" PRId64, call->name, place[FLIP],
                     i + 1);
  }
  return AE_OK;
}

/* ---- Shapes ---- */

static ae_status check_shapes(const ae_call *call, const char *first) {
  const ae_shape *x = &call->in_spec[0].shape, *places = &call->in_spec[1].shape;
  char text[AE_SHAPE_TEXT];
  if (x->ndim != 4)
    return ae_fail(call->err, AE_SHAPE, "%s: %s wants 4 dimensions, got %s", call->name, first, ae_shape_text(x, text));
  if (places->ndim != 2 || places->dims[1] != PLACE)
    return ae_fail(call->err, AE_SHAPE, "%s: places wants [M, 4], got %s", call->name, ae_shape_text(places, text));
  const attrs *a = call->attrs;
  if (a->size.n == 0)
    return ae_fail(call->err, AE_INVALID, "%s: size wants a number or {height, width}, got none", call->name);
  if (a->value != 0 && a->mode != CONSTANT)
    return ae_fail(call->err, AE_INVALID, "%s: value wants the mode \"constant\", got \"%s\"", call->name,
                   modes[a->mode]);
  return AE_OK;
}

static ae_status check_pixels(const ae_call *call) {
  const attrs *a = call->attrs;
  if (a->mode != CONSTANT && a->m > 0 && (a->h == 0 || a->w == 0))
    return ae_fail(call->err, AE_SHAPE, "%s: the mode \"%s\" wants a pixel to repeat, pictures have none", call->name,
                   modes[a->mode]);
  return AE_OK;
}

static ae_status windows_shape(ae_call *call, ae_spec *out) {
  attrs *a = call->attrs;
  const int64_t *x = call->in_spec[0].shape.dims;
  int64_t size[2];
  AE_TRY(check_shapes(call, "x [N,H,W,C]"));
  AE_TRY(ae_side_numbers(call, "size", &a->size, 2, 1, 1, size));
  a->n = x[0], a->h = x[1], a->w = x[2], a->c = x[3];
  a->m = call->in_spec[1].shape.dims[0], a->rows = size[0], a->columns = size[1];
  AE_TRY(check_pixels(call));
  out->type = call->in_spec[0].type;
  return ae_shape_make("windows", 4, (int64_t[]){a->m, a->rows, a->columns, a->c}, &out->shape, call->err);
}

static ae_status overlap_add_shape(ae_call *call, ae_spec *out) {
  attrs *a = call->attrs;
  const int64_t *windows = call->in_spec[0].shape.dims;
  int64_t size[2];
  AE_TRY(check_shapes(call, "windows [M,h,w,C]"));
  AE_TRY(ae_side_numbers(call, "size", &a->size, 2, 1, 1, size));
  if (a->count < 0)
    return ae_fail(call->err, AE_INVALID, "overlap_add: count wants at least 0, got %" PRId64, a->count);
  if (windows[0] != call->in_spec[1].shape.dims[0])
    return ae_fail(call->err, AE_SHAPE, "overlap_add: %" PRId64 " windows, but %" PRId64 " places", windows[0],
                   call->in_spec[1].shape.dims[0]);
  a->n = a->count, a->h = size[0], a->w = size[1], a->c = windows[3];
  a->m = windows[0], a->rows = windows[1], a->columns = windows[2];
  out->type = AE_REAL;
  return ae_shape_make("overlap_add", 4, (int64_t[]){a->n, a->h, a->w, a->c}, &out->shape, call->err);
}

/* ---- Reading windows ---- */

typedef struct job {
  const attrs *a;
  const int32_t *places;
  size_t pixel; /* bytes */
  char *pictures, *windows;
  const void *outside; /* a pixel */
} job;

/* Lines of windows [m * rows]. */
static void read_lines(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const attrs *a = j->a;
  for (int64_t line = begin; line < end; line++) {
    const int32_t *place = j->places + line / a->rows * PLACE;
    const int64_t from = row_of(a, place, line % a->rows), left = (int64_t)place[COLUMN] - 1;
    const char *x = j->pictures + (size_t)(((place[SAMPLE] - 1) * a->h + from) * a->w) * j->pixel;
    char *y = j->windows + (size_t)(line * a->columns) * j->pixel;
    if (from >= 0 && left >= 0 && left + a->columns <= a->w && !(place[FLIP] & LEFT_RIGHT)) {
      memcpy(y, x + (size_t)left * j->pixel, (size_t)a->columns * j->pixel);
      continue;
    }
    for (int64_t q = 0; q < a->columns; q++, y += j->pixel) {
      const int64_t at = from < 0 ? -1 : column_of(a, place, q);
      memcpy(y, at < 0 ? j->outside : x + (size_t)at * j->pixel, j->pixel);
    }
  }
}

static ae_status read_windows(const ae_call *call, const ae_tensor *pictures, const ae_tensor *windows) {
  const attrs *a = call->attrs;
  const size_t element = ae_type_size(pictures->type), pixel = (size_t)a->c * element;
  void *outside;
  if (windows->count == 0) return AE_OK;
  AE_TRY(ae_allocate(call->ctx->allocator, pixel, &outside, call->err));
  for (int64_t c = 0; c < a->c; c++) {
    if (pictures->type == AE_REAL)
      ((real *)outside)[c] = (real)a->value;
    else if (pictures->type == AE_U8)
      ((uint8_t *)outside)[c] = (uint8_t)a->value;
    else
      ((int32_t *)outside)[c] = (int32_t)a->value;
  }
  job j = {a, ae_i32s(call->in[1]), pixel, ae_tensor_bytes(pictures), ae_tensor_bytes(windows), outside};
  ae_parallel(call->ctx, a->m * a->rows, AE_GRAIN_CHEAP / (a->columns * a->c) + 1, read_lines, &j);
  ae_free(call->ctx->allocator, outside, pixel);
  return AE_OK;
}

/* ---- Adding windows ---- */

/* Lines of pictures [n * h]: each looks for the window lines that fall on it, in order. */
static void add_lines(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const attrs *a = j->a;
  memset(j->pictures + (size_t)(begin * a->w) * j->pixel, 0, (size_t)((end - begin) * a->w) * j->pixel);
  for (int64_t m = 0; m < a->m; m++) {
    const int32_t *place = j->places + m * PLACE;
    const int64_t first = (place[SAMPLE] - 1) * a->h;
    if (first + a->h <= begin || first >= end) continue;
    for (int64_t p = 0; p < a->rows; p++) {
      const int64_t to = row_of(a, place, p);
      if (to < 0 || first + to < begin || first + to >= end) continue;
      const real *x = (const real *)j->windows + (m * a->rows + p) * a->columns * a->c;
      real *y = (real *)j->pictures + (first + to) * a->w * a->c;
      for (int64_t q = 0; q < a->columns; q++, x += a->c) {
        const int64_t at = column_of(a, place, q);
        for (int64_t c = 0; at >= 0 && c < a->c; c++) y[at * a->c + c] += x[c];
      }
    }
  }
}

static void add_windows(const ae_call *call, const ae_tensor *pictures, const ae_tensor *windows) {
  const attrs *a = call->attrs;
  job j = {a,   ae_i32s(call->in[1]), (size_t)a->c * sizeof(real), ae_tensor_bytes(pictures), ae_tensor_bytes(windows),
           NULL};
  if (pictures->count == 0) return;
  const int64_t each = windows->count / (a->n * a->h) + a->w * a->c;
  ae_parallel(call->ctx, a->n * a->h, AE_GRAIN_CHEAP / (each + 1) + 1, add_lines, &j);
}

/* ---- Operations ---- */

static bool fits(double value, ae_type type) {
  if (type == AE_REAL) return true;
  const double low = type == AE_U8 ? 0 : INT32_MIN, high = type == AE_U8 ? UINT8_MAX : INT32_MAX;
  return value >= low && value <= high && value == (double)(int32_t)value;
}

static ae_status windows_forward(ae_call *call) {
  const attrs *a = call->attrs;
  const ae_type type = call->in[0]->type;
  AE_TRY(check_places(call));
  if (!fits(a->value, type))
    return ae_fail(call->err, AE_INVALID, "windows: value wants a number that fits %s, got %g", ae_type_name(type),
                   a->value);
  return read_windows(call, call->in[0], call->out[0]);
}

static ae_status windows_backward(ae_call *call) {
  ae_tensor *dx;
  AE_TRY(ae_call_gradient(call, 0, &dx));
  add_windows(call, dx, call->gout[0]);
  return AE_OK;
}

static ae_status overlap_add_forward(ae_call *call) {
  AE_TRY(check_places(call));
  add_windows(call, call->out[0], call->in[0]);
  return AE_OK;
}

static ae_status overlap_add_backward(ae_call *call) {
  ae_tensor *dx;
  AE_TRY(ae_call_gradient(call, 0, &dx));
  return read_windows(call, call->gout[0], dx);
}

static const char places_doc[] = "[M, 4] {sample, row, column, flip}, from 1; flip 0: as it is, 1: left and right "
                                 "turned, 2: top and bottom, 3: both";
static const char mode_doc[] = "what lies outside: \"constant\" (the default), \"edge\" or \"reflect\", without "
                               "repeating the edge";

const ae_op ae_op_windows = {
    .name = "windows",
    .doc = "Rectangles of one size out of pictures, each at a place of its own, which may lie outside in part, and "
           "turned over where asked: what random crops, shifts and patches are made of. Errors: a sample that is not "
           "there.",
    .result = "[M, height, width, C] of x's type",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[N, H, W, C] pictures"},
               {.name = "places", .takes = AE_TAKES_I32, .doc = places_doc}},
    .attrs = {AE_ATTR_REQUIRED(attrs, size, AE_ATTR_DIMS, "of a window: {height, width}, or one number for both"),
              AE_ATTR_CHOICE(attrs, mode, modes, CONSTANT, mode_doc),
              AE_ATTR(attrs, value, AE_ATTR_REAL, 0, "the constant; default 0")},
    .attrs_size = sizeof(attrs),
    .saves = AE_SAVES_IN(1),
    .no_method = true,
    .shape = windows_shape,
    .forward = windows_forward,
    .backward = windows_backward,
};

const ae_op ae_op_overlap_add = {
    .name = "overlap_add",
    .doc =
        "Windows added into pictures of zeros, each at its place: the adjoint of `windows`. Errors: a sample that is "
        "not there.",
    .result = "[count, height, width, C]",
    .params = {{.name = "windows", .takes = AE_TAKES_REAL, .doc = "[M, h, w, C]"},
               {.name = "places", .takes = AE_TAKES_I32, .doc = places_doc}},
    .attrs = {AE_ATTR_REQUIRED(attrs, size, AE_ATTR_DIMS, "of a picture: {height, width}, or one number for both"),
              AE_ATTR(attrs, count, AE_ATTR_INT, 1, "how many pictures; default 1"),
              AE_ATTR_CHOICE(attrs, mode, modes, CONSTANT, mode_doc)},
    .attrs_size = sizeof(attrs),
    .saves = AE_SAVES_IN(1),
    .no_method = true,
    .shape = overlap_add_shape,
    .forward = overlap_add_forward,
    .backward = overlap_add_backward,
};
