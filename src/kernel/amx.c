/*
** amx: matrix products on the tile multiplier of some x86-64 processors (AMX),
** which takes pairs of bfloat16 and adds up in float, sixteen times as many in
** a cycle as the vector units do in float.
**
** Elements are sums of three bfloat16 numbers (amx_pack.c), and of the nine
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
** infinite. Blocks with infinities or nan go to OpenBLAS or plain loops, so that
** they come out as they would there.
**
** Not here: threads, and which products come here (gemm.c).
*/
#include "kernel/amx.h"

#include "core/status.h"
#include "kernel/backend.h"
#include "kernel/fetch.h"

#ifdef AELUA_AMX

#include <cpuid.h>
#include <immintrin.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { TILES = 4, PANEL = TILES * AE_AMX_SIDE /* columns that are multiplied at a time */, BLOCK_M = 512 };

/* What one product at a time packs into. */
typedef struct workspace {
  _Alignas(64) ae_amx_steps a[BLOCK_M / AE_AMX_SIDE];
  ae_amx_steps b[TILES];
  float c[AE_AMX_SIDE * PANEL];
} workspace;

static int64_t smaller(int64_t x, int64_t y) {
  return x < y ? x : y;
}

/* ---- Multiplying: tiles 0 to 3 are sums, 4 to 6 the parts of A, 7 one of B ---- */

/* To the compiler, tiles are not loaded from memory, and their configuration is 8 bytes of it. */
AE_AMX_INLINE void settle(void) {
  __asm__ volatile("" ::: "memory");
}

/* `tiles` of c [SIDE, tiles * SIDE]: from what is there, or from 0. */
AE_AMX_INLINE void begin_sums(const float *c, size_t stride, int tiles, bool add) {
  if (!add) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    return;
  }
  _tile_loadd(0, c, stride);
  if (tiles > 1) _tile_loadd(1, c + AE_AMX_SIDE, stride);
  if (tiles > 2) _tile_loadd(2, c + 2 * AE_AMX_SIDE, stride);
  if (tiles > 3) _tile_loadd(3, c + 3 * AE_AMX_SIDE, stride);
}

AE_AMX_INLINE void end_sums(float *c, size_t stride, int tiles) {
  _tile_stored(0, c, stride);
  if (tiles > 1) _tile_stored(1, c + AE_AMX_SIDE, stride);
  if (tiles > 2) _tile_stored(2, c + 2 * AE_AMX_SIDE, stride);
  if (tiles > 3) _tile_stored(3, c + 3 * AE_AMX_SIDE, stride);
}

AE_AMX_INLINE void take_a(ae_amx_tile *parts) {
  _tile_loadd(4, parts[0], 64);
  _tile_loadd(5, parts[1], 64);
  _tile_loadd(6, parts[2], 64);
}

/* A macro, as an instruction names its tiles. */
#define ADD_PRODUCTS(sum, parts)                                                                                       \
  do {                                                                                                                 \
    _tile_loadd(7, (parts)[0], 64);                                                                                    \
    _tile_dpbf16ps(sum, 6, 7);                                                                                         \
    _tile_dpbf16ps(sum, 5, 7);                                                                                         \
    _tile_dpbf16ps(sum, 4, 7);                                                                                         \
    _tile_loadd(7, (parts)[1], 64);                                                                                    \
    _tile_dpbf16ps(sum, 5, 7);                                                                                         \
    _tile_dpbf16ps(sum, 4, 7);                                                                                         \
    _tile_loadd(7, (parts)[2], 64);                                                                                    \
    _tile_dpbf16ps(sum, 4, 7);                                                                                         \
  } while (0)

/* Rows as they are stored that are packed next, to come to the cache `pace` at a time. */
typedef struct upcoming {
  const float *row;
  int64_t stride, length, rows, pace;
} upcoming;

/* b [k, columns], within `times` steps */
static upcoming upcoming_panel(ae_matrix b, int64_t k, int64_t columns, int64_t times) {
  int64_t rows = b.transposed ? columns : k;
  return (upcoming){b.data, b.stride, b.transposed ? k : columns, rows, ae_amx_ceiling(rows, times)};
}

AE_AMX_INLINE void fetch_some(upcoming *next) {
  for (int64_t i = 0; i < next->pace && next->rows > 0; i++, next->rows--, next->row += next->stride)
    ae_fetch(next->row, next->length);
}

/* c [SIDE, tiles * SIDE] = the product of a [SIDE, k] and b [k, tiles * SIDE], added to what it is or not */
AE_AMX static void multiply_panel(ae_amx_steps a, ae_amx_steps *b, int64_t k, int tiles, bool add, float *c,
                                  int64_t c_stride, upcoming *next) {
  size_t stride = (size_t)c_stride * sizeof *c;
  settle();
  begin_sums(c, stride, tiles, add);
  for (int64_t step = 0; step * AE_AMX_DEPTH < k; step++) {
    take_a(a[step]);
    ADD_PRODUCTS(0, b[0][step]);
    if (tiles > 1) ADD_PRODUCTS(1, b[1][step]);
    if (tiles > 2) ADD_PRODUCTS(2, b[2][step]);
    if (tiles > 3) ADD_PRODUCTS(3, b[3][step]);
    fetch_some(next);
  }
  end_sums(c, stride, tiles);
  settle();
}

/* c [rows, columns] = alpha from + beta c, at most [SIDE, PANEL] */
AE_AMX static void merge(const float *from, int64_t rows, int64_t columns, float alpha, float beta, float *c,
                         int64_t c_stride) {
  __m512 times = _mm512_set1_ps(alpha), kept = _mm512_set1_ps(beta);
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j += AE_AMX_SIDE) {
      float *to = c + i * c_stride + j;
      __mmask16 lanes = (__mmask16)(columns - j >= AE_AMX_SIDE ? 0xffff : (1 << (columns - j)) - 1);
      __m512 sum = _mm512_mul_ps(times, _mm512_load_ps(from + i * PANEL + j));
      if (beta != 0) sum = _mm512_fmadd_ps(kept, _mm512_maskz_loadu_ps(lanes, to), sum);
      _mm512_mask_storeu_ps(to, lanes, sum);
    }
}

/* Tiles of 16 rows of 64 bytes, all of them: what LDTILECFG reads. */
AE_AMX_INLINE void configure(void) {
  struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
  } tiles = {.palette = 1};
  for (int i = 0; i < 8; i++) {
    tiles.bytes[i] = 64;
    tiles.rows[i] = AE_AMX_SIDE;
  }
  settle();
  _tile_loadconfig(&tiles);
  settle();
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
  p.m = smaller(p.m - row, BLOCK_M);
  p.k = smaller(p.k - deep, AE_AMX_BLOCK_K);
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

AE_AMX static ae_status multiply_block(workspace *w, const product *p) {
  if (!ae_amx_pack_a(p->a, p->m, p->k, w->a)) return multiply_odd(p, 0, p->n);
  bool simple = p->alpha == 1 && (p->beta == 0 || p->beta == 1);
  int64_t times = ae_amx_ceiling(p->m, AE_AMX_SIDE) * ae_amx_ceiling(p->k, AE_AMX_DEPTH);
  for (int64_t column = 0; column < p->n; column += PANEL) {
    int64_t columns = smaller(p->n - column, PANEL), beyond = column + PANEL;
    int tiles = (int)ae_amx_ceiling(columns, AE_AMX_SIDE);
    if (!ae_amx_pack_b(ae_matrix_corner(p->b, 0, column), p->k, columns, w->b)) {
      AE_TRY(multiply_odd(p, column, columns));
      continue;
    }
    upcoming next = {0};
    if (beyond < p->n)
      next = upcoming_panel(ae_matrix_corner(p->b, 0, beyond), p->k, smaller(p->n - beyond, PANEL), times);
    for (int64_t row = 0; row < p->m; row += AE_AMX_SIDE) {
      int64_t rows = smaller(p->m - row, AE_AMX_SIDE);
      ae_amx_tile(*a)[AE_AMX_PARTS] = w->a[row / AE_AMX_SIDE];
      float *c = p->c + row * p->c_stride + column;
      if (simple && rows == AE_AMX_SIDE && columns % AE_AMX_SIDE == 0) {
        multiply_panel(a, w->b, p->k, tiles, p->beta == 1, c, p->c_stride, &next);
        continue;
      }
      multiply_panel(a, w->b, p->k, tiles, false, w->c, PANEL, &next);
      merge(w->c, rows, columns, p->alpha, p->beta, c, p->c_stride);
    }
  }
  return AE_OK;
}

AE_AMX static ae_status amx_gemm(int64_t m, int64_t n, int64_t k, float alpha, ae_matrix a, ae_matrix b, float beta,
                                 float *c, int64_t c_stride) {
  product whole = {m, n, k, alpha, beta, a, b, c, c_stride};
  workspace *w = take_workspace();
  if (!w) return AE_NO_MEMORY;
  configure();
  ae_status status = AE_OK;
  for (int64_t deep = 0; deep < k && status == AE_OK; deep += AE_AMX_BLOCK_K)
    for (int64_t row = 0; row < m && status == AE_OK; row += BLOCK_M) {
      product part = block_of(&whole, row, deep);
      status = multiply_block(w, &part);
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
