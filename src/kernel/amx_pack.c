/*
** amx_pack: the parts of matrices (amx_cut.h), laid out as tiles.
**
** Not here: which of the parts' products are added up (amx.c).
*/
#include "kernel/amx.h"

#ifdef AELUA_AMX

#include <string.h>

#include "kernel/amx_cut.h"

/* Rows r, r + 4, r + 8, r + 12, four columns of each. */
AE_AMX_INLINE __m512 quarters(const float *x, int64_t stride) {
  __m512 out = _mm512_castps128_ps512(_mm_loadu_ps(x));
  out = _mm512_insertf32x4(out, _mm_loadu_ps(x + 4 * stride), 1);
  out = _mm512_insertf32x4(out, _mm_loadu_ps(x + 8 * stride), 2);
  return _mm512_insertf32x4(out, _mm_loadu_ps(x + 12 * stride), 3);
}

AE_AMX_INLINE __m512 low_pairs(__m512 x, __m512 y) {
  return _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(x), _mm512_castps_pd(y)));
}

AE_AMX_INLINE __m512 high_pairs(__m512 x, __m512 y) {
  return _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(x), _mm512_castps_pd(y)));
}

/* A block as it is stored; where some of it is not there, it is copied with zeros. */
typedef struct block {
  const float *x;
  int64_t stride;
} block;

/* Rows `at` to `at` + 3 of a block [AE_AMX_SIDE, AE_AMX_SIDE]. */
AE_AMX_INLINE void four_rows(block b, bool transposed, int at, __m512 out[4]) {
  if (!transposed) {
    for (int i = 0; i < 4; i++) out[i] = _mm512_loadu_ps(b.x + (at + i) * b.stride);
    return;
  }
  const float *corner = b.x + at;
  const int64_t stride = b.stride;
  __m512 r0 = quarters(corner, stride), r1 = quarters(corner + stride, stride);
  __m512 r2 = quarters(corner + 2 * stride, stride), r3 = quarters(corner + 3 * stride, stride);
  __m512 low01 = _mm512_unpacklo_ps(r0, r1), high01 = _mm512_unpackhi_ps(r0, r1);
  __m512 low23 = _mm512_unpacklo_ps(r2, r3), high23 = _mm512_unpackhi_ps(r2, r3);
  out[0] = low_pairs(low01, low23);
  out[1] = high_pairs(low01, low23);
  out[2] = low_pairs(high01, high23);
  out[3] = high_pairs(high01, high23);
}

static inline block whole_block(const float *x, int64_t stride, int64_t rows, int64_t columns, float padded[]) {
  if (rows >= AE_AMX_SIDE && columns >= AE_AMX_SIDE) return (block){x, stride};
  memset(padded, 0, AE_AMX_SIDE * AE_AMX_SIDE * sizeof *padded);
  for (int64_t i = 0; i < rows && i < AE_AMX_SIDE; i++)
    for (int64_t j = 0; j < columns && j < AE_AMX_SIDE; j++) padded[i * AE_AMX_SIDE + j] = x[i * stride + j];
  return (block){padded, AE_AMX_SIDE};
}

/* Row `row` of the `tile`th tile. */
AE_AMX_INLINE void put_row(ae_amx_step *step, int tile, int row, bool joined, __m512 x, __m512 y, __m512 *odd) {
  const ae_amx_parts of_x = ae_amx_cut(x, odd), of_y = ae_amx_cut(y, odd);
  for (int i = 0; i < AE_AMX_PARTS; i++)
    _mm512_store_si512((*step)[i][tile] + row * AE_AMX_DEPTH,
                       joined ? ae_amx_joined(of_x.of[i], of_y.of[i]) : ae_amx_pairs(of_x.of[i], of_y.of[i]));
}

/* One step of a tile of A: rows of its two halves side by side. */
AE_AMX_INLINE void put_a(const block half[2], bool transposed, ae_amx_step *step, int tile, __m512 *odd) {
  for (int row = 0; row < AE_AMX_SIDE; row += 4) {
    __m512 low[4], high[4];
    four_rows(half[0], transposed, row, low);
    four_rows(half[1], transposed, row, high);
    for (int i = 0; i < 4; i++) put_row(step, tile, row + i, true, low[i], high[i], odd);
  }
}

/* One of B: rows of pairs, the first half of them above the second. */
AE_AMX_INLINE void put_b(const block half[2], bool transposed, ae_amx_step *step, int tile, __m512 *odd) {
  for (int h = 0; h < 2; h++)
    for (int deep = 0; deep < AE_AMX_SIDE; deep += 4) {
      __m512 rows[4];
      four_rows(half[h], transposed, deep, rows);
      for (int i = 0; i < 4; i += 2)
        put_row(step, tile, (h * AE_AMX_SIDE + deep + i) / 2, false, rows[i], rows[i + 1], odd);
    }
}

/* The steps of one tile from x [rows, k] (of A), or [k, columns] (of B), where `there` rows or columns are left. */
AE_AMX_INLINE void put_steps(ae_matrix x, bool of_a, bool transposed, int64_t there, int64_t k, ae_amx_step *out,
                             int tile, __m512 *odd) {
  bool k_along_row = of_a != transposed;
  for (int64_t at = 0, step = 0; at < k; at += AE_AMX_DEPTH, step++) {
    _Alignas(64) float padded[2][AE_AMX_SIDE * AE_AMX_SIDE];
    block half[2];
    for (int h = 0; h < 2; h++) {
      int64_t first = at + h * AE_AMX_SIDE, deep = k > first ? k - first : 0;
      const float *from = deep == 0 ? x.data : x.data + (k_along_row ? first : first * x.stride);
      half[h] = k_along_row ? whole_block(from, x.stride, there, deep, padded[h])
                            : whole_block(from, x.stride, deep, there, padded[h]);
    }
    if (of_a)
      put_a(half, transposed, out + step, tile, odd);
    else
      put_b(half, transposed, out + step, tile, odd);
  }
}

/* Whether all of x, of A [there, k], of B [k, there], are sums of their parts. */
AE_AMX_INLINE bool pack(ae_matrix x, bool of_a, bool transposed, int64_t there, int64_t k, ae_amx_step *out) {
  const int64_t steps = ae_amx_ceiling(k, AE_AMX_DEPTH);
  __m512 odd = _mm512_setzero_ps();
  for (int64_t at = 0; at < there; at += AE_AMX_SIDE) {
    ae_matrix corner = of_a ? ae_matrix_corner(x, at, 0) : ae_matrix_corner(x, 0, at);
    put_steps(corner, of_a, transposed, there - at, k, out + at / AE_AMX_WIDE * steps,
              (int)(at % AE_AMX_WIDE / AE_AMX_SIDE), &odd);
  }
  return !ae_amx_is_odd(odd);
}

AE_AMX bool ae_amx_pack_a(ae_matrix a, int64_t m, int64_t k, ae_amx_step *out) {
  return a.transposed ? pack(a, true, true, m, k, out) : pack(a, true, false, m, k, out);
}

AE_AMX bool ae_amx_pack_b(ae_matrix b, int64_t k, int64_t columns, ae_amx_step *out) {
  return b.transposed ? pack(b, false, true, columns, k, out) : pack(b, false, false, columns, k, out);
}

#endif
