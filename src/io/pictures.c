/*
** pictures: paths in one block; a mark for each row that is kept.
*/
#include "io/pictures.h"

#include <stdio.h>
#include <string.h>

#include "core/status.h"
#include "io/file.h"
#include "io/heap.h"
#include "io/stb_guard.h"

/* Headers end within this, as a rule: a photograph's may hold a small one of itself. */
enum { HEAD_BYTES = 1 << 16 };

struct ae_pictures {
  int refs; /* of the thread that opened it */
  ae_allocator *allocator;
  const char *who, *folder; /* these and the names lie in text */
  const char **names;
  char *text;
  size_t n, longest; /* characters of a path */
  ae_form form;
  ae_tensor *kept;
  atomic_bool *has; /* [n], where rows are kept */
  atomic_uint_least64_t count;
};

/* ---- Opening and closing ---- */

static const char *put(char **room, const char *text) {
  size_t bytes = strlen(text) + 1;
  const char *start = memcpy(*room, text, bytes);
  *room += bytes;
  return start;
}

ae_status ae_pictures_open(ae_allocator *a, const char *who, const char *folder, const char *const *names, size_t n,
                           ae_pictures **out, ae_error *err) {
  size_t bytes = strlen(who) + strlen(folder) + 2, longest = 0;
  for (size_t i = 0; i < n; i++) {
    size_t length = strlen(names[i]);
    bytes += length + 1;
    if (length > longest) longest = length;
  }
  ae_pictures *p = ae_heap_allocate(a, sizeof *p);
  char *room = ae_heap_allocate(a, bytes);
  const char **at = ae_heap_allocate(a, (n + 1) * sizeof *at);
  if (!p || !room || !at) {
    ae_heap_free(p);
    ae_heap_free(room);
    ae_heap_free(at);
    return ae_fail(err, AE_NO_MEMORY, "%s: %s: no memory for %zu names", who, folder, n);
  }
  *p = (ae_pictures){.refs = 1, .allocator = a, .names = at, .text = room, .n = n};
  atomic_init(&p->count, 0);
  p->who = put(&room, who);
  p->folder = put(&room, folder);
  for (size_t i = 0; i < n; i++) at[i] = put(&room, names[i]);
  p->longest = strlen(folder) + 1 + longest;
  *out = p;
  return AE_OK;
}

void ae_pictures_retain(ae_pictures *p) {
  p->refs++;
}

void ae_pictures_release(ae_pictures *p) {
  if (!p || --p->refs > 0) return;
  ae_tensor_release(p->kept);
  ae_heap_free(p->has);
  ae_heap_free(p->names);
  ae_heap_free(p->text);
  ae_heap_free(p);
}

/* A block of the heap. */
static ae_status path_of(const ae_pictures *p, size_t i, char **out, ae_error *err) {
  char *path = ae_heap_allocate(p->allocator, p->longest + 1);
  if (!path) return ae_fail(err, AE_NO_MEMORY, "%s: %s: no memory for a path", p->who, p->names[i]);
  snprintf(path, p->longest + 1, "%s/%s", p->folder, p->names[i]);
  *out = path;
  return AE_OK;
}

/* ---- Headers ---- */

static ae_status head_of_all(const ae_pictures *p, const char *path, ae_picture *out, ae_error *err) {
  ae_bytes bytes;
  AE_TRY(ae_file_read(p->allocator, p->who, path, AE_IMAGE_BYTES, &bytes, err));
  ae_encoded file = {p->who, path, (const uint8_t *)bytes.data, bytes.size};
  ae_status status = ae_picture_head(p->allocator, &file, out, err);
  ae_bytes_free(&bytes);
  return status;
}

static ae_status head_of_start(const ae_pictures *p, const char *path, uint8_t *start, bool *whole, ae_picture *out,
                               ae_error *err) {
  ae_reader *r;
  size_t got = 0;
  AE_TRY(ae_reader_open(p->allocator, p->who, path, &r, err));
  ae_status status = ae_reader_some(r, start, HEAD_BYTES, &got, err);
  *whole = status != AE_OK || ae_reader_most(r) == 0;
  ae_reader_close(r);
  if (status != AE_OK) return status;
  ae_encoded file = {p->who, path, start, got};
  return ae_picture_head(p->allocator, &file, out, err);
}

ae_status ae_pictures_head(const ae_pictures *p, size_t i, ae_picture *out, ae_error *err) {
  char *path = NULL;
  AE_TRY(path_of(p, i, &path, err));
  bool whole = true;
  uint8_t *start = ae_heap_allocate(p->allocator, HEAD_BYTES);
  ae_status status = start ? head_of_start(p, path, start, &whole, out, err)
                           : ae_fail(err, AE_NO_MEMORY, "%s: %s: no memory to look at it", p->who, path);
  ae_heap_free(start);
  if (status == AE_FORMAT && !whole) status = head_of_all(p, path, out, err);
  ae_heap_free(path);
  return status;
}

/* ---- The form ---- */

ae_status ae_pictures_set_form(ae_pictures *p, ae_form form, ae_error *err) {
  if (form.height < 1 || form.width < 1 || form.height > AE_IMAGE_SIDE || form.width > AE_IMAGE_SIDE ||
      (int64_t)form.height * form.width > AE_IMAGE_AREA)
    return ae_fail(err, AE_INVALID, "%s: a size of %d x %d; sides of 1 to %d and up to %d pixels are possible", p->who,
                   form.height, form.width, AE_IMAGE_SIDE, AE_IMAGE_AREA);
  if (form.channels < 1 || form.channels > 4)
    return ae_fail(err, AE_INVALID, "%s: wants 1 to 4 channels, got %d", p->who, form.channels);
  p->form = form;
  return AE_OK;
}

size_t ae_pictures_row_bytes(const ae_pictures *p) {
  return (size_t)p->form.height * (size_t)p->form.width * (size_t)p->form.channels;
}

ae_status ae_pictures_keep(ae_pictures *p, ae_tensor *rows, ae_error *err) {
  if (rows->type != AE_U8 || (size_t)rows->count != p->n * ae_pictures_row_bytes(p))
    return ae_fail(err, AE_SHAPE, "%s: rows to keep want u8 pixels of all pictures", p->who);
  atomic_bool *has = ae_heap_allocate(p->allocator, (p->n + 1) * sizeof *has);
  if (!has) return ae_fail(err, AE_NO_MEMORY, "%s: %s: no memory for %zu marks", p->who, p->folder, p->n);
  for (size_t i = 0; i < p->n; i++) atomic_init(&has[i], false);
  ae_tensor_retain(rows);
  p->kept = rows;
  p->has = has;
  return AE_OK;
}

bool ae_pictures_has(const ae_pictures *p, size_t i) {
  return p->has && atomic_load(&p->has[i]);
}

uint64_t ae_pictures_count(const ae_pictures *p) {
  return atomic_load(&p->count);
}

/* ---- Reading ---- */

static ae_status decode(const ae_pictures *p, const ae_encoded *file, uint8_t *to, ae_error *err) {
  const ae_form *f = &p->form;
  ae_picture h;
  AE_TRY(ae_picture_head(p->allocator, file, &h, err));
  if (h.height == f->height && h.width == f->width)
    return ae_picture_decode(p->allocator, file, &h, f->channels, AE_U8, to, err);
  if (f->fit == AE_FIT_SAME)
    return ae_fail(err, AE_SHAPE, "%s: %s: a picture of %d x %d (height x width) where %d x %d is wanted", p->who,
                   file->name, h.height, h.width, f->height, f->width);
  uint8_t *pixels = ae_heap_allocate(p->allocator, (size_t)h.height * (size_t)h.width * (size_t)f->channels);
  if (!pixels) return ae_fail(err, AE_NO_MEMORY, "%s: %s: no memory to decode it", p->who, file->name);
  ae_status status = ae_picture_decode(p->allocator, file, &h, f->channels, AE_U8, pixels, err);
  if (status == AE_OK) status = ae_fit_pixels(p->allocator, f, pixels, h.height, h.width, to, err);
  ae_heap_free(pixels);
  return status;
}

static ae_status read_file(const ae_pictures *p, const char *path, uint8_t *to, ae_error *err) {
  ae_bytes bytes;
  AE_TRY(ae_file_read(p->allocator, p->who, path, AE_IMAGE_BYTES, &bytes, err));
  ae_encoded file = {p->who, path, (const uint8_t *)bytes.data, bytes.size};
  ae_status status = decode(p, &file, to, err);
  ae_bytes_free(&bytes);
  return status;
}

ae_status ae_pictures_read(ae_pictures *p, size_t i, uint8_t *to, ae_error *err) {
  if (ae_pictures_has(p, i)) return AE_OK;
  if (p->kept) to = ae_u8s(p->kept) + i * ae_pictures_row_bytes(p);
  char *path = NULL;
  AE_TRY(path_of(p, i, &path, err));
  ae_status status = read_file(p, path, to, err);
  ae_heap_free(path);
  if (status != AE_OK) return status;
  atomic_fetch_add(&p->count, 1);
  if (p->has) atomic_store(&p->has[i], true);
  return AE_OK;
}
