/*
** sample_rows: in which order an epoch takes samples, as a function of seed and
** epoch alone, so that a run can go on in the middle of one.
**   sample_shuffled(n, seed, epoch)         -> [n] i32, each of 1..n once
**   sample_weighted(weights [N], n, ...)    -> [n] i32, i with probability w[i] / sum w, with replacement
** Element k of the weighted order depends on seed, epoch and k alone: a uniform
** number of 53 bits, looked up in the running sum of the weights.
*/
#include <math.h>

#include "core/op.h"
#include "core/status.h"

struct sample_attrs {
  int64_t n, seed, epoch;
};

static ae_status check_count(const ae_call *call, int64_t n) {
  if (n >= 0 && n <= INT32_MAX) return AE_OK;
  return ae_fail(call->err, AE_INVALID, "%s: n wants 0 to %d, got %lld", call->op->name, INT32_MAX, (long long)n);
}

static ae_random stream_of(int64_t seed, int64_t epoch) {
  return (ae_random){.seed = (uint64_t)seed, .stream = (uint64_t)epoch, .offset = 0};
}

/* ---- sample_shuffled ---- */

static ae_status shuffled_shape(ae_call *call, ae_spec *out) {
  const struct sample_attrs *a = call->attrs;
  AE_TRY(check_count(call, a->n));
  out->type = AE_I32;
  return ae_shape_make("sample_shuffled", 1, &a->n, &out->shape, call->err);
}

static ae_status shuffled_forward(ae_call *call) {
  const struct sample_attrs *a = call->attrs;
  ae_random r = stream_of(a->seed, a->epoch);
  int32_t *order = ae_i32s(call->out[0]);
  ae_random_permutation(&r, order, a->n);
  for (int64_t i = 0; i < a->n; i++) order[i]++;
  return AE_OK;
}

const ae_op ae_op_sample_shuffled = {
    .name = "sample_shuffled",
    .doc = "1..n in an order that depends on seed and epoch alone.",
    .result = "[n] i32, from 1",
    .attrs = {AE_ATTR_REQUIRED(struct sample_attrs, n, AE_ATTR_INT, "how many samples there are"),
              AE_ATTR_REQUIRED(struct sample_attrs, seed, AE_ATTR_INT, "of the random stream"),
              AE_ATTR_REQUIRED(struct sample_attrs, epoch, AE_ATTR_INT, "which order of this seed")},
    .attrs_size = sizeof(struct sample_attrs),
    .internal = true,
    .no_gradient = "the result is a choice of samples",
    .shape = shuffled_shape,
    .forward = shuffled_forward};

/* ---- sample_weighted ---- */

static ae_status weighted_shape(ae_call *call, ae_spec *out) {
  const struct sample_attrs *a = call->attrs;
  const ae_shape *w = &call->in_spec[0].shape;
  char text[AE_SHAPE_TEXT];
  if (w->ndim != 1 || w->dims[0] == 0 || w->dims[0] > INT32_MAX)
    return ae_fail(call->err, AE_SHAPE, "sample_weighted: weights wants [N], N > 0, got %s", ae_shape_text(w, text));
  AE_TRY(check_count(call, a->n));
  out->type = AE_I32;
  return ae_shape_make("sample_weighted", 1, &a->n, &out->shape, call->err);
}

/* sums[i] = w[0] + ... + w[i]. */
static ae_status running_sums(const ae_call *call, double *sums) {
  const real *w = ae_reals(call->in[0]);
  double sum = 0;
  for (int64_t i = 0; i < call->in[0]->count; i++) {
    if (!(w[i] >= 0) || isinf(w[i]))
      return ae_fail(call->err, AE_INVALID, "sample_weighted: weight %lld is %g; wanted finite numbers from 0 up",
                     (long long)i + 1, (double)w[i]);
    sums[i] = sum += (double)w[i];
  }
  if (sum > 0) return AE_OK;
  return ae_fail(call->err, AE_INVALID, "sample_weighted: all weights are 0");
}

static double uniform(const ae_random *r, int64_t k) {
  uint32_t words[4];
  ae_random_block(r, (uint64_t)k / 2, words);
  const uint32_t *two = words + 2 * (k % 2);
  return (double)(((uint64_t)two[0] << 32 | two[1]) >> 11) * 0x1p-53;
}

/* The first place whose running sum is above x; never one of weight 0. */
static int32_t place_of(const double *sums, int64_t n, double x) {
  int64_t low = 0, high = n - 1;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (sums[middle] > x)
      high = middle;
    else
      low = middle + 1;
  }
  return (int32_t)low;
}

static ae_status weighted_forward(ae_call *call) {
  const struct sample_attrs *a = call->attrs;
  int64_t n = call->in[0]->count;
  size_t bytes = (size_t)n * sizeof(double);
  void *block;
  AE_TRY(ae_allocate(call->ctx->allocator, bytes, &block, call->err));
  double *sums = block;
  ae_status status = running_sums(call, sums);
  if (status == AE_OK) {
    ae_random r = stream_of(a->seed, a->epoch);
    int32_t *order = ae_i32s(call->out[0]);
    /* The last places may weigh 0: rounding of u * sum must not reach them. */
    int64_t last = n;
    while (last > 1 && sums[last - 2] == sums[n - 1]) last--;
    for (int64_t k = 0; k < a->n; k++) order[k] = place_of(sums, last, uniform(&r, k) * sums[n - 1]) + 1;
  }
  ae_free(call->ctx->allocator, block, bytes);
  return status;
}

const ae_op ae_op_sample_weighted = {
    .name = "sample_weighted",
    .doc = "n places drawn with replacement, place i with probability weights[i] / sum(weights); depends on seed and\n"
           "epoch alone. Raises where a weight is negative or not finite, or where all are 0.",
    .result = "[n] i32, from 1",
    .params = {{.name = "weights", .takes = AE_TAKES_REAL, .doc = "[N] from 0 up"}},
    .attrs = {AE_ATTR_REQUIRED(struct sample_attrs, n, AE_ATTR_INT, "how many to draw"),
              AE_ATTR_REQUIRED(struct sample_attrs, seed, AE_ATTR_INT, "of the random stream"),
              AE_ATTR_REQUIRED(struct sample_attrs, epoch, AE_ATTR_INT, "which order of this seed")},
    .attrs_size = sizeof(struct sample_attrs),
    .internal = true,
    .no_gradient = "the result is a choice of samples",
    .shape = weighted_shape,
    .forward = weighted_forward};
