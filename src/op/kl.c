/*
** kl: the Kullback-Leibler divergence of rows of probabilities p from t, p kept
** from epsilon up
**   l = sum_j t_j (log t_j - log p_j), 0 where t_j = 0        dl/dp_j = -t_j / p_j
**   dl/dt_j = log t_j - log p_j + 1
**
** Not here: the divergence of a variational layer's distribution from its prior.
*/
#include "kernel/lanes.h"
#include "op/loss.h"

typedef struct attrs {
  int reduction;
  double epsilon;
} attrs;

AE_INLINE real log_ratio(real t, real p, real epsilon) {
  return ae_log(t < epsilon ? epsilon : t) - ae_log(p < epsilon ? epsilon : p);
}

AE_SIMD static double divergence(int64_t n, real epsilon, const real *p, const real *t) {
  AE_LANES_SUM(n, i, t[i] == 0 ? 0 : t[i] * log_ratio(t[i], p[i], epsilon));
}

AE_SIMD static void slopes(int64_t n, real epsilon, real factor, const real *restrict p, const real *restrict t,
                           real *restrict dp) {
  for (int64_t j = 0; j < n; j++) dp[j] = -factor * t[j] / (p[j] < epsilon ? epsilon : p[j]);
}

AE_SIMD static void target_slopes(int64_t n, real epsilon, real factor, const real *restrict p, const real *restrict t,
                                  real *restrict dt) {
  for (int64_t j = 0; j < n; j++) dt[j] = factor * (log_ratio(t[j], p[j], epsilon) + 1);
}

static void run(const void *given, int64_t n, int64_t width, const real *p, const void *target, bool classes,
                real factor, real *value, real *dp, real *dt) {
  (void)classes;
  real epsilon = (real)((const attrs *)given)->epsilon;
  for (int64_t i = 0; i < n; i++) {
    const real *row = p + i * width, *t = (const real *)target + i * width;
    value[i] = (real)divergence(width, epsilon, row, t);
    if (dp) slopes(width, epsilon, factor, row, t, dp + i * width);
    if (dt) target_slopes(width, epsilon, factor, row, t, dt + i * width);
  }
}

AE_LOSS_OF_ROWS(run, false)

static ae_status kl_shape(ae_call *call, ae_spec *out) {
  const attrs *a = call->attrs;
  if (!(a->epsilon > 1e-37 && a->epsilon < 1))
    return ae_fail(call->err, AE_INVALID, "kl: epsilon must be between 1e-37 and 1, got %g", a->epsilon);
  return loss_shape(call, out);
}

const ae_op ae_op_kl = {
    .name = "kl",
    .doc = "Kullback-Leibler divergence along the last dimension, in nats: sum(target log(target / p)), p being the "
           "prediction kept from epsilon up, with the gradient at p. A term is one row; rows of both should sum to "
           "1.\n" AE_LOSS_DOC_END,
    .result = AE_LOSS_RESULT,
    .params = {AE_LOSS_OF_ROWS_PARAMS(AE_TAKES_REAL, "")},
    .attrs = {AE_LOSS_REDUCTION,
              AE_ATTR(attrs, epsilon, AE_ATTR_REAL, 1e-7, "how near to 0 a probability counts; default 1e-7")},
    .attrs_size = sizeof(attrs),
    .internal = true,
    .shape = kl_shape,
    .forward = loss_forward,
    .backward = ae_loss_backward};
