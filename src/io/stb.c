/*
** stb: the one file that holds stb's implementations. stb's allocation macros
** have no place for an allocator, so it stands in a thread-local variable for
** the length of a call, with the most that one block may take: a picture says
** how large it is, and what wants more is damaged.
** Blocks are cleared: stb_image reads tables that a file may not have set.
*/
#include "io/stb.h"

#include <string.h>

#include "io/heap.h"

static _Thread_local struct {
  ae_allocator *allocator;
  size_t most;  /* bytes of one block */
  bool starved; /* the allocator said no */
} call;

const char ae_stb_no_memory[] = "out of memory";

static void *stb_allocate(size_t bytes) {
  if (bytes > call.most) return NULL;
  void *block = ae_heap_allocate(call.allocator, bytes);
  if (block)
    memset(block, 0, bytes);
  else
    call.starved = true;
  return block;
}

static void *stb_reallocate(void *block, size_t bytes) {
  if (bytes > call.most) return NULL;
  void *moved = ae_heap_reallocate(call.allocator, block, bytes);
  if (!moved) call.starved = true;
  return moved;
}

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
#include <stb_image.h>

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#define STBIW_ASSERT(condition) ((void)0)
#include <stb_image_write.h>

static void begin(ae_allocator *a, size_t most) {
  call.allocator = a;
  call.most = most;
  call.starved = false;
  stbi__g_failure_reason = NULL;
}

/* Of some damage stb says nothing, and then why a JPEG is no PNG still stands there. */
static const char *reason_of_failure(void) {
  if (call.starved) return ae_stb_no_memory;
  const char *reason = stbi_failure_reason();
  return reason && strcmp(reason, "bad png sig") != 0 ? reason : "damaged";
}

bool ae_stb_info(ae_allocator *a, const uint8_t *bytes, int size, ae_picture *out, const char **reason) {
  enum { STATE = 1 << 20 }; /* stb's own tables are far smaller */
  begin(a, STATE);
  bool fine = stbi_info_from_memory(bytes, size, &out->width, &out->height, &out->channels);
  out->deep = fine && stbi_is_16_bit_from_memory(bytes, size);
  if (!fine || call.starved) *reason = reason_of_failure();
  return fine && !call.starved;
}

/* Every buffer of a sound picture is smaller: up to four channels of 16 bits and
** a filter byte for each line, doubled while it grows; blocks of 32 x 32; the
** compressed bytes, doubled too. */
static size_t most_for(const ae_picture *p, int size) {
  size_t width = ((size_t)p->width + 32) * 8 + 1, height = (size_t)p->height + 32;
  return 2 * (width * height + (size_t)size) + (1 << 20);
}

void *ae_stb_decode(ae_allocator *a, const uint8_t *bytes, int size, const ae_picture *p, const char **reason) {
  int width, height, channels;
  begin(a, most_for(p, size));
  void *pixels = p->deep ? (void *)stbi_load_16_from_memory(bytes, size, &width, &height, &channels, p->channels)
                         : (void *)stbi_load_from_memory(bytes, size, &width, &height, &channels, p->channels);
  if (!pixels) {
    *reason = reason_of_failure();
  } else if (width != p->width || height != p->height) {
    *reason = "two sizes in one file";
    ae_heap_free(pixels);
    pixels = NULL;
  }
  return pixels;
}

/* ---- JPEG out ---- */

typedef struct growing {
  ae_allocator *allocator;
  uint8_t *bytes;
  size_t size, capacity;
  bool starved;
} growing;

static void append(void *to, void *bytes, int size) {
  growing *g = to;
  size_t wanted = g->size + (size_t)size;
  if (wanted > g->capacity && !g->starved) {
    size_t capacity = 2 * wanted + 4096;
    uint8_t *moved = ae_heap_reallocate(g->allocator, g->bytes, capacity);
    g->starved = !moved;
    if (moved) {
      g->bytes = moved;
      g->capacity = capacity;
    }
  }
  if (g->starved) return;
  memcpy(g->bytes + g->size, bytes, (size_t)size);
  g->size = wanted;
}

uint8_t *ae_stb_encode_jpeg(ae_allocator *a, const uint8_t *pixels, int width, int height, int channels, int quality,
                            size_t *size) {
  growing g = {.allocator = a};
  if (stbi_write_jpg_to_func(append, &g, width, height, channels, pixels, quality) && !g.starved) {
    *size = g.size;
    return g.bytes;
  }
  ae_heap_free(g.bytes);
  return NULL;
}
