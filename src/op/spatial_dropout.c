/*
** spatial_dropout: dropout of whole channels: y = x / (1 - p) in every position
** of a channel that a draw keeps, else 0.
**   x [N, ..., C] -> y of the same shape; one draw for each sample and channel
**   dL/dx = g / (1 - p) where it was kept, else 0
** Tompson, Goroshin, Jain, LeCun, Bregler, "Efficient object localization using
** convolutional networks", CVPR 2015.
**
** Not here: doing nothing in evaluation mode (nn.SpatialDropout2d).
*/
#include <string.h>

#include "core/op.h"
#include "core/parallel.h"
#include "core/random.h"
#include "kernel/channels.h"

enum { FACTORS }; /* saved: [N, C], 0 or 1 / (1 - p) */

typedef struct attrs {
  double p;
} attrs;

static ae_status spatial_dropout_shape(ae_call *call, ae_spec *out) {
  const attrs *a = call->attrs;
  const ae_shape *x = &call->in_spec[0].shape;
  char text[AE_SHAPE_TEXT];
  if (!(a->p >= 0 && a->p < 1))
    return ae_fail(call->err, AE_INVALID, "spatial_dropout: p must be at least 0 and less than 1, got %g", a->p);
  if (x->ndim < 2)
    return ae_fail(call->err, AE_SHAPE, "spatial_dropout: x wants at least 2 dimensions [N, ..., C], got %s",
                   ae_shape_text(x, text));
  *out = (ae_spec){AE_REAL, *x};
  return AE_OK;
}

typedef struct job {
  ae_channels seen; /* one sample */
  int64_t positions;
  const real *factors, *x;
  real *y;
  real *lines; /* [parts, width] */
} job;

AE_SIMD static void scale_row(int64_t n, const real *restrict factors, const real *x, real *y) {
  AE_IVDEP
  for (int64_t i = 0; i < n; i++) y[i] = factors[i] != 0 ? x[i] * factors[i] : 0;
}

static void scale_samples(void *arg, int part, int64_t begin, int64_t end) {
  const job *j = arg;
  const ae_channels *s = &j->seen;
  real *line = j->lines + part * s->width;
  for (int64_t n = begin; n < end; n++) {
    const int64_t first = n * j->positions * s->C;
    memcpy(line, j->factors + n * s->C, (size_t)s->C * sizeof *line);
    ae_channels_spread(s, line);
    for (int64_t row = 0; row < ae_channels_rows(s); row++)
      scale_row(ae_channels_width(s, row), line, j->x + first + row * s->width, j->y + first + row * s->width);
  }
}

/* y may be x. */
static ae_status run(const ae_call *call, const real *x, real *y) {
  const ae_shape *s = &call->in_spec[0].shape;
  const int64_t count = ae_shape_count(s), C = s->dims[s->ndim - 1], N = s->dims[0];
  if (count == 0) return AE_OK;
  job j = {ae_channels_of(call->ctx, count / N, C), count / N / C, ae_reals(call->saved[FACTORS]), x, y, NULL};
  const int parts = ae_parallel_count(call->ctx, N, AE_GRAIN_CHEAP / (count / N) + 1);
  const size_t bytes = (size_t)parts * (size_t)j.seen.width * sizeof(real);
  void *block;
  AE_TRY(ae_allocate(call->ctx->allocator, bytes, &block, call->err));
  j.lines = block;
  ae_parallel_parts(call->ctx, N, parts, scale_samples, &j);
  ae_free(call->ctx->allocator, block, bytes);
  return AE_OK;
}

static ae_status spatial_dropout_forward(ae_call *call) {
  const attrs *a = call->attrs;
  const ae_shape *x = &call->in_spec[0].shape;
  const int64_t sizes[] = {x->dims[0], x->dims[x->ndim - 1]};
  const real factor = (real)(1 / (1 - a->p));
  ae_shape shape;
  AE_TRY(ae_shape_make("spatial_dropout", 2, sizes, &shape, call->err));
  AE_TRY(ae_tensor_new(call->ctx, AE_REAL, &shape, &call->saved[FACTORS], call->err));
  real *factors = ae_reals(call->saved[FACTORS]);
  const int64_t count = call->saved[FACTORS]->count;
  ae_random draws = ae_random_take(&call->ctx->random, ae_random_blocks(count));
  ae_random_uniform(call->ctx, &draws, factors, count, 0, 1);
  for (int64_t i = 0; i < count; i++) factors[i] = factors[i] >= (real)a->p ? factor : 0;
  return run(call, ae_reals(call->in[0]), ae_reals(call->out[0]));
}

static ae_status spatial_dropout_backward(ae_call *call) {
  const real *g = ae_reals(call->gout[0]);
  ae_tensor *gx;
  if (call->slot[0]) {
    AE_TRY(ae_call_gradient(call, 0, &gx));
    return run(call, g, ae_reals(gx));
  }
  AE_TRY(ae_call_scratch(call, 0, &gx));
  ae_status status = run(call, g, ae_reals(gx));
  if (status == AE_OK) status = ae_call_pass(call, 0, gx);
  ae_tensor_release(gx);
  return status;
}

const ae_op ae_op_spatial_dropout = {
    .name = "spatial_dropout",
    .doc = "Sets whole channels of a sample to 0 with probability p and divides the others by 1 - p, so that the "
           "expectation stays.\n"
           "Draws from the random stream (ae.seed); nn.SpatialDropout2d does nothing in evaluation mode, this always "
           "draws. Tompson et al. 2015. Errors: p outside [0, 1).",
    .result = "a tensor of x's shape",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[N, ..., C]"}},
    .attrs = {AE_ATTR(attrs, p, AE_ATTR_REAL, 0.5, "the probability of 0; at least 0, less than 1, default 0.5")},
    .attrs_size = sizeof(attrs),
    .shape = spatial_dropout_shape,
    .forward = spatial_dropout_forward,
    .backward = spatial_dropout_backward,
};
