/*
** Broadcasting against the definition, element by element: every pair of a set
** of shapes, in one thread and in three, and the sum back to each shape.
*/
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernel/broadcast.h"

static int failures;

static void check(bool holds, const char *what, const ae_shape *a, const ae_shape *b) {
  if (holds) return;
  char text_a[AE_SHAPE_TEXT], text_b[AE_SHAPE_TEXT];
  fprintf(stderr, "%s: %s with %s\n", what, ae_shape_text(a, text_a), ae_shape_text(b, text_b));
  failures++;
}

/* Element of an operand of shape s that meets element i of a result of shape out. */
static int64_t meets(const ae_shape *s, const ae_shape *out, int64_t i) {
  int64_t at = 0, stride = 1;
  for (int d = out->ndim - 1, j = s->ndim - 1; j >= 0; d--, j--) {
    int64_t index = i % out->dims[d];
    i /= out->dims[d];
    if (s->dims[j] != 1) at += index * stride;
    stride *= s->dims[j];
  }
  return at;
}

typedef struct job {
  real *out;
  uint8_t *seen;
} job;

static void combine(void *arg, int64_t first, int64_t n, const void *const *in) {
  const job *j = arg;
  const real *a = in[0];
  const uint8_t *b = in[1];
  for (int64_t i = 0; i < n; i++) {
    j->out[first + i] = a[i] * 1000 + (real)b[i];
    j->seen[first + i]++;
  }
}

static ae_tensor *must(ae_context *ctx, ae_type type, const ae_shape *s) {
  ae_tensor *t;
  if (ae_tensor_new(ctx, type, s, &t, NULL) != AE_OK) abort();
  return t;
}

static void try_pair(ae_context *ctx, const ae_shape *sa, const ae_shape *sb) {
  ae_shape out;
  if (ae_shape_broadcast("test", sa, sb, &out, NULL) != AE_OK || ae_shape_count(&out) > 250000) return;
  ae_tensor *a = must(ctx, AE_REAL, sa), *b = must(ctx, AE_U8, sb), *y = must(ctx, AE_REAL, &out);
  for (int64_t i = 0; i < a->count; i++) ae_reals(a)[i] = (real)(i % 997);
  for (int64_t i = 0; i < b->count; i++) ae_u8s(b)[i] = (uint8_t)(i * 7);
  uint8_t *seen = calloc((size_t)y->count + 1, 1);
  ae_broadcast plan;
  ae_broadcast_plan(&out, (const ae_shape *const[]){sa, sb}, 2, &plan);
  const ae_operand operands[2] = {{ae_reals(a), sizeof(real)}, {ae_u8s(b), 1}};
  job j = {ae_reals(y), seen};
  ae_broadcast_run(ctx, &plan, operands, 1, combine, &j);
  bool right = true;
  for (int64_t i = 0; i < y->count; i++) {
    real wanted = ae_reals(a)[meets(sa, &out, i)] * 1000 + (real)ae_u8s(b)[meets(sb, &out, i)];
    right = right && seen[i] == 1 && ae_reals(y)[i] == wanted;
  }
  check(right, "run", sa, sb);
  free(seen);

  double *sums = calloc((size_t)a->count + 1, sizeof *sums);
  for (int64_t i = 0; i < y->count; i++) {
    ae_reals(y)[i] = (real)(i % 13) - 5;
    sums[meets(sa, &out, i)] += (double)ae_reals(y)[i];
  }
  for (int64_t i = 0; i < a->count; i++) ae_reals(a)[i] = NAN;
  ae_status status = ae_reduce_to_shape(ctx, y, a, NULL);
  right = status == AE_OK;
  for (int64_t i = 0; i < a->count; i++) right = right && (double)ae_reals(a)[i] == sums[i];
  check(right, "reduce", sa, &out);
  free(sums);
  ae_tensor_release(a);
  ae_tensor_release(b);
  ae_tensor_release(y);
}

/* A long sum of like terms loses next to nothing. */
static void sums_are_exact(ae_context *ctx) {
  const ae_shape rows = {2, {300000, 3}}, row = {1, {3}}, one = {0, {0}};
  ae_tensor *x = must(ctx, AE_REAL, &rows), *sums = must(ctx, AE_REAL, &row), *all = must(ctx, AE_REAL, &one);
  ae_tensor_fill(ctx, x, 0.1);
  double each = (double)ae_reals(x)[0];
  bool right = ae_reduce_to_shape(ctx, x, sums, NULL) == AE_OK && ae_reduce_to_shape(ctx, x, all, NULL) == AE_OK;
  for (int i = 0; i < 3; i++) right = right && fabs((double)ae_reals(sums)[i] / (each * 300000) - 1) < 1e-6;
  right = right && fabs((double)ae_reals(all)[0] / (each * 900000) - 1) < 1e-6;
  check(right, "long sums", &rows, &row);
  ae_tensor_release(x);
  ae_tensor_release(sums);
  ae_tensor_release(all);
}

int main(void) {
  static const ae_shape shapes[] = {
      {0, {0}},          {1, {1}},          {1, {3}},          {1, {5}},          {1, {700}},        {1, {3000}},
      {2, {4, 3}},       {2, {4, 1}},       {2, {1, 3}},       {2, {1, 1}},       {2, {90, 700}},    {2, {90, 1}},
      {2, {7, 3000}},    {2, {7, 1}},       {2, {1, 3000}},    {2, {2000, 5}},    {2, {2000, 1}},    {3, {2, 4, 3}},
      {3, {2, 1, 3}},    {3, {2, 1, 1}},    {3, {1, 4, 1}},    {3, {50, 40, 5}},  {3, {50, 1, 5}},   {3, {1, 40, 5}},
      {3, {50, 40, 1}},  {3, {50, 1, 1}},   {3, {1, 40, 1}},   {3, {3, 2, 3000}}, {3, {3, 1, 3000}}, {3, {1, 2, 1}},
      {4, {6, 5, 4, 3}}, {4, {6, 1, 4, 1}}, {4, {1, 5, 1, 3}}, {4, {6, 1, 1, 3}}, {2, {0, 3}},       {2, {4, 0}},
      {1, {0}},          {3, {3000, 2, 1}}, {3, {1, 2, 1000}}, {3, {3000, 1, 5}}, {3, {40, 300, 5}}, {2, {300, 5}},
      {3, {40, 1, 5}},   {2, {70000, 2}},   {1, {2}},          {2, {70000, 1}},   {2, {2, 70000}},   {1, {70000}}};
  enum { COUNT = sizeof shapes / sizeof *shapes };
  for (int threads = 1; threads <= 3; threads += 2) {
    ae_context *ctx;
    if (ae_context_open(&(ae_options){.threads = threads}, &ctx, NULL) != AE_OK) return 2;
    for (int i = 0; i < COUNT; i++) {
      for (int j = 0; j < COUNT; j++) try_pair(ctx, &shapes[i], &shapes[j]);
    }
    sums_are_exact(ctx);
    ae_context_close(ctx);
  }
  return failures != 0;
}
