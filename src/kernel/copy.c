/*
** copy: strided copies. A plan is first brought into its simplest form (sizes
** of 1 dropped, the destination's order, neighbours merged); then its last two
** dimensions are walked in tiles, and what tiles remain are shared out over
** threads.
**
** Not here: conversion of types.
*/
#include "kernel/copy.h"

#include <string.h>

#include "core/parallel.h"
#include "kernel/transpose.h"

/* A tile: rows x cols elements and the strides between them. */
typedef struct tile {
  int64_t rows, cols;
  int64_t to_row, to_col, from_row, from_col;
} tile;

/* Elements in a tile of a plain copy, and sides of one that transposes: its
** source lines stay in the first-level cache until all of them are read. */
enum { TILE_ELEMENTS = 32768, TILE_ROWS = 64, TILE_COLS = 1024 };

AE_INLINE void tile_move(size_t element, const tile *t, char *restrict to, const char *restrict from) {
  const int64_t width = (int64_t)element;
  const int64_t to_col = t->to_col * width, from_col = t->from_col * width;
  for (int64_t i = 0; i < t->rows; i++) {
    char *d = to + i * t->to_row * width;
    const char *s = from + i * t->from_row * width;
    if (to_col == width && from_col == 0) {
      for (int64_t j = 0; j < t->cols; j++) memcpy(d + j * width, s, element);
    } else if (to_col == width) {
      for (int64_t j = 0; j < t->cols; j++) memcpy(d + j * width, s + j * from_col, element);
    } else {
      for (int64_t j = 0; j < t->cols; j++) memcpy(d + j * to_col, s + j * from_col, element);
    }
  }
}

AE_SIMD static void tile_move1(const tile *t, char *to, const char *from) {
  tile_move(1, t, to, from);
}
AE_SIMD static void tile_move4(const tile *t, char *to, const char *from) {
  tile_move(4, t, to, from);
}
AE_SIMD static void tile_move8(const tile *t, char *to, const char *from) {
  tile_move(8, t, to, from);
}

static void tile_any(size_t element, const tile *t, char *to, const char *from) {
  switch (element) {
  case 1:
    tile_move1(t, to, from);
    break;
  case 4:
    tile_move4(t, to, from);
    break;
  default:
    tile_move8(t, to, from);
    break;
  }
}

static void tile_rows(size_t element, const tile *t, char *to, const char *from) {
  const size_t bytes = (size_t)t->cols * element;
  const int64_t width = (int64_t)element;
  for (int64_t i = 0; i < t->rows; i++) {
    memcpy(to + i * t->to_row * width, from + i * t->from_row * width, bytes);
  }
}

/* Rows lie side by side in the source, columns in the destination. */
static void tile_transpose(size_t element, const tile *t, char *to, const char *from) {
  const int64_t width = (int64_t)element, side = ae_transpose_side(element);
  const int64_t rows = t->rows / side * side, cols = t->cols / side * side;
  tile below = *t, right = *t;
  ae_transpose(element, rows, cols, to, t->to_row, from, t->from_col);
  right.rows = rows;
  right.cols = t->cols - cols;
  tile_any(element, &right, to + cols * width, from + cols * t->from_col * width);
  below.rows = t->rows - rows;
  tile_any(element, &below, to + rows * t->to_row * width, from + rows * width);
}

/* The plan in its simplest form: `outer` dimensions, then rows and columns,
** cut into tiles of block_rows x block_cols. */
typedef struct walk {
  size_t element;
  char *to;
  const char *from;
  int outer;
  int64_t dims[AE_COPY_DIMS], to_stride[AE_COPY_DIMS], from_stride[AE_COPY_DIMS];
  tile whole;
  void (*move)(size_t element, const tile *t, char *to, const char *from);
  int64_t block_rows, block_cols, row_blocks, col_blocks;
} walk;

/* Dimension `from` of the plan becomes dimension `to`. */
static void plan_move(ae_copy *p, int to, int from) {
  p->dims[to] = p->dims[from];
  p->to[to] = p->to[from];
  p->from[to] = p->from[from];
}

/* Insertion sort by falling stride of the destination. */
static void plan_sort(ae_copy *p) {
  for (int i = 1; i < p->ndim; i++) {
    const int64_t dim = p->dims[i], to = p->to[i], from = p->from[i];
    int j = i;
    for (; j > 0 && to > p->to[j - 1]; j--) plan_move(p, j, j - 1);
    p->dims[j] = dim;
    p->to[j] = to;
    p->from[j] = from;
  }
}

static void plan_simplify(ae_copy *p) {
  int n = 0;
  for (int d = 0; d < p->ndim; d++) {
    if (p->dims[d] != 1) plan_move(p, n++, d);
  }
  p->ndim = n;
  plan_sort(p);
  n = 0; /* the last dimension so far, which the next may continue */
  for (int d = 1; d < p->ndim; d++) {
    const int64_t outer = p->dims[n];
    const bool joins = p->to[n] == p->to[d] * p->dims[d] && p->from[n] == p->from[d] * p->dims[d];
    if (!joins) n++;
    plan_move(p, n, d);
    if (joins) p->dims[n] *= outer;
  }
  if (p->ndim > 0) p->ndim = n + 1;
}

static int64_t blocks_of(int64_t n, int64_t block) {
  return (n + block - 1) / block;
}

static void walk_plan(walk *w, const ae_copy *given) {
  ae_copy p = *given;
  plan_simplify(&p);
  const int last = p.ndim - 1;
  int row = last - 1;
  bool transposes = false;
  for (int d = 0; d < last && p.from[last] != 1 && p.from[last] != 0; d++) {
    if (p.from[d] == 1 && p.to[last] == 1) {
      row = d;
      transposes = true;
    }
  }
  w->element = p.element;
  w->outer = 0;
  for (int d = 0; d < last; d++) {
    if (d == row) continue;
    w->dims[w->outer] = p.dims[d];
    w->to_stride[w->outer] = p.to[d];
    w->from_stride[w->outer] = p.from[d];
    w->outer++;
  }
  w->whole = (tile){1, 1, 0, 1, 0, 1};
  if (last >= 0) {
    w->whole.cols = p.dims[last];
    w->whole.to_col = p.to[last];
    w->whole.from_col = p.from[last];
  }
  if (row >= 0) {
    w->whole.rows = p.dims[row];
    w->whole.to_row = p.to[row];
    w->whole.from_row = p.from[row];
  }
  const bool contiguous = w->whole.to_col == 1 && w->whole.from_col == 1;
  w->move = transposes ? tile_transpose : contiguous ? tile_rows : tile_any;
  if (transposes) {
    w->block_rows = TILE_ROWS;
    w->block_cols = TILE_COLS;
  } else {
    w->block_cols = w->whole.cols < TILE_ELEMENTS ? w->whole.cols : TILE_ELEMENTS;
    w->block_rows = TILE_ELEMENTS / w->block_cols;
  }
  w->row_blocks = blocks_of(w->whole.rows, w->block_rows);
  w->col_blocks = blocks_of(w->whole.cols, w->block_cols);
}

static void walk_tile(const walk *w, int64_t block, char *to, const char *from) {
  const int64_t row = block % w->row_blocks * w->block_rows, col = block / w->row_blocks * w->block_cols;
  const int64_t width = (int64_t)w->element;
  tile t = w->whole;
  t.rows = t.rows - row < w->block_rows ? t.rows - row : w->block_rows;
  t.cols = t.cols - col < w->block_cols ? t.cols - col : w->block_cols;
  w->move(w->element, &t, to + (row * t.to_row + col * t.to_col) * width,
          from + (row * t.from_row + col * t.from_col) * width);
}

/* Tiles [begin, end): the outer dimensions' index, then the block. */
static void walk_range(void *arg, int64_t begin, int64_t end) {
  const walk *w = arg;
  const int64_t width = (int64_t)w->element, blocks = w->row_blocks * w->col_blocks;
  int64_t at[AE_COPY_DIMS];
  int64_t rest = begin / blocks, block = begin % blocks, to = 0, from = 0;
  for (int d = w->outer - 1; d >= 0; d--) {
    at[d] = rest % w->dims[d];
    rest /= w->dims[d];
    to += at[d] * w->to_stride[d];
    from += at[d] * w->from_stride[d];
  }
  for (int64_t i = begin; i < end; i++) {
    walk_tile(w, block, w->to + to * width, w->from + from * width);
    if (++block < blocks) continue;
    block = 0;
    for (int d = w->outer - 1; d >= 0; d--) {
      to += w->to_stride[d];
      from += w->from_stride[d];
      if (++at[d] < w->dims[d]) break;
      to -= at[d] * w->to_stride[d];
      from -= at[d] * w->from_stride[d];
      at[d] = 0;
    }
  }
}

void ae_copy_strided(ae_context *ctx, const ae_copy *plan, void *to, const void *from) {
  int64_t count = 1;
  for (int d = 0; d < plan->ndim; d++) count *= plan->dims[d];
  if (count == 0) return;
  walk w = {.to = to, .from = from};
  walk_plan(&w, plan);
  int64_t tiles = w.row_blocks * w.col_blocks;
  for (int d = 0; d < w.outer; d++) tiles *= w.dims[d];
  const int64_t each = count / tiles;
  ae_parallel(ctx, tiles, AE_GRAIN_CHEAP / (each > 0 ? each : 1) + 1, walk_range, &w);
}

void ae_copy_strides(const ae_shape *shape, int64_t strides[AE_MAX_DIMS]) {
  int64_t step = 1;
  for (int d = shape->ndim - 1; d >= 0; d--) {
    strides[d] = step;
    step *= shape->dims[d];
  }
}

void ae_copy_permuted(ae_context *ctx, size_t element, const ae_shape *shape, const int *perm, void *to,
                      const void *from) {
  ae_copy plan = {.element = element, .ndim = shape->ndim};
  int64_t strides[AE_MAX_DIMS], step = 1;
  ae_copy_strides(shape, strides);
  for (int d = shape->ndim - 1; d >= 0; d--) {
    plan.dims[d] = shape->dims[perm[d]];
    plan.from[d] = strides[perm[d]];
    plan.to[d] = step;
    step *= plan.dims[d];
  }
  ae_copy_strided(ctx, &plan, to, from);
}

/* Dims and both kinds of strides of a box; returns where it begins in the whole. */
static int64_t box_strides(const ae_shape *whole, const int64_t *start, const ae_shape *box,
                           int64_t inside[AE_MAX_DIMS], int64_t packed[AE_MAX_DIMS]) {
  int64_t first = 0;
  ae_copy_strides(whole, inside);
  ae_copy_strides(box, packed);
  for (int d = 0; d < whole->ndim; d++) first += start[d] * inside[d];
  return first;
}

void ae_copy_box_out(ae_context *ctx, size_t element, const ae_shape *whole, const int64_t *start, const ae_shape *box,
                     void *block, const void *data) {
  ae_copy plan = {.element = element, .ndim = box->ndim};
  memcpy(plan.dims, box->dims, sizeof box->dims);
  const int64_t first = box_strides(whole, start, box, plan.from, plan.to);
  ae_copy_strided(ctx, &plan, block, (const char *)data + first * (int64_t)element);
}

void ae_copy_box_in(ae_context *ctx, size_t element, const ae_shape *whole, const int64_t *start, const ae_shape *box,
                    void *data, const void *block) {
  ae_copy plan = {.element = element, .ndim = box->ndim};
  memcpy(plan.dims, box->dims, sizeof box->dims);
  const int64_t first = box_strides(whole, start, box, plan.to, plan.from);
  ae_copy_strided(ctx, &plan, (char *)data + first * (int64_t)element, block);
}
