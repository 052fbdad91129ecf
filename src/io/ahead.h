/*
** ahead: rows read by one thread before they are wanted. A stream is a list of
** rows in the order in which they will be; the thread reads them into a ring of
** slots, and whoever takes them waits where they are not there yet. Several
** streams share the thread: first comes the one that somebody waits for, then
** the one with the fewest rows ready. What is read does not depend on the thread's
** pace: every slot is filled from the row that its place in the order says, and a
** failure is handed over where its row stands.
** A child forked while the thread reads may find the allocator locked for good: it is
** forked between streams, or goes on to another program.
** The thread lives while a stream is open and runs no Lua, no job of the pool
** (core/pool.h) and nothing of a context but the allocator. All functions here are
** called by the one thread that owns the context.
*/
#ifndef AE_IO_AHEAD_H
#define AE_IO_AHEAD_H

#include "aelua.h"

#include "core/allocator.h"

typedef struct ae_ahead ae_ahead;   /* the thread */
typedef struct ae_stream ae_stream; /* of one reading */

/* Where rows come from. `read` puts row `row` into `to`, on the thread or, where
** the system gives none, on the calling one. */
typedef struct ae_row_source {
  void *object;
  ae_status (*read)(void *object, int64_t row, uint8_t *to, ae_error *err);
  uint8_t *slots; /* the ring's; NULL: `read` has places of its own, and there is no bound */
  int64_t ring;   /* slots */
  size_t row_bytes;
} ae_row_source;

ae_status ae_ahead_open(ae_allocator *a, ae_ahead **out, ae_error *err);
/* Its streams are closed. NULL is fine. */
void ae_ahead_close(ae_ahead *t);

/* `rows` [n], a block of the heap (heap.h), become the stream's, unless this
** fails. The source's object and slots outlive it. Errors: AE_NO_MEMORY. */
ae_status ae_stream_open(ae_ahead *t, const ae_row_source *source, int32_t *rows, int64_t n, ae_stream **out,
                         ae_error *err);
/* Stops reading, after the row in hand. NULL is fine. */
void ae_stream_close(ae_stream *s);

/* Waits until the next n rows (at most those that are left, and the ring's) are
** there. The row that stands i places on lies in slot ae_stream_slot(s, i), and
** stays there until ae_stream_pass. A failure is that of the first row that could
** not be read; it is tried again in the next call. */
ae_status ae_stream_wait(ae_stream *s, int64_t n, ae_error *err);
int64_t ae_stream_left(const ae_stream *s);            /* rows not passed yet */
int64_t ae_stream_row(const ae_stream *s, int64_t i);  /* the row that stands i places on */
int64_t ae_stream_slot(const ae_stream *s, int64_t i); /* its slot; where the ring has none, the row */
/* The next n rows are not looked at any more. */
void ae_stream_pass(ae_stream *s, int64_t n);

#endif
