/*
** image: the checks around stb, and files.
*/
#include "io/image.h"

#include <limits.h>
#include <string.h>

#include "core/status.h"
#include "io/file.h"
#include "io/heap.h"
#include "io/stb.h"
#include "io/stb_guard.h"
#include "io/writer.h"

/* ---- Reading ---- */

static ae_status refuse(const ae_reader *r, const char *reason, ae_error *err) {
  if (reason == ae_stb_no_memory) return ae_reader_fail(r, err, AE_NO_MEMORY, "no memory to decode the picture");
  return ae_reader_fail(r, err, AE_FORMAT, "no PNG or JPEG that can be decoded (%s)", reason);
}

static ae_status check(const ae_reader *r, const uint8_t *bytes, size_t size, ae_error *err) {
  ae_guard_report report;
  switch (ae_stb_guard(bytes, size, &report)) {
  case AE_GUARD_PASSES:
    return AE_OK;
  case AE_GUARD_DAMAGED:
    return refuse(r, report.reason, err);
  case AE_GUARD_TOO_LARGE:
    break;
  }
  return ae_reader_fail(r, err, AE_UNSUPPORTED, "a picture of %u x %u; sides up to %d and %d pixels are read",
                        report.width, report.height, AE_IMAGE_SIDE, AE_IMAGE_AREA);
}

/* `pixels` holds t->count numbers of 16 bits. */
static void take_deep(const uint16_t *pixels, ae_tensor *t) {
  real *to = ae_reals(t);
  for (int64_t i = 0; i < t->count; i++) to[i] = (real)pixels[i] / (real)65535;
}

static ae_status decode(ae_context *ctx, const ae_reader *r, const ae_bytes *file, ae_tensor **out, ae_error *err) {
  const uint8_t *bytes = (const uint8_t *)file->data;
  const char *reason = "";
  ae_picture p;
  AE_TRY(check(r, bytes, file->size, err));
  if (!ae_stb_info(ctx->allocator, bytes, (int)file->size, &p, &reason)) return refuse(r, reason, err);
  ae_shape shape;
  ae_tensor *t;
  AE_TRY(ae_shape_make(ae_reader_who(r), 3, (int64_t[]){p.height, p.width, p.channels}, &shape, err));
  AE_TRY(ae_tensor_new(ctx, p.deep ? AE_REAL : AE_U8, &shape, &t, err));
  void *pixels = ae_stb_decode(ctx->allocator, bytes, (int)file->size, &p, &reason);
  if (!pixels) {
    ae_tensor_release(t);
    return refuse(r, reason, err);
  }
  if (p.deep)
    take_deep(pixels, t);
  else
    memcpy(ae_u8s(t), pixels, (size_t)t->count);
  ae_heap_free(pixels);
  *out = t;
  return AE_OK;
}

ae_status ae_image_read(ae_context *ctx, const char *who, const char *path, ae_tensor **out, ae_error *err) {
  ae_reader *r;
  ae_bytes file;
  AE_TRY(ae_reader_open(ctx, who, path, &r, err));
  ae_status status = ae_reader_rest(ctx, r, AE_IMAGE_BYTES, &file, err);
  if (status == AE_OK) {
    status = decode(ctx, r, &file, out, err);
    ae_bytes_free(&file);
  }
  ae_reader_close(r);
  return status;
}

/* ---- Writing ---- */

ae_status ae_png_write(ae_context *ctx, const char *who, const char *path, const ae_tensor *t, ae_error *err) {
  const ae_shape *s = &t->shape;
  char text[AE_SHAPE_TEXT];
  if (t->type != AE_U8) return ae_fail(err, AE_TYPE, "%s: wanted u8 pixels, got %s", who, ae_type_name(t->type));
  int64_t channels = s->ndim == 3 ? s->dims[2] : 1;
  if (s->ndim < 2 || s->ndim > 3 || channels < 1 || channels > 4 || t->count == 0)
    return ae_fail(err, AE_SHAPE, "%s: wanted [H, W] or [H, W, 1..4], got %s", who, ae_shape_text(s, text));
  /* stb counts bytes of filtered lines in an int; deflate may add to them. */
  if (s->dims[0] > AE_IMAGE_SIDE || s->dims[1] > AE_IMAGE_SIDE ||
      (s->dims[1] * channels + 1) * s->dims[0] > INT_MAX / 2)
    return ae_fail(err, AE_UNSUPPORTED, "%s: a picture of %s is too large for a PNG here", who, ae_shape_text(s, text));
  int size = 0;
  uint8_t *png = ae_stb_encode_png(ctx->allocator, ae_u8s(t), (int)s->dims[1], (int)s->dims[0], (int)channels, &size);
  if (!png) return ae_fail(err, AE_NO_MEMORY, "%s: no memory for a PNG of %s", who, ae_shape_text(s, text));
  ae_status status = ae_write_file(ctx, who, path, png, (size_t)size, err);
  ae_heap_free(png);
  return status;
}
