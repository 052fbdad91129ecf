/*
** image: PNG and JPEG as tensors, from files and from memory.
**   read   [H, W, C]: C as in the file (1 grey, 2 grey + alpha, 3 RGB, 4 RGBA), or
**          as asked for (picture.h says how channels become others);
**          u8, or k/65535 as real for a PNG of 16 bits
**   write  PNG of u8 [H, W, C], C = 1..4, or [H, W]
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
/* Errors: AE_TYPE, AE_SHAPE, AE_UNSUPPORTED (past a cap), AE_IO, AE_NO_MEMORY. */
ae_status ae_png_write(ae_context *ctx, const char *who, const char *path, const ae_tensor *t, ae_error *err);

#endif
