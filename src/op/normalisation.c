/*
** normalisation: shapes and gradients of scale and shift.
*/
#include "op/normalisation.h"

enum { X = AE_NORMALISED, SCALE = AE_NORMALISED_SCALE, SHIFT = AE_NORMALISED_SHIFT };

ae_status ae_normalisation_check(const ae_call *call, int from, double epsilon) {
  const ae_shape *x = &call->in_spec[X].shape;
  char wanted[AE_SHAPE_TEXT], got[AE_SHAPE_TEXT];
  ae_shape shape = {.ndim = x->ndim - from};
  for (int d = 0; d < shape.ndim; d++) shape.dims[d] = x->dims[from + d];
  for (int i = SCALE; i <= SHIFT; i++) {
    const ae_shape *s = &call->in_spec[i].shape;
    if (s->ndim >= 0 && !ae_shape_equal(s, &shape))
      return ae_fail(call->err, AE_SHAPE, "%s: %s wants shape %s, got %s", call->name, call->op->params[i].name,
                     ae_shape_text(&shape, wanted), ae_shape_text(s, got));
  }
  if (!(epsilon > 0) || !isfinite(epsilon))
    return ae_fail(call->err, AE_INVALID, "%s: epsilon must be greater than 0 and finite, got %g", call->name, epsilon);
  return AE_OK;
}

ae_status ae_normalisation_gradient(ae_call *call, ae_tensor **dx) {
  if (call->slot[X]) return ae_call_gradient(call, X, dx);
  AE_TRY(ae_call_scratch(call, 0, dx));
  ae_status status = ae_call_pass(call, X, *dx);
  ae_tensor_release(*dx);
  return status;
}

ae_status ae_normalisation_small_gradients(ae_call *call, int parts, int64_t n, const double *sums) {
  for (int i = SCALE; i <= SHIFT; i++) {
    if (!call->wants[i]) continue;
    ae_tensor *t;
    AE_TRY(ae_call_gradient(call, i, &t));
    const double *own = sums + (i == SCALE ? n : 0);
    for (int64_t c = 0; c < n; c++) {
      double sum = 0;
      for (int part = 0; part < parts; part++) sum += own[part * 2 * n + c];
      ae_reals(t)[c] = (real)sum;
    }
  }
  return AE_OK;
}
