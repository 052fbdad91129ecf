/*
** stb_guard: what is checked of a PNG or JPEG before stb_image sees it.
** stb_image 2.27 writes past its tables where a JPEG's Huffman table has more
** than 256 codes; it has no word for a picture past its own limits; and a small
** progressive JPEG may ask for any number of passes over a large picture.
*/
#ifndef AE_IO_STB_GUARD_H
#define AE_IO_STB_GUARD_H

#include "aelua.h"

typedef enum ae_guard { AE_GUARD_PASSES, AE_GUARD_DAMAGED, AE_GUARD_TOO_LARGE } ae_guard;

typedef struct ae_guard_report {
  uint32_t width, height; /* as the header claims; 0: not found, which the decoder will say */
  const char *reason;     /* where the guard does not pass it */
} ae_guard_report;

enum { AE_IMAGE_SIDE = 32768, AE_IMAGE_AREA = 1 << 28, AE_IMAGE_SCANS = 256 };

ae_guard ae_stb_guard(const uint8_t *bytes, size_t size, ae_guard_report *out);

#endif
