/*
** call: how an operation's backward gives its gradients.
*/
#include "core/op.h"

ae_status ae_call_gradient(ae_call *call, int i, ae_tensor **borrowed) {
  if (!call->gin[i]) {
    ae_tensor *t = call->slot[i];
    if (t)
      ae_tensor_retain(t);
    else
      AE_TRY(ae_tensor_new(call->ctx, AE_REAL, &call->in_spec[i].shape, &t, call->err));
    call->gin[i] = t;
  }
  *borrowed = call->gin[i];
  return AE_OK;
}

ae_status ae_call_pass(ae_call *call, int i, ae_tensor *t) {
  const ae_shape *shape = &call->in_spec[i].shape;
  if (t->type != AE_REAL)
    return ae_fail(call->err, AE_TYPE, "%s: the gradient of input %d wants %s, got %s", call->name, i + 1,
                   ae_type_name(AE_REAL), ae_type_name(t->type));
  if (t->count != ae_shape_count(shape)) {
    char want[AE_SHAPE_TEXT], got[AE_SHAPE_TEXT];
    return ae_fail(call->err, AE_SHAPE, "%s: the gradient of input %d wants shape %s, got %s", call->name, i + 1,
                   ae_shape_text(shape, want), ae_shape_text(&t->shape, got));
  }
  ae_tensor *g = t;
  if (ae_shape_equal(&t->shape, shape))
    ae_tensor_retain(t);
  else
    AE_TRY(ae_tensor_view(t, shape, 0, &g, call->err));
  ae_tensor_release(call->gin[i]);
  call->gin[i] = g;
  return AE_OK;
}

ae_status ae_call_scratch(ae_call *call, int k, ae_tensor **out) {
  ae_tensor *g = call->gout[k];
  if (g && ae_tensor_unique(g)) {
    ae_tensor_retain(g);
    call->reused |= 1u << k;
    *out = g;
    return AE_OK;
  }
  return ae_tensor_new(call->ctx, AE_REAL, &call->out_spec[k].shape, out, call->err);
}
