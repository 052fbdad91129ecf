/*
** png: signature, header, one chunk of pixels, end.
*/
#include "io/png.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "core/status.h"
#include "io/heap.h"

enum { NONE, SUB, UP, AVERAGE, PAETH, FILTERS };

/* A chunk is its length, its name, what it holds and a sum. */
enum { SIGNATURE = 8, HEADER = 13, AROUND = 12 };

/* ---- Lines ---- */

typedef struct lines {
  size_t bytes, step;                       /* of a line; of a pixel */
  uint8_t *now, *above, *filtered[FILTERS]; /* filtered: a byte for the filter first */
} lines;

static void take_line(const ae_png_pixels *p, int y, uint8_t *to) {
  size_t n = (size_t)p->width * (size_t)p->channels, first = (size_t)y * n;
  if (p->bytes) {
    memcpy(to, p->bytes + first, n);
    return;
  }
  for (size_t i = 0; i < n; i++) {
    real x = p->reals[first + i];
    /* Not x < 0: nan is 0. */
    unsigned sample = (unsigned)((x > 0 ? (x < 1 ? x : 1) : 0) * (real)65535 + (real)0.5);
    to[2 * i] = (uint8_t)(sample >> 8);
    to[2 * i + 1] = (uint8_t)sample;
  }
}

static int paeth(int left, int above, int corner) {
  int guess = left + above - corner;
  int a = abs(guess - left), b = abs(guess - above), c = abs(guess - corner);
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

/* The line by each filter; returns the one to take. */
static const uint8_t *filter(lines *l) {
  long sums[FILTERS] = {0};
  for (size_t i = 0; i < l->bytes; i++) {
    bool inner = i >= l->step;
    int left = inner ? l->now[i - l->step] : 0, above = l->above[i], corner = inner ? l->above[i - l->step] : 0;
    int guesses[FILTERS] = {0, left, above, (left + above) / 2, paeth(left, above, corner)};
    for (int f = 0; f < FILTERS; f++) {
      uint8_t rest = (uint8_t)(l->now[i] - guesses[f]);
      l->filtered[f][i + 1] = rest;
      sums[f] += rest < 128 ? rest : 256 - rest;
    }
  }
  int best = 0;
  for (int f = 1; f < FILTERS; f++)
    if (sums[f] < sums[best]) best = f;
  return l->filtered[best];
}

/* All lines into the deflating stream, whose output has room for them; false: no memory. */
static bool deflate_lines(const ae_png_pixels *p, lines *l, z_stream *z) {
  int status = Z_OK;
  for (int y = 0; y < p->height && status == Z_OK; y++) {
    take_line(p, y, l->now);
    z->next_in = (Bytef *)(uintptr_t)filter(l); /* zlib's type lacks the const */
    z->avail_in = (uInt)l->bytes + 1;
    status = deflate(z, y + 1 < p->height ? Z_NO_FLUSH : Z_FINISH);
    uint8_t *swap = l->above;
    l->above = l->now;
    l->now = swap;
  }
  return status == Z_STREAM_END;
}

/* ---- The file ---- */

static void put32(uint8_t *to, uint32_t value) {
  for (int i = 0; i < 4; i++) to[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Ends the chunk at `to`, whose `size` bytes are there already; returns what follows it. */
static uint8_t *end_chunk(uint8_t *to, const char *name, size_t size) {
  put32(to, (uint32_t)size);
  memcpy(to + 4, name, 4);
  put32(to + 8 + size, (uint32_t)crc32(0, to + 4, (uInt)size + 4));
  return to + AROUND + size;
}

static uint8_t *put_header(uint8_t *to, const ae_png_pixels *p) {
  static const uint8_t kinds[] = {0, 4, 2, 6}; /* by channels: grey, grey + alpha, RGB, RGBA */
  memcpy(to, "\x89PNG\r\n\x1a\n", SIGNATURE);
  uint8_t *chunk = to + SIGNATURE, *header = chunk + 8;
  put32(header, (uint32_t)p->width);
  put32(header + 4, (uint32_t)p->height);
  header[8] = p->bytes ? 8 : 16;
  header[9] = kinds[p->channels - 1];
  memset(header + 10, 0, 3); /* deflate, the five filters, not interlaced */
  return end_chunk(chunk, "IHDR", HEADER);
}

static ae_status no_memory(const char *who, ae_error *err) {
  return ae_fail(err, AE_NO_MEMORY, "%s: no memory for a PNG", who);
}

/* With the scratch lines in one block. */
static ae_status encode(ae_allocator *a, const char *who, const ae_png_pixels *p, z_stream *z, uint8_t *scratch,
                        size_t line, uint8_t **out, size_t *size, ae_error *err) {
  lines l = {.bytes = line, .step = (size_t)p->channels * (p->bytes ? 1 : 2)};
  l.now = scratch;
  l.above = scratch + line;
  memset(l.above, 0, line);
  for (int f = 0; f < FILTERS; f++) {
    l.filtered[f] = scratch + 2 * line + (size_t)f * (line + 1);
    l.filtered[f][0] = (uint8_t)f;
  }
  uLong bound = deflateBound(z, (uLong)((line + 1) * (size_t)p->height));
  if (bound > INT_MAX)
    return ae_fail(err, AE_UNSUPPORTED, "%s: %d x %d pixels are too many for a PNG here", who, p->width, p->height);
  uint8_t *file = ae_heap_allocate(a, SIGNATURE + HEADER + bound + 3 * (size_t)AROUND);
  if (!file) return no_memory(who, err);
  uint8_t *chunk = put_header(file, p);
  z->next_out = chunk + 8;
  z->avail_out = (uInt)bound;
  if (!deflate_lines(p, &l, z)) {
    ae_heap_free(file);
    return no_memory(who, err);
  }
  uint8_t *end = end_chunk(end_chunk(chunk, "IDAT", bound - z->avail_out), "IEND", 0);
  *out = file;
  *size = (size_t)(end - file);
  return AE_OK;
}

ae_status ae_png_encode(ae_allocator *a, const char *who, const ae_png_pixels *p, uint8_t **out, size_t *size,
                        ae_error *err) {
  size_t line = (size_t)p->width * (size_t)p->channels * (p->bytes ? 1 : 2);
  uint8_t *scratch = ae_heap_allocate(a, 2 * line + FILTERS * (line + 1));
  if (!scratch) return no_memory(who, err);
  z_stream z = {.zalloc = ae_heap_zalloc, .zfree = ae_heap_zfree, .opaque = a};
  ae_status status;
  if (deflateInit(&z, Z_DEFAULT_COMPRESSION) == Z_OK) {
    status = encode(a, who, p, &z, scratch, line, out, size, err);
    deflateEnd(&z);
  } else {
    status = no_memory(who, err);
  }
  ae_heap_free(scratch);
  return status;
}
