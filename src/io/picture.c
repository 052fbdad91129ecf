/*
** picture: the checks around stb, and pixels in the form that is wanted.
*/
#include "io/picture.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/real.h"
#include "core/status.h"
#include "io/heap.h"
#include "io/stb_guard.h"

/* ---- What the bytes are ---- */

AE_PRINTF(4, 5) static ae_status fail(const ae_encoded *file, ae_error *err, ae_status code, const char *format, ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (file->name) return ae_fail(err, code, "%s: %s: %s", file->who, file->name, text);
  return ae_fail(err, code, "%s: %s", file->who, text);
}

static ae_status refuse(const ae_encoded *file, const char *reason, ae_error *err) {
  if (reason == ae_stb_no_memory) return fail(file, err, AE_NO_MEMORY, "no memory to decode the picture");
  return fail(file, err, AE_FORMAT, "no PNG or JPEG that can be decoded (%s)", reason);
}

static ae_status check(const ae_encoded *file, ae_error *err) {
  ae_guard_report report;
  if (file->size > AE_IMAGE_BYTES)
    return fail(file, err, AE_UNSUPPORTED, "%zu bytes; up to %d are read", file->size, AE_IMAGE_BYTES);
  switch (ae_stb_guard(file->bytes, file->size, &report)) {
  case AE_GUARD_PASSES:
    return AE_OK;
  case AE_GUARD_DAMAGED:
    return refuse(file, report.reason, err);
  case AE_GUARD_TOO_LARGE:
    break;
  }
  return fail(file, err, AE_UNSUPPORTED, "a picture of %u x %u; sides up to %d and %d pixels are read", report.width,
              report.height, AE_IMAGE_SIDE, AE_IMAGE_AREA);
}

ae_status ae_picture_head(ae_allocator *a, const ae_encoded *file, ae_picture *out, ae_error *err) {
  const char *reason = "";
  AE_TRY(check(file, err));
  if (!ae_stb_info(a, file->bytes, (int)file->size, out, &reason)) return refuse(file, reason, err);
  return AE_OK;
}

/* ---- Pixels ---- */

/* The weights add up to 1 << 16 and a sample has 16 bits at most: no carry is lost. */
static uint32_t grey_of(const uint32_t *rgb) {
  return (19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2] + 0x8000) >> 16;
}

/* A pixel of `from` samples 0..most as one of `to`. */
static void convert(const uint32_t *pixel, int from, uint32_t *out, int to, uint32_t most) {
  bool coloured = from >= 3;
  if (to >= 3)
    for (int c = 0; c < 3; c++) out[c] = pixel[coloured ? c : 0];
  else
    out[0] = coloured ? grey_of(pixel) : pixel[0];
  if (to % 2 == 0) out[to - 1] = from % 2 == 0 ? pixel[from - 1] : most;
}

/* stb's pixels of the file as `channels` of the type in `to`. */
static void take(const void *pixels, const ae_picture *p, int channels, ae_type type, void *to) {
  size_t n = (size_t)p->width * (size_t)p->height, step = (size_t)p->channels;
  if (!p->deep && type == AE_U8 && channels == p->channels) {
    memcpy(to, pixels, n * step);
    return;
  }
  uint32_t most = p->deep ? 65535 : 255;
  for (size_t i = 0; i < n; i++) {
    uint32_t pixel[4], out[4];
    for (size_t c = 0; c < step; c++)
      pixel[c] = p->deep ? ((const uint16_t *)pixels)[i * step + c] : ((const uint8_t *)pixels)[i * step + c];
    convert(pixel, p->channels, out, channels, most);
    for (size_t c = 0; c < (size_t)channels; c++) {
      size_t place = i * (size_t)channels + c;
      if (type == AE_U8)
        ((uint8_t *)to)[place] = (uint8_t)((out[c] * 255 + most / 2) / most);
      else
        ((real *)to)[place] = (real)out[c] / (real)most;
    }
  }
}

ae_status ae_picture_decode(ae_allocator *a, const ae_encoded *file, const ae_picture *head, int channels, ae_type type,
                            void *to, ae_error *err) {
  const char *reason = "";
  void *pixels = ae_stb_decode(a, file->bytes, (int)file->size, head, &reason);
  if (!pixels) return refuse(file, reason, err);
  take(pixels, head, channels, type, to);
  ae_heap_free(pixels);
  return AE_OK;
}
