/*
** conv_direct_bands: rows of input with a border of zeros, so that no window
** asks whether it is inside. A band fits a part of the second-level cache and
** brings its rows there in order.
*/
#include <string.h>

#include "core/context.h"
#include "kernel/conv_direct.h"

enum { UNITS_PER_THREAD = 4 };

ae_direct_source ae_direct_source_of(const real *data, int64_t rows, int64_t columns, int64_t channels, int64_t groups,
                                     int64_t low, int64_t high) {
  ae_direct_source s = {.data = data, .rows = rows, .columns = columns, .channels = channels};
  s.depth = channels / groups;
  s.low = low < 0 ? low : 0;
  s.high = high > columns ? high : columns;
  s.copied = groups > 1 || s.low < 0 || s.high > columns;
  s.pitch = s.copied ? s.depth : channels;
  s.line = s.copied ? ae_direct_lines((s.high - s.low) * s.pitch) : columns * channels;
  return s;
}

int64_t ae_direct_band_windows(const ae_context *ctx, const ae_direct_source *s, int64_t n, int64_t rows, int64_t step,
                               int64_t reach) {
  const int64_t lines = AE_DIRECT_BAND_BYTES / ((int64_t)sizeof(real) * s->line);
  const int64_t bands = ((int64_t)ctx->threads * UNITS_PER_THREAD + n - 1) / n;
  int64_t windows = lines > reach ? (lines - reach) / step + 1 : 1;
  if (windows > rows) windows = rows;
  if (ctx->threads > 1 && windows > (rows + bands - 1) / bands) windows = (rows + bands - 1) / bands;
  const int64_t needed = (rows + windows - 1) / windows;
  return (rows + needed - 1) / needed;
}

int64_t ae_direct_band_room(const ae_direct_source *s, int64_t rows) {
  return s->copied ? ae_direct_lines((rows < s->rows ? rows : s->rows) * s->line + AE_DIRECT_SLACK) : 0;
}

static void copy_line(const ae_direct_source *s, const real *from, real *to) {
  const int64_t before = -s->low * s->depth, after = (s->high - s->columns) * s->depth;
  memset(to, 0, (size_t)before * sizeof *to);
  to += before;
  if (s->depth == s->channels) {
    memcpy(to, from, (size_t)(s->columns * s->depth) * sizeof *to);
  } else {
    for (int64_t i = 0; i < s->columns; i++)
      for (int64_t c = 0; c < s->depth; c++) to[i * s->depth + c] = from[i * s->channels + c];
  }
  memset(to + s->columns * s->depth, 0, (size_t)after * sizeof *to);
}

ae_direct_band ae_direct_band_at(const ae_direct_source *s, int64_t n, int64_t group, int64_t begin, int64_t end,
                                 real *room) {
  const int64_t row = s->columns * s->channels;
  const real *picture = s->data + n * s->rows * row;
  if (!s->copied) return (ae_direct_band){picture, 0};
  if (begin < 0) begin = 0;
  if (end > s->rows) end = s->rows;
  for (int64_t i = begin; i < end; i++)
    copy_line(s, picture + i * row + group * s->depth, room + (i - begin) * s->line);
  return (ae_direct_band){room, -begin * s->line - s->low * s->pitch};
}

/* ---- Blocks ---- */

/* The widest that pads no more than the narrowest would. */
bool ae_direct_block_next(const ae_direct_kernels *kernels, int64_t channels, ae_direct_block *block) {
  const int64_t begin = block->begin + block->valid, left = channels - begin;
  if (left <= 0) return false;
  const int64_t narrow = kernels->width[0], padded = (left + narrow - 1) / narrow * narrow;
  ae_direct_block next = {.begin = begin, .at = block->at + block->width};
  for (int i = 0; i < kernels->n_widths; i++)
    if (kernels->width[i] <= padded) next.which = i;
  next.width = kernels->width[next.which];
  next.valid = left < next.width ? left : next.width;
  *block = next;
  return true;
}

int64_t ae_direct_padded(const ae_direct_kernels *kernels, int64_t channels) {
  ae_direct_block block = {0};
  while (ae_direct_block_next(kernels, channels, &block)) continue;
  return block.at + block.width;
}
