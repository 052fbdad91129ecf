/*
** normalise: the passes over memory.
*/
#include "kernel/normalise.h"

#include <string.h>

#include "kernel/lanes.h"

enum { TOGETHER = 4 }; /* vectors */

void ae_normal_lay(ae_normal *m, const ae_channels *seen, bool relu, real *arrays) {
  const int64_t width = seen->width;
  memset(arrays, 0, (size_t)(AE_NORMAL_ARRAYS * width) * sizeof *arrays);
  *m = (ae_normal){.seen = seen, .relu = relu, .mean = arrays};
  m->factor = m->mean + width, m->shift = m->factor + width;
  m->share = m->shift + width, m->h_share = m->share + width;
}

AE_INLINE void forward_row(const ae_normal *m, int64_t row, bool relu, const real *all_x, real *all_y) {
  const int64_t n = ae_channels_width(m->seen, row);
  const real *restrict x = all_x + row * m->seen->width, *restrict mean = m->mean, *restrict factor = m->factor,
                       *restrict shift = m->shift;
  real *restrict y = all_y + row * m->seen->width;
  for (int64_t i = 0; i < n; i++) {
    const real z = (x[i] - mean[i]) * factor[i] + shift[i];
    y[i] = relu && z < 0 ? 0 : z;
  }
}

AE_SIMD void ae_normal_forward(const ae_normal *m, int64_t begin, int64_t end, const real *x, real *y) {
  if (m->relu)
    for (int64_t row = begin; row < end; row++) forward_row(m, row, true, x, y);
  else
    for (int64_t row = begin; row < end; row++) forward_row(m, row, false, x, y);
}

/* sums += dz, off_sums += dz (x - mean) over rows of `vectors` times `lanes` columns. */
AE_INLINE void add_columns(const ae_normal *m, int vectors, int lanes, int64_t at, int64_t first, int64_t rows,
                           bool relu, const real *all_x, const real *all_dy, double *restrict sums) {
  const int64_t width = m->seen->width;
  const real *restrict mean = m->mean + at, *restrict factor = m->factor + at, *restrict shift = m->shift + at;
  real sum[TOGETHER][AE_LANES] = {{0}}, off_sum[TOGETHER][AE_LANES] = {{0}};
  for (int64_t row = first; row < first + rows; row++) {
    const real *restrict x = all_x + row * width + at, *restrict dy = all_dy + row * width + at;
    for (int v = 0; v < vectors; v++) {
      AE_LANES_LOOP
      for (int l = 0; l < lanes; l++) {
        const int i = v * lanes + l;
        const real off = x[i] - mean[i], g = dy[i];
        const real dz = !relu || off * factor[i] + shift[i] > 0 ? g : 0;
        sum[v][l] += dz;
        off_sum[v][l] += dz * off;
      }
    }
  }
  for (int v = 0; v < vectors; v++) {
    AE_LANES_LOOP
    for (int l = 0; l < lanes; l++) {
      sums[at + v * lanes + l] += (double)sum[v][l];
      sums[at + v * lanes + l + width] += (double)off_sum[v][l];
    }
  }
}

AE_INLINE void add_tile(const ae_normal *m, int64_t first, int64_t rows, int64_t width, bool relu, const real *x,
                        const real *dy, double *sums) {
  int64_t done = 0;
#define ADD(at, lanes) add_columns(m, 1, lanes, done + at, first, rows, relu, x, dy, sums)
  for (; done + TOGETHER * AE_LANES <= width; done += TOGETHER * AE_LANES)
    add_columns(m, TOGETHER, AE_LANES, done, first, rows, relu, x, dy, sums);
  AE_LANES_FOR(width - done, ADD);
#undef ADD
}

AE_SIMD static void add_tile_gradients(const ae_normal *m, int64_t first, int64_t rows, int64_t width, const real *x,
                                       const real *dy, double *sums) {
  if (m->relu)
    add_tile(m, first, rows, width, true, x, dy, sums);
  else
    add_tile(m, first, rows, width, false, x, dy, sums);
}

void ae_normal_sums(const ae_normal *m, int64_t begin, int64_t end, const real *x, const real *dy, double *sums) {
  const ae_channels *s = m->seen;
  const int64_t stop = end < s->full ? end : s->full;
  for (int64_t row = begin; row < stop; row += s->tile)
    add_tile_gradients(m, row, stop - row < s->tile ? stop - row : s->tile, s->width, x, dy, sums);
  if (end > s->full) add_tile_gradients(m, s->full, 1, s->rest, x, dy, sums);
}

AE_INLINE void back_row(const ae_normal *m, int64_t row, bool relu, bool has_dy, const real *all_x, const real *all_dy,
                        real *all_dx) {
  const int64_t n = ae_channels_width(m->seen, row), at = row * m->seen->width;
  const real *restrict x = all_x + at, *restrict mean = m->mean, *restrict factor = m->factor,
                       *restrict shift = m->shift, *restrict share = m->share, *restrict h_share = m->h_share;
  const real *dy = has_dy ? all_dy + at : NULL;
  real *dx = all_dx + at;
  AE_IVDEP
  for (int64_t i = 0; i < n; i++) {
    const real off = x[i] - mean[i], g = has_dy ? dy[i] : 0;
    const real dz = !relu || off * factor[i] + shift[i] > 0 ? g : 0;
    dx[i] = factor[i] * dz - share[i] - off * h_share[i];
  }
}

AE_SIMD void ae_normal_back(const ae_normal *m, int64_t begin, int64_t end, const real *x, const real *dy, real *dx) {
  for (int64_t row = begin; row < end; row++) {
    if (!dy)
      back_row(m, row, false, false, x, dy, dx);
    else if (m->relu)
      back_row(m, row, true, true, x, dy, dx);
    else
      back_row(m, row, false, true, x, dy, dx);
  }
}
