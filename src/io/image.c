/*
** image: tensors around what picture and stb do, and files.
*/
#include "io/image.h"

#include <limits.h>
#include <string.h>

#include "core/context.h"
#include "core/status.h"
#include "io/file.h"
#include "io/heap.h"
#include "io/png.h"
#include "io/stb_guard.h"
#include "io/writer.h"

/* ---- Reading ---- */

ae_status ae_image_decode(ae_context *ctx, const ae_encoded *file, ae_image_wish wish, ae_tensor **out, ae_error *err) {
  ae_picture p;
  AE_TRY(ae_picture_head(ctx->allocator, file, &p, err));
  int channels = wish.channels ? wish.channels : p.channels;
  ae_type type = wish.type ? wish.type : p.deep ? AE_REAL : AE_U8;
  ae_shape shape;
  ae_tensor *t;
  AE_TRY(ae_shape_make(file->who, 3, (int64_t[]){p.height, p.width, channels}, &shape, err));
  AE_TRY(ae_tensor_new(ctx, type, &shape, &t, err));
  ae_status status = ae_picture_decode(ctx->allocator, file, &p, channels, type, ae_tensor_bytes(t), err);
  if (status == AE_OK)
    *out = t;
  else
    ae_tensor_release(t);
  return status;
}

ae_status ae_image_read(ae_context *ctx, const char *who, const char *path, ae_image_wish wish, ae_tensor **out,
                        ae_error *err) {
  ae_bytes bytes;
  AE_TRY(ae_file_read(ctx->allocator, who, path, AE_IMAGE_BYTES, &bytes, err));
  ae_encoded file = {who, path, (const uint8_t *)bytes.data, bytes.size};
  ae_status status = ae_image_decode(ctx, &file, wish, out, err);
  ae_bytes_free(&bytes);
  return status;
}

/* ---- Writing ---- */

static ae_status check_form(const char *who, const ae_tensor *t, ae_image_form form, ae_error *err) {
  const ae_shape *s = &t->shape;
  char text[AE_SHAPE_TEXT];
  if (t->type != AE_U8 && (form.jpeg || t->type != AE_REAL))
    return ae_fail(err, AE_TYPE, "%s: wants u8 pixels%s, got %s", who, form.jpeg ? "" : " (or real, for 16 bits)",
                   ae_type_name(t->type));
  int64_t channels = s->ndim == 3 ? s->dims[2] : 1;
  if (s->ndim < 2 || s->ndim > 3 || channels < 1 || channels > 4 || t->count == 0)
    return ae_fail(err, AE_SHAPE, "%s: wants [H, W] or [H, W, 1..4], got %s", who, ae_shape_text(s, text));
  if (form.jpeg && channels % 2 == 0)
    return ae_fail(err, AE_UNSUPPORTED, "%s: a JPEG has no alpha, got %s: take 1 or 3 channels, or PNG", who,
                   ae_shape_text(s, text));
  /* stb counts samples in an int. */
  if (s->dims[0] > AE_IMAGE_SIDE || s->dims[1] > AE_IMAGE_SIDE || (form.jpeg && t->count > INT_MAX))
    return ae_fail(err, AE_UNSUPPORTED, "%s: a picture of %s is too large; sides up to %d are written", who,
                   ae_shape_text(s, text), AE_IMAGE_SIDE);
  return AE_OK;
}

ae_status ae_image_encode(ae_context *ctx, const char *who, const ae_tensor *t, ae_image_form form, uint8_t **out,
                          size_t *size, ae_error *err) {
  AE_TRY(check_form(who, t, form, err));
  int height = (int)t->shape.dims[0], width = (int)t->shape.dims[1];
  int channels = t->shape.ndim == 3 ? (int)t->shape.dims[2] : 1;
  if (!form.jpeg) {
    ae_png_pixels p = {width, height, channels, NULL, NULL};
    if (t->type == AE_U8)
      p.bytes = ae_u8s(t);
    else
      p.reals = ae_reals(t);
    return ae_png_encode(ctx->allocator, who, &p, out, size, err);
  }
  uint8_t *jpeg = ae_stb_encode_jpeg(ctx->allocator, ae_u8s(t), width, height, channels, form.quality, size);
  if (!jpeg) return ae_fail(err, AE_NO_MEMORY, "%s: no memory for a JPEG", who);
  *out = jpeg;
  return AE_OK;
}

ae_status ae_image_write(ae_context *ctx, const char *who, const char *path, const ae_tensor *t, ae_image_form form,
                         ae_error *err) {
  uint8_t *bytes;
  size_t size;
  AE_TRY(ae_image_encode(ctx, who, t, form, &bytes, &size, err));
  ae_status status = ae_write_file(ctx, who, path, bytes, size, err);
  ae_heap_free(bytes);
  return status;
}
