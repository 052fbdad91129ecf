/*
** cross_entropy: of rows of probabilities p, q being p kept from epsilon up
**   l = -sum_j t_j log q_j, or -log q_c for a class c
**   dl/dp_j = -t_j / q_j
**
** Not here: of logits, softmax included (cross_entropy_logits.c).
*/
#include "kernel/lanes.h"
#include "op/loss.h"

typedef struct attrs {
  int reduction;
  double epsilon;
} attrs;

AE_SIMD static void log_row(int64_t n, real epsilon, const real *restrict p, real *restrict y) {
  for (int64_t j = 0; j < n; j++) y[j] = ae_log(p[j] < epsilon ? epsilon : p[j]);
}

AE_SIMD static double weighted_logs(int64_t n, real epsilon, const real *p, const real *t) {
  AE_LANES_SUM(n, i, t[i] * ae_log(p[i] < epsilon ? epsilon : p[i]));
}

AE_SIMD static void slopes(int64_t n, real epsilon, real factor, const real *restrict p, const real *restrict t,
                           real *restrict dp) {
  for (int64_t j = 0; j < n; j++) dp[j] = -factor * t[j] / (p[j] < epsilon ? epsilon : p[j]);
}

AE_SIMD static void scale(int64_t n, real factor, real *x) {
  for (int64_t j = 0; j < n; j++) x[j] *= factor;
}

static void run(const void *given, int64_t n, int64_t width, const real *p, const void *t, bool classes, real factor,
                real *value, real *dp, real *dt) {
  real epsilon = (real)((const attrs *)given)->epsilon;
  const int32_t *class = classes ? t : NULL;
  const real *target = classes ? NULL : t;
  for (int64_t i = 0; i < n; i++) {
    const real *row = p + i * width;
    if (classes) {
      real q = row[class[i] - 1];
      if (q < epsilon) q = epsilon;
      value[i] = -ae_log(q);
      for (int64_t j = 0; dp && j < width; j++) dp[i * width + j] = j == class[i] - 1 ? -factor / q : 0;
      continue;
    }
    value[i] = (real)-weighted_logs(width, epsilon, row, target + i * width);
    if (dp) slopes(width, epsilon, factor, row, target + i * width, dp + i * width);
    if (dt) {
      log_row(width, epsilon, row, dt + i * width);
      scale(width, -factor, dt + i * width);
    }
  }
}

AE_LOSS_OF_ROWS(run, true)

static ae_status cross_entropy_shape(ae_call *call, ae_spec *out) {
  const attrs *a = call->attrs;
  if (!(a->epsilon > 1e-37 && a->epsilon < 1))
    return ae_fail(call->err, AE_INVALID, "cross_entropy: epsilon must be between 1e-37 and 1, got %g", a->epsilon);
  return loss_shape(call, out);
}

const ae_op ae_op_cross_entropy = {
    .name = "cross_entropy",
    .doc = "Cross-entropy of probabilities along the last dimension: -sum(target log p), p being the prediction kept "
           "from epsilon up, with the gradient at p; or -log p of the class that an i32 target names, from 1.\n"
           "A term is one row. Rows of prediction should sum to 1 (softmax).\n" AE_LOSS_DOC_END,
    .result = AE_LOSS_RESULT,
    .params = {AE_LOSS_OF_ROWS_PARAMS(AE_TAKES_REAL | AE_TAKES_I32, ", or i32 [...] the classes, from 1")},
    .attrs = {AE_LOSS_REDUCTION,
              AE_ATTR(attrs, epsilon, AE_ATTR_REAL, 1e-7, "how near to 0 a probability counts; default 1e-7")},
    .attrs_size = sizeof(attrs),
    .internal = true,
    .shape = cross_entropy_shape,
    .forward = loss_forward,
    .backward = ae_loss_backward};
