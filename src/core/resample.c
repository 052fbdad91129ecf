/*
** resample: weights, and lines of pictures: input lines are summed into one, then
** along that one.
*/
#include "core/resample.h"

#include <math.h>
#include <string.h>

#include "core/status.h"

/* ---- Weights ---- */

static double triangle(double t) {
  t = fabs(t);
  return t < 1 ? 1 - t : 0;
}

static double keys(double t) {
  const double a = -0.5;
  t = fabs(t);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0;
}

/* Places and weights of one output, before they are normalised. */
typedef struct reading {
  int64_t first, count;
  double *weights;
} reading;

static void filtered(reading *l, int64_t i, const ae_taps *t, ae_resampling method, double width) {
  double centre = ((double)i + 0.5) * ((double)t->in / (double)t->out);
  double reach = (method == AE_BICUBIC ? 2 : 1) * width;
  double from = floor(centre - reach + 0.5), to = floor(centre + reach + 0.5);
  l->first = from < 0 ? 0 : (int64_t)from;
  l->count = (to > (double)t->in ? t->in : (int64_t)to) - l->first;
  for (int64_t k = 0; k < l->count; k++) {
    double at = ((double)(l->first + k) + 0.5 - centre) / width;
    l->weights[k] = method == AE_BICUBIC ? keys(at) : triangle(at);
  }
}

static void covered(reading *l, int64_t i, const ae_taps *t) {
  double from = (double)i * (double)t->in / (double)t->out, to = (double)(i + 1) * (double)t->in / (double)t->out;
  l->first = (int64_t)from;
  l->count = (to < (double)t->in ? (int64_t)ceil(to) : t->in) - l->first;
  for (int64_t k = 0; k < l->count; k++) {
    double low = (double)(l->first + k), high = low + 1;
    l->weights[k] = (high < to ? high : to) - (low > from ? low : from);
  }
}

/* Without the zeros at either end, so that what has no weight is not read. */
static void trim(reading *l) {
  while (l->count > 1 && l->weights[l->count - 1] == 0) l->count--;
  while (l->count > 1 && l->weights[0] == 0) {
    l->weights++;
    l->first++;
    l->count--;
  }
}

static void store(ae_taps *t, int64_t i, const reading *l) {
  double sum = 0;
  for (int64_t k = 0; k < l->count; k++) sum += l->weights[k];
  t->first[i] = l->first;
  t->count[i] = l->count;
  for (int64_t k = 0; k < l->count; k++) t->weights[i * t->most + k] = (real)(l->weights[k] / sum);
}

static ae_status reserve(ae_allocator *a, int64_t in, int64_t out, int64_t most, ae_taps *t, ae_error *err) {
  int64_t weights, bytes;
  if (__builtin_mul_overflow(out, most, &weights) || __builtin_mul_overflow(weights, (int64_t)sizeof(real), &bytes) ||
      __builtin_add_overflow(bytes, 2 * (int64_t)sizeof(int64_t) * out, &bytes))
    return ae_fail(err, AE_NO_MEMORY, "no memory for %lld weights of each of %lld pixels", (long long)most,
                   (long long)out);
  *t = (ae_taps){.in = in, .out = out, .most = most, .bytes = (size_t)bytes};
  AE_TRY(ae_allocate(a, t->bytes, &t->block, err));
  t->first = t->block;
  t->count = t->first + out;
  t->weights = (real *)(t->count + out);
  return AE_OK;
}

ae_status ae_taps_make(ae_allocator *a, int64_t in, int64_t out, ae_resampling method, bool antialias, ae_taps *taps,
                       ae_error *err) {
  double scale = (double)in / (double)out, width = antialias && scale > 1 ? scale : 1;
  double reach = method == AE_NEAREST ? 0 : method == AE_AREA ? scale / 2 : method == AE_BICUBIC ? 2 * width : width;
  int64_t most = 2 * (int64_t)ceil(reach) + 2;
  if (most > in) most = in;
  ae_taps t;
  void *scratch;
  AE_TRY(reserve(a, in, out, most, &t, err));
  ae_status status = ae_allocate(a, (size_t)most * sizeof(double), &scratch, err);
  if (status != AE_OK) {
    ae_taps_free(a, &t);
    return status;
  }
  for (int64_t i = 0; i < out; i++) {
    reading l = {.count = 1, .weights = scratch};
    if (method == AE_NEAREST) {
      l.first = (int64_t)((2 * (uint64_t)i + 1) * (uint64_t)in / (2 * (uint64_t)out));
      l.weights[0] = 1;
    } else if (method == AE_AREA) {
      covered(&l, i, &t);
    } else {
      filtered(&l, i, &t, method, width);
    }
    trim(&l);
    store(&t, i, &l);
  }
  ae_free(a, scratch, (size_t)most * sizeof(double));
  *taps = t;
  return AE_OK;
}

ae_status ae_taps_transpose(ae_allocator *a, const ae_taps *taps, ae_taps *back, ae_error *err) {
  /* Which outputs read input j: first to last. */
  ae_taps range, t;
  AE_TRY(reserve(a, taps->out, taps->in, 0, &range, err));
  for (int64_t j = 0; j < taps->in; j++) range.first[j] = range.count[j] = 0;
  int64_t most = 1;
  for (int64_t i = 0; i < taps->out; i++)
    for (int64_t k = 0, j = taps->first[i]; k < taps->count[i]; k++, j++) {
      if (range.count[j] == 0) range.first[j] = i;
      range.count[j] = i - range.first[j] + 1;
      if (range.count[j] > most) most = range.count[j];
    }
  ae_status status = reserve(a, taps->out, taps->in, most, &t, err);
  if (status == AE_OK) {
    memcpy(t.first, range.first, (size_t)t.out * sizeof *t.first);
    memcpy(t.count, range.count, (size_t)t.out * sizeof *t.count);
    memset(t.weights, 0, (size_t)t.out * (size_t)most * sizeof(real));
    for (int64_t i = 0; i < taps->out; i++)
      for (int64_t k = 0, j = taps->first[i]; k < taps->count[i]; k++, j++)
        t.weights[j * most + i - t.first[j]] = taps->weights[i * taps->most + k];
    *back = t;
  }
  ae_taps_free(a, &range);
  return status;
}

void ae_taps_free(ae_allocator *a, ae_taps *taps) {
  ae_free(a, taps->block, taps->bytes);
  *taps = (ae_taps){0};
}

/* ---- Lines ---- */

AE_INLINE void add_reals(int64_t n, real weight, const real *restrict x, real *restrict sum) {
  for (int64_t i = 0; i < n; i++) sum[i] += weight * x[i];
}

AE_INLINE void add_bytes(int64_t n, real weight, const uint8_t *restrict x, real *restrict sum) {
  for (int64_t i = 0; i < n; i++) sum[i] += weight * (real)x[i];
}

/* Input lines summed into one, [columns.in * channels]. */
AE_INLINE void down(const ae_resample *r, int64_t picture, int64_t p, real *restrict sum) {
  const int64_t n = r->columns.in * r->channels, from = (picture * r->rows.in + r->rows.first[p]) * n;
  const real *weights = r->rows.weights + p * r->rows.most;
  for (int64_t i = 0; i < n; i++) sum[i] = 0;
  for (int64_t k = 0; k < r->rows.count[p]; k++) {
    if (r->type == AE_U8)
      add_bytes(n, weights[k], (const uint8_t *)r->x + from + k * n, sum);
    else
      add_reals(n, weights[k], (const real *)r->x + from + k * n, sum);
  }
}

AE_INLINE void along(const ae_taps *t, int64_t channels, const real *restrict x, real *restrict y) {
  for (int64_t q = 0; q < t->out; q++, y += channels) {
    const real *weights = t->weights + q * t->most, *from = x + t->first[q] * channels;
    for (int64_t c = 0; c < channels; c++) y[c] = 0;
    for (int64_t k = 0; k < t->count[q]; k++, from += channels)
      for (int64_t c = 0; c < channels; c++) y[c] += weights[k] * from[c];
  }
}

/* The usual numbers of channels as constants, for loops without a counter. */
AE_INLINE void along_channels(const ae_taps *t, int64_t channels, const real *restrict x, real *restrict y) {
  switch (channels) {
  case 1:
    along(t, 1, x, y);
    return;
  case 3:
    along(t, 3, x, y);
    return;
  case 4:
    along(t, 4, x, y);
    return;
  default:
    along(t, channels, x, y);
  }
}

AE_INLINE void round_bytes(int64_t n, const real *restrict x, uint8_t *restrict y) {
  for (int64_t i = 0; i < n; i++) {
    real v = x[i] + (real)0.5;
    v = v > 0 ? v : 0;
    y[i] = (uint8_t)(v < 255 ? v : 255);
  }
}

int64_t ae_resample_scratch(const ae_resample *r) {
  return (r->columns.in + (r->type == AE_U8 ? r->columns.out : 0)) * r->channels;
}

AE_SIMD void ae_resample_lines(const ae_resample *r, int64_t begin, int64_t end, real *scratch) {
  const int64_t n = r->columns.out * r->channels;
  real *bytes_to_be = scratch + r->columns.in * r->channels;
  for (int64_t line = begin; line < end; line++) {
    down(r, line / r->rows.out, line % r->rows.out, scratch);
    if (r->type == AE_U8) {
      along_channels(&r->columns, r->channels, scratch, bytes_to_be);
      round_bytes(n, bytes_to_be, (uint8_t *)r->y + line * n);
    } else {
      along_channels(&r->columns, r->channels, scratch, (real *)r->y + line * n);
    }
  }
}
