/*
** shape: dimensions and their arithmetic, checked in 64 bits.
*/
#ifndef AE_CORE_SHAPE_H
#define AE_CORE_SHAPE_H

#include "aelua.h"

typedef struct ae_shape {
  int ndim;
  int64_t dims[AE_MAX_DIMS]; /* outermost first; unused ones are 0 */
} ae_shape;

/* A set of dimensions, as reductions take it: bit i is dimension i. */
typedef uint32_t ae_dimset;

/* Checks ndim, signs and that the byte size of any type fits; `who` begins the message. */
ae_status ae_shape_make(const char *who, int ndim, const int64_t *dims, ae_shape *out, ae_error *err);
int64_t ae_shape_count(const ae_shape *s); /* 1 for zero dimensions */
bool ae_shape_equal(const ae_shape *a, const ae_shape *b);

enum { AE_SHAPE_TEXT = 200 };
/* "[2, 3]" into a buffer of AE_SHAPE_TEXT bytes, which it returns. */
const char *ae_shape_text(const ae_shape *s, char *buffer);

/* NumPy's broadcasting of two shapes. Errors: AE_SHAPE naming `who` and both. */
ae_status ae_shape_broadcast(const char *who, const ae_shape *a, const ae_shape *b, ae_shape *out, ae_error *err);

/* A dimension as scripts write it (1..ndim, or -ndim..-1) to 0..ndim-1. */
ae_status ae_shape_axis(const char *who, int64_t dim, int ndim, int *axis, ae_error *err);

/* The shape with `set` reduced: kept as 1 where keepdim, else left out. */
ae_shape ae_shape_reduce(const ae_shape *s, ae_dimset set, bool keepdim);

#endif
