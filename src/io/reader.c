/*
** reader: bytes from a file or from memory, gunzipped in passing.
** Plain bytes go straight to where they are wanted; compressed ones through a
** window of WINDOW bytes.
*/
#include "io/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "core/status.h"
#include "io/heap.h"

enum { WINDOW = 65536, DEFLATE_RATIO = 1032, SYSTEM_READ = 1 << 30 };

struct ae_reader {
  ae_allocator *allocator;
  const char *who, *path;
  int fd;                /* -1: memory */
  const uint8_t *memory; /* what is left of it */
  uint64_t left;         /* bytes of the file or memory that are not in the window yet */
  bool gzipped, inflating, ended;
  z_stream z;
  const uint8_t *next; /* what is left in the window */
  size_t ready;
  uint8_t window[WINDOW];
};

ae_allocator *ae_reader_allocator(const ae_reader *r) {
  return r->allocator;
}
const char *ae_reader_who(const ae_reader *r) {
  return r->who;
}
const char *ae_reader_path(const ae_reader *r) {
  return r->path;
}
bool ae_reader_gzipped(const ae_reader *r) {
  return r->gzipped;
}

uint64_t ae_reader_most(const ae_reader *r) {
  uint64_t bytes = r->left + r->ready;
  if (!r->gzipped) return bytes;
  return bytes > UINT64_MAX / DEFLATE_RATIO - WINDOW ? UINT64_MAX : (bytes + WINDOW) * DEFLATE_RATIO;
}

ae_status ae_reader_fail(const ae_reader *r, ae_error *err, ae_status code, const char *format, ...) {
  char text[sizeof err->message];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return ae_fail(err, code, "%s: %s: %s", r->who, r->path, text);
}

/* ---- The bytes as they are stored ---- */

static ae_status raw_read(ae_reader *r, void *to, size_t size, size_t *got, ae_error *err) {
  size_t wanted = size < r->left ? size : (size_t)r->left;
  if (r->fd < 0) {
    if (wanted > 0) memcpy(to, r->memory, wanted);
    r->memory += wanted;
    r->left -= wanted;
    *got = wanted;
    return AE_OK;
  }
  size_t done = 0;
  while (done < wanted) {
    size_t step = wanted - done < SYSTEM_READ ? wanted - done : SYSTEM_READ;
    ssize_t n = read(r->fd, (char *)to + done, step);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ae_reader_fail(r, err, AE_IO, "%s", strerror(errno));
    if (n == 0) return ae_reader_fail(r, err, AE_IO, "became shorter while it was read");
    done += (size_t)n;
    r->left -= (uint64_t)n;
  }
  *got = done;
  return AE_OK;
}

static ae_status fill_window(ae_reader *r, ae_error *err) {
  AE_TRY(raw_read(r, r->window, WINDOW, &r->ready, err));
  r->next = r->window;
  return AE_OK;
}

/* ---- gzip ---- */

static ae_status inflate_begin(ae_reader *r, ae_error *err) {
  r->z = (z_stream){.zalloc = ae_heap_zalloc, .zfree = ae_heap_zfree, .opaque = r->allocator};
  int gzip_only = 16 + MAX_WBITS;
  if (inflateInit2(&r->z, gzip_only) != Z_OK) return ae_reader_fail(r, err, AE_NO_MEMORY, "no memory for gzip");
  r->inflating = true;
  return AE_OK;
}

/* At the end of a member: another may follow. */
static ae_status member_end(ae_reader *r, ae_error *err) {
  if (r->ready == 0) AE_TRY(fill_window(r, err));
  if (r->ready == 0) {
    r->ended = true;
    return AE_OK;
  }
  inflateReset(&r->z);
  return AE_OK;
}

static ae_status inflate_some(ae_reader *r, void *to, size_t size, size_t *got, ae_error *err) {
  size_t done = 0;
  while (done < size && !r->ended) {
    if (r->ready == 0) AE_TRY(fill_window(r, err));
    if (r->ready == 0) return ae_reader_fail(r, err, AE_FORMAT, "the gzip stream is cut short");
    size_t step = size - done < SYSTEM_READ ? size - done : SYSTEM_READ;
    r->z.next_in = (Bytef *)(uintptr_t)r->next; /* zlib's type lacks the const */
    r->z.avail_in = (uInt)r->ready;
    r->z.next_out = (Bytef *)to + done;
    r->z.avail_out = (uInt)step;
    int status = inflate(&r->z, Z_NO_FLUSH);
    r->next += r->ready - r->z.avail_in;
    r->ready = r->z.avail_in;
    done += step - r->z.avail_out;
    if (status == Z_MEM_ERROR) return ae_reader_fail(r, err, AE_NO_MEMORY, "no memory for gzip");
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
      return ae_reader_fail(r, err, AE_FORMAT, "the gzip stream is damaged (%s)", r->z.msg ? r->z.msg : "no reason");
    if (status == Z_STREAM_END) AE_TRY(member_end(r, err));
  }
  *got = done;
  return AE_OK;
}

/* ---- Reading ---- */

ae_status ae_reader_some(ae_reader *r, void *to, size_t size, size_t *got, ae_error *err) {
  if (r->gzipped) return inflate_some(r, to, size, got, err);
  size_t first = r->ready < size ? r->ready : size, rest = 0;
  if (first > 0) memcpy(to, r->next, first);
  r->next += first;
  r->ready -= first;
  if (first < size) AE_TRY(raw_read(r, (char *)to + first, size - first, &rest, err));
  *got = first + rest;
  return AE_OK;
}

ae_status ae_reader_read(ae_reader *r, void *to, size_t size, ae_error *err) {
  size_t got = 0;
  AE_TRY(ae_reader_some(r, to, size, &got, err));
  if (got < size) return ae_reader_fail(r, err, AE_FORMAT, "ends too early: wanted %zu more bytes, got %zu", size, got);
  return AE_OK;
}

ae_status ae_reader_end(ae_reader *r, ae_error *err) {
  uint8_t byte;
  size_t got = 0;
  AE_TRY(ae_reader_some(r, &byte, 1, &got, err));
  if (got > 0) return ae_reader_fail(r, err, AE_FORMAT, "more bytes follow than the header says");
  return AE_OK;
}

/* ---- Opening and closing ---- */

static ae_status begin(ae_reader *r, ae_error *err) {
  /* Two bytes tell gzip; a plain file then goes on from the window's rest. */
  AE_TRY(raw_read(r, r->window, 2, &r->ready, err));
  r->next = r->window;
  r->gzipped = r->ready == 2 && r->window[0] == 0x1f && r->window[1] == 0x8b;
  return r->gzipped ? inflate_begin(r, err) : AE_OK;
}

static ae_status open_file(ae_reader *r, ae_error *err) {
  /* Without O_NONBLOCK a pipe that nobody writes to would hold the process up. */
  r->fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (r->fd < 0) return ae_reader_fail(r, err, AE_IO, "%s", strerror(errno));
  struct stat info;
  if (fstat(r->fd, &info) != 0) return ae_reader_fail(r, err, AE_IO, "%s", strerror(errno));
  if (S_ISDIR(info.st_mode)) return ae_reader_fail(r, err, AE_IO, "wanted a file, this is a folder");
  if (!S_ISREG(info.st_mode)) return ae_reader_fail(r, err, AE_IO, "wanted a regular file");
  r->left = (uint64_t)info.st_size;
  return AE_OK;
}

static ae_status make(ae_allocator *a, const char *who, const char *path, ae_reader **out, ae_error *err) {
  void *block;
  AE_TRY(ae_allocate(a, sizeof **out, &block, err));
  ae_reader *r = block;
  memset(r, 0, offsetof(ae_reader, window));
  r->allocator = a;
  r->who = who;
  r->path = path;
  r->fd = -1;
  *out = r;
  return AE_OK;
}

static ae_status finish(ae_reader *r, ae_status status, ae_reader **out) {
  if (status == AE_OK)
    *out = r;
  else
    ae_reader_close(r);
  return status;
}

ae_status ae_reader_open(ae_allocator *a, const char *who, const char *path, ae_reader **out, ae_error *err) {
  ae_reader *r;
  AE_TRY(make(a, who, path, &r, err));
  ae_status status = open_file(r, err);
  if (status == AE_OK) status = begin(r, err);
  return finish(r, status, out);
}

ae_status ae_reader_open_memory(ae_allocator *a, const char *who, const char *name, const void *bytes, size_t size,
                                ae_reader **out, ae_error *err) {
  ae_reader *r;
  AE_TRY(make(a, who, name, &r, err));
  r->memory = bytes;
  r->left = size;
  return finish(r, begin(r, err), out);
}

void ae_reader_close(ae_reader *r) {
  if (r == NULL) return;
  if (r->inflating) inflateEnd(&r->z);
  if (r->fd >= 0) close(r->fd);
  ae_free(r->allocator, r, sizeof *r);
}
