/*
** any, all: whether some or every element over a set of dimensions is other
** than 0 (a nan is).
**   x [any shape] -> y u8, 0 or 1 [the other dimensions]
*/
#include "op/reduction.h"

static ae_status any_shape(ae_call *call, ae_spec *out) {
  return ae_reduction_shape(call, AE_U8, out);
}

static ae_status at_least(ae_call *call, int64_t wanted) {
  ae_wide nonzero;
  AE_TRY(ae_reduction_wide(call, AE_TERM_NONZERO, NULL, 1, &nonzero));
  uint8_t *y = ae_u8s(call->out[0]);
  for (int64_t i = 0; i < nonzero.count; i++) y[i] = nonzero.at[i] >= (double)wanted;
  ae_wide_free(call, &nonzero);
  return AE_OK;
}

static ae_status any_forward(ae_call *call) {
  return at_least(call, 1);
}
static ae_status all_forward(ae_call *call) {
  return at_least(call, ae_reduction_count(call));
}

const ae_op ae_op_any = {
    .name = "any",
    .doc = "Whether any element over dimensions is other than 0; nan counts as other. Of nothing: 0.",
    .result = "[the other dimensions] u8, 1 where there is one",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {AE_REDUCTION_ATTRS},
    .attrs_size = sizeof(ae_reduction),
    .no_gradient = "the result is 0 or 1, constant almost everywhere",
    .shape = any_shape,
    .forward = any_forward,
};

const ae_op ae_op_all = {
    .name = "all",
    .doc = "Whether every element over dimensions is other than 0; nan counts as other. Of nothing: 1.",
    .result = "[the other dimensions] u8, 1 where there is no 0",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[any shape]"}},
    .attrs = {AE_REDUCTION_ATTRS},
    .attrs_size = sizeof(ae_reduction),
    .no_gradient = "the result is 0 or 1, constant almost everywhere",
    .shape = any_shape,
    .forward = all_forward,
};
