/*
** idx: the format of MNIST. Two zero bytes, a type, the number of dimensions,
** each dimension as 32 bits, the elements; all big endian; often gzipped.
**   type 08 u8, 09 i8, 0B i16, 0C i32, 0D f32, 0E f64 (what they become: element.h)
** Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database".
*/
#ifndef AE_IO_IDX_H
#define AE_IO_IDX_H

#include "core/tensor.h"

/* Errors: AE_FORMAT (no IDX file, cut short, bytes left over), AE_OVERFLOW, AE_IO, AE_NO_MEMORY. */
ae_status ae_idx_read(ae_context *ctx, const char *who, const char *path, ae_tensor **out, ae_error *err);
/* Whether a file that begins with these four bytes claims to be one. */
bool ae_idx_magic(const uint8_t head[4]);

#endif
