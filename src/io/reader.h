/*
** reader: the bytes of a file, or of a piece of memory, from front to back;
** gzip is undone in passing (several members too, their sums checked).
** A reader says beforehand how much it can still give, so that a header that
** promises more is refused before memory is asked for.
**
** Not here: what the bytes mean (idx.h, npy.h, ...), writing (writer.h).
*/
#ifndef AE_IO_READER_H
#define AE_IO_READER_H

#include "core/allocator.h"

typedef struct ae_reader ae_reader;

/* `who` begins every message of this reader; it and `path` outlive it. Errors:
** AE_IO (missing, a folder, no regular file, not readable), AE_NO_MEMORY. */
ae_status ae_reader_open(ae_allocator *a, const char *who, const char *path, ae_reader **out, ae_error *err);
/* Over `bytes`, which outlive the reader; `name` stands for the path in messages. */
ae_status ae_reader_open_memory(ae_allocator *a, const char *who, const char *name, const void *bytes, size_t size,
                                ae_reader **out, ae_error *err);
void ae_reader_close(ae_reader *r); /* NULL is fine */

/* Up to `size` bytes; *got < size only at the end. */
ae_status ae_reader_some(ae_reader *r, void *to, size_t size, size_t *got, ae_error *err);
/* Exactly `size` bytes; AE_FORMAT where the file ends before. */
ae_status ae_reader_read(ae_reader *r, void *to, size_t size, ae_error *err);
/* AE_FORMAT where more bytes follow; checks the sums of a gzip stream. */
ae_status ae_reader_end(ae_reader *r, ae_error *err);

/* The most bytes that can still come: exact for a plain file, deflate's
** largest ratio for gzip. */
uint64_t ae_reader_most(const ae_reader *r);
bool ae_reader_gzipped(const ae_reader *r);
ae_allocator *ae_reader_allocator(const ae_reader *r);
const char *ae_reader_who(const ae_reader *r);
const char *ae_reader_path(const ae_reader *r);

/* Fails as `who: path: message`. */
ae_status ae_reader_fail(const ae_reader *r, ae_error *err, ae_status code, const char *format, ...) AE_PRINTF(4, 5);

#endif
