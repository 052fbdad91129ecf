/*
** shape: dimensions and their arithmetic, checked in 64 bits.
*/
#include "core/shape.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/status.h"

/* Bytes of the largest element type. */
enum { WIDEST = 8 };

ae_status ae_shape_make(const char *who, int ndim, const int64_t *dims, ae_shape *out, ae_error *err) {
  if (ndim < 0 || ndim > AE_MAX_DIMS)
    return ae_fail(err, AE_SHAPE, "%s: wants 0 to %d dimensions, got %d", who, AE_MAX_DIMS, ndim);
  ae_shape s = {.ndim = ndim};
  int64_t bytes = WIDEST; /* of the sizes that are not 0, so that products of some of them fit too */
  for (int i = 0; i < ndim; i++) {
    if (dims[i] < 0)
      return ae_fail(err, AE_SHAPE, "%s: wants sizes of at least 0, got %" PRId64 " in dimension %d", who, dims[i],
                     i + 1);
    s.dims[i] = dims[i];
    if (dims[i] > 0 && __builtin_mul_overflow(bytes, dims[i], &bytes))
      return ae_fail(err, AE_OVERFLOW, "%s: the shape has more elements than 64 bits can count", who);
  }
  if ((uint64_t)bytes > PTRDIFF_MAX)
    return ae_fail(err, AE_OVERFLOW, "%s: the shape has more elements than the address space holds", who);
  *out = s;
  return AE_OK;
}

int64_t ae_shape_count(const ae_shape *s) {
  int64_t count = 1;
  for (int i = 0; i < s->ndim; i++) count *= s->dims[i];
  return count;
}

bool ae_shape_equal(const ae_shape *a, const ae_shape *b) {
  return a->ndim == b->ndim && memcmp(a->dims, b->dims, (size_t)a->ndim * sizeof a->dims[0]) == 0;
}

const char *ae_shape_text(const ae_shape *s, char *buffer) {
  size_t used = 0;
  buffer[used++] = '[';
  for (int i = 0; i < s->ndim; i++)
    used += (size_t)snprintf(buffer + used, AE_SHAPE_TEXT - used, "%s%" PRId64, i ? ", " : "", s->dims[i]);
  buffer[used++] = ']';
  buffer[used] = '\0';
  return buffer;
}

ae_status ae_shape_broadcast(const char *who, const ae_shape *a, const ae_shape *b, ae_shape *out, ae_error *err) {
  ae_shape s = {.ndim = a->ndim > b->ndim ? a->ndim : b->ndim};
  for (int i = 1; i <= s.ndim; i++) { /* from the last dimension */
    int64_t da = i <= a->ndim ? a->dims[a->ndim - i] : 1;
    int64_t db = i <= b->ndim ? b->dims[b->ndim - i] : 1;
    if (da != db && da != 1 && db != 1) {
      char ta[AE_SHAPE_TEXT], tb[AE_SHAPE_TEXT];
      return ae_fail(err, AE_SHAPE,
                     "%s: shapes %s and %s do not broadcast (dimension -%d: %" PRId64 " and %" PRId64 ")", who,
                     ae_shape_text(a, ta), ae_shape_text(b, tb), i, da, db);
    }
    s.dims[s.ndim - i] = da == 1 ? db : da;
  }
  return ae_shape_make(who, s.ndim, s.dims, out, err);
}

ae_status ae_shape_axis(const char *who, int64_t dim, int ndim, int *axis, ae_error *err) {
  if (dim == 0 || dim > ndim || dim < -ndim) {
    if (ndim == 0) return ae_fail(err, AE_SHAPE, "%s: the tensor has no dimensions, got dimension %" PRId64, who, dim);
    return ae_fail(err, AE_SHAPE, "%s: wants a dimension of 1 to %d or -%d to -1, got %" PRId64, who, ndim, ndim, dim);
  }
  *axis = (int)(dim > 0 ? dim - 1 : dim + ndim);
  return AE_OK;
}

ae_shape ae_shape_reduce(const ae_shape *s, ae_dimset set, bool keepdim) {
  ae_shape r = {0};
  for (int i = 0; i < s->ndim; i++) {
    bool reduced = (set >> i) & 1u;
    if (!reduced)
      r.dims[r.ndim++] = s->dims[i];
    else if (keepdim)
      r.dims[r.ndim++] = 1;
  }
  return r;
}
