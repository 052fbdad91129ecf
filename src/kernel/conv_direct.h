/*
** conv_direct: what the two halves of the direct way share: bands of input rows
** with their borders of zeros, and blocks of output channels as wide as kernels
** are (conv_direct_kernels.h).
*/
#ifndef AE_KERNEL_CONV_DIRECT_H
#define AE_KERNEL_CONV_DIRECT_H

#include "kernel/conv_ahead.h"
#include "kernel/conv_direct_kernels.h"
#include "kernel/conv_paths.h"

enum { AE_DIRECT_BAND_BYTES = 1 << 17, AE_DIRECT_LINE = 64 / (int)sizeof(real) };

/* Up to whole cache lines: a vector that lies across two costs twice. */
static inline int64_t ae_direct_lines(int64_t reals) {
  return (reals + AE_DIRECT_LINE - 1) / AE_DIRECT_LINE * AE_DIRECT_LINE;
}

/* Pictures that windows slide over. */
typedef struct ae_direct_source {
  const real *data; /* [n, rows, columns, channels] */
  int64_t rows, columns, channels;
  int64_t depth;       /* channels of a group */
  int64_t low, high;   /* columns [low, high) that windows meet, 0 outside of [0, columns) */
  bool copied;         /* bands are; else they are the pictures themselves */
  int64_t pitch, line; /* elements of a pixel and of a row of a band */
} ae_direct_source;

/* Rows of one picture and one group: row r, column c begins at data + origin + r * line + c * pitch. */
typedef struct ae_direct_band {
  const real *data;
  int64_t origin;
} ae_direct_band;

ae_direct_source ae_direct_source_of(const real *data, int64_t rows, int64_t columns, int64_t channels, int64_t groups,
                                     int64_t low, int64_t high);
/* `rows` rows of windows, `step` rows of the source apart, each `reach` high: how many fit a band. */
int64_t ae_direct_band_windows(const ae_context *ctx, const ae_direct_source *s, int64_t n, int64_t rows, int64_t step,
                               int64_t reach);
/* Elements that a band of so many source rows wants of `room`. */
int64_t ae_direct_band_room(const ae_direct_source *s, int64_t rows);
/* Those of the rows [begin, end) that there are. */
ae_direct_band ae_direct_band_at(const ae_direct_source *s, int64_t n, int64_t group, int64_t begin, int64_t end,
                                 real *room);

/* What comes next (conv_ahead.h) is not worth calling where each element meets fewer others than this. */
enum { AE_DIRECT_WORTH_AHEAD = 64 };

/* Channels [begin, begin + valid) of those of a group, in the kernels' width `which`; packed ones begin at `at`. */
typedef struct ae_direct_block {
  int which, width;
  int64_t begin, valid, at;
} ae_direct_block;

/* Begins with {0} and `channels`; false: that was the last. */
bool ae_direct_block_next(const ae_direct_kernels *kernels, int64_t channels, ae_direct_block *block);
/* Channels with what fills up the blocks. */
int64_t ae_direct_padded(const ae_direct_kernels *kernels, int64_t channels);
/* `count` cut into pieces of at most `most`, as equal as can be: the first `larger` are of `size` + 1, the others of
** `size`. */
typedef struct ae_direct_cut {
  int64_t size, larger;
} ae_direct_cut;

static inline ae_direct_cut ae_direct_cut_of(int64_t count, int64_t most) {
  const int64_t pieces = (count + most - 1) / most;
  return pieces == 0 ? (ae_direct_cut){0} : (ae_direct_cut){count / pieces, count % pieces};
}

static inline int64_t ae_direct_piece_size(ae_direct_cut cut, int64_t number) {
  return cut.size + (number < cut.larger);
}

#endif
