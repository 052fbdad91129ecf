/*
** amx_pack: floats as sums of bfloat16 numbers, laid out as tiles.
**
** A float has 24 significant bits, a bfloat16 8: every element is cut into the
** three bfloat16 numbers whose sum it is, x = x0 + x1 + x2, each the nearest to
** what is left, so that |x1| <= 2^-8 |x| and |x2| <= 2^-17 |x|.
**
** An infinity, nan, and what rounds to an infinity are no such sums; the caller is
** told. Nor, to the multiplier, which takes parts below 2^-126 for 0, are elements
** below 2^-103: they count to within 2^-126.
**
** Not here: which of the parts' products are added up (amx.c).
*/
#include "kernel/amx.h"

#ifdef AELUA_AMX

#include <immintrin.h>
#include <string.h>

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

/* Rows `at` to `at` + 3 of a block [AE_AMX_SIDE, AE_AMX_SIDE]. */
AE_AMX_INLINE void four_rows(const float *x, int64_t stride, bool transposed, int at, __m512 out[4]) {
  if (!transposed) {
    for (int i = 0; i < 4; i++) out[i] = _mm512_loadu_ps(x + (at + i) * stride);
    return;
  }
  const float *corner = x + at;
  __m512 r0 = quarters(corner, stride), r1 = quarters(corner + stride, stride);
  __m512 r2 = quarters(corner + 2 * stride, stride), r3 = quarters(corner + 3 * stride, stride);
  __m512 low01 = _mm512_unpacklo_ps(r0, r1), high01 = _mm512_unpackhi_ps(r0, r1);
  __m512 low23 = _mm512_unpacklo_ps(r2, r3), high23 = _mm512_unpackhi_ps(r2, r3);
  out[0] = low_pairs(low01, low23);
  out[1] = high_pairs(low01, low23);
  out[2] = low_pairs(high01, high23);
  out[3] = high_pairs(high01, high23);
}

/* A block as it is stored; where some of it is not there, it is copied with zeros. */
typedef struct block {
  const float *x;
  int64_t stride;
} block;

static inline block whole_block(const float *x, int64_t stride, int64_t rows, int64_t columns, float padded[]) {
  if (rows >= AE_AMX_SIDE && columns >= AE_AMX_SIDE) return (block){x, stride};
  memset(padded, 0, AE_AMX_SIDE * AE_AMX_SIDE * sizeof *padded);
  for (int64_t i = 0; i < rows && i < AE_AMX_SIDE; i++)
    for (int64_t j = 0; j < columns && j < AE_AMX_SIDE; j++) padded[i * AE_AMX_SIDE + j] = x[i * stride + j];
  return (block){padded, AE_AMX_SIDE};
}

/* The parts of pairs (x, y), each with x's in the lower half of 32 bits. Returns odd with nan where one of them is no
** sum of its parts: what is left of it after two parts is then nan. */
AE_AMX_INLINE __m512 cut_pairs(__m512 x, __m512 y, uint16_t *out, __m512 odd) {
  const __m512i half = _mm512_set1_epi32(0x8000), upper = _mm512_set1_epi32((int)0xffff0000);
  for (int part = 0; part < AE_AMX_PARTS - 1; part++) {
    __m512i rounded_x = _mm512_add_epi32(_mm512_castps_si512(x), half);
    __m512i rounded_y = _mm512_add_epi32(_mm512_castps_si512(y), half);
    __m512i part_x = _mm512_and_si512(rounded_x, upper), part_y = _mm512_and_si512(rounded_y, upper);
    _mm512_store_si512(out + part * AE_AMX_TILE, _mm512_or_si512(_mm512_srli_epi32(rounded_x, 16), part_y));
    x = _mm512_sub_ps(x, _mm512_castsi512_ps(part_x));
    y = _mm512_sub_ps(y, _mm512_castsi512_ps(part_y));
  }
  __m512i last_x = _mm512_srli_epi32(_mm512_castps_si512(x), 16);
  __m512i last_y = _mm512_and_si512(_mm512_castps_si512(y), upper);
  _mm512_store_si512(out + (AE_AMX_PARTS - 1) * AE_AMX_TILE, _mm512_or_si512(last_x, last_y));
  odd = _mm512_fmadd_ps(x, _mm512_setzero_ps(), odd);
  return _mm512_fmadd_ps(y, _mm512_setzero_ps(), odd);
}

/* The steps of one tile from x [rows, k] (of A), or [k, columns] (of B), where `there` rows or columns are left. */
AE_AMX_INLINE __m512 pack_steps(ae_matrix x, bool of_a, bool transposed, int64_t there, int64_t k, ae_amx_steps out,
                                __m512 odd) {
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
    for (int row = 0; row < AE_AMX_SIDE; row += 4) {
      __m512 low[4], high[4];
      four_rows(half[0].x, half[0].stride, transposed, row, low);
      four_rows(half[1].x, half[1].stride, transposed, row, high);
      for (int i = 0; i < 4; i++) odd = cut_pairs(low[i], high[i], out[step][0] + (row + i) * AE_AMX_DEPTH, odd);
    }
  }
  return odd;
}

AE_AMX_INLINE bool is_odd(__m512 odd) {
  return _mm512_cmp_ps_mask(odd, odd, _CMP_UNORD_Q) != 0;
}

/* Whether all of x, of A [there, k], of B [k, there], are sums of their parts. */
AE_AMX_INLINE bool pack(ae_matrix x, bool of_a, bool transposed, int64_t there, int64_t k, ae_amx_steps *out) {
  __m512 odd = _mm512_setzero_ps();
  for (int64_t at = 0; at < there; at += AE_AMX_SIDE) {
    ae_matrix corner = of_a ? ae_matrix_corner(x, at, 0) : ae_matrix_corner(x, 0, at);
    odd = pack_steps(corner, of_a, transposed, there - at, k, out[at / AE_AMX_SIDE], odd);
  }
  return !is_odd(odd);
}

AE_AMX bool ae_amx_pack_a(ae_matrix a, int64_t m, int64_t k, ae_amx_steps *out) {
  return a.transposed ? pack(a, true, true, m, k, out) : pack(a, true, false, m, k, out);
}

AE_AMX bool ae_amx_pack_b(ae_matrix b, int64_t k, int64_t columns, ae_amx_steps *out) {
  return b.transposed ? pack(b, false, true, columns, k, out) : pack(b, false, false, columns, k, out);
}

#endif
