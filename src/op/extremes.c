/*
** extremes: the smallest and the largest element of x [...] in one pass
**   y = [min x, max x]
** A nan is both. Of nothing they are inf and -inf.
**
** Not here: either alone, over dimensions, with gradients (max.c).
*/
#include <math.h>

#include "core/op.h"
#include "core/parallel.h"

enum { LANES = 32, MAX_PARTS = 64 };

typedef struct extremes_job {
  const real *x;
  real least[MAX_PARTS], most[MAX_PARTS];
} extremes_job;

AE_INLINE real smaller(real a, real x) {
  return ((x < a) | (x != x)) ? x : a;
}
AE_INLINE real larger(real a, real x) {
  return ((x > a) | (x != x)) ? x : a;
}

static AE_SIMD void find(int64_t n, const real *x, real *least, real *most) {
  real low[LANES], high[LANES];
  int64_t i = 0;
  for (int l = 0; l < LANES; l++) {
    low[l] = (real)INFINITY;
    high[l] = -(real)INFINITY;
  }
  for (; i + LANES <= n; i += LANES)
    for (int l = 0; l < LANES; l++) {
      low[l] = smaller(low[l], x[i + l]);
      high[l] = larger(high[l], x[i + l]);
    }
  for (; i < n; i++) {
    low[0] = smaller(low[0], x[i]);
    high[0] = larger(high[0], x[i]);
  }
  for (int l = 1; l < LANES; l++) {
    low[0] = smaller(low[0], low[l]);
    high[0] = larger(high[0], high[l]);
  }
  *least = low[0];
  *most = high[0];
}

static void run(void *arg, int part, int64_t begin, int64_t end) {
  extremes_job *j = arg;
  find(end - begin, j->x + begin, &j->least[part], &j->most[part]);
}

static ae_status extremes_shape(ae_call *call, ae_spec *out) {
  (void)call;
  out[0] = (ae_spec){AE_REAL, {1, {2}}};
  return AE_OK;
}

static ae_status extremes_forward(ae_call *call) {
  extremes_job job = {.x = ae_reals(call->in[0])};
  int parts = ae_parallel_count(call->ctx, call->in[0]->count, AE_GRAIN_CHEAP);
  if (parts > MAX_PARTS) parts = MAX_PARTS;
  ae_parallel_parts(call->ctx, call->in[0]->count, parts, run, &job);
  real *y = ae_reals(call->out[0]);
  y[0] = (real)INFINITY;
  y[1] = -(real)INFINITY;
  for (int part = 0; part < parts; part++) {
    y[0] = smaller(y[0], job.least[part]);
    y[1] = larger(y[1], job.most[part]);
  }
  return AE_OK;
}

const ae_op ae_op_extremes = {.name = "extremes",
                              .doc = "The smallest and the largest element, in one pass; nan both where there is one.",
                              .result = "[2] the smallest and the largest element",
                              .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[...]"}},
                              .internal = true,
                              .no_gradient = "it looks whether data lies in a range, of which nothing is trained",
                              .shape = extremes_shape,
                              .forward = extremes_forward};
