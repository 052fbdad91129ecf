/*
** convolution: forward and backward of convolution.h.
**   y = f(z + b)   back: dz = dy f', db = the sum of dz over pixels
**   convolution:   z = conv(x, w)              dx = data gradient of dz    dw = weight gradient of (x, dz)
**   transposed:    z = data gradient of x      dx = conv(dz, w)            dw = weight gradient of (dz, x)
*/
#include "op/convolution.h"

#include <string.h>

#include "core/parallel.h"

enum { X = AE_CONVOLUTION_X, W = AE_CONVOLUTION_W, B = AE_CONVOLUTION_B };
enum { SAVED_INPUT }; /* z + b, where the activation's gradient reads that */

static ae_activation activation_of(const ae_convolution *a) {
  return (ae_activation){(ae_activation_kind)a->activation, (real)a->slope, (real)a->alpha};
}

ae_status ae_convolution_forward(ae_call *call, bool transposed) {
  const ae_convolution *a = call->attrs;
  ae_conv_finish finish = {.f = activation_of(a), .b = call->in[B] ? ae_reals(call->in[B]) : NULL};
  if (call->recording && ae_activation_saves_input(finish.f.kind)) {
    AE_TRY(ae_tensor_new(call->ctx, AE_REAL, &call->out_spec[0].shape, &call->saved[SAVED_INPUT], call->err));
    finish.saved = ae_reals(call->saved[SAVED_INPUT]);
  }
  const real *x = ae_reals(call->in[X]), *w = ae_reals(call->in[W]);
  real *y = ae_reals(call->out[0]);
  return transposed ? ae_conv_data_gradient(call->ctx, &a->conv, x, w, &finish, y, call->err)
                    : ae_conv_forward(call->ctx, &a->conv, x, w, &finish, y, call->err);
}

/* ---- Back ---- */

typedef struct pass {
  ae_activation f;
  int64_t channels;
  const real *dy, *given;
  real *dz;
  double *sums;  /* [parts, channels]; NULL: not wanted */
  real *scratch; /* [parts, channels] */
} pass;

static void back_rows(void *arg, int part, int64_t begin, int64_t end) {
  const pass *p = arg;
  const int64_t n = p->channels, at = begin * n;
  ae_activate_back(p->f, end - begin, n, p->dy + at, p->given ? p->given + at : NULL, p->dz + at,
                   p->sums ? p->sums + part * n : NULL, p->scratch ? p->scratch + part * n : NULL);
}

static void add_up(const pass *p, int parts, real *out) {
  for (int64_t j = 0; j < p->channels; j++) {
    double sum = 0;
    for (int part = 0; part < parts; part++) sum += p->sums[part * p->channels + j];
    out[j] = (real)sum;
  }
}

/* dz and, where it is wanted, db. */
static ae_status back_through_activation(ae_call *call, pass *p) {
  const ae_shape *shape = &call->out_spec[0].shape;
  const int64_t rows = p->channels > 0 ? ae_shape_count(shape) / p->channels : 0;
  const int64_t grain = ae_activation_grain(p->f.kind) / (p->channels > 0 ? p->channels : 1);
  const int parts = ae_parallel_count(call->ctx, rows, grain > 0 ? grain : 1);
  const size_t bytes = (size_t)parts * (size_t)p->channels * (sizeof(double) + sizeof(real));
  ae_tensor *db = NULL;
  void *block = NULL;
  if (call->wants[B]) AE_TRY(ae_call_gradient(call, B, &db));
  if (db) {
    AE_TRY(ae_allocate(call->ctx->allocator, bytes, &block, call->err));
    memset(block, 0, bytes);
    p->sums = block;
    p->scratch = (real *)(p->sums + parts * p->channels);
  }
  ae_parallel_parts(call->ctx, rows, parts, back_rows, p);
  if (db) add_up(p, parts, ae_reals(db));
  ae_free(call->ctx->allocator, block, bytes);
  return AE_OK;
}

static ae_status gradients(ae_call *call, const real *dz, bool transposed) {
  const ae_conv *conv = &((const ae_convolution *)call->attrs)->conv;
  ae_tensor *dx, *dw;
  if (call->wants[X]) {
    const real *w = ae_reals(call->in[W]);
    AE_TRY(ae_call_gradient(call, X, &dx));
    AE_TRY(transposed ? ae_conv_forward(call->ctx, conv, dz, w, NULL, ae_reals(dx), call->err)
                      : ae_conv_data_gradient(call->ctx, conv, dz, w, NULL, ae_reals(dx), call->err));
  }
  if (call->wants[W]) {
    const real *x = ae_reals(call->in[X]);
    AE_TRY(ae_call_gradient(call, W, &dw));
    AE_TRY(ae_conv_weight_gradient(call->ctx, conv, transposed ? dz : x, transposed ? x : dz, ae_reals(dw), call->err));
  }
  return AE_OK;
}

ae_status ae_convolution_backward(ae_call *call, bool transposed) {
  const ae_shape *y = &call->out_spec[0].shape;
  const ae_tensor *given = call->saved[SAVED_INPUT] ? call->saved[SAVED_INPUT] : call->out[0];
  ae_tensor *dz;
  pass p = {.f = activation_of(call->attrs),
            .channels = y->dims[y->ndim - 1],
            .dy = ae_reals(call->gout[0]),
            .given = ae_reals(given)};
  if (p.f.kind == AE_LINEAR) {
    dz = call->gout[0];
    ae_tensor_retain(dz);
  } else {
    AE_TRY(ae_call_scratch(call, 0, &dz));
  }
  p.dz = ae_reals(dz);
  ae_status status = AE_OK;
  if (call->wants[B] || p.f.kind != AE_LINEAR) status = back_through_activation(call, &p);
  if (status == AE_OK) status = gradients(call, p.dz, transposed);
  ae_tensor_release(dz);
  return status;
}

void ae_convolution_work(const ae_call *call, bool back, ae_work *work) {
  const ae_conv *v = &((const ae_convolution *)call->attrs)->conv;
  double taps = (double)(v->r * v->s * (v->groups > 0 ? v->c / v->groups : 0));
  double once = 2 * taps * (double)v->k * (double)(v->n * v->p * v->q);
  work->flops = back ? once * (call->wants[X] + call->wants[W]) : once;
}
