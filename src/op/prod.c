/*
** prod: product of x over a set of dimensions, taken in double.
**   x [any shape] -> y [the other dimensions]
**   dy/dx_i = product of the others: P / x_i where no x is 0; where x_i alone is
**   0, the product of the rest; else 0.
*/
#include "core/parallel.h"
#include "kernel/broadcast.h"
#include "op/reduction.h"

enum { WIDTH = 256 };

static ae_status prod_shape(ae_call *call, ae_spec *out) {
  return ae_reduction_shape(call, AE_REAL, out);
}

typedef struct product {
  const ae_reduce_view *view;
  real *y;
  real *zeros; /* NULL: zeros are factors like others; else they are counted here and left out */
} product;

/* Blocks of at most WIDTH outputs that share their outer index. */
static void product_range(void *arg, int64_t begin, int64_t end) {
  const product *p = arg;
  const ae_reduce_view *v = p->view;
  const int64_t blocks = (v->inner + WIDTH - 1) / WIDTH;
  double y[WIDTH], zeros[WIDTH];
  for (int64_t task = begin; task < end; task++) {
    const int64_t outer = task / blocks, column = task % blocks * WIDTH;
    const int64_t n = v->inner - column < WIDTH ? v->inner - column : WIDTH;
    const int64_t first = outer * v->inner + column;
    const real *x = (const real *)v->data + outer * v->reduced * v->inner + column;
    for (int64_t j = 0; j < n; j++) {
      y[j] = 1;
      zeros[j] = 0;
    }
    for (int64_t i = 0; i < v->reduced; i++, x += v->inner) {
      for (int64_t j = 0; j < n; j++) {
        const bool zero = x[j] == 0 && p->zeros;
        y[j] *= zero ? 1 : (double)x[j];
        zeros[j] += zero;
      }
    }
    for (int64_t j = 0; j < n; j++) p->y[first + j] = (real)y[j];
    for (int64_t j = 0; j < n && p->zeros; j++) p->zeros[first + j] = (real)zeros[j];
  }
}

static ae_status products(ae_call *call, real *y, real *zeros) {
  const ae_reduction *attrs = call->attrs;
  ae_reduce_view view;
  AE_TRY(ae_reduce_open(call->ctx, call->in[0], attrs->set, &view, call->err));
  product p = {&view, y, zeros};
  const int64_t width = view.inner < WIDTH ? view.inner : WIDTH;
  const int64_t tasks = width > 0 ? view.outer * ((view.inner + WIDTH - 1) / WIDTH) : 0;
  ae_parallel(call->ctx, tasks, AE_GRAIN_CHEAP / (view.reduced * width + 1) + 1, product_range, &p);
  ae_reduce_close(&view);
  return AE_OK;
}

static ae_status prod_forward(ae_call *call) {
  return products(call, ae_reals(call->out[0]), NULL);
}

AE_SIMD static void others_gradient(real *gx, const real *x, const real *zeros, const real *g, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    const real alone = x[i] == 0 ? g[i] : 0;
    gx[i] = zeros[i] == 0 ? g[i] / x[i] : zeros[i] == 1 ? alone : 0;
  }
}

static ae_status prod_backward(ae_call *call) {
  ae_tensor *rest, *zeros;
  AE_TRY(ae_tensor_new(call->ctx, AE_REAL, &call->out_spec[0].shape, &rest, call->err));
  ae_status status = ae_tensor_new(call->ctx, AE_REAL, &call->out_spec[0].shape, &zeros, call->err);
  if (status == AE_OK) {
    status = products(call, ae_reals(rest), ae_reals(zeros));
    real *r = ae_reals(rest);
    const real *g = ae_reals(call->gout[0]);
    for (int64_t i = 0; i < rest->count; i++) r[i] *= g[i];
    if (status == AE_OK) status = ae_reduction_gradient(call, call->in[0], ae_reals(zeros), r, others_gradient);
    ae_tensor_release(zeros);
  }
  ae_tensor_release(rest);
  return status;
}

const ae_op ae_op_prod = {
    .name = "prod",
    .doc = "Product over dimensions, accumulated in double. The product of nothing is 1.",
    .result = "[the other dimensions] the products",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[any shape]"}},
    .attrs = {AE_REDUCTION_ATTRS},
    .attrs_size = sizeof(ae_reduction),
    .saves = AE_SAVES_IN(0),
    .shape = prod_shape,
    .forward = prod_forward,
    .backward = prod_backward,
};
