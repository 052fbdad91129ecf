/*
** channels: mean and variance. A tile of rows is summed, then, still in the
** cache, its deviations from its own mean are; tiles, threads and neighbours in
** a wide row are merged in double (Chan, Golub, LeVeque, "Updating formulae and a
** pairwise algorithm for computing sample variances", 1979).
*/
#include "kernel/channels.h"

#include <string.h>

#include "core/allocator.h"
#include "core/parallel.h"
#include "core/status.h"
#include "kernel/lanes.h"

enum { TOGETHER = 4, LEAST_WIDTH = TOGETHER * AE_LANES, TILE = 4096, LEAST_TILE_ROWS = 8, MOST_TILE_ROWS = 64 };

ae_channels ae_channels_of(const ae_context *ctx, int64_t count, int64_t C) {
  ae_channels s = {.C = C, .width = C > 0 ? C : 1};
  while (C > 0 && (s.width < LEAST_WIDTH || (C < LEAST_WIDTH && s.width % AE_LANES != 0))) s.width += C;
  s.full = count / s.width, s.rest = count % s.width;
  s.tile = TILE / s.width;
  if (s.tile > MOST_TILE_ROWS) s.tile = MOST_TILE_ROWS;
  if (s.tile < LEAST_TILE_ROWS) s.tile = LEAST_TILE_ROWS;
  s.parts = ae_parallel_count(ctx, ae_channels_rows(&s), AE_GRAIN_CHEAP / s.width + 1);
  return s;
}

void ae_channels_spread(const ae_channels *s, real *row) {
  for (int64_t i = s->C; i < s->width; i++) row[i] = row[i - s->C];
}

typedef struct job {
  const ae_channels *s;
  const real *x;
  double *sums;    /* [parts, 2, width]: means, sums of squared deviations */
  int64_t *counts; /* [parts] rows in them */
} job;

/* Takes `rows` rows at x, of which there were `before`, into `vectors` times
** `lanes` columns, which lie together: memory is read in its order. */
AE_INLINE void add_columns(int vectors, int lanes, int64_t rows, int64_t width, double before, const real *restrict x,
                           double *restrict mean, double *restrict squares) {
  real sum[TOGETHER][AE_LANES] = {{0}}, middle[TOGETHER][AE_LANES], square[TOGETHER][AE_LANES] = {{0}};
  const double count = (double)rows, share = count / (before + count), cross = before * share;
  for (int64_t row = 0; row < rows; row++) {
    const real *here = x + row * width;
    for (int v = 0; v < vectors; v++) {
      AE_LANES_LOOP
      for (int l = 0; l < lanes; l++) sum[v][l] += here[v * lanes + l];
    }
  }
  for (int v = 0; v < vectors; v++) {
    AE_LANES_LOOP
    for (int l = 0; l < lanes; l++) middle[v][l] = sum[v][l] / (real)rows;
  }
  for (int64_t row = 0; row < rows; row++) {
    const real *here = x + row * width;
    for (int v = 0; v < vectors; v++) {
      AE_LANES_LOOP
      for (int l = 0; l < lanes; l++) {
        const real off = here[v * lanes + l] - middle[v][l];
        square[v][l] += off * off;
      }
    }
  }
  for (int v = 0; v < vectors; v++) {
    AE_LANES_LOOP
    for (int l = 0; l < lanes; l++) {
      const double off = (double)sum[v][l] / count - mean[v * lanes + l];
      mean[v * lanes + l] += off * share;
      squares[v * lanes + l] += (double)square[v][l] + off * off * cross;
    }
  }
}

AE_SIMD static void add_tile(int64_t rows, int64_t width, double before, const real *x, double *mean, double *squares) {
  int64_t done = 0;
#define ADD(vectors, at, lanes)                                                                                        \
  add_columns(vectors, lanes, rows, width, before, x + done + at, mean + done + at, squares + done + at)
#define ADD_ONE(at, lanes) ADD(1, at, lanes)
  for (; done + TOGETHER * AE_LANES <= width; done += TOGETHER * AE_LANES) ADD(TOGETHER, 0, AE_LANES);
  AE_LANES_FOR(width - done, ADD_ONE);
#undef ADD
#undef ADD_ONE
}

void ae_channels_columns(const ae_channels *s, const real *x, int64_t begin, int64_t end, double *sums) {
  for (int64_t row = begin; row < end; row += s->tile)
    add_tile(end - row < s->tile ? end - row : s->tile, s->width, (double)(row - begin), x + row * s->width, sums,
             sums + s->width);
}

static void add_rows(void *arg, int part, int64_t begin, int64_t end) {
  const job *j = arg;
  const ae_channels *s = j->s;
  const int64_t stop = end < s->full ? end : s->full;
  ae_channels_columns(s, j->x, begin, stop, j->sums + part * 2 * s->width);
  j->counts[part] = stop > begin ? stop - begin : 0;
}

void ae_moments_merge(ae_moments *m, double count, double mean, double squares) {
  if (count == 0) return;
  const double share = count / (m->count + count), off = mean - m->mean;
  m->squares += squares + off * off * m->count * share;
  m->mean += off * share;
  m->count += count;
}

ae_status ae_channels_moments(ae_context *ctx, const ae_channels *s, const real *x, real *mean, real *var,
                              ae_error *err) {
  const size_t sums = (size_t)s->parts * 2 * (size_t)s->width * sizeof(double);
  const size_t bytes = sums + (size_t)s->parts * sizeof(int64_t);
  void *block;
  AE_TRY(ae_allocate(ctx->allocator, bytes, &block, err));
  memset(block, 0, bytes);
  job j = {s, x, block, (int64_t *)((char *)block + sums)};
  ae_parallel_parts(ctx, ae_channels_rows(s), s->parts, add_rows, &j);
  for (int64_t c = 0; c < s->C; c++) {
    ae_moments m = {0, 0, 0};
    for (int part = 0; part < s->parts; part++) {
      const double *means = j.sums + part * 2 * s->width;
      for (int64_t i = c; i < s->width; i += s->C)
        ae_moments_merge(&m, (double)j.counts[part], means[i], means[s->width + i]);
    }
    for (int64_t i = c; i < s->rest; i += s->C) ae_moments_merge(&m, 1, (double)x[s->full * s->width + i], 0);
    mean[c] = (real)m.mean;
    var[c] = (real)(m.squares / m.count);
  }
  ae_free(ctx->allocator, block, bytes);
  return AE_OK;
}
