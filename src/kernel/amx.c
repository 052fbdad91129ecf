/*
** amx: matrix products on the tile multiplier of some x86-64 processors (AMX),
** which takes pairs of bfloat16 and adds up in float, sixteen times as many in
** a cycle as the vector units do in float.
**
** Elements are sums of three bfloat16 numbers (amx_cut.h), and of the nine
** products of two elements' parts the six that count are added up:
**   x y ~ x0 y0 + x0 y1 + x1 y0 + x0 y2 + x1 y1 + x2 y0
** What is left out is below 2^-24 |x y|, as the product's own rounding in float
** is, and 2^-27 as a rule; and 32 products are added up before they join the sum.
** So errors are about half of those of adding one float product after another
** from k = 256 on, and as large at 32 (gemm_test.c). (Henry, Tang, Heinecke,
** Leveraging the bfloat16 Artificial Intelligence Datatype For Higher-Precision
** Computations, 2019.)
**
** At the ends of the range floats do better: products of parts below 2^-126 are
** 0, so elements and products below 2^-102 lose digits, and what C held below
** 2^-126 counts as 0; a result within 2^-7 of the largest float may become
** infinite, and one beyond it nan, as parts of both signs overflow. Blocks with
** infinities or nan go to OpenBLAS or plain loops, so that they come out as they
** would there.
**
** Not here: threads, and which products come here (gemm.c); convolutions
** (conv_amx.c).
*/
#include "kernel/amx.h"

#include "core/status.h"
#include "kernel/backend.h"
#include "kernel/fetch.h"

#ifdef AELUA_AMX

#include <cpuid.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
  BLOCK_M = 512,
  BLOCK_K = 4 * AE_AMX_DEPTH,
  PANEL = 2 * AE_AMX_WIDE, /* columns that are packed at a time */
};

/* What one product at a time packs into. */
typedef struct workspace {
  _Alignas(64) ae_amx_step a[BLOCK_M / AE_AMX_WIDE * (BLOCK_K / AE_AMX_DEPTH)];
  ae_amx_step b[PANEL / AE_AMX_WIDE * (BLOCK_K / AE_AMX_DEPTH)];
  float c[AE_AMX_WIDE * AE_AMX_WIDE];
} workspace;

/* ---- Multiplying ---- */

/* Rows as they are stored that are packed next, to come to the cache `pace` at a time. */
typedef struct upcoming {
  const float *row;
  int64_t stride, length, rows, pace;
} upcoming;

/* x [rows, columns], within `times` steps */
static upcoming upcoming_rows(ae_matrix x, int64_t rows, int64_t columns, int64_t times) {
  int64_t stored = x.transposed ? columns : rows;
  return (upcoming){x.data, x.stride, x.transposed ? rows : columns, stored, ae_amx_ceiling(stored, times)};
}

AE_AMX_INLINE void fetch_some(upcoming *next) {
  for (int64_t i = 0; i < next->pace && next->rows > 0; i++, next->rows--, next->row += next->stride)
    ae_fetch(next->row, next->length);
}

/* c [WIDE, WIDE] = the product of a [WIDE, steps] and b [steps, WIDE], added to what it is or not */
AE_AMX static void multiply(ae_amx_step *a, ae_amx_step *b, int64_t steps, bool add, float *c, int64_t c_stride,
                            upcoming *next) {
  ae_amx_begin(c, c_stride, add);
  for (int64_t i = 0; i < steps; i++) {
    ae_amx_add(ae_amx_packed(a + i), ae_amx_packed(b + i));
    fetch_some(next);
  }
  ae_amx_end(c, c_stride);
}

/* c [rows, columns] = alpha from + beta c, at most [WIDE, WIDE] */
AE_AMX static void merge(const float *from, int64_t rows, int64_t columns, float alpha, float beta, float *c,
                         int64_t c_stride) {
  __m512 times = _mm512_set1_ps(alpha), kept = _mm512_set1_ps(beta);
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j += AE_AMX_SIDE) {
      float *to = c + i * c_stride + j;
      __mmask16 lanes = ae_amx_lanes(columns - j);
      __m512 sum = _mm512_mul_ps(times, _mm512_load_ps(from + i * AE_AMX_WIDE + j));
      if (beta != 0) sum = _mm512_fmadd_ps(kept, _mm512_maskz_loadu_ps(lanes, to), sum);
      _mm512_mask_storeu_ps(to, lanes, sum);
    }
}

/* ---- The product ---- */

/* Workspaces that nobody uses: a product takes one out and puts it back. As many stay as products ran at a time, each
** of 450 KB, until the library is unloaded. */
enum { SPARES = 256 };
static _Atomic(workspace *) spares[SPARES];

static workspace *take_workspace(void) {
  for (int i = 0; i < SPARES; i++) {
    if (!atomic_load_explicit(&spares[i], memory_order_relaxed)) continue;
    workspace *spare = atomic_exchange(&spares[i], NULL);
    if (spare) return spare;
  }
  return aligned_alloc(_Alignof(workspace), sizeof(workspace));
}

static void put_back(workspace *w) {
  for (int i = 0; i < SPARES; i++) {
    workspace *none = NULL;
    if (atomic_compare_exchange_strong(&spares[i], &none, w)) return;
  }
  free(w);
}

__attribute__((destructor)) static void free_spares(void) {
  for (int i = 0; i < SPARES; i++) free(atomic_exchange(&spares[i], NULL));
}

/* c [m, n] = alpha a b + beta c */
typedef struct product {
  int64_t m, n, k;
  float alpha, beta;
  ae_matrix a, b;
  float *c;
  int64_t c_stride;
} product;

/* What at most BLOCK_M rows and BLOCK_K of k add. */
static product block_of(const product *whole, int64_t row, int64_t deep) {
  product p = *whole;
  p.m = ae_amx_least(p.m - row, BLOCK_M);
  p.k = ae_amx_least(p.k - deep, BLOCK_K);
  p.a = ae_matrix_corner(p.a, row, deep);
  p.b = ae_matrix_corner(p.b, deep, 0);
  p.c += row * p.c_stride;
  if (deep > 0) p.beta = 1;
  return p;
}

/* The columns of a block that holds infinities or nan. */
static ae_status multiply_odd(const product *p, int64_t column, int64_t columns) {
  const ae_backend *other = ae_backend_openblas(false);
  if (!other || other->splits_itself) other = &ae_backend_loops;
  return other->gemm(p->m, columns, p->k, p->alpha, p->a, ae_matrix_corner(p->b, 0, column), p->beta, p->c + column,
                     p->c_stride);
}

/* Columns [column, column + columns) of the block, whose parts of A are packed. */
AE_AMX static ae_status multiply_panel(workspace *w, const product *p, int64_t column, int64_t columns,
                                       upcoming *next) {
  const int64_t steps = ae_amx_ceiling(p->k, AE_AMX_DEPTH);
  const bool simple = p->alpha == 1 && (p->beta == 0 || p->beta == 1);
  if (!ae_amx_pack_b(ae_matrix_corner(p->b, 0, column), p->k, columns, w->b)) return multiply_odd(p, column, columns);
  for (int64_t row = 0; row < p->m; row += AE_AMX_WIDE)
    for (int64_t at = 0; at < columns; at += AE_AMX_WIDE) {
      const int64_t rows = ae_amx_least(p->m - row, AE_AMX_WIDE), wide = ae_amx_least(columns - at, AE_AMX_WIDE);
      ae_amx_step *a = w->a + row / AE_AMX_WIDE * steps, *b = w->b + at / AE_AMX_WIDE * steps;
      float *c = p->c + row * p->c_stride + column + at;
      if (simple && rows == AE_AMX_WIDE && wide == AE_AMX_WIDE) {
        multiply(a, b, steps, p->beta == 1, c, p->c_stride, next);
        continue;
      }
      multiply(a, b, steps, false, w->c, AE_AMX_WIDE, next);
      merge(w->c, rows, wide, p->alpha, p->beta, c, p->c_stride);
    }
  return AE_OK;
}

/* `next_a` [m, next_k]: what is packed after this block; next_k 0: nothing. */
AE_AMX static ae_status multiply_block(workspace *w, const product *p, ae_matrix next_a, int64_t next_k) {
  if (!ae_amx_pack_a(p->a, p->m, p->k, w->a)) return multiply_odd(p, 0, p->n);
  const int64_t times = PANEL / AE_AMX_WIDE * ae_amx_ceiling(p->m, AE_AMX_WIDE) * ae_amx_ceiling(p->k, AE_AMX_DEPTH);
  for (int64_t column = 0; column < p->n; column += PANEL) {
    const int64_t beyond = column + PANEL, columns = ae_amx_least(p->n - column, PANEL);
    upcoming next = {0};
    if (beyond < p->n)
      next = upcoming_rows(ae_matrix_corner(p->b, 0, beyond), p->k, ae_amx_least(p->n - beyond, PANEL), times);
    else if (next_k > 0)
      next = upcoming_rows(next_a, p->m, next_k, times);
    AE_TRY(multiply_panel(w, p, column, columns, &next));
  }
  return AE_OK;
}

AE_AMX static ae_status amx_gemm(int64_t m, int64_t n, int64_t k, float alpha, ae_matrix a, ae_matrix b, float beta,
                                 float *c, int64_t c_stride) {
  product whole = {m, n, k, alpha, beta, a, b, c, c_stride};
  workspace *w = take_workspace();
  if (!w) return AE_NO_MEMORY;
  ae_amx_configure();
  ae_status status = AE_OK;
  for (int64_t deep = 0; deep < k && status == AE_OK; deep += BLOCK_K)
    for (int64_t row = 0; row < m && status == AE_OK; row += BLOCK_M) {
      const product part = block_of(&whole, row, deep);
      const int64_t beyond = deep + BLOCK_K;
      status = multiply_block(w, &part, ae_matrix_corner(a, row, ae_amx_least(beyond, k)),
                              ae_amx_least(k - beyond, BLOCK_K));
    }
  _tile_release(); /* else the tiles would be saved whenever threads are changed */
  put_back(w);
  return status;
}

/* ---- Whether there is one ---- */

/* A process has room for tiles once it has asked, for good: signals that meet a thread which has used tiles then have
** frames of 8 KB more, and alternate stacks for signals are refused under some 12 KB. Where there is one, the system
** refuses the room. */
static bool system_lets_us(void) {
  enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 }; /* asm/prctl.h of Linux 5.16 */
  return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}

static bool processor_can(void) {
  enum { AMX_BF16 = 1 << 22, AMX_TILE = 1 << 24 }; /* CPUID 7, EDX */
  unsigned eax, ebx, ecx, edx;
  if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) || !(edx & AMX_BF16) || !(edx & AMX_TILE)) return false;
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static ae_backend backend;
static bool found;

static void look_once(void) {
  if (!processor_can() || !system_lets_us()) return;
  backend.gemm = amx_gemm;
  backend.tiles = true;
  snprintf(backend.text, sizeof backend.text, "AMX, bfloat16 in three parts");
  found = true;
}

const ae_backend *ae_backend_amx(bool keep_environment) {
  if (keep_environment) return NULL;
  pthread_once(&once, look_once);
  return found ? &backend : NULL;
}

#else

const ae_backend *ae_backend_amx(bool keep_environment) {
  (void)keep_environment;
  return NULL;
}

#endif
