/*
** picture: a PNG or JPEG in memory as pixels. No context, no tensor, no file: a
** thread of its own may decode with it.
** Size and area are checked against the caps (stb_guard.h) before anything is
** decoded, and memory is taken from the allocator's budget.
** Channels: 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA.
**   colour to grey   0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), rounded, in
**                    integers of 16 binary places, as Pillow's mode "L"
**   grey to colour   R = G = B
**   alpha            dropped where it is not wanted, not blended; opaque where
**                    there was none
** Not here: a PNG's transparent colour without a palette (tRNS) as alpha, EXIF
** (a photograph is not turned), colour profiles, gamma.
*/
#ifndef AE_IO_PICTURE_H
#define AE_IO_PICTURE_H

#include "io/stb.h"

enum { AE_IMAGE_BYTES = 1 << 30 }; /* the largest file */

/* A file's bytes, and what begins every message about them: "who: name: ...". */
typedef struct ae_encoded {
  const char *who, *name; /* name may be NULL: bytes that came from no file */
  const uint8_t *bytes;
  size_t size;
} ae_encoded;

/* What the header says. Errors: AE_FORMAT (neither PNG nor JPEG, damaged),
** AE_UNSUPPORTED (past a cap), AE_NO_MEMORY. */
ae_status ae_picture_head(ae_allocator *a, const ae_encoded *file, ae_picture *out, ae_error *err);
/* Pixels [height, width, channels] into `to`: AE_U8 (16 bits rounded to 8) or AE_REAL
** (0..1). `head` is what ae_picture_head gave for these bytes. Errors: the same; then
** what `to` holds is not defined. */
ae_status ae_picture_decode(ae_allocator *a, const ae_encoded *file, const ae_picture *head, int channels, ae_type type,
                            void *to, ae_error *err);

#endif
