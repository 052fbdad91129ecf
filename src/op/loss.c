/*
** loss: shapes, the pass over the terms, the way back.
*/
#include "op/loss.h"

#include <stdatomic.h>
#include <string.h>

#include "core/parallel.h"
#include "kernel/broadcast.h"
#include "kernel/lanes.h"

enum { PREDICTION, TARGET, WEIGHT, MASK };
enum { MEAN, SUM, BATCHMEAN, PER_SAMPLE, NONE };
const char *const ae_loss_reductions[] = {"mean", "sum", "batchmean", "per_sample", "none", NULL};

static int reduction_of(const ae_call *call) {
  return ((const ae_loss_attrs *)call->attrs)->reduction;
}

static bool given(const ae_call *call, int i) {
  return call->in_spec[i].shape.ndim >= 0;
}

/* ---- Shapes ---- */

static ae_shape shape_of_terms(const ae_call *call, const ae_loss *loss) {
  ae_shape s = call->in_spec[PREDICTION].shape;
  if (loss->rows) s.dims[--s.ndim] = 0;
  return s;
}

static int64_t sample_count(const ae_shape *terms) {
  return terms->ndim > 0 ? terms->dims[0] : 1;
}

static ae_status check_target(ae_call *call, const ae_loss *loss, const ae_shape *terms) {
  const ae_shape *p = &call->in_spec[PREDICTION].shape, *t = &call->in_spec[TARGET].shape;
  const char *name = call->name;
  char want[AE_SHAPE_TEXT], got[AE_SHAPE_TEXT];
  bool classes = call->in_spec[TARGET].type == AE_I32;
  const ae_shape *wanted = classes ? terms : p;
  if (!ae_shape_equal(t, wanted))
    return ae_fail(call->err, AE_SHAPE, "%s: target wants %s%s, got %s", name,
                   classes ? "a class for every row of prediction, " : "prediction's shape, ",
                   ae_shape_text(wanted, want), ae_shape_text(t, got));
  if (!classes || !loss->takes_classes) return AE_OK;
  const int32_t *class = ae_i32s(call->in[TARGET]);
  int64_t known = p->dims[p->ndim - 1], count = call->in[TARGET]->count;
  for (int64_t i = 0; i < count; i++)
    if (class[i] < 1 || class[i] > known)
      return ae_fail(call->err, AE_INVALID, "%s: target wants classes 1 to %lld, got %d (element %lld)", name,
                     (long long)known, class[i], (long long)i + 1);
  return AE_OK;
}

static ae_status check_weight_and_mask(ae_call *call, const ae_shape *terms) {
  const ae_shape *w = &call->in_spec[WEIGHT].shape, *m = &call->in_spec[MASK].shape;
  int64_t samples = sample_count(terms);
  char want[AE_SHAPE_TEXT], got[AE_SHAPE_TEXT];
  if (given(call, WEIGHT) && (w->ndim != 1 || w->dims[0] != samples))
    return ae_fail(call->err, AE_SHAPE, "%s: weight wants a number for every sample, [%lld], got %s", call->name,
                   (long long)samples, ae_shape_text(w, got));
  ae_shape both;
  if (given(call, MASK) &&
      (ae_shape_broadcast(call->name, terms, m, &both, NULL) != AE_OK || !ae_shape_equal(&both, terms)))
    return ae_fail(call->err, AE_SHAPE, "%s: mask wants a shape that broadcasts to %s, got %s", call->name,
                   ae_shape_text(terms, want), ae_shape_text(m, got));
  for (int i = WEIGHT; i <= MASK; i++)
    if (call->recording && call->in[i] && call->in[i]->requires_grad)
      return ae_fail(call->err, AE_UNSUPPORTED, "%s: %s has no gradient; detach it", call->name,
                     call->op->params[i].name);
  return AE_OK;
}

ae_status ae_loss_shape(ae_call *call, const ae_loss *loss, ae_spec *out) {
  const ae_shape *p = &call->in_spec[PREDICTION].shape;
  char got[AE_SHAPE_TEXT];
  if (loss->rows && (p->ndim < 1 || p->dims[p->ndim - 1] < 1))
    return ae_fail(call->err, AE_SHAPE, "%s: prediction wants rows of at least 1 number, got %s", call->name,
                   ae_shape_text(p, got));
  ae_shape terms = shape_of_terms(call, loss);
  AE_TRY(check_target(call, loss, &terms));
  AE_TRY(check_weight_and_mask(call, &terms));
  *out = (ae_spec){.type = AE_REAL};
  if (reduction_of(call) == NONE) {
    out->shape = terms;
  } else if (reduction_of(call) == PER_SAMPLE) {
    out->shape.ndim = 1;
    out->shape.dims[0] = sample_count(&terms);
  }
  return AE_OK;
}

/* ---- The pass over the terms ---- */

enum { BLOCK = 1024 };

typedef struct job {
  const ae_loss *loss;
  const void *attrs;
  int64_t terms, width, samples, per_sample; /* terms in all, numbers in a term; per_sample: terms of a sample */
  bool by_sample;                            /* terms are summed sample by sample */
  const real *p;
  const char *t;
  bool classes;
  const real *weight, *mask; /* NULL: all 1 */
  double divisor_inverse;
  real *value;    /* [terms]; NULL: not wanted */
  real *sums;     /* [samples]; NULL: not wanted */
  real *dp, *dt;  /* [terms, width]; NULL: not wanted */
  double *totals; /* [parts] */
} job;

AE_SIMD static double sum_of(int64_t n, const real *x) {
  return ae_lanes_sum(n, x);
}

AE_SIMD static void scale(int64_t n, real factor, real *x) {
  for (int64_t j = 0; j < n; j++) x[j] *= factor;
}

AE_SIMD static void apply_mask(int64_t n, const real *restrict mask, real *restrict x) {
  for (int64_t j = 0; j < n; j++) x[j] = mask[j] == 0 ? 0 : mask[j] * x[j];
}

static void clear(real *x, int64_t first, int64_t n) {
  if (x) memset(x + first, 0, (size_t)n * sizeof *x);
}

/* The sum of w m l over n <= BLOCK terms; a mask of rows is one number, and n is 1. */
static double run_block(const job *j, int64_t first, int64_t n, real weight) {
  real block[BLOCK];
  real *value = j->value ? j->value + first : block;
  int64_t width = j->width;
  const real *mask = j->mask ? j->mask + first : NULL;
  if (mask && j->loss->rows) {
    weight *= *mask;
    mask = NULL;
  }
  if (weight == 0) {
    clear(j->value, first, n);
    clear(j->dp, first * width, n * width);
    clear(j->dt, first * width, n * width);
    return 0;
  }
  const void *t = j->t + (j->classes ? (size_t)first * sizeof(int32_t) : (size_t)(first * width) * sizeof(real));
  real *dp = j->dp ? j->dp + first * width : NULL, *dt = j->dt ? j->dt + first * width : NULL;
  j->loss->run(j->attrs, n, width, j->p + first * width, t, j->classes, (real)(weight * j->divisor_inverse), value, dp,
               dt);
  if (mask) {
    apply_mask(n, mask, value);
    if (dp) apply_mask(n, mask, dp);
    if (dt) apply_mask(n, mask, dt);
  }
  if (j->value && weight != 1) scale(n, weight, value);
  return sum_of(n, value) * (j->value ? 1 : (double)weight);
}

static double run_terms(const job *j, int64_t begin, int64_t end, real weight) {
  int64_t step = j->mask && j->loss->rows ? 1 : BLOCK;
  double sum = 0;
  for (int64_t first = begin; first < end; first += step)
    sum += run_block(j, first, end - first < step ? end - first : step, weight);
  return sum;
}

static void run_part(void *arg, int part, int64_t begin, int64_t end) {
  const job *j = arg;
  double total = 0;
  if (!j->by_sample) total = run_terms(j, begin, end, 1);
  for (int64_t i = begin; j->by_sample && i < end; i++) {
    double sum = run_terms(j, i * j->per_sample, (i + 1) * j->per_sample, j->weight ? j->weight[i] : 1);
    if (j->sums) j->sums[i] = (real)sum;
    total += sum;
  }
  j->totals[part] = total;
}

/* What the sum of all is divided by. */
static double divisor(const job *j, int reduction) {
  if (reduction != MEAN && reduction != BATCHMEAN) return 1;
  if (!j->weight && !(j->mask && reduction == MEAN)) return (double)(reduction == MEAN ? j->terms : j->samples);
  double sum = 0;
  for (int64_t i = 0; i < j->samples; i++) {
    double own = reduction == BATCHMEAN ? 1 : (double)j->per_sample;
    if (j->mask && reduction == MEAN) own = sum_of(j->per_sample, j->mask + i * j->per_sample);
    sum += own * (j->weight ? (double)j->weight[i] : 1);
  }
  return sum;
}

/* ---- Forward ---- */

static void copy_mask_reals(void *arg, int64_t first, int64_t n, const void *const *in) {
  memcpy((real *)arg + first, in[0], (size_t)n * sizeof(real));
}

static void copy_mask_bytes(void *arg, int64_t first, int64_t n, const void *const *in) {
  const uint8_t *mask = in[0];
  for (int64_t j = 0; j < n; j++) ((real *)arg)[first + j] = mask[j] != 0;
}

/* The mask of every term; NULL without one. */
static ae_status spread_mask(ae_call *call, const ae_shape *terms, ae_tensor **out) {
  const ae_tensor *mask = call->in[MASK];
  *out = NULL;
  if (!mask) return AE_OK;
  AE_TRY(ae_tensor_new(call->ctx, AE_REAL, terms, out, call->err));
  ae_broadcast plan;
  ae_broadcast_plan(terms, (const ae_shape *const[]){&mask->shape}, 1, &plan);
  ae_operand operand = {ae_tensor_bytes(mask), ae_type_size(mask->type)};
  ae_broadcast_run(call->ctx, &plan, &operand, AE_GRAIN_CHEAP, mask->type == AE_U8 ? copy_mask_bytes : copy_mask_reals,
                   ae_reals(*out));
  return AE_OK;
}

/* Where the gradient of input i goes, if it may be asked for. */
static ae_status make_gradient(ae_call *call, int i, real **out) {
  if (!call->recording || call->in[i]->type != AE_REAL || !call->in[i]->requires_grad) return AE_OK;
  AE_TRY(ae_tensor_new(call->ctx, AE_REAL, &call->in_spec[i].shape, &call->saved[i], call->err));
  *out = ae_reals(call->saved[i]);
  return AE_OK;
}

static ae_status run_job(ae_call *call, job *j) {
  int reduction = reduction_of(call);
  double by = divisor(j, reduction);
  j->divisor_inverse = by != 0 ? 1 / by : 0;
  int64_t count = j->by_sample ? j->samples : j->terms;
  int parts = ae_parallel_count(call->ctx, j->terms * j->width, AE_GRAIN_COSTLY);
  if (parts > count) parts = count > 0 ? (int)count : 1;
  size_t bytes = (size_t)parts * sizeof(double);
  void *block;
  AE_TRY(ae_allocate(call->ctx->allocator, bytes, &block, call->err));
  j->totals = block;
  ae_parallel_parts(call->ctx, count, parts, run_part, j);
  double total = 0;
  for (int part = 0; part < parts; part++) total += j->totals[part];
  ae_free(call->ctx->allocator, block, bytes);
  if (reduction == MEAN || reduction == BATCHMEAN || reduction == SUM)
    ae_reals(call->out[0])[0] = (real)(total * j->divisor_inverse);
  return AE_OK;
}

ae_status ae_loss_forward(ae_call *call, const ae_loss *loss) {
  ae_shape terms = shape_of_terms(call, loss);
  const ae_tensor *p = call->in[PREDICTION], *weight = call->in[WEIGHT];
  int reduction = reduction_of(call);
  job j = {.loss = loss,
           .attrs = call->attrs,
           .terms = ae_shape_count(&terms),
           .width = loss->rows ? p->shape.dims[p->shape.ndim - 1] : 1,
           .samples = sample_count(&terms),
           .by_sample = weight || reduction == PER_SAMPLE,
           .p = ae_reals(p),
           .t = ae_tensor_bytes(call->in[TARGET]),
           .classes = call->in[TARGET]->type == AE_I32,
           .weight = weight ? ae_reals(weight) : NULL,
           .value = reduction == NONE ? ae_reals(call->out[0]) : NULL,
           .sums = reduction == PER_SAMPLE ? ae_reals(call->out[0]) : NULL};
  j.per_sample = j.samples > 0 ? j.terms / j.samples : 0;
  AE_TRY(make_gradient(call, PREDICTION, &j.dp));
  AE_TRY(make_gradient(call, TARGET, &j.dt));
  ae_tensor *mask;
  AE_TRY(spread_mask(call, &terms, &mask));
  if (mask) j.mask = ae_reals(mask);
  ae_status status = run_job(call, &j);
  ae_tensor_release(mask);
  return status;
}

/* ---- Backward: what was saved, times the gradient of the loss ---- */

typedef struct back_job {
  const real *g, *saved;
  int64_t run; /* saved numbers for each of g */
  real *out;
} back_job;

AE_SIMD static void scaled_copy(int64_t n, real factor, const real *restrict x, real *restrict y) {
  for (int64_t j = 0; j < n; j++) y[j] = factor * x[j];
}

AE_SIMD static void product(int64_t n, const real *restrict g, const real *restrict x, real *restrict y) {
  for (int64_t j = 0; j < n; j++) y[j] = g[j] * x[j];
}

static void run_back(void *arg, int64_t begin, int64_t end) {
  const back_job *b = arg;
  if (b->run == 1) {
    product(end - begin, b->g + begin, b->saved + begin, b->out + begin);
    return;
  }
  while (begin < end) {
    int64_t i = begin / b->run, stop = (i + 1) * b->run < end ? (i + 1) * b->run : end;
    scaled_copy(stop - begin, b->g[i], b->saved + begin, b->out + begin);
    begin = stop;
  }
}

ae_status ae_loss_backward(ae_call *call) {
  const ae_tensor *g = call->gout[0];
  for (int i = PREDICTION; i <= TARGET; i++) {
    if (!call->wants[i]) continue;
    ae_tensor *saved = call->saved[i], *gradient;
    if (!saved)
      return ae_fail(call->err, AE_STATE, "%s: %s required no gradient when it was computed", call->name,
                     call->op->params[i].name);
    if (g->count == 1 && ae_reals(g)[0] == 1) {
      AE_TRY(ae_call_pass(call, i, saved));
      continue;
    }
    AE_TRY(ae_call_gradient(call, i, &gradient));
    back_job b = {ae_reals(g), ae_reals(saved), g->count > 0 ? saved->count / g->count : 1, ae_reals(gradient)};
    ae_parallel(call->ctx, saved->count, AE_GRAIN_CHEAP, run_back, &b);
  }
  return AE_OK;
}
