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
