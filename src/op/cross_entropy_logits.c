/*
** cross_entropy_logits: of rows of logits z, s = softmax(z), L = log sum e^z
**   l = sum_j t_j (L - z_j), or L - z_c for a class c
**   dl/dz_j = s_j sum(t) - t_j, or s_j - [j = c]        dl/dt_j = L - z_j
** The row's largest logit is taken off before the exponentials.
*/
#include "kernel/lanes.h"
#include "op/loss.h"

typedef struct attrs {
  int reduction;
} attrs;

/* e^(z - most) into y; their sum. */
AE_SIMD static double exponentials(int64_t n, real most, const real *restrict z, real *restrict y) {
  for (int64_t j = 0; j < n; j++) y[j] = ae_exp(z[j] - most);
  return ae_lanes_sum(n, y);
}

AE_SIMD static double sum_exponentials(int64_t n, real most, const real *z) {
  AE_LANES_SUM(n, i, ae_exp(z[i] - most));
}

AE_SIMD static real largest(int64_t n, const real *z) {
  return ae_lanes_max(n, z);
}

AE_SIMD static double sum_of(int64_t n, const real *t) {
  return ae_lanes_sum(n, t);
}

AE_SIMD static double shifted_dot(int64_t n, real most, const real *z, const real *t) {
  AE_LANES_SUM(n, i, (z[i] - most) * t[i]);
}

AE_SIMD static void scale(int64_t n, real factor, real *y) {
  for (int64_t j = 0; j < n; j++) y[j] *= factor;
}

AE_SIMD static void subtract(int64_t n, real factor, const real *restrict t, real *restrict y) {
  for (int64_t j = 0; j < n; j++) y[j] -= factor * t[j];
}

AE_SIMD static void target_slopes(int64_t n, real factor, real log_sum, const real *restrict z, real *restrict dt) {
  for (int64_t j = 0; j < n; j++) dt[j] = factor * (log_sum - z[j]);
}

static void run(const void *given, int64_t n, int64_t width, const real *p, const void *t, bool classes, real factor,
                real *value, real *dp, real *dt) {
  (void)given;
  for (int64_t i = 0; i < n; i++) {
    const real *z = p + i * width;
    real *dz = dp ? dp + i * width : NULL, most = largest(width, z);
    double total = dz ? exponentials(width, most, z, dz) : sum_exponentials(width, most, z);
    double log_total = log(total);
    if (classes) {
      int64_t class = ((const int32_t *)t)[i] - 1;
      value[i] = (real)(log_total - ((double)z[class] - most));
      if (dz) {
        scale(width, (real)(factor / total), dz);
        dz[class] -= factor;
      }
      continue;
    }
    const real *target = (const real *)t + i * width;
    double mass = sum_of(width, target);
    value[i] = (real)(log_total * mass - shifted_dot(width, most, z, target));
    if (dz) {
      scale(width, (real)(factor * mass / total), dz);
      subtract(width, factor, target, dz);
    }
    if (dt) target_slopes(width, factor, (real)(log_total + most), z, dt + i * width);
  }
}

AE_LOSS_OF_ROWS(run, true)

const ae_op ae_op_cross_entropy_logits = {
    .name = "cross_entropy_logits",
    .doc = "Cross-entropy of logits along the last dimension: cross_entropy of softmax(prediction), exact at any size "
           "of them. The target gives probabilities, or classes from 1 as i32. A term is one row.\n" AE_LOSS_DOC_END,
    .result = AE_LOSS_RESULT,
    .params = {AE_LOSS_OF_ROWS_PARAMS(AE_TAKES_REAL | AE_TAKES_I32, ", or i32 [...] the classes, from 1")},
    .attrs = {AE_LOSS_REDUCTION},
    .attrs_size = sizeof(attrs),
    .internal = true,
    .shape = loss_shape,
    .forward = loss_forward,
    .backward = ae_loss_backward};
