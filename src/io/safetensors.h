/*
** safetensors: named tensors and text in one file.
**   u64 length of the header, the header as JSON, the elements (little endian)
**   {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...,
**    "__metadata__": {"key": "text"}}
** Reading trusts nothing: names are unique, products fit their bytes, tensors
** cover the data without overlaps or holes. F32 and F64 become the build's
** real; BOOL, U8 -> u8; I8, I16, I32, I64 -> i32.
** Written: tensors by falling element size, then by name, so that each is
** aligned and equal content gives equal bytes; the header padded to 8.
** Source: https://github.com/huggingface/safetensors, its format section.
*/
#ifndef AE_IO_SAFETENSORS_H
#define AE_IO_SAFETENSORS_H

#include "core/tensor.h"

typedef struct ae_named_tensor {
  const char *name;
  ae_tensor *tensor;
} ae_named_tensor;

typedef struct ae_named_text {
  const char *name, *text;
} ae_named_text;

typedef struct ae_safetensors {
  ae_named_tensor *tensors; /* in the order of the file */
  size_t n_tensors;
  ae_named_text *metadata;
  size_t n_metadata;
  char *strings; /* what names and texts point into */
} ae_safetensors;

/* The whole file, in blocks of the heap. Errors: AE_FORMAT, AE_UNSUPPORTED
** (another dtype, header too long), AE_IO, AE_NO_MEMORY. */
ae_status ae_safetensors_read(ae_context *ctx, const char *who, const char *path, ae_safetensors *out, ae_error *err);
void ae_safetensors_free(ae_safetensors *s);

/* Sorts s->tensors and s->metadata in place; everything is borrowed. Errors:
** AE_INVALID (a name twice, "__metadata__", no UTF-8), AE_IO, AE_NO_MEMORY. */
ae_status ae_safetensors_write(ae_context *ctx, const char *who, const char *path, ae_safetensors *s, ae_error *err);

#endif
