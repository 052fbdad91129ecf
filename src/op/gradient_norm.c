/*
** gradient_norm: the L2 norm of g [...] after clipping by value
**   y = sqrt(sum of clamp(g, -clip, clip)^2), one number
** Summed in lanes of reals over short stretches, and those in double, so that
** the sum keeps its digits over any length. Parts are added in order: the same
** threads give the same bits.
*/
#include "op/optimizer.h"

enum { LANES = 16, STRETCH = 64 * LANES, MAX_PARTS = 64 };

struct norm_attrs {
  double clip;
};

struct norm_job {
  const real *g;
  real clip;
  double sums[MAX_PARTS];
};

static AE_SIMD double sum_of_squares(int64_t n, const real *g, real clip) {
  double sum = 0;
  for (int64_t at = 0; at < n; at += STRETCH) {
    real lanes[LANES] = {0};
    int64_t end = n - at < STRETCH ? n - at : STRETCH;
    int64_t whole = end - end % LANES;
    for (int64_t i = 0; i < whole; i += LANES)
      for (int l = 0; l < LANES; l++) {
        real x = ae_direct((ae_direction_loop){clip, 1, 0}, g[at + i + l], 0);
        lanes[l] += x * x;
      }
    for (int64_t i = whole; i < end; i++) {
      real x = ae_direct((ae_direction_loop){clip, 1, 0}, g[at + i], 0);
      lanes[i - whole] += x * x;
    }
    for (int l = 0; l < LANES; l++) sum += (double)lanes[l];
  }
  return sum;
}

static void run(void *arg, int part, int64_t begin, int64_t end) {
  struct norm_job *j = arg;
  j->sums[part] = sum_of_squares(end - begin, j->g + begin, j->clip);
}

static ae_status norm_shape(ae_call *call, ae_spec *out) {
  (void)call;
  out[0] = (ae_spec){AE_REAL, {0}};
  return AE_OK;
}

static ae_status norm_forward(ae_call *call) {
  const struct norm_attrs *a = call->attrs;
  struct norm_job job = {.g = ae_reals(call->in[0]), .clip = (real)a->clip};
  int parts = ae_parallel_count(call->ctx, call->in[0]->count, AE_GRAIN_CHEAP);
  if (parts > MAX_PARTS) parts = MAX_PARTS;
  ae_parallel_parts(call->ctx, call->in[0]->count, parts, run, &job);
  double sum = 0;
  for (int part = 0; part < parts; part++) sum += job.sums[part];
  ae_reals(call->out[0])[0] = (real)sqrt(sum);
  return AE_OK;
}

const ae_op ae_op_gradient_norm = {
    .name = "gradient_norm",
    .doc = "The L2 norm of a gradient after its elements were clipped to [-clip, clip], for clipping by norm.",
    .result = "one number",
    .params = {{.name = "g", .takes = AE_TAKES_REAL, .doc = "[...] a gradient"}},
    .attrs = {AE_ATTR(struct norm_attrs, clip, AE_ATTR_REAL, INFINITY,
                      "largest absolute value of an element; default: none")},
    .attrs_size = sizeof(struct norm_attrs),
    .internal = true,
    .no_gradient = "it measures gradients, of which there are no gradients here",
    .shape = norm_shape,
    .forward = norm_forward};
