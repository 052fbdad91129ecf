/*
** image: PNG and JPEG as tensors, from files and from memory.
**   read   [H, W, C]: C as in the file (1 grey, 2 grey + alpha, 3 RGB, 4 RGBA), or
**          as asked for (picture.h says how channels become others);
**          u8, or k/65535 as real for a PNG of 16 bits
**   write  [H, W, C] or [H, W]: u8 as JPEG (C = 1, 3) or PNG of 8 bits (C = 1..4),
**          real 0..1 as PNG of 16 bits
*/
#ifndef AE_IO_IMAGE_H
#define AE_IO_IMAGE_H

#include "core/tensor.h"
#include "io/picture.h"

typedef struct ae_image_wish {
  int channels; /* 0: as in the file */
  ae_type type; /* AE_U8 or AE_REAL; 0: real for 16 bits, else u8 */
} ae_image_wish;

/* Errors: those of ae_picture_head; of files also AE_IO. */
ae_status ae_image_decode(ae_context *ctx, const ae_encoded *file, ae_image_wish wish, ae_tensor **out, ae_error *err);
ae_status ae_image_read(ae_context *ctx, const char *who, const char *path, ae_image_wish wish, ae_tensor **out,
                        ae_error *err);
typedef struct ae_image_form {
  bool jpeg;   /* else PNG */
  int quality; /* of JPEG, 1..100 */
} ae_image_form;

/* The file's bytes, to be freed with ae_heap_free. Errors: AE_TYPE, AE_SHAPE,
** AE_UNSUPPORTED (alpha in a JPEG, too large), AE_NO_MEMORY. */
ae_status ae_image_encode(ae_context *ctx, const char *who, const ae_tensor *t, ae_image_form form, uint8_t **out,
                          size_t *size, ae_error *err);
/* The same into a file, whole or not at all. Errors: also AE_IO. */
ae_status ae_image_write(ae_context *ctx, const char *who, const char *path, const ae_tensor *t, ae_image_form form,
                         ae_error *err);

#endif
