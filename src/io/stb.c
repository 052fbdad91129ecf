/*
** stb: the one file that holds stb's implementations. stb's allocation macros
** have no place for an allocator, so it stands in a thread-local variable for
** the length of a call.
*/
#include "io/stb.h"

#include <limits.h>
#include <zlib.h>

#include "io/heap.h"

static _Thread_local ae_allocator *memory;
static _Thread_local uint8_t *compressed; /* what stb_compress gave last */

static void *stb_allocate(size_t bytes) {
  return ae_heap_allocate(memory, bytes);
}
static void *stb_reallocate(void *block, size_t bytes) {
  return ae_heap_reallocate(memory, block, bytes);
}

static uint8_t *stb_compress(uint8_t *bytes, int size, int *out_size, int quality);

#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_MALLOC(bytes) stb_allocate(bytes)
#define STBI_REALLOC(block, bytes) stb_reallocate(block, bytes)
#define STBI_FREE(block) ae_heap_free(block)
#define STBI_ASSERT(condition) ((void)0)
#include "stb_image.h"

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#define STBIW_MALLOC(bytes) stb_allocate(bytes)
#define STBIW_REALLOC(block, bytes) stb_reallocate(block, bytes)
#define STBIW_FREE(block) ae_heap_free(block)
#define STBIW_ASSERT(condition) ((void)0)
#define STBIW_ZLIB_COMPRESS stb_compress
#define STBIW_CRC32(bytes, size) ((unsigned int)crc32(0, bytes, (uInt)(size)))
#include "stb_image_write.h"

/* zlib in place of stb's own deflate, which is larger and slower. */
static voidpf zlib_allocate(voidpf a, uInt items, uInt size) {
  return ae_heap_allocate(a, (size_t)items * size);
}
static void zlib_free(voidpf a, voidpf block) {
  (void)a;
  ae_heap_free(block);
}

static uint8_t *stb_compress(uint8_t *bytes, int size, int *out_size, int quality) {
  (void)quality;
  z_stream z = {.zalloc = zlib_allocate, .zfree = zlib_free, .opaque = memory};
  if (deflateInit(&z, Z_DEFAULT_COMPRESSION) != Z_OK) return NULL;
  uLong bound = deflateBound(&z, (uLong)size);
  uint8_t *out = bound <= INT_MAX ? ae_heap_allocate(memory, bound) : NULL;
  z.next_in = bytes;
  z.avail_in = (uInt)size;
  z.next_out = out;
  z.avail_out = (uInt)bound;
  int status = out ? deflate(&z, Z_FINISH) : Z_MEM_ERROR;
  *out_size = (int)(bound - z.avail_out);
  deflateEnd(&z);
  if (status == Z_STREAM_END) return compressed = out;
  ae_heap_free(out);
  return NULL;
}

static const char *reason_of_failure(void) {
  const char *reason = stbi_failure_reason();
  return reason ? reason : "damaged";
}

bool ae_stb_info(const uint8_t *bytes, int size, ae_picture *out, const char **reason) {
  if (!stbi_info_from_memory(bytes, size, &out->width, &out->height, &out->channels)) {
    *reason = reason_of_failure();
    return false;
  }
  out->deep = stbi_is_16_bit_from_memory(bytes, size);
  return true;
}

void *ae_stb_decode(ae_allocator *a, const uint8_t *bytes, int size, const ae_picture *p, const char **reason) {
  int width, height, channels;
  memory = a;
  void *pixels = p->deep ? (void *)stbi_load_16_from_memory(bytes, size, &width, &height, &channels, p->channels)
                         : (void *)stbi_load_from_memory(bytes, size, &width, &height, &channels, p->channels);
  memory = NULL;
  if (!pixels) {
    *reason = reason_of_failure();
  } else if (width != p->width || height != p->height) {
    *reason = "two sizes in one file";
    ae_heap_free(pixels);
    pixels = NULL;
  }
  return pixels;
}

uint8_t *ae_stb_encode_png(ae_allocator *a, const uint8_t *pixels, int width, int height, int channels, int *size) {
  memory = a;
  compressed = NULL;
  uint8_t *png = stbi_write_png_to_mem(pixels, width * channels, width, height, channels, size);
  memory = NULL;
  /* Out of memory for the last step, stb forgets the step before it. */
  if (!png) ae_heap_free(compressed);
  return png;
}
