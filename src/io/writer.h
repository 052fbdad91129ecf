/*
** writer: a file that is there as a whole or not at all. Bytes go to a
** temporary file in the same folder; commit flushes it to the disk and renames
** it over the target, so a reader, a crash or a full disk never meets half.
** A link is followed; a target that exists keeps its permissions.
*/
#ifndef AE_IO_WRITER_H
#define AE_IO_WRITER_H

#include "core/context.h"

typedef struct ae_writer ae_writer;

/* `who` begins every message of this writer and outlives it. Errors: AE_IO
** (folder missing or not writable, target is no regular file), AE_NO_MEMORY. */
ae_status ae_writer_open(ae_context *ctx, const char *who, const char *path, ae_writer **out, ae_error *err);
/* Errors: AE_IO. The writer is still to be committed or abandoned. */
ae_status ae_writer_put(ae_writer *w, const void *bytes, size_t size, ae_error *err);
/* Ends the writer; on failure the target is as it was. */
ae_status ae_writer_commit(ae_writer *w, ae_error *err);
/* Ends the writer and leaves nothing behind; NULL is fine. */
void ae_writer_abandon(ae_writer *w);

/* The whole of it in one call. */
ae_status ae_write_file(ae_context *ctx, const char *who, const char *path, const void *bytes, size_t size,
                        ae_error *err);
/* Whether a file could be written there now: makes a temporary one and removes it. */
ae_status ae_check_writable(ae_context *ctx, const char *who, const char *path, ae_error *err);

#endif
