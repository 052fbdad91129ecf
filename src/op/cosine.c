/*
** cosine: l = 1 - c, c the cosine of the angle between rows p and t
**   c = p.t / (|p| |t|)        dl/dp = -(t / |t| - c p / |p|) / |p|
** A length below epsilon counts as epsilon, and has then no slope of its own.
*/
#include "kernel/lanes.h"
#include "op/loss.h"

typedef struct attrs {
  int reduction;
} attrs;

#define EPSILON 1e-8

AE_SIMD static double dot(int64_t n, const real *x, const real *y) {
  return ae_lanes_dot(n, x, y);
}

/* to = x_factor x + y_factor y */
AE_SIMD static void combine(int64_t n, real x_factor, const real *restrict x, real y_factor, const real *restrict y,
                            real *restrict to) {
  for (int64_t j = 0; j < n; j++) to[j] = x_factor * x[j] + y_factor * y[j];
}

static double length(double square) {
  double root = sqrt(square);
  return root < EPSILON ? EPSILON : root;
}

/* factor dl/dp into dp */
static void slope(int64_t n, const real *p, double p_length, double p_square, const real *t, double t_length,
                  double cosine, double factor, real *dp) {
  double own = sqrt(p_square) < EPSILON ? 0 : cosine / (p_length * p_length);
  combine(n, (real)(factor * own), p, (real)(-factor / (p_length * t_length)), t, dp);
}

static void run(const void *given, int64_t n, int64_t width, const real *p, const void *target, bool classes,
                real factor, real *value, real *dp, real *dt) {
  (void)given, (void)classes;
  for (int64_t i = 0; i < n; i++) {
    const real *row = p + i * width, *t = (const real *)target + i * width;
    double p_square = dot(width, row, row), t_square = dot(width, t, t);
    double p_length = length(p_square), t_length = length(t_square);
    double cosine = dot(width, row, t) / (p_length * t_length);
    value[i] = (real)(1 - cosine);
    if (dp) slope(width, row, p_length, p_square, t, t_length, cosine, factor, dp + i * width);
    if (dt) slope(width, t, t_length, t_square, row, p_length, cosine, factor, dt + i * width);
  }
}

AE_LOSS_OF_ROWS(run, false)

const ae_op ae_op_cosine = {
    .name = "cosine",
    .doc = "Cosine distance along the last dimension: 1 - the cosine of the angle between prediction and target, 0 to "
           "2. A term is one row. A row shorter than 1e-8 counts as that long.\n" AE_LOSS_DOC_END,
    .result = AE_LOSS_RESULT,
    .params = {AE_LOSS_OF_ROWS_PARAMS(AE_TAKES_REAL, "")},
    .attrs = {AE_LOSS_REDUCTION},
    .attrs_size = sizeof(attrs),
    .internal = true,
    .shape = loss_shape,
    .forward = loss_forward,
    .backward = ae_loss_backward};
