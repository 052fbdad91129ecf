/*
** create: names of types and checks of values, for operations that make tensors.
*/
#include "op/create.h"

#include <stdint.h>

#ifdef AELUA_REAL_DOUBLE
const char *const ae_dtype_names[] = {"f64", "u8", "i32", "f32", NULL};
#else
const char *const ae_dtype_names[] = {"f32", "u8", "i32", NULL};
#endif

ae_type ae_dtype_of(int choice) {
  return choice == 1 ? AE_U8 : choice == 2 ? AE_I32 : AE_REAL;
}

ae_status ae_value_fits(const ae_call *call, const char *what, ae_type type, double value) {
  if (type == AE_REAL) return AE_OK;
  const double low = type == AE_U8 ? 0 : INT32_MIN, high = type == AE_U8 ? UINT8_MAX : INT32_MAX;
  if (value >= low && value <= high && value == (double)(int64_t)value) return AE_OK;
  return ae_fail(call->err, AE_INVALID, "%s: %s wants a whole number of %.0f to %.0f for %s, got %g", call->op->name,
                 what, low, high, ae_type_name(type), value);
}

ae_status ae_create_shape(ae_call *call, const ae_dims *dims, ae_type type, ae_spec *out) {
  out->type = type;
  return ae_shape_make(call->op->name, dims->n, dims->at, &out->shape, call->err);
}
