/*
** ahead: rows come in their order whatever the pace of either side; several
** streams at once; a failure where its row stands, and tried again; streams left
** in the middle; a forked child; nothing left over.
*/
#define _DEFAULT_SOURCE
#include "io/ahead.h"

#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../core/check.h"
#include "core/status.h"
#include "io/heap.h"

enum { ROWS = 500, RING = 7, WIDTH = 3 };

typedef struct source {
  atomic_int reads, broken; /* row that cannot be read; -1: none */
  int pause;                /* microseconds for every tenth row */
  uint8_t own[ROWS];        /* rows that have places of their own */
} source;

static ae_status read_row(void *object, int64_t row, uint8_t *to, ae_error *err) {
  source *s = object;
  atomic_fetch_add(&s->reads, 1);
  if (s->pause && row % 10 == 0) usleep((useconds_t)s->pause);
  if (row == atomic_load(&s->broken)) return ae_fail(err, AE_FORMAT, "row %d", (int)row);
  if (to)
    memset(to, (int)(row % 251), WIDTH);
  else
    s->own[row] = (uint8_t)(row % 251);
  return AE_OK;
}

/* A stream of the rows (i * step) % ROWS. */
static ae_stream *open_stream(ae_ahead *t, ae_allocator *a, source *from, uint8_t *slots, int step) {
  int32_t *rows = ae_heap_allocate(a, ROWS * sizeof *rows);
  for (int i = 0; i < ROWS; i++) rows[i] = i * step % ROWS;
  ae_row_source s = {from, read_row, slots, RING, WIDTH};
  ae_stream *stream = NULL;
  ae_error err;
  CHECK_OK(ae_stream_open(t, &s, rows, ROWS, &stream, &err), err);
  return stream;
}

/* Whether the next n rows are as they should be; passes them. */
static bool takes(ae_stream *s, const source *from, const uint8_t *slots, int first, int n, int step) {
  ae_error err;
  bool fine = ae_stream_wait(s, n, &err) == AE_OK && ae_stream_left(s) == ROWS - first;
  for (int i = 0; fine && i < n; i++) {
    int row = (first + i) * step % ROWS;
    int64_t slot = ae_stream_slot(s, i);
    const uint8_t *at = slots ? slots + slot * WIDTH : from->own + slot;
    fine = ae_stream_row(s, i) == row && at[0] == row % 251 && (!slots || at[WIDTH - 1] == row % 251);
  }
  ae_stream_pass(s, n);
  return fine;
}

static bool takes_all(ae_stream *s, const source *from, const uint8_t *slots, int step, int pause) {
  bool fine = true;
  for (int first = 0; fine && first < ROWS; first += 5) {
    if (pause && first % 50 == 0) usleep((useconds_t)pause);
    fine = takes(s, from, slots, first, 5, step);
  }
  return fine;
}

static void in_order(ae_ahead *t, ae_allocator *a) {
  for (int pace = 0; pace < 3; pace++) {
    source from = {.broken = -1, .pause = pace == 1 ? 300 : 0};
    uint8_t slots[RING * WIDTH];
    ae_stream *s = open_stream(t, a, &from, slots, 3);
    CHECK(takes_all(s, &from, slots, 3, pace == 2 ? 1000 : 0));
    CHECK(ae_stream_left(s) == 0);
    ae_stream_close(s);
    CHECK(atomic_load(&from.reads) == ROWS);
  }
}

/* No more is read than the ring holds, and in places of its own everything. */
static void bounded(ae_ahead *t, ae_allocator *a) {
  source from = {.broken = -1}, free_from = {.broken = -1};
  uint8_t slots[RING * WIDTH];
  ae_stream *s = open_stream(t, a, &from, slots, 1), *own = open_stream(t, a, &free_from, NULL, 7);
  CHECK(takes(s, &from, slots, 0, 2, 1));
  CHECK(takes_all(own, &free_from, NULL, 7, 0));
  for (int i = 0; i < 1000 && atomic_load(&from.reads) < 2 + RING; i++) usleep(1000);
  usleep(2000);
  CHECK(atomic_load(&from.reads) == 2 + RING);
  ae_stream_close(own);
  ae_stream_close(s);
}

static void several(ae_ahead *t, ae_allocator *a) {
  source from[3] = {{.broken = -1}, {.broken = -1, .pause = 100}, {.broken = -1}};
  uint8_t slots[2][RING * WIDTH];
  ae_stream *s[3] = {open_stream(t, a, &from[0], slots[0], 1), open_stream(t, a, &from[1], slots[1], 9),
                     open_stream(t, a, &from[2], NULL, 11)};
  bool fine = true;
  for (int first = 0; fine && first < ROWS; first += 4) {
    fine = takes(s[0], &from[0], slots[0], first, 4, 1) && takes(s[1], &from[1], slots[1], first, 4, 9);
    if (first % 100 == 0) fine = fine && takes(s[2], &from[2], NULL, first / 100 * 20, 20, 11);
  }
  CHECK(fine);
  for (int i = 0; i < 3; i++) ae_stream_close(s[i]);
}

static void failing(ae_ahead *t, ae_allocator *a) {
  source from = {.broken = 12};
  uint8_t slots[RING * WIDTH];
  ae_error err;
  ae_stream *s = open_stream(t, a, &from, slots, 1);
  CHECK(takes(s, &from, slots, 0, 6, 1));
  CHECK(takes(s, &from, slots, 6, 6, 1));
  CHECK_FAILS(ae_stream_wait(s, 3, &err), err, AE_FORMAT, "row 12");
  CHECK_FAILS(ae_stream_wait(s, 3, &err), err, AE_FORMAT, "row 12");
  CHECK_OK(ae_stream_wait(s, 0, &err), err);
  atomic_store(&from.broken, -1);
  CHECK(takes(s, &from, slots, 12, 7, 1));
  ae_stream_close(s);
}

static void left_early(ae_ahead *t, ae_allocator *a) {
  for (int i = 0; i < 200; i++) {
    source from = {.broken = i % 3 ? -1 : 4, .pause = i % 2 ? 50 : 0};
    uint8_t slots[RING * WIDTH];
    ae_stream *s = open_stream(t, a, &from, i % 4 ? slots : NULL, 1);
    if (i % 5) CHECK(takes(s, &from, i % 4 ? slots : NULL, 0, i % 3 + 1, 1));
    ae_stream_close(s);
    int reads = atomic_load(&from.reads);
    if (i % 20 == 0) usleep(500);
    CHECK(atomic_load(&from.reads) == reads);
  }
  ae_stream_close(NULL);
}

#if !defined(__SANITIZE_THREAD__) /* which knows no threads in a child */
static void in_a_child(ae_ahead *t, ae_allocator *a) {
  source from = {.broken = -1};
  uint8_t slots[RING * WIDTH];
  ae_stream *s = open_stream(t, a, &from, slots, 1);
  CHECK(takes(s, &from, slots, 0, 5, 1));
  CHECK_OK(ae_stream_wait(s, RING, NULL),
           (ae_error){0}); /* the thread rests: it holds no lock when the process forks */
  pid_t child = fork();
  if (child == 0) {
    ae_error err;
    bool fine = ae_stream_wait(s, 1, &err) == AE_STATE;
    ae_stream_close(s);
    s = open_stream(t, a, &from, slots, 3);
    fine = fine && takes_all(s, &from, slots, 3, 0);
    ae_stream_close(s);
    ae_ahead_close(t);
    _exit(fine ? 0 : 1);
  }
  int status;
  CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  CHECK(takes(s, &from, slots, 5, RING, 1));
  ae_stream_close(s);
}
#else
static void in_a_child(ae_ahead *t, ae_allocator *a) {
  (void)t;
  (void)a;
}
#endif

int main(void) {
  ae_allocator *a;
  ae_ahead *t;
  ae_error err;
  CHECK_OK(ae_allocator_open(NULL, 0, &a, &err), err);
  size_t before = ae_allocator_use(a).live;
  CHECK_OK(ae_ahead_open(a, &t, &err), err);
  in_order(t, a);
  bounded(t, a);
  several(t, a);
  failing(t, a);
  left_early(t, a);
  in_a_child(t, a);
  ae_ahead_close(t);
  CHECK(ae_allocator_use(a).live == before);
  ae_allocator_release(a);
  return check_result();
}
