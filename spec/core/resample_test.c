/*
** Weights of every method over many pairs of sizes: they lie inside, add up to 1,
** leave a picture of the same size alone, and have an exact transpose.
*/
#include "core/resample.h"

#include "check.h"

static const ae_resampling methods[] = {AE_NEAREST, AE_BILINEAR, AE_BICUBIC, AE_AREA};

static real weight_of(const ae_taps *t, int64_t i, int64_t j) {
  int64_t k = j - t->first[i];
  return k >= 0 && k < t->count[i] ? t->weights[i * t->most + k] : 0;
}

static void check_weights(const ae_taps *t) {
  for (int64_t i = 0; i < t->out; i++) {
    double sum = 0;
    CHECK(t->count[i] >= 1 && t->count[i] <= t->most);
    CHECK(t->first[i] >= 0 && t->first[i] + t->count[i] <= t->in);
    for (int64_t k = 0; k < t->count[i]; k++) sum += (double)t->weights[i * t->most + k];
    CHECK(fabs(sum - 1) < 1e-5);
    /* A half turned round is the other half. */
    for (int64_t j = 0; j < t->in; j++)
      CHECK(fabs((double)(weight_of(t, i, j) - weight_of(t, t->out - 1 - i, t->in - 1 - j))) < 1e-5);
  }
}

static void check_transpose(const ae_taps *t, const ae_taps *back) {
  CHECK(back->in == t->out && back->out == t->in);
  for (int64_t i = 0; i < t->out; i++)
    for (int64_t j = 0; j < t->in; j++) CHECK(weight_of(t, i, j) == weight_of(back, j, i));
}

static void check_sizes(ae_allocator *a, int64_t in, int64_t out, ae_resampling method, bool antialias) {
  ae_taps t, back;
  ae_error err;
  CHECK_OK(ae_taps_make(a, in, out, method, antialias, &t, &err), err);
  /* Nearest has to choose where a centre falls between two pixels. */
  if (method != AE_NEAREST) check_weights(&t);
  if (in == out)
    for (int64_t i = 0; i < out; i++) CHECK(t.count[i] == 1 && t.first[i] == i && t.weights[i * t.most] == 1);
  CHECK_OK(ae_taps_transpose(a, &t, &back, &err), err);
  check_transpose(&t, &back);
  ae_taps_free(a, &back);
  ae_taps_free(a, &t);
}

/* 6 x 3 pixels of two channels to 3 x 6: the channels stay apart, a constant one stays constant. */
static void check_lines(ae_allocator *a) {
  ae_resample r = {.channels = 2, .type = AE_U8};
  ae_error err;
  uint8_t x[6 * 3 * 2], y[3 * 6 * 2];
  real scratch[(3 + 6) * 2];
  CHECK_OK(ae_taps_make(a, 6, 3, AE_BICUBIC, true, &r.rows, &err), err);
  CHECK_OK(ae_taps_make(a, 3, 6, AE_BICUBIC, true, &r.columns, &err), err);
  for (int i = 0; i < 6 * 3; i++) {
    x[2 * i] = (uint8_t)(i * 14);
    x[2 * i + 1] = 77;
  }
  r.x = x;
  r.y = y;
  CHECK(ae_resample_scratch(&r) == sizeof scratch / sizeof *scratch);
  ae_resample_lines(&r, 0, 2, scratch);
  ae_resample_lines(&r, 2, 3, scratch);
  for (int i = 0; i < 3 * 6; i++) CHECK(y[2 * i + 1] == 77 && y[2 * i] >= (i > 0 && i % 6 ? y[2 * i - 2] : 0));
  ae_taps_free(a, &r.rows);
  ae_taps_free(a, &r.columns);
}

int main(void) {
  ae_allocator *a;
  ae_error err;
  CHECK_OK(ae_allocator_open(NULL, 0, &a, &err), err);
  for (size_t m = 0; m < sizeof methods / sizeof *methods; m++)
    for (int64_t in = 1; in < 20; in++)
      for (int64_t out = 1; out < 20; out++) {
        check_sizes(a, in, out, methods[m], true);
        check_sizes(a, in, out, methods[m], false);
      }
  check_lines(a);
  ae_taps t;
  ae_allocator *small;
  CHECK_OK(ae_allocator_open(NULL, 1 << 16, &small, &err), err);
  CHECK(ae_taps_make(small, 100000, 1000, AE_BICUBIC, true, &t, &err) == AE_NO_MEMORY);
  ae_allocator_release(small);
  CHECK(ae_allocator_use(a).live == 0);
  ae_allocator_release(a);
  return check_result();
}
