/*
** continuous_bernoulli: negative log-likelihood of t in [0, 1] under the
** continuous Bernoulli distribution of logit z: binary cross-entropy of logits
** (bce_logits.c) without the normaliser that makes it a density
**   l = bce_logits(z, t) - log C(z)      C(z) = z / tanh(z / 2), C(0) = 2
**   dl/dz = p - t - c      c = 1/z - 1/sinh z, c(0) = 0      dl/dt = -z
** Where |z| < 1/2 both are taken from their series, as the differences lose all
** their digits there:
**   c = z/6 - 7 z^3/360 + 31 z^5/15120 - 127 z^7/604800 + 73 z^9/3421440
**       - 1414477 z^11/653837184000, and log C = log 2 + its integral
** Loaiza-Ganem, Cunningham, "The continuous Bernoulli: fixing a pervasive error
** in variational autoencoders", NeurIPS 2019.
*/
#include "op/loss.h"

typedef struct attrs {
  int reduction;
} attrs;

#define LOG_2 ((real)0.69314718055994530942)

#define SERIES(a, b, c, d, e, f) ((a) + q * ((b) + q * ((c) + q * ((d) + q * ((e) + q * (f))))))
#define PART(over, under) ((real)((over) / (under)))

/* log C(z); e = e^-|z|, so that tanh(|z| / 2) = (1 - e) / (1 + e) */
AE_INLINE real log_normaliser(real z, real e) {
  const real a = ae_abs(z), q = z * z;
  const real near = LOG_2 + q * SERIES(PART(1., 12), PART(-7., 1440), PART(31., 90720), PART(-127., 4838400),
                                       PART(73., 34214400), PART(-1414477., 7846046208000));
  const real safe = a < (real)0.5 ? 1 : a, kept = a < (real)0.5 ? 0 : e;
  return a < (real)0.5 ? near : ae_log(safe * (1 + kept) / (1 - kept));
}

/* its derivative: 1/sinh |z| = 2 e / (1 - e^2) */
AE_INLINE real normaliser_slope(real z, real e) {
  const real a = ae_abs(z), q = z * z;
  const real near = z * SERIES(PART(1., 6), PART(-7., 360), PART(31., 15120), PART(-127., 604800), PART(73., 3421440),
                               PART(-1414477., 653837184000));
  const real safe = a < (real)0.5 ? 1 : a, kept = a < (real)0.5 ? 0 : e;
  const real far = 1 / safe - 2 * kept / (1 - kept * kept);
  return a < (real)0.5 ? near : z < 0 ? -far : far;
}

AE_INLINE real term(real z, real t, attrs a) {
  (void)a;
  const real e = ae_decay(z);
  return ae_abs(z) * (z > 0 ? 1 - t : t) + ae_log1p_unit(e) - log_normaliser(z, e);
}
AE_INLINE real slope(real z, real t, attrs a) {
  (void)a;
  const real e = ae_decay(z);
  return (z < 0 ? e : 1) / (1 + e) - t - normaliser_slope(z, e);
}
AE_INLINE real target_slope(real z, real t, attrs a) {
  (void)t, (void)a;
  return -z;
}

AE_LOSS_OF_ELEMENTS

const ae_op ae_op_continuous_bernoulli = {
    .name = "continuous_bernoulli",
    .doc = "Negative log-likelihood under continuous Bernoulli distributions, given by logits. Targets are 0 to 1; "
           "unlike bce_logits it is a density of them. Loaiza-Ganem and Cunningham 2019.\n" AE_LOSS_DOC_END,
    .result = AE_LOSS_RESULT,
    .params = {AE_LOSS_OF_ELEMENTS_PARAMS},
    .attrs = {AE_LOSS_REDUCTION},
    .attrs_size = sizeof(attrs),
    .internal = true,
    .shape = loss_shape,
    .forward = loss_forward,
    .backward = ae_loss_backward};
