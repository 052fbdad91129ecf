/*
** image: PNG and JPEG files as tensors.
**   read   [H, W, C]: C = 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA, as in the file;
**          u8, or k/65535 as real for 16-bit PNG
**   write  PNG of u8 [H, W, C], C = 1..4, or [H, W]
** Size and area are checked against the caps before anything is decoded, and
** memory is taken from the budget.
** A PNG's transparent colour (tRNS without a palette) is not made alpha.
** Not here: other formats, writing JPEG, resizing.
*/
#ifndef AE_IO_IMAGE_H
#define AE_IO_IMAGE_H

#include "core/tensor.h"

enum { AE_IMAGE_BYTES = 1 << 30 }; /* the largest file; for sides and area see stb_guard.h */

/* Errors: AE_FORMAT (neither PNG nor JPEG, damaged), AE_UNSUPPORTED (past a cap), AE_IO, AE_NO_MEMORY. */
ae_status ae_image_read(ae_context *ctx, const char *who, const char *path, ae_tensor **out, ae_error *err);
/* Errors: AE_TYPE, AE_SHAPE, AE_UNSUPPORTED (past a cap), AE_IO, AE_NO_MEMORY. */
ae_status ae_png_write(ae_context *ctx, const char *who, const char *path, const ae_tensor *t, ae_error *err);

#endif
