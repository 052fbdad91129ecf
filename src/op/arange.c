/*
** arange, linspace: numbers at equal distances.
**   arange:   start, start + step, ..  before stop     ceil((stop - start) / step) numbers
**   linspace: start, ..                up to stop      start + i (stop - start) / (count - 1)
** Computed in double, each from its own i: errors do not add up.
*/
#include "kernel/vmath.h"
#include "op/create.h"

static const char no_inputs[] = "it has no inputs";

typedef struct arange_attrs {
  double start, stop, step;
  int dtype;
} arange_attrs;

static ae_status arange_shape(ae_call *call, ae_spec *out) {
  arange_attrs *attrs = call->attrs;
  if (isnan(attrs->stop)) {
    attrs->stop = attrs->start;
    attrs->start = 0;
  }
  if (!isfinite(attrs->start) || !isfinite(attrs->stop) || !isfinite(attrs->step) || attrs->step == 0) {
    return ae_fail(call->err, AE_INVALID, "arange: wants finite numbers and a step other than 0, got %g, %g, %g",
                   attrs->start, attrs->stop, attrs->step);
  }
  const double n = ceil((attrs->stop - attrs->start) / attrs->step);
  if (n >= 0x1p62) return ae_fail(call->err, AE_OVERFLOW, "arange: %g numbers are more than a tensor holds", n);
  const ae_dims dims = {1, {n > 0 ? (int64_t)n : 0}};
  const ae_type type = ae_dtype_of(attrs->dtype);
  if (type != AE_REAL && attrs->step != trunc(attrs->step)) {
    return ae_fail(call->err, AE_INVALID, "arange: wants a whole step for %s, got %g", ae_type_name(type), attrs->step);
  }
  if (n > 0) {
    AE_TRY(ae_value_fits(call, "start", type, attrs->start));
    AE_TRY(ae_value_fits(call, "the last number", type, attrs->start + (n - 1) * attrs->step));
  }
  return ae_create_shape(call, &dims, type, out);
}

static ae_status arange_forward(ae_call *call) {
  const arange_attrs *attrs = call->attrs;
  ae_tensor *y = call->out[0];
  for (int64_t i = 0; i < y->count; i++) ae_tensor_set(y, i, attrs->start + (double)i * attrs->step);
  return AE_OK;
}

const ae_op ae_op_arange = {
    .name = "arange",
    .doc = "Numbers from start on, before stop, at a distance of step. arange(n) is 0 to n - 1.",
    .result = "[ceil((stop - start) / step)] of the type asked for",
    .attrs = {AE_ATTR_REQUIRED(arange_attrs, start, AE_ATTR_REAL, "the first number"),
              AE_ATTR(arange_attrs, stop, AE_ATTR_REAL, NAN,
                      "ends before this number; default: start alone is stop, and the first number 0"),
              AE_ATTR(arange_attrs, step, AE_ATTR_REAL, 1, "from one to the next, other than 0; default 1"),
              AE_DTYPE_ATTR(arange_attrs, 0)},
    .attrs_size = sizeof(arange_attrs),
    .no_method = true,
    .no_gradient = no_inputs,
    .shape = arange_shape,
    .forward = arange_forward,
};

typedef struct linspace_attrs {
  double start, stop;
  int64_t count;
} linspace_attrs;

static ae_status linspace_shape(ae_call *call, ae_spec *out) {
  const linspace_attrs *attrs = call->attrs;
  const ae_dims dims = {1, {attrs->count}};
  return ae_create_shape(call, &dims, AE_REAL, out);
}

/* From both ends, so that the last number is stop itself. */
static ae_status linspace_forward(ae_call *call) {
  const linspace_attrs *attrs = call->attrs;
  real *y = ae_reals(call->out[0]);
  const int64_t n = attrs->count;
  const double step = n > 1 ? (attrs->stop - attrs->start) / (double)(n - 1) : 0;
  for (int64_t i = 0; i < n; i++) {
    const bool near_start = i < (n + 1) / 2;
    y[i] = (real)(near_start ? attrs->start + (double)i * step : attrs->stop - (double)(n - 1 - i) * step);
  }
  return AE_OK;
}

const ae_op ae_op_linspace = {
    .name = "linspace",
    .doc = "count numbers from start to stop, both included, at equal distances. One number: start.",
    .result = "[count]",
    .attrs = {AE_ATTR_REQUIRED(linspace_attrs, start, AE_ATTR_REAL, "the first number"),
              AE_ATTR_REQUIRED(linspace_attrs, stop, AE_ATTR_REAL, "the last number"),
              AE_ATTR_REQUIRED(linspace_attrs, count, AE_ATTR_INT, "how many")},
    .attrs_size = sizeof(linspace_attrs),
    .no_method = true,
    .no_gradient = no_inputs,
    .shape = linspace_shape,
    .forward = linspace_forward,
};
