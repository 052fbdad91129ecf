/*
** copy: random plans against the definition, element by element: permuted,
** repeated and reversed sources, destinations with gaps, sizes from 1 element
** to several tiles, every element size, one thread and three; assignment to a
** region from a tensor that shares its storage.
*/
#include <stdlib.h>
#include <string.h>

#include "../core/check.h"
#include "kernel/copy.h"

static uint64_t seed = 88172645463325252u;

static int64_t below(int64_t n) { /* xorshift */
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (int64_t)(seed % (uint64_t)n);
}

/* Strides of dims laid out in a random order, with gaps; returns the elements they span. */
static int64_t strides_of(int ndim, const int64_t *dims, bool gaps, int64_t *strides) {
  int order[AE_COPY_DIMS];
  for (int d = 0; d < ndim; d++) order[d] = d;
  for (int d = ndim - 1; d > 0; d--) {
    const int other = (int)below(d + 1), kept = order[d];
    order[d] = order[other];
    order[other] = kept;
  }
  int64_t step = 1;
  for (int d = 0; d < ndim; d++) {
    strides[order[d]] = step;
    step *= dims[order[d]] + (gaps ? below(3) : 0);
  }
  return step;
}

static void expected(const ae_copy *p, char *to, const char *from) {
  int64_t count = 1;
  for (int d = 0; d < p->ndim; d++) count *= p->dims[d];
  for (int64_t i = 0; i < count; i++) {
    int64_t rest = i, t = 0, f = 0;
    for (int d = p->ndim - 1; d >= 0; d--) {
      t += rest % p->dims[d] * p->to[d];
      f += rest % p->dims[d] * p->from[d];
      rest /= p->dims[d];
    }
    memcpy(to + t * (int64_t)p->element, from + f * (int64_t)p->element, p->element);
  }
}

static void check_plan(ae_context *ctx, int64_t most) {
  static const size_t sizes[] = {1, 4, 8};
  ae_copy p = {.element = sizes[below(3)], .ndim = (int)below(7)};
  int64_t count = 1, first = 0;
  for (int d = 0; d < p.ndim; d++) {
    p.dims[d] = below(4) == 0 ? 1 + below(most) : 1 + below(5);
    if (count * p.dims[d] > 400000) p.dims[d] = 1;
    count *= p.dims[d];
  }
  const size_t to_bytes = (size_t)strides_of(p.ndim, p.dims, below(2) == 0, p.to) * p.element;
  const size_t from_bytes = (size_t)strides_of(p.ndim, p.dims, below(2) == 0, p.from) * p.element;
  for (int d = 0; d < p.ndim; d++) {
    const int64_t kind = below(6);
    if (kind == 0) p.from[d] = 0;
    if (kind == 1) {
      first += (p.dims[d] - 1) * p.from[d];
      p.from[d] = -p.from[d];
    }
  }
  char *from = malloc(from_bytes), *to = calloc(to_bytes, 1), *want = calloc(to_bytes, 1);
  for (size_t i = 0; i < from_bytes; i++) from[i] = (char)below(256);
  const char *begin = from + first * (int64_t)p.element;
  expected(&p, want, begin);
  for (int threads = 1; threads <= 3; threads += 2) {
    memset(to, 0, to_bytes);
    ae_context_set_threads(ctx, threads, NULL);
    ae_copy_strided(ctx, &p, to, begin);
    CHECK(memcmp(to, want, to_bytes) == 0);
  }
  free(from);
  free(to);
  free(want);
}

static void check_assign(ae_context *ctx) {
  ae_tensor *t, *rows;
  ae_error err;
  const ae_shape whole = {2, {4, 3}}, part = {2, {3, 3}}, line = {1, {4}};
  const int64_t second[] = {1, 0}, middle[] = {0, 1}, column[] = {4, 1};
  CHECK_OK(ae_tensor_new(ctx, AE_I32, &whole, &t, &err), err);
  for (int i = 0; i < 12; i++) ae_i32s(t)[i] = i;
  CHECK_OK(ae_tensor_view(t, &part, 0, &rows, &err), err);
  /* t[2..4] = t[1..3], which overlap */
  CHECK_OK(ae_tensor_assign(ctx, "test", t, second, part.dims, 0, rows, &err), err);
  static const int32_t moved[] = {0, 1, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8};
  CHECK(memcmp(ae_i32s(t), moved, sizeof moved) == 0);
  ae_tensor_release(rows);
  /* t[.., 2] = a column of 4, then of 1; a row does not fit */
  CHECK_OK(ae_tensor_new(ctx, AE_I32, &line, &rows, &err), err);
  for (int i = 0; i < 4; i++) ae_i32s(rows)[i] = -i;
  CHECK_OK(ae_tensor_assign(ctx, "test", t, middle, column, 2, rows, &err), err);
  for (int i = 0; i < 4; i++) CHECK(ae_i32s(t)[3 * i + 1] == -i);
  const int64_t start[] = {0, 0}, length[] = {4, 3};
  CHECK_FAILS(ae_tensor_assign(ctx, "test", t, start, length, 0, rows, &err), err, AE_SHAPE,
              "test: [4] does not broadcast to [4, 3]");
  ae_tensor_release(rows);
  ae_tensor_release(t);
}

int main(void) {
  ae_context *ctx;
  if (ae_context_open(NULL, &ctx, NULL) != AE_OK) return 1;
  for (int i = 0; i < 3000; i++) check_plan(ctx, 20);
  for (int i = 0; i < 300; i++) check_plan(ctx, 3000);
  check_assign(ctx);
  ae_context_close(ctx);
  return check_result();
}
