/*
** create: what operations that make tensors of a chosen type share.
*/
#ifndef AE_OP_CREATE_H
#define AE_OP_CREATE_H

#include "core/op.h"

extern const char *const ae_dtype_names[]; /* ends with NULL; the first is the computing type */

/* The type that an attribute over ae_dtype_names chose. */
ae_type ae_dtype_of(int choice);

/* Whether a number fits the type: whole and in range for u8 and i32. `what` is
** what the message calls it. Errors: AE_INVALID. */
ae_status ae_value_fits(const ae_call *call, const char *what, ae_type type, double value);

/* States an output of the shape given. Errors as of ae_shape_make. */
ae_status ae_create_shape(ae_call *call, const ae_dims *dims, ae_type type, ae_spec *out);

#define AE_DTYPE_ATTR(type, fallback)                                                                                  \
  AE_ATTR_CHOICE(type, dtype, ae_dtype_names, fallback, "the type: \"f32\" (the default), \"u8\" or \"i32\"")

#endif
