/*
** file: whole files in memory, what a file is by its first bytes, and what a
** folder holds.
*/
#ifndef AE_IO_FILE_H
#define AE_IO_FILE_H

#include "io/reader.h"

typedef struct ae_bytes {
  char *data; /* data[size] is '\0'; NULL: nothing to free */
  size_t size, capacity;
  ae_allocator *allocator;
} ae_bytes;

/* Everything that the reader has left. Errors: AE_UNSUPPORTED past `cap` bytes
** (what gzip makes of a small file included), and the reader's. */
ae_status ae_reader_rest(ae_reader *r, size_t cap, ae_bytes *out, ae_error *err);
ae_status ae_file_read(ae_allocator *a, const char *who, const char *path, size_t cap, ae_bytes *out, ae_error *err);
void ae_bytes_free(ae_bytes *bytes);

typedef enum ae_file_kind {
  AE_FILE_MISSING,
  AE_FILE_FOLDER,
  AE_FILE_EMPTY,
  AE_FILE_IDX,
  AE_FILE_NPY,
  AE_FILE_SAFETENSORS,
  AE_FILE_PNG,
  AE_FILE_JPEG,
  AE_FILE_TEXT,
  AE_FILE_UNKNOWN
} ae_file_kind;

/* By the first bytes, gzip undone; never by the name. Errors: AE_IO. */
ae_status ae_file_kind_of(ae_allocator *a, const char *who, const char *path, ae_file_kind *out, ae_error *err);
const char *ae_file_kind_name(ae_file_kind kind);

/* The names in a folder, in byte order, without those that begin with a dot. */
typedef struct ae_names {
  char **at; /* each a block of its own in the heap; so is the list */
  size_t n;
} ae_names;
ae_status ae_folder_list(ae_allocator *a, const char *who, const char *path, ae_names *out, ae_error *err);
void ae_names_free(ae_names *names);

#endif
