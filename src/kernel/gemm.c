/*
** gemm: who multiplies, and how a product is cut over threads.
**
** Both libraries are run on one thread at a time, inside our own split of C
** into a grid of tiles. Measured on two Zen 4 cores, float, GF/s of a peak of
** 234, the library's own split against ours:
**
**                          OpenBLAS 0.3.21    oneDNN 2.6.3
**    256 x  32 x 784        112     186        213    216
**    784 x  32 x 256 T      107     174        213    212
**     32 x 784 x 256 T      154     165        209    214
**    256 x 512 x 784        203     202        215    226
**    256 x 256 x 512        186     203        210    226
**    128 x  20 x 400         53     202        123    119
**     64 x  64 x  64        112     188        140    129
**
** Which library (geometric mean of OpenBLAS's time to oneDNN's on one core,
** 630 shapes, each of the three forms NN, TN, NT; over 1: oneDNN is faster):
**
**    2 m n k = 2^13 0.3   2^16 0.7   2^18 0.8   2^20 0.9   2^21 1.2   2^24 1.1
**    n = 4 0.3   10 0.85   16 0.9   32 1.1   128 1.1   512 1.3
**
** and on Zen 5 1.0 to 1.5 wherever both are past the last row's 32.
**
** AMX, on one core of Sapphire Rapids, against the faster of the two (geometric
** means over shapes with the other sizes from the bounds below on, NN, TN, NT; at
** 256 x 512 x 512 in GF/s 250 against 160):
**
**    m = 32 0.9   64 1.1   128 1.3   256 1.5    n = 32 0.9   64 1.2   128 1.3   256 1.4
**    k = 16 1.0   32 1.5   256 1.3   784 1.2    2 m n k = 2^18 1.0   2^20 1.1   2^21 1.2   2^24 1.3   2^26 1.4
*/
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "core/parallel.h"
#include "core/status.h"
#include "kernel/backend.h"

enum {
  ONEDNN_WORK = 1 << 21,     /* 2 m n k of one tile from which oneDNN is the faster */
  ONEDNN_COLUMNS = 32,       /* and n */
  AMX_WORK = 1 << 21,        /* the same of AMX, */
  AMX_SIDE = 64,             /* m and n, */
  AMX_DEPTH = 32,            /* and k */
  WORK_PER_THREAD = 1 << 18, /* 2 m n k under which another thread costs more than it gains: 2 us */
  ROW_UNIT = 8,              /* tiles begin at multiples of these */
  COLUMN_UNIT = 16
};

#ifdef _OPENMP
int ae_backend_enter_serial(void) {
  int before = omp_in_parallel() ? 1 : omp_get_max_threads();
  if (before != 1) omp_set_num_threads(1);
  return before;
}
void ae_backend_leave_serial(int before) {
  if (before != 1) omp_set_num_threads(before);
}
#else
int ae_backend_enter_serial(void) {
  return 1;
}
void ae_backend_leave_serial(int before) {
  (void)before;
}
#endif

/* ---- Choice ---- */

static void close_state(void *kernel) {
  ae_kernel_state *state = kernel;
  if (state->conv) state->conv_close(state->conv);
  if (state->conv_choices) state->conv_choices_close(state->conv_choices);
  ae_free(state->allocator, state, sizeof *state);
}

static ae_status read_forced(ae_context *ctx, const ae_backend **out, ae_error *err) {
  const char *name = getenv("AELUA_BACKEND"), *file = getenv("AELUA_OPENBLAS");
  *out = NULL;
  if (file && *file && !ae_backend_openblas(ctx->keep_environment))
    return ae_fail(err, AE_UNSUPPORTED, "AELUA_OPENBLAS: '%.200s' is no OpenBLAS that can be loaded", file);
  if (!name || !*name) return AE_OK;
  if (strcmp(name, "openblas") == 0)
    *out = ae_backend_openblas(ctx->keep_environment);
  else if (strcmp(name, "onednn") == 0)
    *out = ae_backend_onednn();
  else if (strcmp(name, "amx") == 0)
    *out = ae_backend_amx(ctx->keep_environment);
  else if (strcmp(name, "loops") == 0)
    *out = &ae_backend_loops;
  else
    return ae_fail(err, AE_INVALID, "AELUA_BACKEND: wants openblas, onednn, amx or loops, got '%.32s'", name);
  if (!*out) return ae_fail(err, AE_UNSUPPORTED, "AELUA_BACKEND: %s is not to be had here", name);
  return AE_OK;
}

ae_status ae_kernel_state_of(ae_context *ctx, ae_kernel_state **out, ae_error *err) {
  if (!ctx->kernel) {
    const ae_backend *backend;
    void *block;
    AE_TRY(read_forced(ctx, &backend, err));
    AE_TRY(ae_allocate(ctx->allocator, sizeof(ae_kernel_state), &block, err));
    *(ae_kernel_state *)block = (ae_kernel_state){.allocator = ctx->allocator, .forced = backend};
    ctx->kernel = block;
    ctx->kernel_close = close_state;
  }
  *out = ctx->kernel;
  return AE_OK;
}

static double work(int64_t m, int64_t n, int64_t k) {
  return 2.0 * (double)m * (double)n * (double)k;
}

static const ae_backend *fastest(ae_context *ctx, int64_t m, int64_t n, int64_t k) {
  if (m >= AMX_SIDE && n >= AMX_SIDE && k >= AMX_DEPTH && work(m, n, k) >= AMX_WORK) {
    const ae_backend *amx = ae_backend_amx(ctx->keep_environment);
    if (amx) return amx;
  }
  const ae_backend *blas = ae_backend_openblas(ctx->keep_environment), *onednn = NULL;
  if (!blas || blas->lent || (n >= ONEDNN_COLUMNS && work(m, n, k) >= ONEDNN_WORK)) onednn = ae_backend_onednn();
  return onednn ? onednn : blas ? blas : &ae_backend_loops;
}

/* m, n, k: of one tile. */
static const ae_backend *choose(ae_context *ctx, ae_kernel_state *state, int64_t m, int64_t n, int64_t k) {
  const ae_backend *backend = state->forced ? state->forced : fastest(ctx, m, n, k);
  if (backend->litters) ae_heap_care_for(&state->heap);
  return backend;
}

static int thread_count(const ae_context *ctx, int64_t m, int64_t n, int64_t k) {
  double threads = work(m, n, k) / WORK_PER_THREAD;
  return threads < 2 ? 1 : threads < ctx->threads ? (int)threads : ctx->threads;
}

/* ---- Split ---- */

typedef struct product {
  const ae_backend *backend;
  int64_t m, n, k;
  real alpha, beta;
  ae_matrix a, b;
  real *c;
  int64_t c_stride;
  int columns; /* tiles side by side */
  int64_t tile_m, tile_n;
  atomic_bool failed;
} product;

static int64_t tile_size(int64_t size, int tiles, int64_t unit) {
  int64_t tile = (size + tiles - 1) / tiles;
  tile = (tile + unit - 1) / unit * unit;
  return tile < size ? tile : size;
}

/* The grid of `parts` tiles whose largest has the least work, then the least
** to read: the tile's area and, weighted, its two sides. */
static void lay_grid(product *p, int parts) {
  double best = 0;
  for (int rows = 1; rows <= parts; rows++) {
    if (parts % rows) continue;
    int columns = parts / rows;
    int64_t tile_m = tile_size(p->m, rows, ROW_UNIT), tile_n = tile_size(p->n, columns, COLUMN_UNIT);
    double cost = (double)tile_m * (double)tile_n + 16.0 * (double)(tile_m + tile_n);
    if (rows > 1 && cost >= best) continue;
    best = cost;
    p->columns = columns;
    p->tile_m = tile_m;
    p->tile_n = tile_n;
  }
}

static bool fits_int(const product *p) {
  int64_t most = p->m > p->n ? p->m : p->n;
  most = most > p->k ? most : p->k;
  most = most > p->a.stride ? most : p->a.stride;
  most = most > p->b.stride ? most : p->b.stride;
  return most <= INT_MAX && p->c_stride <= INT_MAX;
}

static void run_tiles(void *arg, int part, int64_t begin, int64_t end) {
  product *p = arg;
  (void)part;
  for (int64_t tile = begin; tile < end; tile++) {
    int64_t row = tile / p->columns * p->tile_m, column = tile % p->columns * p->tile_n;
    if (row >= p->m || column >= p->n) continue;
    int64_t rows = p->m - row < p->tile_m ? p->m - row : p->tile_m;
    int64_t columns = p->n - column < p->tile_n ? p->n - column : p->tile_n;
    ae_status status =
        p->backend->gemm(rows, columns, p->k, p->alpha, ae_matrix_corner(p->a, row, 0),
                         ae_matrix_corner(p->b, 0, column), p->beta, p->c + row * p->c_stride + column, p->c_stride);
    if (status != AE_OK) atomic_store_explicit(&p->failed, true, memory_order_relaxed);
  }
}

static void scale(const product *p) {
  for (int64_t i = 0; i < p->m; i++)
    for (int64_t j = 0; j < p->n; j++) {
      real *c = p->c + i * p->c_stride + j;
      *c = p->beta == 0 ? 0 : *c * p->beta;
    }
}

ae_status ae_gemm(ae_context *ctx, int64_t m, int64_t n, int64_t k, real alpha, ae_matrix a, ae_matrix b, real beta,
                  real *c, int64_t c_stride, ae_error *err) {
  ae_kernel_state *state;
  AE_TRY(ae_kernel_state_of(ctx, &state, err));
  product p = {.m = m, .n = n, .k = k, .alpha = alpha, .beta = beta, .a = a, .b = b, .c = c, .c_stride = c_stride};
  if (m == 0 || n == 0) return AE_OK;
  if (k == 0 || alpha == 0) {
    scale(&p);
    return AE_OK;
  }
  int parts = thread_count(ctx, m, n, k);
  lay_grid(&p, parts);
  p.backend = fits_int(&p) ? choose(ctx, state, p.tile_m, p.tile_n, k) : &ae_backend_loops;
  if (p.backend->splits_itself) {
    parts = 1;
    lay_grid(&p, parts);
  }
  ae_parallel_parts(ctx, parts, parts, run_tiles, &p);
  if (p.failed) return ae_fail(err, AE_NO_MEMORY, "gemm: the library had no memory for its buffers");
  return AE_OK;
}

ae_status ae_gemm_plan_rows(ae_context *ctx, int64_t m, int64_t n, int64_t k, ae_gemm_plan *out, ae_error *err) {
  ae_kernel_state *state;
  AE_TRY(ae_kernel_state_of(ctx, &state, err));
  int parts = thread_count(ctx, m, n, k);
  bool few_rows = parts > 1 && m < (int64_t)parts * 2 * ROW_UNIT;
  product sizes = {.m = m, .n = n, .k = k};
  *out = (ae_gemm_plan){.parts = few_rows ? 0 : parts, .n = n, .k = k};
  out->backend = fits_int(&sizes) ? choose(ctx, state, m / parts, n, k) : &ae_backend_loops;
  out->concurrent = !out->backend->splits_itself;
  if (!out->concurrent) out->parts = parts > 1 ? 0 : 1;
  return AE_OK;
}

ae_status ae_gemm_rows(const ae_gemm_plan *plan, int64_t rows, real alpha, ae_matrix a, ae_matrix b, real beta, real *c,
                       int64_t c_stride) {
  product p = {.m = rows, .n = plan->n, .beta = beta, .c = c, .c_stride = c_stride};
  if (rows == 0 || plan->n == 0) return AE_OK;
  if (plan->k == 0 || alpha == 0) {
    scale(&p);
    return AE_OK;
  }
  return plan->backend->gemm(rows, plan->n, plan->k, alpha, a, b, beta, c, c_stride);
}

/* ---- Report ---- */

static const char *instruction_set(void) {
#if defined(AELUA_CLONES)
  return __builtin_cpu_supports("x86-64-v4")   ? "x86-64-v4 (AVX-512)"
         : __builtin_cpu_supports("x86-64-v3") ? "x86-64-v3 (AVX2)"
                                               : "x86-64";
#elif defined(__AVX512F__)
  return "AVX-512, fixed";
#elif defined(__AVX2__)
  return "AVX2, fixed";
#elif defined(__x86_64__)
  return "x86-64, fixed";
#else
  return "plain C";
#endif
}

void ae_kernel_describe(ae_context *ctx, ae_kernel_report *out) {
  ae_kernel_state *state;
  ae_error err;
  const ae_backend *blas = ae_backend_openblas(ctx->keep_environment), *onednn = ae_backend_onednn();
  const ae_backend *amx = NULL;
  if (ae_kernel_state_of(ctx, &state, &err) != AE_OK) {
    snprintf(out->blas, sizeof out->blas, "none: %.150s", err.message);
  } else if (state->forced) {
    snprintf(out->blas, sizeof out->blas, "%.130s, by AELUA_BACKEND", state->forced->text);
    if (state->forced != onednn) onednn = NULL;
    if (state->forced->tiles) amx = state->forced;
  } else {
    amx = ae_backend_amx(ctx->keep_environment);
    snprintf(out->blas, sizeof out->blas, "%s", blas ? blas->text : "plain loops: no OpenBLAS was found");
  }
  snprintf(out->onednn, sizeof out->onednn, "%s", onednn ? onednn->text : "");
  snprintf(out->amx, sizeof out->amx, "%s", amx ? amx->text : "");
  snprintf(out->isa, sizeof out->isa, "%s", instruction_set());
}
