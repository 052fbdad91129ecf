/*
** cast: x's values in another type
**   to real: as they are (an i32 beyond 2^24 becomes the nearest float)
**   to u8, i32: the fraction is cut off; what is out of range then, or nan, is an error
**   dL/dx = g where both types are real
** The result is a copy, also where the type stays.
*/
#include "op/elementwise.h"

/* What scripts may write; f32 stands for the double build's real type too. */
#ifdef AELUA_REAL_DOUBLE
static const char *const names[] = {"f32", "u8", "i32", "f64", NULL};
#else
static const char *const names[] = {"f32", "u8", "i32", NULL};
#endif
static const ae_type types[] = {AE_REAL, AE_U8, AE_I32, AE_REAL};

typedef struct attrs {
  int dtype;
} attrs;

static ae_status cast_shape(ae_call *call, ae_spec *out) {
  const attrs *a = call->attrs;
  *out = (ae_spec){types[a->dtype], call->in_spec[0].shape};
  return AE_OK;
}

#define CONVERSION(name, from, to)                                                                                     \
  static AE_SIMD void name(int64_t n, const void *x, void *y) {                                                        \
    const from *restrict in = x;                                                                                       \
    to *restrict out = y;                                                                                              \
    for (int64_t i = 0; i < n; i++) out[i] = (to)in[i];                                                                \
  }

CONVERSION(u8_to_real, uint8_t, real)
CONVERSION(i32_to_real, int32_t, real)
CONVERSION(u8_to_i32, uint8_t, int32_t)
CONVERSION(i32_to_u8, int32_t, uint8_t)
CONVERSION(real_to_u8, real, uint8_t)
CONVERSION(real_to_i32, real, int32_t)

/* Whether all are above low and below high; nan is not. */
static AE_SIMD bool reals_between(int64_t n, const real *x, double low, double high) {
  int inside = 1;
  for (int64_t i = 0; i < n; i++) inside &= ((double)x[i] > low) & ((double)x[i] < high);
  return inside;
}

static AE_SIMD bool i32s_between(int64_t n, const int32_t *x, double low, double high) {
  int inside = 1;
  for (int64_t i = 0; i < n; i++) inside &= (x[i] > low) & (x[i] < high);
  return inside;
}

typedef struct cast_job {
  const ae_tensor *x;
  ae_tensor *y;
  void (*convert)(int64_t n, const void *x, void *y);
  bool checked;
  double low, high; /* what y's type holds lies between, once the fraction is cut off */
  atomic_bool misfit;
} cast_job;

static bool fits(const cast_job *j, int64_t begin, int64_t n) {
  if (j->x->type == AE_I32) return i32s_between(n, ae_i32s(j->x) + begin, j->low, j->high);
  return reals_between(n, ae_reals(j->x) + begin, j->low, j->high);
}

static void run_cast(void *arg, int64_t begin, int64_t end) {
  cast_job *j = arg;
  if (j->checked && !fits(j, begin, end - begin)) {
    atomic_store_explicit(&j->misfit, true, memory_order_relaxed);
    return;
  }
  j->convert(end - begin, (char *)ae_tensor_bytes(j->x) + (size_t)begin * ae_type_size(j->x->type),
             (char *)ae_tensor_bytes(j->y) + (size_t)begin * ae_type_size(j->y->type));
}

static ae_status fail_misfit(const ae_call *call, const cast_job *j) {
  int64_t i = 0;
  while (fits(j, i, 1)) i++;
  return ae_fail(call->err, AE_INVALID, "cast: %s holds %.0f to %.0f, element %lld is %.9g", ae_type_name(j->y->type),
                 j->low + 1, j->high - 1, (long long)i + 1, ae_tensor_get(j->x, i));
}

static ae_status cast_forward(ae_call *call) {
  const ae_tensor *x = call->in[0];
  ae_tensor *y = call->out[0];
  cast_job job = {.x = x, .y = y};
  if (x->type == y->type) {
    ae_tensor_copy(call->ctx, y, x);
    return AE_OK;
  }
  if (y->type == AE_REAL) {
    job.convert = x->type == AE_U8 ? u8_to_real : i32_to_real;
  } else if (y->type == AE_I32) {
    job.convert = x->type == AE_U8 ? u8_to_i32 : real_to_i32;
    job.checked = x->type == AE_REAL;
    job.low = (double)INT32_MIN - 1;
    job.high = (double)INT32_MAX + 1;
  } else {
    job.convert = x->type == AE_I32 ? i32_to_u8 : real_to_u8;
    job.checked = true;
    job.low = -1;
    job.high = UINT8_MAX + 1;
  }
  ae_parallel(call->ctx, x->count, AE_GRAIN_CHEAP, run_cast, &job);
  return atomic_load(&job.misfit) ? fail_misfit(call, &job) : AE_OK;
}

static ae_status cast_backward(ae_call *call) {
  return ae_call_pass(call, 0, call->gout[0]);
}

const ae_op ae_op_cast = {
    .name = "cast",
    .doc = "The values of a tensor in another type, as a copy; t:to(dtype) runs it where the type changes.\n"
           "Values stay as they are (u8 255 becomes 255; ae.scaled gives 1). To u8 and i32 the fraction is cut off, "
           "towards 0: round first where the nearest is wanted. Errors: a value that is then out of range, or nan.",
    .result = "a tensor of x's shape and the type dtype",
    .params = {{.name = "x", .takes = AE_TAKES_ANY, .doc = "[...] any shape"}},
    .attrs = {{.name = "dtype",
               .kind = AE_ATTR_ENUM,
               .offset = offsetof(attrs, dtype),
               .required = true,
               .names = names,
               .doc = "\"f32\", \"u8\" or \"i32\"; the double build takes \"f64\" too, and f32 for it"}},
    .attrs_size = sizeof(attrs),
    .shape = cast_shape,
    .forward = cast_forward,
    .backward = cast_backward};
