/*
** activation: the loops, made by one macro from two formulas each.
*/
#include "kernel/activation.h"

#include <string.h>

#include "core/parallel.h"
#include "kernel/activation_formulas.h"
#include "kernel/lanes.h"

const char *const ae_activation_names[] = {"linear", "relu",     "leaky_relu", "elu",     "selu",    "gelu",
                                           "silu",   "softplus", "tanh",       "sigmoid", "softmax", NULL};

/*
** forward_biased   y = value(y + b), one row
** forward          y = value(x), y may be x
** back             dz = gradient(dy, v), dz may be dy; v is y, or z for what saves its input
** back_summed      the same for one row, which is added to sums
*/
#define LOOPS(name, value, gradient)                                                                                   \
  AE_SIMD static void name##_forward_biased(ae_activation f, int64_t n, const real *restrict b, real *restrict y) {    \
    (void)f;                                                                                                           \
    for (int64_t j = 0; j < n; j++) {                                                                                  \
      real z = y[j] + b[j];                                                                                            \
      y[j] = value;                                                                                                    \
    }                                                                                                                  \
  }                                                                                                                    \
  AE_SIMD static void name##_forward(ae_activation f, int64_t n, const real *x, real *y) {                             \
    (void)f;                                                                                                           \
    AE_IVDEP                                                                                                           \
    for (int64_t j = 0; j < n; j++) {                                                                                  \
      real z = x[j];                                                                                                   \
      y[j] = value;                                                                                                    \
    }                                                                                                                  \
  }                                                                                                                    \
  AE_SIMD static void name##_back(ae_activation f, int64_t n, const real *dy, const real *restrict given, real *dz) {  \
    (void)f;                                                                                                           \
    AE_IVDEP                                                                                                           \
    for (int64_t j = 0; j < n; j++) {                                                                                  \
      real v = given[j], g = dy[j];                                                                                    \
      dz[j] = gradient;                                                                                                \
    }                                                                                                                  \
  }                                                                                                                    \
  AE_SIMD static void name##_back_summed(ae_activation f, int64_t n, const real *dy, const real *restrict given,       \
                                         real *dz, real *restrict sums) {                                              \
    (void)f;                                                                                                           \
    AE_IVDEP                                                                                                           \
    for (int64_t j = 0; j < n; j++) {                                                                                  \
      real v = given[j], g = dy[j], d = gradient;                                                                      \
      dz[j] = d;                                                                                                       \
      sums[j] += d;                                                                                                    \
    }                                                                                                                  \
  }

/* clang-format off */
LOOPS(relu,       ae_relu(z),                ae_relu_back(g, v))
LOOPS(leaky_relu, ae_leaky_relu(z, f.slope), ae_leaky_relu_back(g, v, f.slope))
LOOPS(elu,        ae_elu(z, f.alpha),        ae_elu_back(g, v, f.alpha))
LOOPS(selu,       ae_selu(z),                ae_selu_back(g, v))
LOOPS(gelu,       ae_gelu(z),                ae_gelu_back(g, v))
LOOPS(silu,       ae_silu(z),                ae_silu_back(g, v))
LOOPS(softplus,   ae_softplus(z),            ae_softplus_back(g, v))
LOOPS(tanh,       ae_tanh(z),                ae_tanh_back(g, v))
LOOPS(sigmoid,    ae_sigmoid(z),             ae_sigmoid_back(g, v))
/* clang-format on */

typedef struct loops {
  void (*forward_biased)(ae_activation f, int64_t n, const real *b, real *y);
  void (*forward)(ae_activation f, int64_t n, const real *x, real *y);
  void (*back)(ae_activation f, int64_t n, const real *dy, const real *given, real *dz);
  void (*back_summed)(ae_activation f, int64_t n, const real *dy, const real *given, real *dz, real *sums);
} loops;

#define ENTRY(name)                                                                                                    \
  { name##_forward_biased, name##_forward, name##_back, name##_back_summed }
static const loops loops_of[] = {[AE_RELU] = ENTRY(relu),      [AE_LEAKY_RELU] = ENTRY(leaky_relu),
                                 [AE_ELU] = ENTRY(elu),        [AE_SELU] = ENTRY(selu),
                                 [AE_GELU] = ENTRY(gelu),      [AE_SILU] = ENTRY(silu),
                                 [AE_TANH] = ENTRY(tanh),      [AE_SOFTPLUS] = ENTRY(softplus),
                                 [AE_SIGMOID] = ENTRY(sigmoid)};

/* ---- Without a formula per element: none, softmax ---- */

AE_SIMD static void add_row(int64_t n, const real *restrict x, real *restrict y) {
  for (int64_t j = 0; j < n; j++) y[j] += x[j];
}

AE_SIMD static real row_max(int64_t n, const real *x) {
  return ae_lanes_max(n, x);
}

AE_SIMD static real row_sum(int64_t n, const real *x) {
  return (real)ae_lanes_sum(n, x);
}

AE_SIMD static real row_dot(int64_t n, const real *x, const real *y) {
  return (real)ae_lanes_dot(n, x, y);
}

AE_SIMD static void row_exp(int64_t n, real most, real *y) {
  for (int64_t j = 0; j < n; j++) y[j] = ae_exp(y[j] - most);
}

AE_SIMD static void row_scale(int64_t n, real factor, real *y) {
  for (int64_t j = 0; j < n; j++) y[j] *= factor;
}

AE_SIMD static void softmax_row_back(int64_t n, const real *dy, const real *restrict y, real dot, real *dz) {
  AE_IVDEP
  for (int64_t j = 0; j < n; j++) dz[j] = (dy[j] - dot) * y[j];
}

static void softmax_forward(int64_t rows, int64_t n, const real *b, real *y) {
  for (int64_t i = 0; i < rows; i++, y += n) {
    if (b) add_row(n, b, y);
    row_exp(n, row_max(n, y), y);
    row_scale(n, 1 / row_sum(n, y), y);
  }
}

/* ---- The interface ---- */

bool ae_activation_saves_input(ae_activation_kind kind) {
  return kind == AE_GELU || kind == AE_SILU;
}

int64_t ae_activation_grain(ae_activation_kind kind) {
  return kind <= AE_LEAKY_RELU ? AE_GRAIN_CHEAP : AE_GRAIN_COSTLY;
}

/* Rows of few channels are taken several at a time, as one row of at most FOLDED, where LEAST_FOLDED of those come. */
enum { FOLDED = 512, LEAST_FOLDED = 8, SUMMED_ROWS = 32 };

static int64_t fold(ae_activation f, int64_t rows, int64_t n) {
  const int64_t together = n > 0 && f.kind != AE_SOFTMAX ? FOLDED / n : 1, most = rows / LEAST_FOLDED;
  return together < 1 || most < 1 ? 1 : together < most ? together : most;
}

static void activate_rows(ae_activation f, int64_t rows, int64_t n, const real *b, real *y, bool sum_only) {
  for (int64_t i = 0; i < rows; i++, y += n) {
    if (sum_only)
      add_row(n, b, y);
    else
      loops_of[f.kind].forward_biased(f, n, b, y);
  }
}

/* y becomes z + b, and f of that unless `sum_only`. */
static void activate_biased(ae_activation f, int64_t rows, int64_t n, const real *b, real *y, bool sum_only) {
  const int64_t together = fold(f, rows, n), whole = together > 1 ? rows / together : 0;
  if (whole > 0) {
    real repeated[FOLDED];
    for (int64_t i = 0; i < together; i++) memcpy(repeated + i * n, b, (size_t)n * sizeof *b);
    activate_rows(f, whole, together * n, repeated, y, sum_only);
  }
  activate_rows(f, rows - whole * together, n, b, y + whole * together * n, sum_only);
}

void ae_activate(ae_activation f, int64_t rows, int64_t n, const real *b, real *y, real *saved) {
  if (f.kind == AE_SOFTMAX) {
    softmax_forward(rows, n, b, y);
    return;
  }
  const bool apart = f.kind == AE_LINEAR || saved;
  if (b) activate_biased(f, rows, n, b, y, apart);
  if (f.kind == AE_LINEAR || (b && !apart)) return;
  if (saved) memcpy(saved, y, (size_t)(rows * n) * sizeof *y);
  loops_of[f.kind].forward(f, rows * n, saved ? saved : y, y);
}

static void row_back(ae_activation f, int64_t n, const real *dy, const real *given, real *dz, real *sums) {
  if (f.kind == AE_LINEAR) {
    add_row(n, dy, sums);
  } else if (f.kind == AE_SOFTMAX) {
    softmax_row_back(n, dy, given, row_dot(n, dy, given), dz);
    if (sums) add_row(n, dz, sums);
  } else {
    loops_of[f.kind].back_summed(f, n, dy, given, dz, sums);
  }
}

/* `sums` [n], where rows of them are summed in `scratch` first. Rows are summed in real over SUMMED_ROWS at a time,
** those sums in double. */
static void back_rows(ae_activation f, int64_t rows, int64_t n, const real *dy, const real *given, real *dz,
                      real *scratch, int64_t channels, double *sums) {
  for (int64_t begin = 0; begin < rows; begin += SUMMED_ROWS) {
    int64_t end = begin + SUMMED_ROWS < rows ? begin + SUMMED_ROWS : rows;
    if (sums) memset(scratch, 0, (size_t)n * sizeof *scratch);
    for (int64_t i = begin; i < end; i++)
      row_back(f, n, dy + i * n, given ? given + i * n : NULL, dz ? dz + i * n : NULL, sums ? scratch : NULL);
    for (int64_t i = 0; sums && i < n; i += channels)
      for (int64_t j = 0; j < channels; j++) sums[j] += scratch[i + j];
  }
}

void ae_activate_back(ae_activation f, int64_t rows, int64_t n, const real *dy, const real *given, real *dz,
                      double *sums, real *scratch) {
  if (!sums && f.kind == AE_LINEAR) return;
  if (!sums && f.kind != AE_SOFTMAX) {
    loops_of[f.kind].back(f, rows * n, dy, given, dz);
    return;
  }
  const int64_t together = fold(f, rows, n), whole = together > 1 ? rows / together : 0, done = whole * together * n;
  if (whole > 0) {
    real folded[FOLDED];
    back_rows(f, whole, together * n, dy, given, dz, folded, n, sums);
  }
  back_rows(f, rows - whole * together, n, dy + done, given ? given + done : NULL, dz ? dz + done : NULL, scratch, n,
            sums);
}
