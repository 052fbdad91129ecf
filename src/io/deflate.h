/*
** deflate: bytes made smaller, and back: zlib's format (RFC 1950), which ends
** with a checksum.
** Not here: gzip files (reader.h undoes them in passing), PNG (png.h).
*/
#ifndef AE_IO_DEFLATE_H
#define AE_IO_DEFLATE_H

#include "io/file.h"

/* level 0 (stored) to 9 (smallest). Errors: AE_NO_MEMORY. */
ae_status ae_deflate(ae_allocator *a, const char *who, int level, const void *bytes, size_t size, ae_bytes *out,
                     ae_error *err);
/* Errors: AE_FORMAT (damaged, cut short, more bytes behind it), AE_UNSUPPORTED
** (more than `cap` bytes; no more memory than for those is asked for), AE_NO_MEMORY. */
ae_status ae_inflate(ae_allocator *a, const char *who, size_t cap, const void *bytes, size_t size, ae_bytes *out,
                     ae_error *err);

#endif
