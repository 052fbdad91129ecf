/*
** png: a PNG of 8 or 16 bits a sample, not interlaced, without a palette. Each
** line has the filter that leaves the smallest sum of absolute differences (W3C,
** PNG, 12.7); zlib deflates.
** Not here: reading (stb.h).
*/
#ifndef AE_IO_PNG_H
#define AE_IO_PNG_H

#include "core/allocator.h"
#include "core/real.h"

/* [height, width, channels], 1..4 channels. */
typedef struct ae_png_pixels {
  int width, height, channels;
  const uint8_t *bytes; /* 8 bits; or NULL: */
  const real *reals;    /* 0..1, cut off, k/65535: 16 bits */
} ae_png_pixels;

/* The file's bytes, to be freed with ae_heap_free. Errors: AE_UNSUPPORTED (more
** than a chunk can hold), AE_NO_MEMORY. */
ae_status ae_png_encode(ae_allocator *a, const char *who, const ae_png_pixels *p, uint8_t **out, size_t *size,
                        ae_error *err);

#endif
