/*
** amx: what the users of the tile multiplier share: how the parts of elements lie
** in memory and come there (amx_pack.c), and the product of two blocks of them.
** A block is 32 rows of A or columns of B, two tiles side by side; its parts are
** three bfloat16 numbers for each element (amx_cut.h).
**
** Not here: matrices (amx.c), convolutions (conv_amx.c).
*/
#ifndef AE_KERNEL_AMX_H
#define AE_KERNEL_AMX_H

#include "kernel/gemm.h"

#ifdef AELUA_AMX /* by CMake, where the compiler knows it */

#include <immintrin.h>

#define AE_AMX __attribute__((target("avx512f,avx512dq,avx512bw,amx-tile,amx-bf16")))
#define AE_AMX_INLINE AE_AMX static inline __attribute__((always_inline))

enum {
  AE_AMX_SIDE = 16,              /* rows of a tile */
  AE_AMX_WIDE = 2 * AE_AMX_SIDE, /* rows of A or columns of B in a block */
  AE_AMX_DEPTH = 32,             /* k of a tile */
  AE_AMX_PARTS = 3,
  AE_AMX_TILE = AE_AMX_SIDE * AE_AMX_DEPTH
};

/* A tile of A is [16 rows, 16 pairs], one of B [16 pairs, 16 columns]; pair j is k = 2j and k = 2j + 1. */
typedef uint16_t ae_amx_tile[AE_AMX_TILE];
/* One DEPTH of a block's k. */
typedef ae_amx_tile ae_amx_step[AE_AMX_PARTS][2];

/* How many units hold x. */
AE_INLINE int64_t ae_amx_ceiling(int64_t x, int64_t unit) {
  return (x + unit - 1) / unit;
}

AE_INLINE int64_t ae_amx_least(int64_t x, int64_t y) {
  return x < y ? x : y;
}

/* Of a vector, those of `left` elements, at least one. */
AE_INLINE __mmask16 ae_amx_lanes(int64_t left) {
  return (__mmask16)(left >= AE_AMX_SIDE ? 0xffff : (1 << left) - 1);
}

/* The parts of a [m, k], of b [k, columns], block after block, each ceiling(k / DEPTH) steps, filled up with zeros to
** whole tiles. A last block of SIDE rows or columns or fewer leaves its second tile as it is: what comes of that is for
** the caller to drop. False: one is infinite, nan or rounds to an infinity. */
bool ae_amx_pack_a(ae_matrix a, int64_t m, int64_t k, ae_amx_step *out);
bool ae_amx_pack_b(ae_matrix b, int64_t k, int64_t columns, ae_amx_step *out);

/* ---- Products of blocks: tiles 0 to 3 are sums, 4 and 5 of A, 6 and 7 of B ---- */

/* To the compiler, tiles are not loaded from memory, and their configuration is 8 bytes of it. */
AE_AMX_INLINE void ae_amx_settle(void) {
  __asm__ volatile("" ::: "memory");
}

/* Before the first product of a call; _tile_release() after the last, else the tiles would be saved whenever threads
** are changed. All tiles are 16 rows of 64 bytes. */
AE_AMX_INLINE void ae_amx_configure(void) {
  struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
  } tiles = {.palette = 1};
  for (int i = 0; i < 8; i++) {
    tiles.bytes[i] = 64;
    tiles.rows[i] = AE_AMX_SIDE;
  }
  ae_amx_settle();
  _tile_loadconfig(&tiles);
  ae_amx_settle();
}

/* One step of a block where it lies: rows `stride` bytes apart, its second tile and its next part elements away. */
typedef struct ae_amx_block {
  const uint16_t *at;
  size_t stride;
  int64_t second, part;
} ae_amx_block;

AE_AMX_INLINE ae_amx_block ae_amx_packed(ae_amx_step *step) {
  return (ae_amx_block){step[0][0][0], 64, AE_AMX_TILE, 2 * AE_AMX_TILE};
}

/* Sums c [WIDE, WIDE] from what is there, or from 0. */
AE_AMX_INLINE void ae_amx_begin(const float *c, int64_t c_stride, bool add) {
  const size_t stride = (size_t)c_stride * sizeof *c;
  const float *below = c + AE_AMX_SIDE * c_stride;
  ae_amx_settle();
  if (!add) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    return;
  }
  _tile_loadd(0, c, stride);
  _tile_loadd(1, c + AE_AMX_SIDE, stride);
  _tile_loadd(2, below, stride);
  _tile_loadd(3, below + AE_AMX_SIDE, stride);
}

AE_AMX_INLINE void ae_amx_end(float *c, int64_t c_stride) {
  const size_t stride = (size_t)c_stride * sizeof *c;
  float *below = c + AE_AMX_SIDE * c_stride;
  _tile_stored(0, c, stride);
  _tile_stored(1, c + AE_AMX_SIDE, stride);
  _tile_stored(2, below, stride);
  _tile_stored(3, below + AE_AMX_SIDE, stride);
  ae_amx_settle();
}

AE_AMX_INLINE void ae_amx_take_a(ae_amx_block a, int part) {
  _tile_loadd(4, a.at + part * a.part, a.stride);
  _tile_loadd(5, a.at + part * a.part + a.second, a.stride);
}

AE_AMX_INLINE void ae_amx_take_b(ae_amx_block b, int part) {
  _tile_loadd(6, b.at + part * b.part, b.stride);
  _tile_loadd(7, b.at + part * b.part + b.second, b.stride);
}

AE_AMX_INLINE void ae_amx_add_products(void) {
  _tile_dpbf16ps(0, 4, 6);
  _tile_dpbf16ps(1, 4, 7);
  _tile_dpbf16ps(2, 5, 6);
  _tile_dpbf16ps(3, 5, 7);
}

/* The six products of parts that count (amx.c), one block's part changing from each to the next, the largest last. */
AE_AMX_INLINE void ae_amx_add(ae_amx_block a, ae_amx_block b) {
  ae_amx_take_a(a, 0);
  ae_amx_take_b(b, 2);
  ae_amx_add_products();
  ae_amx_take_b(b, 1);
  ae_amx_add_products();
  ae_amx_take_a(a, 1);
  ae_amx_add_products();
  ae_amx_take_b(b, 0);
  ae_amx_add_products();
  ae_amx_take_a(a, 2);
  ae_amx_add_products();
  ae_amx_take_a(a, 0);
  ae_amx_add_products();
}

#endif
#endif
