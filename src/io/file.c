/*
** file: whole files, kinds of files, folders.
*/
#include "io/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/status.h"
#include "io/heap.h"
#include "io/idx.h"

/* ---- Whole files ---- */

static ae_status grow(ae_bytes *b, size_t capacity, ae_error *err) {
  void *block;
  AE_TRY(ae_allocate(b->allocator, capacity, &block, err));
  if (b->size > 0) memcpy(block, b->data, b->size);
  ae_free(b->allocator, b->data, b->capacity);
  b->data = block;
  b->capacity = capacity;
  return AE_OK;
}

static ae_status take_rest(ae_reader *r, size_t cap, ae_bytes *b, ae_error *err) {
  uint64_t most = ae_reader_most(r);
  if (!ae_reader_gzipped(r) && most > cap)
    return ae_reader_fail(r, err, AE_UNSUPPORTED, "larger than the %zu bytes that are read at most", cap);
  /* One byte more than the file: the read that comes back short is the end. */
  size_t first = 65536;
  if (!ae_reader_gzipped(r)) first = (size_t)most;
  AE_TRY(grow(b, first + 2, err));
  for (;;) {
    size_t room = b->capacity - 1 - b->size, got;
    AE_TRY(ae_reader_some(r, b->data + b->size, room, &got, err));
    b->size += got;
    if (b->size > cap)
      return ae_reader_fail(r, err, AE_UNSUPPORTED, "holds more than the %zu bytes that are read at most", cap);
    if (got < room) break;
    AE_TRY(grow(b, 2 * b->capacity, err));
  }
  b->data[b->size] = '\0';
  return AE_OK;
}

ae_status ae_reader_rest(ae_reader *r, size_t cap, ae_bytes *out, ae_error *err) {
  ae_bytes b = {NULL, 0, 0, ae_reader_allocator(r)};
  ae_status status = take_rest(r, cap, &b, err);
  if (status == AE_OK)
    *out = b;
  else
    ae_bytes_free(&b);
  return status;
}

ae_status ae_file_read(ae_allocator *a, const char *who, const char *path, size_t cap, ae_bytes *out, ae_error *err) {
  ae_reader *r;
  AE_TRY(ae_reader_open(a, who, path, &r, err));
  ae_status status = ae_reader_rest(r, cap, out, err);
  ae_reader_close(r);
  return status;
}

void ae_bytes_free(ae_bytes *bytes) {
  if (bytes->data != NULL) ae_free(bytes->allocator, bytes->data, bytes->capacity);
  *bytes = (ae_bytes){NULL, 0, 0, NULL};
}

/* ---- Kinds ---- */

static bool begins(const uint8_t *head, size_t n, const char *magic, size_t length) {
  return n >= length && memcmp(head, magic, length) == 0;
}

static bool is_text(const uint8_t *head, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (head[i] < ' ' && (head[i] == '\0' || !strchr("\t\n\v\f\r", head[i]))) return false;
  return true;
}

static ae_file_kind kind_of(const uint8_t *head, size_t n) {
  if (n == 0) return AE_FILE_EMPTY;
  if (begins(head, n, "\x89PNG\r\n\x1a\n", 8)) return AE_FILE_PNG;
  if (begins(head, n, "\xff\xd8\xff", 3)) return AE_FILE_JPEG;
  if (begins(head, n, "\x93NUMPY", 6)) return AE_FILE_NPY;
  if (n >= 4 && ae_idx_magic(head)) return AE_FILE_IDX;
  /* Eight bytes of header length, of which no sane file uses the upper four. */
  if (n >= 9 && head[8] == '{' && memcmp(head + 4, "\0\0\0", 4) == 0) return AE_FILE_SAFETENSORS;
  return is_text(head, n) ? AE_FILE_TEXT : AE_FILE_UNKNOWN;
}

ae_status ae_file_kind_of(ae_allocator *a, const char *who, const char *path, ae_file_kind *out, ae_error *err) {
  struct stat info;
  if (stat(path, &info) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) return ae_fail(err, AE_IO, "%s: %s: %s", who, path, strerror(errno));
    *out = AE_FILE_MISSING;
    return AE_OK;
  }
  if (S_ISDIR(info.st_mode)) {
    *out = AE_FILE_FOLDER;
    return AE_OK;
  }
  ae_reader *r;
  AE_TRY(ae_reader_open(a, who, path, &r, err));
  uint8_t head[512];
  size_t got = 0;
  ae_status status = ae_reader_some(r, head, sizeof head, &got, err);
  if (status == AE_OK) *out = kind_of(head, got);
  ae_reader_close(r);
  return status;
}

const char *ae_file_kind_name(ae_file_kind kind) {
  static const char *const names[] = {"missing",     "folder", "empty", "idx",  "npy",
                                      "safetensors", "png",    "jpeg",  "text", "unknown"};
  return names[kind];
}

/* ---- Folders ---- */

static int compare_names(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool add_name(ae_allocator *a, ae_names *names, size_t *capacity, const char *name) {
  if (names->n == *capacity) {
    size_t larger = *capacity ? 2 * *capacity : 64;
    char **moved = ae_heap_reallocate(a, names->at, larger * sizeof *moved);
    if (!moved) return false;
    names->at = moved;
    *capacity = larger;
  }
  size_t bytes = strlen(name) + 1;
  char *copy = ae_heap_allocate(a, bytes);
  if (!copy) return false;
  memcpy(copy, name, bytes);
  names->at[names->n++] = copy;
  return true;
}

ae_status ae_folder_list(ae_allocator *a, const char *who, const char *path, ae_names *out, ae_error *err) {
  DIR *folder = opendir(path);
  if (!folder) return ae_fail(err, AE_IO, "%s: %s: %s", who, path, strerror(errno));
  ae_names names = {NULL, 0};
  size_t capacity = 0;
  ae_status status = AE_OK;
  while (status == AE_OK) {
    errno = 0;
    struct dirent *entry = readdir(folder);
    if (!entry) {
      if (errno != 0) status = ae_fail(err, AE_IO, "%s: %s: %s", who, path, strerror(errno));
      break;
    }
    if (entry->d_name[0] != '.' && !add_name(a, &names, &capacity, entry->d_name))
      status = ae_fail(err, AE_NO_MEMORY, "%s: %s: no memory for the names in the folder", who, path);
  }
  closedir(folder);
  if (status != AE_OK) {
    ae_names_free(&names);
    return status;
  }
  if (names.n > 1) qsort(names.at, names.n, sizeof *names.at, compare_names);
  *out = names;
  return AE_OK;
}

void ae_names_free(ae_names *names) {
  for (size_t i = 0; i < names->n; i++) ae_heap_free(names->at[i]);
  ae_heap_free(names->at);
  *names = (ae_names){NULL, 0};
}
