/*
** amx: what the two files of products on tiles (amx.c) share: how the parts of
** elements lie in memory, and how they come there (amx_pack.c).
*/
#ifndef AE_KERNEL_AMX_H
#define AE_KERNEL_AMX_H

#include "kernel/gemm.h"

#ifdef AELUA_AMX /* by CMake, where the compiler knows it */

#define AE_AMX __attribute__((target("avx512f,avx512dq,avx512bw,amx-tile,amx-bf16")))
#define AE_AMX_INLINE AE_AMX static inline __attribute__((always_inline))

enum {
  AE_AMX_SIDE = 16,  /* rows of a tile */
  AE_AMX_DEPTH = 32, /* k of a tile */
  AE_AMX_PARTS = 3,
  AE_AMX_TILE = AE_AMX_SIDE * AE_AMX_DEPTH,
  AE_AMX_STEPS = 4,
  AE_AMX_BLOCK_K = AE_AMX_STEPS * AE_AMX_DEPTH
};

/* A tile of A is [16 rows, 16 pairs], one of B [16 pairs, 16 columns]; pair j is k = j and k = j + 16. */
typedef uint16_t ae_amx_tile[AE_AMX_TILE];
typedef ae_amx_tile ae_amx_steps[AE_AMX_STEPS][AE_AMX_PARTS];

/* How many units hold x. */
AE_INLINE int64_t ae_amx_ceiling(int64_t x, int64_t unit) {
  return (x + unit - 1) / unit;
}

/* The parts of a [m, k], of b [k, columns], k at most BLOCK_K, filled up with
** zeros to whole tiles. False: one is infinite, nan or rounds to an infinity. */
bool ae_amx_pack_a(ae_matrix a, int64_t m, int64_t k, ae_amx_steps *out);
bool ae_amx_pack_b(ae_matrix b, int64_t k, int64_t columns, ae_amx_steps *out);

#endif
#endif
