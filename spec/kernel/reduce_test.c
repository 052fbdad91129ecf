/*
** reduce: every term and extreme against the definition, over random shapes
** and sets of dimensions, and over sizes that are cut into chunks and blocks;
** the same bits with one thread and with three.
*/
#include <stdlib.h>

#include "../core/check.h"
#include "kernel/reduce.h"

static uint64_t seed = 88172645463325252u;

static int64_t below(int64_t n) { /* xorshift */
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (int64_t)(seed % (uint64_t)n);
}

static ae_tensor *filled(ae_context *ctx, ae_type type, const ae_shape *shape) {
  ae_tensor *t;
  if (ae_tensor_new(ctx, type, shape, &t, NULL) != AE_OK) abort();
  for (int64_t i = 0; i < t->count; i++) {
    if (type == AE_U8)
      ae_u8s(t)[i] = (uint8_t)below(256);
    else if (type == AE_I32)
      ae_i32s(t)[i] = (int32_t)(below(4001) - 2000);
    else
      ae_reals(t)[i] = (real)(below(65) - 32) / 8;
  }
  return t;
}

/* Which output element i of `shape` belongs to. */
static int64_t output_of(const ae_shape *shape, ae_dimset set, int64_t i) {
  int64_t at = 0, step = 1;
  for (int d = shape->ndim - 1; d >= 0; d--) {
    const int64_t index = i % shape->dims[d];
    i /= shape->dims[d];
    if ((set >> d & 1) != 0) continue;
    at += index * step;
    step *= shape->dims[d];
  }
  return at;
}

static double term_of(ae_term term, double x, double c) {
  switch (term) {
  case AE_TERM_VALUE:
    return x;
  case AE_TERM_NONZERO:
    return x != 0;
  case AE_TERM_ABS:
    return fabs(x);
  case AE_TERM_SQUARE:
    return x * x;
  case AE_TERM_DEVIATION:
    return (x - c) * (x - c);
  case AE_TERM_EXP:
    return exp(x - c);
  case AE_TERM_EQUAL:
    return x == c;
  case AE_TERM_EQUAL_ABS:
    return fabs(x) == c;
  }
  return NAN;
}

static void check_sum(ae_context *ctx, const ae_tensor *x, ae_dimset set, ae_term term, int64_t outputs) {
  const size_t room = (size_t)outputs + 1;
  double *want = calloc(room, sizeof *want), *center = malloc(room * sizeof *center), *got = malloc(room * sizeof *got);
  double *again = malloc(room * sizeof *again), *size = calloc(room, sizeof *size);
  real *narrow = malloc(room * sizeof *narrow);
  ae_reduce_view view;
  ae_error err;
  for (int64_t k = 0; k < outputs; k++) center[k] = (double)below(5);
  for (int64_t i = 0; i < x->count; i++) {
    const int64_t k = output_of(&x->shape, set, i);
    const double t = term_of(term, ae_tensor_get(x, i), center[k]);
    want[k] += t;
    size[k] += fabs(t);
  }
  ae_context_set_threads(ctx, 1, NULL);
  CHECK_OK(ae_reduce_open(ctx, x, set, &view, &err), err);
  CHECK_OK(ae_reduce_sum_wide(ctx, &view, term, center, 0.5, got, &err), err);
  CHECK_OK(ae_reduce_sum(ctx, &view, term, center, 0.5, narrow, &err), err);
  ae_context_set_threads(ctx, 3, NULL);
  CHECK_OK(ae_reduce_sum_wide(ctx, &view, term, center, 0.5, again, &err), err);
  ae_reduce_close(&view);
  const double bound = 1e-12 + (term == AE_TERM_EXP ? 4 * (double)AE_REAL_EPSILON : 0);
  bool close = true, same = true;
  for (int64_t k = 0; k < outputs; k++) {
    close = close && fabs(got[k] - want[k] / 2) <= bound * size[k] && narrow[k] == (real)got[k];
    same = same && got[k] == again[k];
  }
  CHECK(close);
  CHECK(same);
  free(want);
  free(center);
  free(got);
  free(again);
  free(size);
  free(narrow);
}

static void check_extreme(ae_context *ctx, const ae_tensor *x, ae_dimset set, ae_extreme which,
                          const ae_shape *reduced) {
  ae_tensor *want = filled(ctx, x->type, reduced), *got = filled(ctx, x->type, reduced);
  ae_reduce_view view;
  ae_error err;
  bool *seen = calloc((size_t)want->count + 1, sizeof *seen);
  for (int64_t i = 0; i < x->count; i++) {
    const int64_t k = output_of(&x->shape, set, i);
    const double value = which == AE_MAX_ABS ? fabs(ae_tensor_get(x, i)) : ae_tensor_get(x, i);
    const double best = ae_tensor_get(want, k);
    if (!seen[k] || (which == AE_MIN ? value < best : value > best)) ae_tensor_set(want, k, value);
    seen[k] = true;
  }
  CHECK_OK(ae_reduce_open(ctx, x, set, &view, &err), err);
  CHECK_OK(ae_reduce_extreme(ctx, &view, which, ae_tensor_bytes(got), &err), err);
  ae_reduce_close(&view);
  bool same = true;
  for (int64_t k = 0; k < want->count; k++) same = same && ae_tensor_get(got, k) == ae_tensor_get(want, k);
  CHECK(same);
  free(seen);
  ae_tensor_release(want);
  ae_tensor_release(got);
}

static void check_shape(ae_context *ctx, const ae_shape *shape, ae_dimset set) {
  static const ae_type types[] = {AE_REAL, AE_U8, AE_I32};
  const ae_type type = types[below(3)];
  ae_tensor *x = filled(ctx, type, shape);
  const ae_shape reduced = ae_shape_reduce(shape, set, false);
  check_sum(ctx, x, set, type == AE_REAL ? (ae_term)below(AE_TERM_EQUAL_ABS + 1) : (ae_term)below(2),
            ae_shape_count(&reduced));
  if (x->count > 0) check_extreme(ctx, x, set, (ae_extreme)below(type == AE_REAL ? 3 : 2), &reduced);
  ae_tensor_release(x);
}

static void check_nan(ae_context *ctx) {
  ae_shape shape = {1, {1000}};
  ae_tensor *x = filled(ctx, AE_REAL, &shape);
  ae_reduce_view view;
  ae_error err;
  for (int64_t i = 0; i < 1000; i += 37) {
    for (ae_extreme which = AE_MIN; which <= AE_MAX_ABS; which++) {
      real got = 0;
      const real kept = ae_reals(x)[i];
      ae_reals(x)[i] = NAN;
      CHECK_OK(ae_reduce_open(ctx, x, 1, &view, &err), err);
      CHECK_OK(ae_reduce_extreme(ctx, &view, which, &got, &err), err);
      CHECK(got != got);
      ae_reduce_close(&view);
      ae_reals(x)[i] = kept;
    }
  }
  ae_tensor_release(x);
}

int main(void) {
  ae_context *ctx;
  if (ae_context_open(NULL, &ctx, NULL) != AE_OK) return 1;
  for (int i = 0; i < 4000; i++) {
    ae_shape shape = {.ndim = (int)below(6)};
    for (int d = 0; d < shape.ndim; d++) shape.dims[d] = below(5) == 0 ? below(50) : 1 + below(4);
    check_shape(ctx, &shape, (ae_dimset)below((int64_t)1 << shape.ndim));
  }
  static const struct {
    ae_shape shape;
    ae_dimset set;
  } large[] = {
      {{1, {700001}}, 1},      {{2, {300000, 3}}, 1},    {{2, {3, 300001}}, 2},
      {{2, {2000, 700}}, 1},   {{3, {3, 100000, 5}}, 2}, {{2, {90000, 9}}, 2},
      {{3, {50, 40, 300}}, 5}, {{2, {40000, 17}}, 1},    {{3, {2, 70000, 2}}, 2},
  };
  for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
    for (int round = 0; round < 6; round++) check_shape(ctx, &large[i].shape, large[i].set);
  }
  for (int i = 0; i < 60; i++) { /* cut into few blocks or chunks, in every way */
    const ae_shape shape = {3, {1 + below(3), 1 + below(200000) / (1 + below(100)), 1 + below(40)}};
    check_shape(ctx, &shape, (ae_dimset)below(8));
  }
  check_nan(ctx);
  ae_context_close(ctx);
  return check_result();
}
