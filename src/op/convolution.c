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

/* A parameter outside training is likely to be used again as it is. What was computed is not, nor are gradients, whose
** memory is used again without a word. */
static ae_conv_weights weights_of(const ae_call *call) {
  const ae_tensor *w = call->in[W];
  const bool parameter = w->requires_grad && !w->node && !call->recording;
  return (ae_conv_weights){ae_reals(w), parameter ? w->storage : NULL};
}

ae_status ae_convolution_forward(ae_call *call, bool transposed) {
  const ae_convolution *a = call->attrs;
  ae_conv_finish finish = {.f = activation_of(a), .b = call->in[B] ? ae_reals(call->in[B]) : NULL};
  if (call->recording && ae_activation_saves_input(finish.f.kind)) {
    AE_TRY(ae_tensor_new(call->ctx, AE_REAL, &call->out_spec[0].shape, &call->saved[SAVED_INPUT], call->err));
    finish.saved = ae_reals(call->saved[SAVED_INPUT]);
  }
  const real *x = ae_reals(call->in[X]);
  const ae_conv_weights w = weights_of(call);
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
  size_t bytes;  /* of the two */
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

/* Sums of `parts` shares of the rows, for db. */
static ae_status open_sums(ae_call *call, pass *p, int parts) {
  void *block;
  p->bytes = (size_t)parts * (size_t)p->channels * (sizeof(double) + sizeof(real));
  AE_TRY(ae_allocate(call->ctx->allocator, p->bytes, &block, call->err));
  memset(block, 0, p->bytes);
  p->sums = block;
  p->scratch = (real *)(p->sums + parts * p->channels);
  return AE_OK;
}

static void close_sums(ae_call *call, pass *p) {
  ae_free(call->ctx->allocator, p->sums, p->bytes);
  p->sums = NULL;
  p->scratch = NULL;
}

/* dz and, where it is wanted, db. */
static ae_status back_through_activation(ae_call *call, pass *p, ae_tensor *db) {
  const ae_shape *shape = &call->out_spec[0].shape;
  const int64_t rows = p->channels > 0 ? ae_shape_count(shape) / p->channels : 0;
  const int64_t grain = ae_activation_grain(p->f.kind) / (p->channels > 0 ? p->channels : 1);
  const int parts = ae_parallel_count(call->ctx, rows, grain > 0 ? grain : 1);
  if (!db && p->f.kind == AE_LINEAR) return AE_OK;
  if (db) AE_TRY(open_sums(call, p, parts));
  ae_parallel_parts(call->ctx, rows, parts, back_rows, p);
  if (db) add_up(p, parts, ae_reals(db));
  if (db) close_sums(call, p);
  return AE_OK;
}

/* dz, db and dw in one pass where there is one for them. */
static ae_status back_with_weights(ae_call *call, pass *p, ae_tensor *db, ae_tensor *dw, bool transposed) {
  const ae_conv *conv = &((const ae_convolution *)call->attrs)->conv;
  const real *x = ae_reals(call->in[X]);
  const ae_conv_maker maker = {.make = back_rows, .arg = p, .of_x = transposed};
  ae_status status = AE_UNSUPPORTED;
  if (db || p->f.kind != AE_LINEAR) {
    if (db) AE_TRY(open_sums(call, p, call->ctx->threads));
    status = ae_conv_weight_gradient_making(call->ctx, conv, transposed ? p->dz : x, transposed ? x : p->dz, &maker,
                                            ae_reals(dw), call->err);
    if (db && status == AE_OK) add_up(p, call->ctx->threads, ae_reals(db));
    if (db) close_sums(call, p);
  }
  if (status != AE_UNSUPPORTED) return status;
  AE_TRY(back_through_activation(call, p, db));
  return ae_conv_weight_gradient(call->ctx, conv, transposed ? p->dz : x, transposed ? x : p->dz, ae_reals(dw),
                                 call->err);
}

static ae_status gradients(ae_call *call, pass *p, bool transposed) {
  const ae_conv *conv = &((const ae_convolution *)call->attrs)->conv;
  ae_tensor *dx, *dw, *db = NULL;
  if (call->wants[B]) AE_TRY(ae_call_gradient(call, B, &db));
  if (call->wants[W]) {
    AE_TRY(ae_call_gradient(call, W, &dw));
    AE_TRY(back_with_weights(call, p, db, dw, transposed));
  } else {
    AE_TRY(back_through_activation(call, p, db));
  }
  if (!call->wants[X]) return AE_OK;
  const ae_conv_weights w = {.data = ae_reals(call->in[W])};
  AE_TRY(ae_call_gradient(call, X, &dx));
  return transposed ? ae_conv_forward(call->ctx, conv, p->dz, w, NULL, ae_reals(dx), call->err)
                    : ae_conv_data_gradient(call->ctx, conv, p->dz, w, NULL, ae_reals(dx), call->err);
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
  ae_status status = gradients(call, &p, transposed);
  ae_tensor_release(dz);
  return status;
}

void ae_convolution_work(const ae_call *call, bool back, ae_work *work) {
  const ae_conv *v = &((const ae_convolution *)call->attrs)->conv;
  double taps = (double)(v->r * v->s * (v->groups > 0 ? v->c / v->groups : 0));
  double once = 2 * taps * (double)v->k * (double)(v->n * v->p * v->q);
  work->flops = back ? once * (call->wants[X] + call->wants[W]) : once;
}
