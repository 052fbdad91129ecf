/*
** stb: PNG and JPEG as stb_image reads them and JPEG as stb_image_write writes it,
** with memory from an allocator. Bytes in, bytes out: no files.
** Sources: Sean Barrett and others, stb_image, stb_image_write (public domain).
** Not here: limits on what is decoded, and checks that stb lacks: stb_guard.h
** goes first. PNG out: png.h.
*/
#ifndef AE_IO_STB_H
#define AE_IO_STB_H

#include "core/allocator.h"

typedef struct ae_picture {
  int width, height, channels;
  bool deep; /* 16 bits: pixels are uint16_t */
} ae_picture;

/* Where an allocation failed, *reason is this. */
extern const char ae_stb_no_memory[];

/* What the header says. false: neither PNG nor JPEG, or damaged; *reason says why. */
bool ae_stb_info(ae_allocator *a, const uint8_t *bytes, int size, ae_picture *out, const char **reason);
/* Pixels [height, width, channels], to be freed with ae_heap_free; NULL: *reason says why. */
void *ae_stb_decode(ae_allocator *a, const uint8_t *bytes, int size, const ae_picture *p, const char **reason);
/* A baseline JPEG of 1 or 3 channels, to be freed with ae_heap_free; NULL: no memory. It
** has three either way; up to quality 90 (of 1..100) colour has half the sides. */
uint8_t *ae_stb_encode_jpeg(ae_allocator *a, const uint8_t *pixels, int width, int height, int channels, int quality,
                            size_t *size);

#endif
