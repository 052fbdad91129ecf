/*
** reduction: shape rule, sums in double and the gradient's way back, for the
** operations that reduce a set of dimensions (reduction.h).
*/
#include "op/reduction.h"

#include "core/parallel.h"
#include "kernel/broadcast.h"

ae_status ae_reduction_shape(ae_call *call, ae_type type, ae_spec *out) {
  ae_reduction *attrs = call->attrs;
  const ae_shape *in = &call->in_spec[0].shape;
  AE_TRY(ae_op_dimset(call->op->name, &attrs->dims, in->ndim, &attrs->set, call->err));
  out->type = type;
  out->shape = ae_shape_reduce(in, attrs->set, attrs->keepdim);
  return AE_OK;
}

int64_t ae_reduction_count(const ae_call *call) {
  const ae_reduction *attrs = call->attrs;
  ae_reduce_view view;
  ae_reduce_plan(&call->in_spec[0].shape, attrs->set, &view);
  return view.reduced;
}

ae_status ae_reduction_nonempty(const ae_call *call) {
  const ae_reduction *attrs = call->attrs;
  const ae_shape *in = &call->in_spec[0].shape;
  const ae_shape out = ae_shape_reduce(in, attrs->set, false);
  if (ae_shape_count(in) > 0 || ae_shape_count(&out) == 0) return AE_OK;
  char text[AE_SHAPE_TEXT];
  return ae_fail(call->err, AE_SHAPE, "%s: wants at least one element to reduce, got %s", call->op->name,
                 ae_shape_text(in, text));
}

ae_status ae_wide_new(const ae_call *call, ae_wide *out) {
  ae_wide wide = {.count = ae_shape_count(&call->out_spec[0].shape)};
  void *block;
  wide.bytes = (size_t)wide.count * sizeof(double);
  AE_TRY(ae_allocate(call->ctx->allocator, wide.bytes, &block, call->err));
  wide.at = block;
  *out = wide;
  return AE_OK;
}

void ae_wide_free(const ae_call *call, ae_wide *wide) {
  ae_free(call->ctx->allocator, wide->at, wide->bytes);
}

ae_status ae_reduction_wide(const ae_call *call, ae_term term, const double *center, double scale, ae_wide *out) {
  const ae_reduction *attrs = call->attrs;
  ae_reduce_view view;
  ae_wide wide;
  AE_TRY(ae_wide_new(call, &wide));
  ae_status status = ae_reduce_open(call->ctx, call->in[0], attrs->set, &view, call->err);
  if (status == AE_OK) {
    status = ae_reduce_sum_wide(call->ctx, &view, term, center, scale, wide.at, call->err);
    ae_reduce_close(&view);
  }
  if (status != AE_OK)
    ae_wide_free(call, &wide);
  else
    *out = wide;
  return status;
}

typedef struct spread {
  ae_reduction_fn fn;
  real *gx;
  int x, kept, g; /* places among the operands; -1: absent */
} spread;

static void spread_block(void *arg, int64_t first, int64_t n, const void *const *in) {
  const spread *s = arg;
  s->fn(s->gx + first, s->x < 0 ? NULL : in[s->x], s->kept < 0 ? NULL : in[s->kept], in[s->g], n);
}

static int add_operand(const ae_shape **shapes, ae_operand *operands, int *n, const ae_shape *shape, const real *data) {
  shapes[*n] = shape;
  operands[*n] = (ae_operand){data, sizeof(real)};
  return (*n)++;
}

ae_status ae_reduction_gradient(ae_call *call, const ae_tensor *x, const real *kept, const real *g,
                                ae_reduction_fn fn) {
  const ae_reduction *attrs = call->attrs;
  const ae_shape *whole = &call->in_spec[0].shape;
  const ae_shape reduced = ae_shape_reduce(whole, attrs->set, true);
  ae_tensor *gx;
  AE_TRY(ae_call_gradient(call, 0, &gx));
  spread s = {.fn = fn, .gx = ae_reals(gx), .x = -1, .kept = -1};
  const ae_shape *shapes[3];
  ae_operand operands[3];
  int n = 0;
  if (x) s.x = add_operand(shapes, operands, &n, whole, ae_reals(x));
  if (kept) s.kept = add_operand(shapes, operands, &n, &reduced, kept);
  s.g = add_operand(shapes, operands, &n, &reduced, g);
  ae_broadcast plan;
  ae_broadcast_plan(whole, shapes, n, &plan);
  ae_broadcast_run(call->ctx, &plan, operands, AE_GRAIN_CHEAP, spread_block, &s);
  return AE_OK;
}
