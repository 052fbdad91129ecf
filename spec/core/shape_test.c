#include "core/shape.h"

#include "check.h"

static ae_error err;

static ae_shape shape(int ndim, const int64_t *dims) {
  ae_shape s = {.ndim = -1};
  CHECK_OK(ae_shape_make("test", ndim, dims, &s, &err), err);
  return s;
}
#define SHAPE(...) shape((int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (int64_t[]){__VA_ARGS__})

static void sizes_are_checked(void) {
  ae_shape s;
  CHECK(ae_shape_count(&(ae_shape){0}) == 1);
  CHECK(ae_shape_count(&(ae_shape){2, {3, 0}}) == 0);
  CHECK_FAILS(ae_shape_make("zeros", 9, (int64_t[9]){1}, &s, &err), err, AE_SHAPE,
              "zeros: wants 0 to 8 dimensions, got 9");
  CHECK_FAILS(ae_shape_make("zeros", 2, (int64_t[]){2, -1}, &s, &err), err, AE_SHAPE, "got -1 in dimension 2");
  CHECK_FAILS(ae_shape_make("zeros", 2, (int64_t[]){INT64_MAX, 2}, &s, &err), err, AE_OVERFLOW, "zeros: ");
  CHECK_FAILS(ae_shape_make("zeros", 2, (int64_t[]){1LL << 32, 1LL << 31}, &s, &err), err, AE_OVERFLOW, "zeros: ");
  /* A size of 0 hides no overflow of the others: some of them may be kept. */
  CHECK_FAILS(ae_shape_make("zeros", 3, (int64_t[]){0, 1LL << 40, 1LL << 40}, &s, &err), err, AE_OVERFLOW, "zeros: ");
  CHECK_OK(ae_shape_make("zeros", 1, (int64_t[]){1LL << 59}, &s, &err), err);
}

static void text(void) {
  char buffer[AE_SHAPE_TEXT];
  CHECK(strcmp(ae_shape_text(&(ae_shape){0}, buffer), "[]") == 0);
  CHECK(strcmp(ae_shape_text(&(ae_shape){2, {2, 3}}, buffer), "[2, 3]") == 0);
  ae_shape widest = {.ndim = AE_MAX_DIMS};
  for (int i = 0; i < AE_MAX_DIMS; i++) widest.dims[i] = INT64_MIN;
  CHECK(strlen(ae_shape_text(&widest, buffer)) < AE_SHAPE_TEXT);
}

static void broadcasting(void) {
  ae_shape a = SHAPE(5, 1, 4), b = SHAPE(3, 1), empty = SHAPE(0), r;
  CHECK_OK(ae_shape_broadcast("add", &a, &b, &r, &err), err);
  CHECK(ae_shape_equal(&r, &(ae_shape){3, {5, 3, 4}}));
  CHECK_OK(ae_shape_broadcast("add", &b, &empty, &r, &err), err);
  CHECK(ae_shape_equal(&r, &(ae_shape){2, {3, 0}}));
  CHECK_OK(ae_shape_broadcast("add", &a, &(ae_shape){0}, &r, &err), err);
  CHECK(ae_shape_equal(&r, &a));
  ae_shape c = SHAPE(2, 4);
  CHECK_FAILS(ae_shape_broadcast("add", &(ae_shape){2, {3, 4}}, &c, &r, &err), err, AE_SHAPE,
              "add: shapes [3, 4] and [2, 4] do not broadcast");
  ae_shape wide = SHAPE(1LL << 40, 1), tall = SHAPE(1, 1LL << 40);
  CHECK_FAILS(ae_shape_broadcast("add", &wide, &tall, &r, &err), err, AE_OVERFLOW, "add: ");
}

static void axes_and_reductions(void) {
  int axis;
  CHECK_OK(ae_shape_axis("sum", 1, 3, &axis, &err), err);
  CHECK(axis == 0);
  CHECK_OK(ae_shape_axis("sum", -1, 3, &axis, &err), err);
  CHECK(axis == 2);
  CHECK_FAILS(ae_shape_axis("sum", 0, 3, &axis, &err), err, AE_SHAPE,
              "sum: wants a dimension of 1 to 3 or -3 to -1, got 0");
  CHECK_FAILS(ae_shape_axis("sum", -4, 3, &axis, &err), err, AE_SHAPE, "got -4");
  CHECK_FAILS(ae_shape_axis("sum", 1, 0, &axis, &err), err, AE_SHAPE, "no dimensions");
  CHECK_FAILS(ae_shape_axis("sum", INT64_MIN, 8, &axis, &err), err, AE_SHAPE, "sum: ");
  ae_shape s = SHAPE(2, 3, 4), r = ae_shape_reduce(&s, 5, false), kept = ae_shape_reduce(&s, 5, true);
  CHECK(ae_shape_equal(&r, &(ae_shape){1, {3}}));
  CHECK(ae_shape_equal(&kept, &(ae_shape){3, {1, 3, 1}}));
}

int main(void) {
  sizes_are_checked();
  text();
  broadcasting();
  axes_and_reductions();
  return check_result();
}
