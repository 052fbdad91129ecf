/*
** element: numbers as files hold them, read into tensors.
** What needs no conversion is read in place; the rest passes through a block.
*/
#include "io/element.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/status.h"

enum { BLOCK = 32768 }; /* bytes; a multiple of every element's size */

static const struct {
  const char *name;
  size_t size;
  ae_type type;
} elements[] = {
    [AE_ELEMENT_BOOL] = {"bool", 1, AE_U8}, [AE_ELEMENT_U8] = {"u8", 1, AE_U8},
    [AE_ELEMENT_I8] = {"i8", 1, AE_I32},    [AE_ELEMENT_I16] = {"i16", 2, AE_I32},
    [AE_ELEMENT_I32] = {"i32", 4, AE_I32},  [AE_ELEMENT_I64] = {"i64", 8, AE_I32},
    [AE_ELEMENT_F32] = {"f32", 4, AE_REAL}, [AE_ELEMENT_F64] = {"f64", 8, AE_REAL},
};

size_t ae_element_size(ae_element e) {
  return elements[e].size;
}
const char *ae_element_name(ae_element e) {
  return elements[e].name;
}
ae_type ae_element_type(ae_element e) {
  return elements[e].type;
}

ae_element ae_element_of(ae_type type) {
  if (type == AE_U8) return AE_ELEMENT_U8;
  if (type == AE_I32) return AE_ELEMENT_I32;
  return type == AE_F64 ? AE_ELEMENT_F64 : AE_ELEMENT_F32;
}

static bool as_stored(ae_element e, bool big_endian) {
  if (e == AE_ELEMENT_U8) return true;
  return !big_endian && (e == AE_ELEMENT_I32 || e == ae_element_of(AE_REAL));
}

static void swap_bytes(uint8_t *bytes, size_t size, size_t n) {
  for (uint8_t *end = bytes + size * n; bytes < end; bytes += size)
    for (size_t i = 0; i < size / 2; i++) {
      uint8_t kept = bytes[i];
      bytes[i] = bytes[size - 1 - i];
      bytes[size - 1 - i] = kept;
    }
}

static ae_status take_bools(const ae_reader *r, const uint8_t *from, size_t n, uint8_t *to, ae_error *err) {
  for (size_t i = 0; i < n; i++) {
    if (from[i] > 1) return ae_reader_fail(r, err, AE_FORMAT, "a bool is %d", from[i]);
    to[i] = from[i];
  }
  return AE_OK;
}

static ae_status take_i64(const ae_reader *r, const uint8_t *from, size_t n, int32_t *to, ae_error *err) {
  for (size_t i = 0; i < n; i++) {
    int64_t value;
    memcpy(&value, from + 8 * i, sizeof value);
    if (value < INT32_MIN || value > INT32_MAX)
      return ae_reader_fail(r, err, AE_FORMAT, "the i64 %" PRId64 " does not fit i32", value);
    to[i] = (int32_t)value;
  }
  return AE_OK;
}

static void take_small(const uint8_t *from, ae_element e, size_t n, int32_t *to) {
  for (size_t i = 0; i < n; i++) {
    int8_t i8;
    int16_t i16;
    if (e == AE_ELEMENT_I8) {
      memcpy(&i8, from + i, sizeof i8);
      to[i] = i8;
    } else if (e == AE_ELEMENT_I16) {
      memcpy(&i16, from + 2 * i, sizeof i16);
      to[i] = i16;
    } else {
      memcpy(&to[i], from + 4 * i, sizeof to[i]);
    }
  }
}

static ae_status take_reals(const ae_reader *r, const uint8_t *from, ae_element e, size_t n, real *to, ae_error *err) {
  for (size_t i = 0; i < n; i++) {
    if (e == AE_ELEMENT_F32) {
      float value;
      memcpy(&value, from + 4 * i, sizeof value);
      to[i] = (real)value;
    } else {
      double value;
      memcpy(&value, from + 8 * i, sizeof value);
      to[i] = (real)value;
      if (isinf(to[i]) && !isinf(value))
        return ae_reader_fail(r, err, AE_FORMAT, "the f64 %.17g does not fit %s", value, ae_type_name(AE_REAL));
    }
  }
  return AE_OK;
}

static ae_status convert(const ae_reader *r, const uint8_t *from, ae_element e, size_t n, ae_tensor *to, int64_t first,
                         ae_error *err) {
  switch (e) {
  case AE_ELEMENT_BOOL:
    return take_bools(r, from, n, ae_u8s(to) + first, err);
  case AE_ELEMENT_I64:
    return take_i64(r, from, n, ae_i32s(to) + first, err);
  case AE_ELEMENT_F32:
  case AE_ELEMENT_F64:
    return take_reals(r, from, e, n, ae_reals(to) + first, err);
  default:
    take_small(from, e, n, ae_i32s(to) + first);
    return AE_OK;
  }
}

static ae_status fill(ae_reader *r, ae_element e, bool big_endian, ae_tensor *to, ae_error *err) {
  size_t size = elements[e].size;
  if (as_stored(e, big_endian)) return ae_reader_read(r, ae_tensor_bytes(to), size * (size_t)to->count, err);
  uint8_t block[BLOCK];
  int64_t most = (int64_t)(BLOCK / size);
  for (int64_t done = 0; done < to->count;) {
    int64_t left = to->count - done, n = left < most ? left : most;
    AE_TRY(ae_reader_read(r, block, size * (size_t)n, err));
    if (big_endian) swap_bytes(block, size, (size_t)n);
    AE_TRY(convert(r, block, e, (size_t)n, to, done, err));
    done += n;
  }
  return AE_OK;
}

ae_status ae_element_read(ae_context *ctx, ae_reader *r, ae_element e, bool big_endian, const ae_shape *shape,
                          ae_tensor **out, ae_error *err) {
  /* ae_shape_make has seen to it that the bytes of any type can be counted. */
  uint64_t bytes = (uint64_t)ae_shape_count(shape) * elements[e].size;
  char text[AE_SHAPE_TEXT];
  if (bytes > ae_reader_most(r))
    return ae_reader_fail(r, err, AE_FORMAT,
                          "the header says %s of %s, %" PRIu64 " bytes; the file is too short for it",
                          ae_shape_text(shape, text), elements[e].name, bytes);
  ae_tensor *t;
  AE_TRY(ae_tensor_new(ctx, elements[e].type, shape, &t, err));
  ae_status status = fill(r, e, big_endian, t, err);
  if (status == AE_OK)
    *out = t;
  else
    ae_tensor_release(t);
  return status;
}
