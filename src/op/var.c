/*
** var, std: spread around the mean, in two passes.
**   m = mean(x)   v = sum((x - m)^2) / (count - correction)   s = sqrt(v)
**   x [any shape] -> v or s [the other dimensions]
** The mean is kept in double, so that a large one costs no digits.
**
** Not here: moving statistics of normalisation layers.
*/
#include "kernel/vmath.h"
#include "op/reduction.h"

typedef struct var_attrs {
  ae_reduction reduction;
  int64_t correction;
} var_attrs;

static ae_status var_shape(ae_call *call, ae_spec *out) {
  return ae_reduction_shape(call, AE_REAL, out);
}

/* Not below 0: a spread of too few elements is nan or infinite, as in NumPy. */
static double degrees(const ae_call *call) {
  const var_attrs *attrs = call->attrs;
  const double n = (double)(ae_reduction_count(call) - attrs->correction);
  return n > 0 ? n : 0;
}

/* The mean as backward reads it. */
static ae_status save_mean(ae_call *call, const ae_wide *mean) {
  AE_TRY(ae_tensor_new(call->ctx, AE_REAL, &call->out_spec[0].shape, &call->saved[0], call->err));
  real *saved = ae_reals(call->saved[0]);
  for (int64_t i = 0; i < mean->count; i++) saved[i] = (real)mean->at[i];
  return AE_OK;
}

static ae_status spread_forward(ae_call *call, bool root) {
  ae_wide mean, variance;
  AE_TRY(ae_reduction_wide(call, AE_TERM_VALUE, NULL, 1 / (double)ae_reduction_count(call), &mean));
  ae_status status = ae_reduction_wide(call, AE_TERM_DEVIATION, mean.at, 1, &variance);
  if (status == AE_OK) {
    const double n = degrees(call);
    real *y = ae_reals(call->out[0]);
    for (int64_t i = 0; i < variance.count; i++) {
      const double v = variance.at[i] / n;
      y[i] = (real)(root ? sqrt(v) : v);
    }
    ae_wide_free(call, &variance);
    if (call->recording) status = save_mean(call, &mean);
  }
  ae_wide_free(call, &mean);
  return status;
}

AE_SIMD static void deviation_gradient(real *gx, const real *x, const real *mean, const real *g, int64_t n) {
  for (int64_t i = 0; i < n; i++) gx[i] = (x[i] - mean[i]) * g[i];
}

static ae_status spread_backward(ae_call *call, bool root) {
  const double n = degrees(call);
  const real *g = ae_reals(call->gout[0]);
  ae_tensor *scaled;
  AE_TRY(ae_call_scratch(call, 0, &scaled));
  real *s = ae_reals(scaled);
  for (int64_t i = 0; i < scaled->count; i++) {
    if (root) {
      const real y = ae_reals(call->out[0])[i];
      s[i] = y == 0 ? 0 : (real)((double)g[i] / (n * (double)y));
    } else {
      s[i] = (real)(2 * (double)g[i] / n);
    }
  }
  const ae_status status = ae_reduction_gradient(call, call->in[0], ae_reals(call->saved[0]), s, deviation_gradient);
  ae_tensor_release(scaled);
  return status;
}

static ae_status var_forward(ae_call *call) {
  return spread_forward(call, false);
}
static ae_status var_backward(ae_call *call) {
  return spread_backward(call, false);
}
static ae_status std_forward(ae_call *call) {
  return spread_forward(call, true);
}
static ae_status std_backward(ae_call *call) {
  return spread_backward(call, true);
}

#define CORRECTION                                                                                                     \
  AE_ATTR(var_attrs, correction, AE_ATTR_INT, 0,                                                                       \
          "subtracted from the count that the sum of squares is divided by; default 0 (the population's), 1 gives "    \
          "the unbiased estimate from a sample")

const ae_op ae_op_var = {
    .name = "var",
    .doc = "Variance over dimensions: the sum of squared deviations from the mean, divided by count - correction. "
           "Computed in two passes, in double. nan where count - correction is not above 0 and all deviations are 0.",
    .result = "[the other dimensions] the variances",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[any shape]"}},
    .attrs = {AE_REDUCTION_ATTRS, CORRECTION},
    .attrs_size = sizeof(var_attrs),
    .saves = AE_SAVES_IN(0),
    .shape = var_shape,
    .forward = var_forward,
    .backward = var_backward,
};

const ae_op ae_op_std = {
    .name = "std",
    .doc = "Standard deviation over dimensions: the root of var. Its gradient is 0 where it is 0.",
    .result = "[the other dimensions] the standard deviations",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[any shape]"}},
    .attrs = {AE_REDUCTION_ATTRS, CORRECTION},
    .attrs_size = sizeof(var_attrs),
    .saves = AE_SAVES_IN(0) | AE_SAVES_OUT(0),
    .shape = var_shape,
    .forward = std_forward,
    .backward = std_backward,
};
