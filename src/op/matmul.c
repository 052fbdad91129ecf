/*
** matmul: matrix products as NumPy has them.
**   a [..., M, K]   b [..., K, N]   ->   y [..., M, N]
** The leading dimensions broadcast; a of shape [K] is a row, b of shape [K] a
** column, and that dimension is left out of y. transpose_a and transpose_b say
** that the last two dimensions are stored the other way round.
** Back: da = g b^T, db = a^T g, summed over what broadcasting repeats.
**
** Not here: bias and activation (dense.c).
*/
#include "core/op.h"
#include "core/parallel.h"
#include "kernel/gemm.h"

enum { A, B };

typedef struct attrs {
  bool transpose_a, transpose_b;
} attrs;

/* A tensor seen as matrices, one for each index of y's leading dimensions. */
typedef struct operand {
  real *data;
  int64_t step[AE_MAX_DIMS]; /* elements from one to the next along a leading dimension; 0: repeated */
  int64_t stride;            /* from one stored row to the next */
  bool transposed;
  bool repeated;
} operand;

typedef struct geometry {
  ae_shape batch; /* y's leading dimensions */
  int64_t batches;
  int64_t m, n, k;
  operand a, b, y;
} geometry;

/* The shape as matrices: [K] as [1, K] for a, as [K, 1] for b. */
static ae_shape as_matrix(const ae_shape *s, bool column) {
  ae_shape matrix = *s;
  if (s->ndim == 1) {
    matrix.ndim = 2;
    matrix.dims[0] = column ? s->dims[0] : 1;
    matrix.dims[1] = column ? 1 : s->dims[0];
  }
  return matrix;
}

static ae_shape leading(const ae_shape *s) {
  ae_shape result = {.ndim = s->ndim - 2};
  for (int i = 0; i < result.ndim; i++) result.dims[i] = s->dims[i];
  return result;
}

static operand operand_of(const ae_shape *matrix, const ae_shape *batch, bool transposed) {
  operand o = {.stride = matrix->dims[matrix->ndim - 1], .transposed = transposed};
  int64_t step = o.stride * matrix->dims[matrix->ndim - 2];
  int lead = matrix->ndim - 2;
  for (int i = batch->ndim - 1, own = lead - 1; i >= 0; i--, own--) {
    if (own >= 0 && matrix->dims[own] == batch->dims[i]) {
      o.step[i] = step;
      step *= batch->dims[i];
    } else if (batch->dims[i] != 1) {
      o.repeated = true;
    }
  }
  return o;
}

/* Where b is one matrix and a's are stored one below the other, they are one. */
static void flatten(geometry *g) {
  if (g->a.repeated || g->a.transposed || !g->b.repeated) return;
  for (int i = 0; i < g->batch.ndim; i++)
    if (g->b.step[i] != 0 && g->batch.dims[i] != 1) return;
  g->m *= g->batches;
  g->batches = 1;
  g->batch.ndim = 0;
  g->b.repeated = false;
}

static geometry geometry_of(const ae_call *call) {
  const attrs *at = call->attrs;
  ae_shape a = as_matrix(&call->in_spec[A].shape, false), b = as_matrix(&call->in_spec[B].shape, true);
  ae_shape lead_a = leading(&a), lead_b = leading(&b);
  geometry g = {.m = a.dims[a.ndim - (at->transpose_a ? 1 : 2)],
                .k = a.dims[a.ndim - (at->transpose_a ? 2 : 1)],
                .n = b.dims[b.ndim - (at->transpose_b ? 2 : 1)]};
  (void)ae_shape_broadcast("matmul", &lead_a, &lead_b, &g.batch, NULL); /* shape() has checked it */
  g.batches = ae_shape_count(&g.batch);
  ae_shape y = g.batch;
  y.ndim += 2;
  y.dims[y.ndim - 2] = g.m;
  y.dims[y.ndim - 1] = g.n;
  g.a = operand_of(&a, &g.batch, at->transpose_a);
  g.b = operand_of(&b, &g.batch, at->transpose_b);
  g.y = operand_of(&y, &g.batch, false);
  flatten(&g);
  return g;
}

static ae_status matmul_shape(ae_call *call, ae_spec *out) {
  const attrs *at = call->attrs;
  const ae_shape *given_a = &call->in_spec[A].shape, *given_b = &call->in_spec[B].shape;
  char text_a[AE_SHAPE_TEXT], text_b[AE_SHAPE_TEXT];
  ae_shape_text(given_a, text_a);
  ae_shape_text(given_b, text_b);
  if (given_a->ndim == 0 || given_b->ndim == 0)
    return ae_fail(call->err, AE_SHAPE,
                   "matmul: wants at least 1 dimension each, got %s and %s; mul multiplies numbers", text_a, text_b);
  if ((at->transpose_a && given_a->ndim == 1) || (at->transpose_b && given_b->ndim == 1))
    return ae_fail(call->err, AE_SHAPE, "matmul: %s wants 2 dimensions, got %s",
                   at->transpose_a && given_a->ndim == 1 ? "transpose_a" : "transpose_b",
                   at->transpose_a && given_a->ndim == 1 ? text_a : text_b);
  ae_shape a = as_matrix(given_a, false), b = as_matrix(given_b, true);
  int64_t k_a = a.dims[a.ndim - (at->transpose_a ? 2 : 1)], k_b = b.dims[b.ndim - (at->transpose_b ? 1 : 2)];
  if (k_a != k_b)
    return ae_fail(call->err, AE_SHAPE, "matmul: %s%s has %lld columns, %s%s has %lld rows", text_a,
                   at->transpose_a ? " (transposed)" : "", (long long)k_a, text_b,
                   at->transpose_b ? " (transposed)" : "", (long long)k_b);
  ae_shape lead_a = leading(&a), lead_b = leading(&b), y;
  AE_TRY(ae_shape_broadcast("matmul", &lead_a, &lead_b, &y, call->err));
  if (given_a->ndim > 1) y.dims[y.ndim++] = a.dims[a.ndim - (at->transpose_a ? 1 : 2)];
  if (given_b->ndim > 1) y.dims[y.ndim++] = b.dims[b.ndim - (at->transpose_b ? 2 : 1)];
  out->type = AE_REAL;
  return ae_shape_make("matmul", y.ndim, y.dims, &out->shape, call->err);
}

/* ---- c = op(a) op(b) for every matrix ---- */

typedef struct products {
  const ae_shape *batch;
  int64_t m, n, k;
  const operand *a, *b, *c;
  ae_gemm_plan plan;
  atomic_bool failed;
} products;

/* One matrix of each; `first`: the first that is added into this matrix of c. */
static void locate(const products *p, int64_t index, ae_matrix *a, ae_matrix *b, real **c, bool *first) {
  int64_t at_a = 0, at_b = 0, at_c = 0;
  *first = true;
  for (int i = p->batch->ndim - 1; i >= 0; i--) {
    int64_t at = index % p->batch->dims[i];
    index /= p->batch->dims[i];
    at_a += at * p->a->step[i];
    at_b += at * p->b->step[i];
    at_c += at * p->c->step[i];
    if (at != 0 && p->c->step[i] == 0) *first = false;
  }
  *a = (ae_matrix){p->a->data + at_a, p->a->stride, p->a->transposed};
  *b = (ae_matrix){p->b->data + at_b, p->b->stride, p->b->transposed};
  *c = p->c->data + at_c;
}

static void run_products(void *arg, int64_t begin, int64_t end) {
  products *p = arg;
  for (int64_t index = begin; index < end; index++) {
    ae_matrix a, b;
    real *c;
    bool first;
    locate(p, index, &a, &b, &c, &first);
    if (ae_gemm_rows(&p->plan, p->m, 1, a, b, first ? 0 : 1, c, p->c->stride) != AE_OK)
      atomic_store_explicit(&p->failed, true, memory_order_relaxed);
  }
}

static ae_status multiply(ae_call *call, const geometry *g, int64_t m, int64_t n, int64_t k, const operand *a,
                          const operand *b, const operand *c) {
  products p = {.batch = &g->batch, .m = m, .n = n, .k = k, .a = a, .b = b, .c = c};
  AE_TRY(ae_gemm_plan_rows(call->ctx, m, n, k, &p.plan, call->err));
  if (p.plan.parts == 1 && p.plan.concurrent && !c->repeated) { /* small ones, side by side */
    int64_t size = m * n * (k > 0 ? k : 1), grain = size > 0 ? 131072 / size : 1;
    ae_parallel(call->ctx, g->batches, grain > 0 ? grain : 1, run_products, &p);
    if (p.failed) return ae_fail(call->err, AE_NO_MEMORY, "matmul: the library of products had no memory");
    return AE_OK;
  }
  for (int64_t index = 0; index < g->batches; index++) {
    ae_matrix left, right;
    real *result;
    bool first;
    locate(&p, index, &left, &right, &result, &first);
    AE_TRY(ae_gemm(call->ctx, m, n, k, 1, left, right, first ? 0 : 1, result, c->stride, call->err));
  }
  return AE_OK;
}

static ae_status matmul_forward(ae_call *call) {
  geometry g = geometry_of(call);
  g.a.data = ae_reals(call->in[A]);
  g.b.data = ae_reals(call->in[B]);
  g.y.data = ae_reals(call->out[0]);
  return multiply(call, &g, g.m, g.n, g.k, &g.a, &g.b, &g.y);
}

static operand flipped(operand o) {
  o.transposed = !o.transposed;
  return o;
}

/* The gradient of op(x) is left op(right); where x is stored transposed, so is its gradient. */
static ae_status gradient_of(ae_call *call, const geometry *g, int i, const operand *stored, operand left,
                             operand right, int64_t rows, int64_t columns, int64_t inner) {
  ae_tensor *gradient;
  AE_TRY(ae_call_gradient(call, i, &gradient));
  if (g->batches == 0) ae_tensor_fill(call->ctx, gradient, 0);
  operand target = *stored;
  target.data = ae_reals(gradient);
  target.transposed = false;
  if (!stored->transposed) return multiply(call, g, rows, columns, inner, &left, &right, &target);
  operand swapped_left = flipped(right), swapped_right = flipped(left);
  return multiply(call, g, columns, rows, inner, &swapped_left, &swapped_right, &target);
}

static ae_status matmul_backward(ae_call *call) {
  geometry g = geometry_of(call);
  g.y.data = ae_reals(call->gout[0]);
  if (call->wants[A]) {
    g.b.data = ae_reals(call->in[B]);
    AE_TRY(gradient_of(call, &g, A, &g.a, g.y, flipped(g.b), g.m, g.k, g.n));
  }
  if (call->wants[B]) {
    g.a.data = ae_reals(call->in[A]);
    AE_TRY(gradient_of(call, &g, B, &g.b, flipped(g.a), g.y, g.k, g.n, g.m));
  }
  return AE_OK;
}

static void matmul_work(const ae_call *call, bool back, ae_work *work) {
  geometry g = geometry_of(call);
  double once = 2 * (double)g.batches * (double)g.m * (double)g.n * (double)g.k;
  work->flops = back ? once * (call->wants[A] + call->wants[B]) : once;
}

const ae_op ae_op_matmul = {
    .name = "matmul",
    .doc =
        "Matrix products, with NumPy's rules: the last two dimensions are matrices, those before them broadcast.\n"
        "A tensor of one dimension is a row on the left and a column on the right, and that dimension is left out of "
        "the result; two of them give their dot product, a number. Errors: inner or leading dimensions that do not "
        "fit.",
    .result = "[..., M, N] the products",
    .params = {{.name = "a", .takes = AE_TAKES_REAL, .doc = "[..., M, K] or [K] the left matrices"},
               {.name = "b", .takes = AE_TAKES_REAL, .doc = "[..., K, N] or [K] the right matrices"}},
    .attrs = {AE_ATTR(attrs, transpose_a, AE_ATTR_BOOL, 0, "a is stored [..., K, M]; default false"),
              AE_ATTR(attrs, transpose_b, AE_ATTR_BOOL, 0, "b is stored [..., N, K]; default false")},
    .attrs_size = sizeof(attrs),
    .saves = AE_SAVES_INPUTS,
    .shape = matmul_shape,
    .forward = matmul_forward,
    .backward = matmul_backward,
    .work = matmul_work,
};
