/*
** idx: header and elements of an IDX file.
*/
#include "io/idx.h"

#include "core/context.h"
#include "core/status.h"
#include "io/element.h"

static bool element_of(uint8_t code, ae_element *out) {
  switch (code) {
  case 0x08:
    *out = AE_ELEMENT_U8;
    return true;
  case 0x09:
    *out = AE_ELEMENT_I8;
    return true;
  case 0x0B:
    *out = AE_ELEMENT_I16;
    return true;
  case 0x0C:
    *out = AE_ELEMENT_I32;
    return true;
  case 0x0D:
    *out = AE_ELEMENT_F32;
    return true;
  case 0x0E:
    *out = AE_ELEMENT_F64;
    return true;
  default:
    return false;
  }
}

bool ae_idx_magic(const uint8_t head[4]) {
  ae_element e;
  return head[0] == 0 && head[1] == 0 && element_of(head[2], &e) && head[3] > 0;
}

static ae_status read_header(ae_reader *r, ae_element *e, ae_shape *shape, ae_error *err) {
  uint8_t head[4], size[4];
  AE_TRY(ae_reader_read(r, head, sizeof head, err));
  if (head[0] != 0 || head[1] != 0)
    return ae_reader_fail(r, err, AE_FORMAT, "not an IDX file: wanted two zero bytes first, got %d %d", head[0],
                          head[1]);
  if (!element_of(head[2], e))
    return ae_reader_fail(r, err, AE_FORMAT, "not an IDX file: no element type 0x%02x", head[2]);
  if (head[3] == 0 || head[3] > AE_MAX_DIMS)
    return ae_reader_fail(r, err, AE_FORMAT, "wanted 1 to %d dimensions, the header says %d", AE_MAX_DIMS, head[3]);
  int64_t dims[AE_MAX_DIMS];
  for (int i = 0; i < head[3]; i++) {
    AE_TRY(ae_reader_read(r, size, sizeof size, err));
    dims[i] = (int64_t)size[0] << 24 | (int64_t)size[1] << 16 | (int64_t)size[2] << 8 | size[3];
  }
  return ae_shape_make(ae_reader_who(r), head[3], dims, shape, err);
}

static ae_status read_all(ae_context *ctx, ae_reader *r, ae_tensor **out, ae_error *err) {
  ae_element e = AE_ELEMENT_U8;
  ae_shape shape;
  ae_tensor *t;
  AE_TRY(read_header(r, &e, &shape, err));
  AE_TRY(ae_element_read(ctx, r, e, true, &shape, &t, err));
  ae_status status = ae_reader_end(r, err);
  if (status == AE_OK)
    *out = t;
  else
    ae_tensor_release(t);
  return status;
}

ae_status ae_idx_read(ae_context *ctx, const char *who, const char *path, ae_tensor **out, ae_error *err) {
  ae_reader *r;
  AE_TRY(ae_reader_open(ctx->allocator, who, path, &r, err));
  ae_status status = read_all(ctx, r, out, err);
  ae_reader_close(r);
  return status;
}
