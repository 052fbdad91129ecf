/*
** element: the number types that files hold, and how each becomes one of ours:
**   u8, bool -> u8     i8 i16 i32 i64 -> i32     f32 f64 -> real
** A number that its type here cannot hold is an error, not another number.
*/
#ifndef AE_IO_ELEMENT_H
#define AE_IO_ELEMENT_H

#include "core/tensor.h"
#include "io/reader.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "aelua's file formats are written from memory: a little-endian processor is wanted"
#endif

typedef enum ae_element {
  AE_ELEMENT_BOOL,
  AE_ELEMENT_U8,
  AE_ELEMENT_I8,
  AE_ELEMENT_I16,
  AE_ELEMENT_I32,
  AE_ELEMENT_I64,
  AE_ELEMENT_F32,
  AE_ELEMENT_F64
} ae_element;

size_t ae_element_size(ae_element e);
const char *ae_element_name(ae_element e);
ae_type ae_element_type(ae_element e);  /* of the tensor it becomes */
ae_element ae_element_of(ae_type type); /* what a tensor of this type is written as */

/* Makes a tensor of `shape` and fills it from the reader. Asks for memory only
** when the reader can still give that many bytes. Errors: AE_FORMAT (too
** short, a number out of range), AE_OVERFLOW, AE_IO, AE_NO_MEMORY. */
ae_status ae_element_read(ae_context *ctx, ae_reader *r, ae_element e, bool big_endian, const ae_shape *shape,
                          ae_tensor **out, ae_error *err);

#endif
