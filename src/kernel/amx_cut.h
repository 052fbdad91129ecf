/*
** amx_cut: a float as a sum of three bfloat16 numbers.
**
** A float has 24 significant bits, a bfloat16 8: every element is cut into the
** three bfloat16 numbers whose sum it is, x = x0 + x1 + x2, each the nearest to
** what is left, so that |x1| <= 2^-8 |x| and |x2| <= 2^-17 |x|.
**
** An infinity, nan, and what rounds to an infinity are no such sums; the caller is
** told. Nor, to the multiplier, which takes parts below 2^-126 for 0, are elements
** below 2^-103: they count to within 2^-126.
*/
#ifndef AE_KERNEL_AMX_CUT_H
#define AE_KERNEL_AMX_CUT_H

#include "kernel/amx.h"

#ifdef AELUA_AMX

/* Sixteen elements' parts, each in the upper half of 32 bits; what the lower half of the last holds does not count. */
typedef struct ae_amx_parts {
  __m512i of[AE_AMX_PARTS];
} ae_amx_parts;

/* Adds nan to `odd` where an element is no sum of its parts: what is left of it after two parts is then nan. */
AE_AMX_INLINE ae_amx_parts ae_amx_cut(__m512 x, __m512 *odd) {
  const __m512i half = _mm512_set1_epi32(0x8000), upper = _mm512_set1_epi32((int)0xffff0000);
  ae_amx_parts parts;
  for (int i = 0; i < AE_AMX_PARTS - 1; i++) {
    parts.of[i] = _mm512_and_si512(_mm512_add_epi32(_mm512_castps_si512(x), half), upper);
    x = _mm512_sub_ps(x, _mm512_castsi512_ps(parts.of[i]));
  }
  parts.of[AE_AMX_PARTS - 1] = _mm512_castps_si512(x);
  *odd = _mm512_fmadd_ps(x, _mm512_setzero_ps(), *odd);
  return parts;
}

/* Pairs (x, y) of 16 elements each. */
AE_AMX_INLINE __m512i ae_amx_pairs(__m512i x, __m512i y) {
  return _mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srli_epi32(x, 16), y);
}

/* x's elements, then y's. */
AE_AMX_INLINE __m512i ae_amx_joined(__m512i x, __m512i y) {
  const __m512i upper_halves = _mm512_set_epi16(63, 61, 59, 57, 55, 53, 51, 49, 47, 45, 43, 41, 39, 37, 35, 33, 31, 29,
                                                27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1);
  return _mm512_permutex2var_epi16(x, upper_halves, y);
}

AE_AMX_INLINE bool ae_amx_is_odd(__m512 odd) {
  return _mm512_cmp_ps_mask(odd, odd, _CMP_UNORD_Q) != 0;
}

#endif
#endif
