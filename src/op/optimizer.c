/*
** optimizer: shape rule and end of the update steps.
*/
#include "op/optimizer.h"

ae_status ae_step_shape(ae_call *call, ae_spec *out) {
  const ae_spec *w = &call->in_spec[0];
  for (int i = 1; i < call->n_in; i++) {
    if (!call->in[i] || ae_shape_equal(&call->in_spec[i].shape, &w->shape)) continue;
    char want[AE_SHAPE_TEXT], got[AE_SHAPE_TEXT];
    return ae_fail(call->err, AE_SHAPE, "%s: %s wants w's shape %s, got %s", call->name, call->op->params[i].name,
                   ae_shape_text(&w->shape, want), ae_shape_text(&call->in_spec[i].shape, got));
  }
  out[0] = *w;
  return AE_OK;
}

void ae_step_work(const ae_call *call, bool back, ae_work *work) {
  (void)back;
  int given = 0;
  for (int i = 0; i < call->n_in; i++) given += call->in[i] != NULL;
  work->bytes = (2.0 * given - 1) * (double)call->in[0]->count * sizeof(real);
}

ae_status ae_step_done(ae_call *call) {
  for (int i = 0; i < call->n_in; i++)
    if (i != 1 && call->in[i]) ae_storage_touch(call->in[i]->storage);
  ae_tensor_retain(call->in[0]);
  call->out[0] = call->in[0];
  return AE_OK;
}
