/*
** deflate: zlib over blocks of the budgeted allocator.
*/
#include "io/deflate.h"

#include <string.h>
#include <zlib.h>

#include "core/status.h"
#include "io/heap.h"

enum { STEP = 1 << 30 }; /* zlib counts in unsigned int */

static z_stream stream_over(ae_allocator *a, const void *bytes) {
  return (z_stream){.zalloc = ae_heap_zalloc,
                    .zfree = ae_heap_zfree,
                    .opaque = a,
                    .next_in = (Bytef *)(uintptr_t)bytes}; /* zlib's type lacks the const */
}

static ae_status no_memory(const char *who, ae_error *err) {
  return ae_fail(err, AE_NO_MEMORY, "%s: no memory", who);
}

/* Room for `capacity` bytes, what is there kept. */
static ae_status reserve(ae_bytes *b, size_t capacity, ae_error *err) {
  void *block;
  AE_TRY(ae_allocate(b->allocator, capacity, &block, err));
  if (b->size > 0) memcpy(block, b->data, b->size);
  if (b->data) ae_free(b->allocator, b->data, b->capacity);
  b->data = block;
  b->capacity = capacity;
  return AE_OK;
}

/* Shows z the next piece of what is left in, and of the room for what comes out. */
static void offer(z_stream *z, size_t *left, ae_bytes *b) {
  if (z->avail_in == 0) {
    z->avail_in = *left < STEP ? (uInt)*left : STEP;
    *left -= z->avail_in;
  }
  const size_t room = b->capacity - b->size;
  z->next_out = (Bytef *)b->data + b->size;
  z->avail_out = room < STEP ? (uInt)room : STEP;
}

static void count_made(const z_stream *z, ae_bytes *b) {
  b->size = (size_t)((const char *)z->next_out - b->data);
}

/* ---- Smaller ---- */

static ae_status deflate_all(z_stream *z, size_t size, ae_bytes *b, ae_error *err) {
  AE_TRY(reserve(b, deflateBound(z, size) + 1, err));
  for (int status = Z_OK; status != Z_STREAM_END;) {
    offer(z, &size, b);
    status = deflate(z, size > 0 ? Z_NO_FLUSH : Z_FINISH);
    count_made(z, b);
  }
  return AE_OK;
}

ae_status ae_deflate(ae_allocator *a, const char *who, int level, const void *bytes, size_t size, ae_bytes *out,
                     ae_error *err) {
  z_stream z = stream_over(a, bytes);
  ae_bytes b = {.allocator = a};
  if (deflateInit(&z, level) != Z_OK) return no_memory(who, err);
  ae_status status = deflate_all(&z, size, &b, err);
  deflateEnd(&z);
  if (status == AE_OK)
    *out = b;
  else
    ae_bytes_free(&b);
  return status;
}

/* ---- Back ---- */

static ae_status make_room(const char *who, size_t cap, ae_bytes *b, ae_error *err) {
  if (b->size > cap)
    return ae_fail(err, AE_UNSUPPORTED, "%s: holds more than the %zu bytes that are taken at most", who, cap);
  /* One byte more than is taken shows that there are more. */
  const size_t wanted = b->capacity <= cap / 2 ? 2 * b->capacity : cap + 1;
  return reserve(b, wanted, err);
}

static ae_status inflate_all(z_stream *z, const char *who, size_t cap, size_t size, ae_bytes *b, ae_error *err) {
  enum { FIRST = 65536 };
  AE_TRY(reserve(b, cap < FIRST ? cap + 1 : FIRST, err));
  for (;;) {
    if (b->size == b->capacity) AE_TRY(make_room(who, cap, b, err));
    offer(z, &size, b);
    const int status = inflate(z, Z_NO_FLUSH);
    count_made(z, b);
    if (status == Z_STREAM_END) break;
    if (status == Z_MEM_ERROR) return no_memory(who, err);
    if (status != Z_OK && status != Z_BUF_ERROR)
      return ae_fail(err, AE_FORMAT, "%s: the bytes are damaged, or were not deflated (%s)", who,
                     z->msg ? z->msg : "no reason");
    if (z->avail_in == 0 && size == 0 && z->avail_out > 0)
      return ae_fail(err, AE_FORMAT, "%s: the bytes are cut short", who);
  }
  if (b->size > cap) return make_room(who, cap, b, err);
  if (z->avail_in > 0 || size > 0) return ae_fail(err, AE_FORMAT, "%s: more bytes follow the deflated ones", who);
  return AE_OK;
}

ae_status ae_inflate(ae_allocator *a, const char *who, size_t cap, const void *bytes, size_t size, ae_bytes *out,
                     ae_error *err) {
  z_stream z = stream_over(a, bytes);
  ae_bytes b = {.allocator = a};
  if (inflateInit(&z) != Z_OK) return no_memory(who, err);
  ae_status status = inflate_all(&z, who, cap, size, &b, err);
  inflateEnd(&z);
  if (status == AE_OK)
    *out = b;
  else
    ae_bytes_free(&b);
  return status;
}
