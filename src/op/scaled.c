/*
** scaled: y = x / 255 for u8 (pixels to 0..1); other types pass as they are
**   dL/dx = g where x is real
*/
#include "kernel/pixel.h"
#include "op/elementwise.h"

static ae_status scaled_shape(ae_call *call, ae_spec *out) {
  *out = call->in_spec[0];
  if (out->type == AE_U8) out->type = AE_REAL;
  return AE_OK;
}

typedef struct scaled_job {
  const uint8_t *x;
  real *y;
} scaled_job;

static AE_SIMD void scale(int64_t n, const uint8_t *restrict x, real *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] = ae_pixel(x[i]);
}

static void run_scale(void *arg, int64_t begin, int64_t end) {
  const scaled_job *j = arg;
  scale(end - begin, j->x + begin, j->y + begin);
}

static ae_status scaled_forward(ae_call *call) {
  ae_tensor *x = call->in[0];
  if (x->type != AE_U8) return ae_tensor_view(x, &x->shape, 0, &call->out[0], call->err);
  AE_TRY(ae_tensor_new(call->ctx, AE_REAL, &x->shape, &call->out[0], call->err));
  scaled_job job = {ae_u8s(x), ae_reals(call->out[0])};
  ae_parallel(call->ctx, x->count, AE_GRAIN_CHEAP, run_scale, &job);
  return AE_OK;
}

static ae_status scaled_backward(ae_call *call) {
  return ae_call_pass(call, 0, call->gout[0]);
}

const ae_op ae_op_scaled = {
    .name = "scaled",
    .doc = "u8 as real numbers from 0 to 1: each divided by 255, as batches and models take pixels.\n"
           "Other types pass as they are: the result shares x's memory. To keep a u8's values use t:to(\"f32\").",
    .result = "a tensor of x's shape: real for u8, else of x's type",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[...] any shape"}},
    .makes_outputs = true,
    .shape = scaled_shape,
    .forward = scaled_forward,
    .backward = scaled_backward};
