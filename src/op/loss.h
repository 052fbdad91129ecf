/*
** loss: what the losses have in common: inputs, weights, mask, reductions, and
** a gradient that is computed with the loss, in one pass, where it is recorded.
**
** A loss is a sum of terms. One of elements has a term for every number of the
** prediction, one of rows a term for every row of its last dimension. A sample
** is the terms of one index of the first dimension; a lone term is one sample.
**
** With w the weight of a sample (1 without), m the mask of a term (1 without)
** and l a term, the reductions give
**   none         w m l of every term
**   per_sample   [N], the sum of them over each sample
**   sum          the sum of all
**   mean         the sum of all, divided by the sum of w m over all terms
**   batchmean    the sum of all, divided by the sum of w over the samples
** and 0 where that divisor is 0. A term whose w or m is 0 counts as 0 even where
** l is not finite.
**
** The file of a loss of elements holds
**   AE_INLINE real term(real p, real t, attrs a)           l
**   AE_INLINE real slope(real p, real t, attrs a)          dl/dp
**   AE_INLINE real target_slope(real p, real t, attrs a)   dl/dt
** and AE_LOSS_OF_ELEMENTS; one of rows its own function of the type ae_loss_run
** and AE_LOSS_OF_ROWS. Then its descriptor.
*/
#ifndef AE_OP_LOSS_H
#define AE_OP_LOSS_H

#include "core/op.h"
#include "kernel/vmath.h"

/* The first member of every loss's attributes. */
typedef struct ae_loss_attrs {
  int reduction;
} ae_loss_attrs;

extern const char *const ae_loss_reductions[];

/* n terms, each of `width` numbers of p and t (t: [n] classes from 1 where the
** target is i32). value [n] gets l. dp, dt [n, width]: NULL, or get factor dl/dp
** and factor dl/dt. */
typedef void (*ae_loss_run)(const void *attrs, int64_t n, int64_t width, const real *p, const void *t, bool classes,
                            real factor, real *value, real *dp, real *dt);

typedef struct ae_loss {
  bool rows;
  bool takes_classes;
  ae_loss_run run;
} ae_loss;

ae_status ae_loss_shape(ae_call *call, const ae_loss *loss, ae_spec *out);
ae_status ae_loss_forward(ae_call *call, const ae_loss *loss);
ae_status ae_loss_backward(ae_call *call);

#define AE_LOSS_FUNCTIONS                                                                                              \
  static ae_status loss_shape(ae_call *call, ae_spec *out) {                                                           \
    return ae_loss_shape(call, &loss, out);                                                                            \
  }                                                                                                                    \
  static ae_status loss_forward(ae_call *call) {                                                                       \
    return ae_loss_forward(call, &loss);                                                                               \
  }

#define AE_LOSS_OF_ELEMENTS                                                                                            \
  AE_SIMD static void values(attrs a, int64_t n, const real *restrict p, const real *restrict t,                       \
                             real *restrict value) {                                                                   \
    (void)a;                                                                                                           \
    for (int64_t j = 0; j < n; j++) value[j] = term(p[j], t[j], a);                                                    \
  }                                                                                                                    \
  AE_SIMD static void values_and_slopes(attrs a, int64_t n, const real *restrict p, const real *restrict t,            \
                                        real factor, real *restrict value, real *restrict dp) {                        \
    (void)a;                                                                                                           \
    for (int64_t j = 0; j < n; j++) {                                                                                  \
      value[j] = term(p[j], t[j], a);                                                                                  \
      dp[j] = factor * slope(p[j], t[j], a);                                                                           \
    }                                                                                                                  \
  }                                                                                                                    \
  AE_SIMD static void target_slopes(attrs a, int64_t n, const real *restrict p, const real *restrict t, real factor,   \
                                    real *restrict dt) {                                                               \
    (void)a;                                                                                                           \
    for (int64_t j = 0; j < n; j++) dt[j] = factor * target_slope(p[j], t[j], a);                                      \
  }                                                                                                                    \
  static void run(const void *given, int64_t n, int64_t width, const real *p, const void *t, bool classes,             \
                  real factor, real *value, real *dp, real *dt) {                                                      \
    const attrs *a = given;                                                                                            \
    (void)width, (void)classes;                                                                                        \
    if (dp)                                                                                                            \
      values_and_slopes(*a, n, p, t, factor, value, dp);                                                               \
    else                                                                                                               \
      values(*a, n, p, t, value);                                                                                      \
    if (dt) target_slopes(*a, n, p, t, factor, dt);                                                                    \
  }                                                                                                                    \
  static const ae_loss loss = {.run = run};                                                                            \
  AE_LOSS_FUNCTIONS

#define AE_LOSS_OF_ROWS(run_, takes_classes_)                                                                          \
  static const ae_loss loss = {.rows = true, .takes_classes = takes_classes_, .run = run_};                            \
  AE_LOSS_FUNCTIONS

/* Parts of the descriptors. */
#define AE_LOSS_WEIGHT_AND_MASK(mask_shape)                                                                            \
  {.name = "weight", .takes = AE_TAKES_REAL, .doc = "[N] a factor for every sample", .optional = true}, {              \
    .name = "mask", .takes = AE_TAKES_REAL | AE_TAKES_U8,                                                              \
    .doc = mask_shape " what does not count is 0; u8: everything else is 1, real: a factor", .optional = true          \
  }
#define AE_LOSS_OF_ELEMENTS_PARAMS                                                                                     \
  {.name = "prediction", .takes = AE_TAKES_REAL, .doc = "[N, ...] what the model gave"},                               \
      {.name = "target", .takes = AE_TAKES_REAL, .doc = "[N, ...] what it should have given, of prediction's shape"},  \
      AE_LOSS_WEIGHT_AND_MASK("[...] broadcasts to prediction's shape:")
#define AE_LOSS_OF_ROWS_PARAMS(target_takes, or_classes)                                                               \
  {.name = "prediction", .takes = AE_TAKES_REAL, .doc = "[..., C] what the model gave"},                               \
      {.name = "target", .takes = target_takes, .doc = "[..., C] what it should have given" or_classes},               \
      AE_LOSS_WEIGHT_AND_MASK("[...] broadcasts to prediction's shape without the last dimension:")
#define AE_LOSS_REDUCTION                                                                                              \
  AE_ATTR_CHOICE(attrs, reduction, ae_loss_reductions, 0,                                                              \
                 "\"mean\" over all terms, weighted with weight and mask (default); \"sum\"; \"batchmean\": summed "   \
                 "over a sample, weighted mean over samples; \"per_sample\": [N]; \"none\": every term")
#define AE_LOSS_RESULT "a number; [N] or the terms where the reduction says so"
#define AE_LOSS_DOC_END                                                                                                \
  "Gives 0 where the weights and mask leave nothing. Weight and mask have no gradient. Errors: shapes that do not "    \
  "fit."

#endif
