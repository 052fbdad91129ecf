/*
** dense: a fully connected layer with its bias and activation in one pass.
**   x [..., I]   w [I, O] (transposed: [O, I])   b [O]?   ->   y [..., O]
**   y = f(x w + b)
** Back, with dz = dy f'(z):
**   dx = dz w^T   dw = x^T dz   db = the sum of dz over rows
** Rows are split over threads; a thread takes a block of rows through product
** and activation while they are in its cache, and on the way back through
** activation gradient, bias sums and dx.
**
** Not here: the loops of the activations (kernel/activation.c).
*/
#include <math.h>
#include <string.h>

#include "core/op.h"
#include "core/parallel.h"
#include "kernel/activation.h"
#include "kernel/gemm.h"

enum { X, W, B };
enum { SAVED_INPUT }; /* z + b, where the activation's gradient reads that */

typedef struct attrs {
  int activation;
  bool transposed;
  double slope, alpha;
} attrs;

/* Bytes of a block of rows, as a last-level cache holds them: a smaller one costs more packing of w than it saves. */
enum { BLOCK_BYTES = 1 << 21, BLOCK_ROWS = 64 };

static int64_t block_rows(int64_t width) {
  int64_t rows = BLOCK_BYTES / ((int64_t)sizeof(real) * (width > 0 ? width : 1));
  return rows > BLOCK_ROWS ? rows : BLOCK_ROWS;
}

static ae_activation activation_of(const attrs *a) {
  return (ae_activation){(ae_activation_kind)a->activation, (real)a->slope, (real)a->alpha};
}

static int64_t last_dim(const ae_shape *s) {
  return s->dims[s->ndim - 1];
}

static int64_t row_count(const ae_shape *s) {
  int64_t rows = 1;
  for (int i = 0; i < s->ndim - 1; i++) rows *= s->dims[i];
  return rows;
}

static ae_status dense_shape(ae_call *call, ae_spec *out) {
  const attrs *a = call->attrs;
  const ae_shape *x = &call->in_spec[X].shape, *w = &call->in_spec[W].shape, *b = &call->in_spec[B].shape;
  char got[AE_SHAPE_TEXT], wanted[AE_SHAPE_TEXT];
  if (w->ndim != 2) return ae_fail(call->err, AE_SHAPE, "dense: w wants 2 dimensions, got %s", ae_shape_text(w, got));
  int64_t inputs = w->dims[a->transposed ? 1 : 0], outputs = w->dims[a->transposed ? 0 : 1];
  if (x->ndim < 1 || last_dim(x) != inputs)
    return ae_fail(call->err, AE_SHAPE, "dense: x wants a last dimension of %lld, as w %s%s has it, got %s",
                   (long long)inputs, ae_shape_text(w, wanted), a->transposed ? " (transposed)" : "",
                   ae_shape_text(x, got));
  if (b->ndim >= 0 && (b->ndim != 1 || b->dims[0] != outputs))
    return ae_fail(call->err, AE_SHAPE, "dense: b wants shape [%lld], got %s", (long long)outputs,
                   ae_shape_text(b, got));
  if (!(a->slope >= 0) || !isfinite(a->slope))
    return ae_fail(call->err, AE_INVALID, "dense: slope must be at least 0 and finite, got %g", a->slope);
  if (!(a->alpha >= 0) || !isfinite(a->alpha))
    return ae_fail(call->err, AE_INVALID, "dense: alpha must be at least 0 and finite, got %g", a->alpha);
  ae_shape y = *x;
  y.dims[y.ndim - 1] = outputs;
  *out = (ae_spec){.type = AE_REAL};
  return ae_shape_make("dense", y.ndim, y.dims, &out->shape, call->err);
}

/* What the threads of one pass share. */
typedef struct pass {
  ae_gemm_plan plan; /* of the product over rows; backend NULL: no product in this pass */
  ae_activation f;
  int64_t rows, inputs, outputs;
  ae_matrix w; /* as the product of this pass takes it */
  const real *x, *b;
  real *y, *saved;        /* forward */
  const real *dy, *given; /* back */
  real *dz, *dx;          /* dx NULL: not wanted */
  double *sums;           /* [parts, outputs]; NULL: not wanted */
  real *scratch;          /* [parts, outputs] */
  atomic_bool failed;
} pass;

static void run_product(pass *p, int64_t rows, const real *a, int64_t a_stride, real *c, int64_t c_stride) {
  if (ae_gemm_rows(&p->plan, rows, 1, (ae_matrix){a, a_stride, false}, p->w, 0, c, c_stride) != AE_OK)
    atomic_store_explicit(&p->failed, true, memory_order_relaxed);
}

static void forward_rows(void *arg, int part, int64_t begin, int64_t end) {
  pass *p = arg;
  (void)part;
  int64_t step = block_rows(p->outputs);
  for (int64_t row = begin; row < end; row += step) {
    int64_t rows = end - row < step ? end - row : step;
    real *y = p->y + row * p->outputs;
    if (p->plan.backend) run_product(p, rows, p->x + row * p->inputs, p->inputs, y, p->outputs);
    ae_activate(p->f, rows, p->outputs, p->b, y, p->saved ? p->saved + row * p->outputs : NULL);
  }
}

static ae_status fail_memory(ae_call *call) {
  return ae_fail(call->err, AE_NO_MEMORY, "dense: the library of products had no memory for its buffers");
}

static int activation_parts(const ae_call *call, const pass *p) {
  int64_t grain = ae_activation_grain(p->f.kind) / (p->outputs > 0 ? p->outputs : 1);
  return ae_parallel_count(call->ctx, p->rows, grain > 0 ? grain : 1);
}

static ae_status dense_forward(ae_call *call) {
  const attrs *a = call->attrs;
  const ae_shape *x = &call->in_spec[X].shape;
  ae_tensor *w = call->in[W], *b = call->in[B];
  pass p = {.f = activation_of(a),
            .rows = row_count(x),
            .inputs = last_dim(x),
            .outputs = last_dim(&call->out_spec[0].shape),
            .w = {ae_reals(w), w->shape.dims[1], a->transposed},
            .x = ae_reals(call->in[X]),
            .b = b ? ae_reals(b) : NULL,
            .y = ae_reals(call->out[0])};
  if (call->recording && ae_activation_saves_input(p.f.kind)) {
    AE_TRY(ae_tensor_new(call->ctx, AE_REAL, &call->out_spec[0].shape, &call->saved[SAVED_INPUT], call->err));
    p.saved = ae_reals(call->saved[SAVED_INPUT]);
  }
  AE_TRY(ae_gemm_plan_rows(call->ctx, p.rows, p.outputs, p.inputs, &p.plan, call->err));
  int parts = p.plan.parts;
  if (parts == 0) {
    AE_TRY(ae_gemm(call->ctx, p.rows, p.outputs, p.inputs, 1, (ae_matrix){p.x, p.inputs, false}, p.w, 0, p.y, p.outputs,
                   call->err));
    p.plan.backend = NULL;
    parts = activation_parts(call, &p);
  }
  ae_parallel_parts(call->ctx, p.rows, parts, forward_rows, &p);
  return p.failed ? fail_memory(call) : AE_OK;
}

/* ---- Back ---- */

static void backward_rows(void *arg, int part, int64_t begin, int64_t end) {
  pass *p = arg;
  int64_t n = p->outputs, step = block_rows(n + p->inputs);
  double *sums = p->sums ? p->sums + part * n : NULL;
  real *scratch = p->scratch ? p->scratch + part * n : NULL;
  for (int64_t row = begin; row < end; row += step) {
    int64_t rows = end - row < step ? end - row : step;
    ae_activate_back(p->f, rows, n, p->dy + row * n, p->given + row * n, p->dz + row * n, sums, scratch);
    if (p->dx && p->plan.backend) run_product(p, rows, p->dz + row * n, n, p->dx + row * p->inputs, p->inputs);
  }
}

static void add_up(const pass *p, int parts, real *out) {
  for (int64_t j = 0; j < p->outputs; j++) {
    double sum = 0;
    for (int part = 0; part < parts; part++) sum += p->sums[part * p->outputs + j];
    out[j] = (real)sum;
  }
}

/* dz, and with it db and dx. */
static ae_status back_through_rows(ae_call *call, pass *p) {
  ae_tensor *db = NULL, *dx = NULL;
  if (call->wants[B]) AE_TRY(ae_call_gradient(call, B, &db));
  if (call->wants[X]) {
    AE_TRY(ae_call_gradient(call, X, &dx));
    p->dx = ae_reals(dx);
    AE_TRY(ae_gemm_plan_rows(call->ctx, p->rows, p->inputs, p->outputs, &p->plan, call->err));
  }
  int parts = p->plan.backend && p->plan.parts > 0 ? p->plan.parts : activation_parts(call, p);
  if (p->plan.parts == 0) p->plan.backend = NULL;
  size_t bytes = (size_t)parts * (size_t)p->outputs * (sizeof(double) + sizeof(real));
  void *block = NULL;
  if (db) {
    AE_TRY(ae_allocate(call->ctx->allocator, bytes, &block, call->err));
    memset(block, 0, bytes);
    p->sums = block;
    p->scratch = (real *)(p->sums + parts * p->outputs);
  }
  ae_parallel_parts(call->ctx, p->rows, parts, backward_rows, p);
  if (db) add_up(p, parts, ae_reals(db));
  ae_free(call->ctx->allocator, block, bytes);
  if (p->failed) return fail_memory(call);
  if (dx && !p->plan.backend)
    AE_TRY(ae_gemm(call->ctx, p->rows, p->inputs, p->outputs, 1, (ae_matrix){p->dz, p->outputs, false}, p->w, 0, p->dx,
                   p->inputs, call->err));
  return AE_OK;
}

static ae_status weight_gradient(ae_call *call, const pass *p, bool transposed) {
  ae_tensor *dw;
  AE_TRY(ae_call_gradient(call, W, &dw));
  const real *x = ae_reals(call->in[X]);
  if (transposed)
    return ae_gemm(call->ctx, p->outputs, p->inputs, p->rows, 1, (ae_matrix){p->dz, p->outputs, true},
                   (ae_matrix){x, p->inputs, false}, 0, ae_reals(dw), p->inputs, call->err);
  return ae_gemm(call->ctx, p->inputs, p->outputs, p->rows, 1, (ae_matrix){x, p->inputs, true},
                 (ae_matrix){p->dz, p->outputs, false}, 0, ae_reals(dw), p->outputs, call->err);
}

static ae_status dense_backward(ae_call *call) {
  const attrs *a = call->attrs;
  const ae_shape *x = &call->in_spec[X].shape;
  const ae_tensor *w = call->in[W], *given = call->saved[SAVED_INPUT] ? call->saved[SAVED_INPUT] : call->out[0];
  ae_tensor *dz = NULL;
  pass p = {.f = activation_of(a),
            .rows = row_count(x),
            .inputs = last_dim(x),
            .outputs = last_dim(&call->out_spec[0].shape),
            .w = {ae_reals(w), w->shape.dims[1], !a->transposed},
            .dy = ae_reals(call->gout[0]),
            .given = ae_reals(given)};
  if (p.f.kind == AE_LINEAR) {
    dz = call->gout[0];
    ae_tensor_retain(dz);
  } else {
    AE_TRY(ae_call_scratch(call, 0, &dz));
  }
  p.dz = ae_reals(dz);
  ae_status status = back_through_rows(call, &p);
  if (status == AE_OK && call->wants[W]) status = weight_gradient(call, &p, a->transposed);
  ae_tensor_release(dz);
  return status;
}

static void dense_work(const ae_call *call, bool back, ae_work *work) {
  const ae_shape *w = &call->in_spec[W].shape;
  double once = 2 * (double)row_count(&call->in_spec[X].shape) * (double)ae_shape_count(w);
  work->flops = back ? once * (call->wants[X] + call->wants[W]) : once;
}

const ae_op ae_op_dense = {
    .name = "dense",
    .doc = "A fully connected layer: f(x w + b), f the activation, in one pass.\n"
           "b is added to every row. Softmax is over the last dimension, gelu the exact one (by erf). Errors: shapes "
           "that do not fit.",
    .result = "[..., O] f(x w + b)",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[..., I] rows of inputs"},
               {.name = "w", .takes = AE_TAKES_REAL, .doc = "[I, O] weights; transposed: [O, I]"},
               {.name = "b", .takes = AE_TAKES_REAL, .doc = "[O] bias", .optional = true}},
    .attrs = {AE_ATTR_CHOICE(attrs, activation, ae_activation_names, AE_LINEAR, "the activation f, default \"linear\""),
              AE_ATTR(attrs, transposed, AE_ATTR_BOOL, 0,
                      "use w transposed, as a layer tied to another's weights does; default false"),
              AE_ATTR(attrs, slope, AE_ATTR_REAL, 0.01, "of leaky_relu below 0; at least 0, default 0.01"),
              AE_ATTR(attrs, alpha, AE_ATTR_REAL, 1, "of elu: -alpha is its limit; at least 0, default 1")},
    .attrs_size = sizeof(attrs),
    .saves = AE_SAVES_IN(X) | AE_SAVES_IN(W) | AE_SAVES_OUT(0),
    .shape = dense_shape,
    .forward = dense_forward,
    .backward = dense_backward,
    .work = dense_work,
};
