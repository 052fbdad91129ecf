/*
** ahead: one lock for all streams. A stream's `ready` rows, counted from its
** beginning, lie in slots; `passed` of them have been given back. The thread reads
** without the lock, into a slot that nobody else looks at.
*/
#define _DEFAULT_SOURCE
#include "io/ahead.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/status.h"
#include "io/heap.h"

struct ae_stream {
  ae_ahead *thread;
  ae_stream *next;
  pid_t process; /* a fork leaves the child without the thread */
  ae_row_source source;
  int32_t *rows;
  int64_t n;
  int64_t ready, passed;
  int64_t wanted;   /* rows that somebody waits for, from the beginning; 0: nobody does */
  bool busy;        /* the thread reads a row of it */
  bool closing;     /* somebody waits until it is not busy */
  bool told;        /* of the failure */
  ae_status status; /* of the row after those ready */
  ae_error err;
};

struct ae_ahead {
  ae_allocator *allocator;
  pthread_mutex_t lock;
  pthread_cond_t work;  /* the thread waits for it */
  pthread_cond_t ready; /* the calling thread does */
  pthread_t thread;
  bool running, quit;
  pid_t process;
  ae_stream *streams; /* open, in any order */
};

/* ---- What is read next (under the lock) ---- */

static bool has_work(const ae_stream *s) {
  bool room = !s->source.slots || s->ready - s->passed < s->source.ring;
  return s->status == AE_OK && s->ready < s->n && room;
}

static bool goes_before(const ae_stream *a, const ae_stream *b) {
  if ((a->wanted > 0) != (b->wanted > 0)) return a->wanted > 0;
  return a->ready - a->passed < b->ready - b->passed;
}

static ae_stream *choose(const ae_ahead *t) {
  ae_stream *best = NULL;
  for (ae_stream *s = t->streams; s; s = s->next)
    if (has_work(s) && (!best || goes_before(s, best))) best = s;
  return best;
}

/* Reads the next row of s, without the lock meanwhile. */
static void read_row(ae_ahead *t, ae_stream *s) {
  const ae_row_source *from = &s->source;
  uint8_t *to = from->slots ? from->slots + (size_t)(s->ready % from->ring) * from->row_bytes : NULL;
  int64_t row = s->rows[s->ready];
  ae_error err;
  s->busy = true;
  pthread_mutex_unlock(&t->lock);
  ae_status status = from->read(from->object, row, to, &err);
  pthread_mutex_lock(&t->lock);
  s->busy = false;
  s->status = status;
  if (status == AE_OK)
    s->ready++;
  else
    s->err = err;
}

static void *run(void *arg) {
  ae_ahead *t = arg;
  pthread_mutex_lock(&t->lock);
  while (!t->quit) {
    ae_stream *s = choose(t);
    if (!s) {
      pthread_cond_wait(&t->work, &t->lock);
      continue;
    }
    read_row(t, s);
    if (s->closing || s->status != AE_OK || s->ready == s->wanted) pthread_cond_signal(&t->ready);
  }
  pthread_mutex_unlock(&t->lock);
  return NULL;
}

/* ---- The thread ---- */

/* In a forked child nothing of the parent's is to be trusted but the allocator. */
static void begin(ae_ahead *t) {
  pthread_mutex_init(&t->lock, NULL);
  pthread_cond_init(&t->work, NULL);
  pthread_cond_init(&t->ready, NULL);
  t->process = getpid();
  t->running = false;
  t->streams = NULL;
}

/* Signals are the calling thread's. Without a thread, rows are read when they are waited for. */
static void start(ae_ahead *t) {
  sigset_t all, before;
  if (t->running) return;
  t->quit = false;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  t->running = pthread_create(&t->thread, NULL, run, t) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void stop(ae_ahead *t) {
  if (!t->running) return;
  pthread_mutex_lock(&t->lock);
  t->quit = true;
  pthread_cond_signal(&t->work);
  pthread_mutex_unlock(&t->lock);
  pthread_join(t->thread, NULL);
  t->running = false;
}

ae_status ae_ahead_open(ae_allocator *a, ae_ahead **out, ae_error *err) {
  ae_ahead *t = ae_heap_allocate(a, sizeof *t);
  if (!t) return ae_fail(err, AE_NO_MEMORY, "no memory for a thread that reads ahead");
  memset(t, 0, sizeof *t);
  t->allocator = a;
  begin(t);
  *out = t;
  return AE_OK;
}

void ae_ahead_close(ae_ahead *t) {
  if (!t) return;
  if (t->process == getpid()) {
    stop(t);
    pthread_cond_destroy(&t->ready);
    pthread_cond_destroy(&t->work);
    pthread_mutex_destroy(&t->lock);
  }
  ae_heap_free(t);
}

/* ---- Streams ---- */

ae_status ae_stream_open(ae_ahead *t, const ae_row_source *source, int32_t *rows, int64_t n, ae_stream **out,
                         ae_error *err) {
  ae_stream *s = ae_heap_allocate(t->allocator, sizeof *s);
  if (!s) return ae_fail(err, AE_NO_MEMORY, "no memory to read rows ahead");
  if (t->process != getpid()) begin(t);
  *s = (ae_stream){.thread = t, .process = t->process, .source = *source, .rows = rows, .n = n, .status = AE_OK};
  pthread_mutex_lock(&t->lock);
  s->next = t->streams;
  t->streams = s;
  pthread_cond_signal(&t->work);
  pthread_mutex_unlock(&t->lock);
  start(t);
  *out = s;
  return AE_OK;
}

static void unlink_stream(ae_ahead *t, const ae_stream *s) {
  ae_stream **at = &t->streams;
  while (*at != s) at = &(*at)->next;
  *at = s->next;
}

void ae_stream_close(ae_stream *s) {
  if (!s) return;
  ae_ahead *t = s->thread;
  if (s->process == getpid()) {
    pthread_mutex_lock(&t->lock);
    unlink_stream(t, s);
    s->closing = true;
    while (s->busy) pthread_cond_wait(&t->ready, &t->lock);
    bool last = !t->streams;
    pthread_mutex_unlock(&t->lock);
    if (last) stop(t);
  }
  ae_heap_free(s->rows);
  ae_heap_free(s);
}

ae_status ae_stream_wait(ae_stream *s, int64_t n, ae_error *err) {
  ae_ahead *t = s->thread;
  if (s->process != getpid())
    return ae_fail(err, AE_STATE, "rows that are read ahead: the process was forked meanwhile; begin a new reading");
  pthread_mutex_lock(&t->lock);
  s->wanted = s->passed + n;
  if (s->told && s->ready < s->wanted) {
    s->status = AE_OK;
    s->told = false;
  }
  pthread_cond_signal(&t->work);
  while (s->status == AE_OK && s->ready < s->wanted) {
    if (t->running)
      pthread_cond_wait(&t->ready, &t->lock);
    else
      read_row(t, s);
  }
  ae_status status = s->ready < s->wanted ? s->status : AE_OK;
  if (status != AE_OK) {
    s->told = true;
    if (err) *err = s->err;
  }
  s->wanted = 0;
  pthread_mutex_unlock(&t->lock);
  return status;
}

int64_t ae_stream_left(const ae_stream *s) {
  return s->n - s->passed;
}

int64_t ae_stream_row(const ae_stream *s, int64_t i) {
  return s->rows[s->passed + i];
}

int64_t ae_stream_slot(const ae_stream *s, int64_t i) {
  return s->source.slots ? (s->passed + i) % s->source.ring : ae_stream_row(s, i);
}

void ae_stream_pass(ae_stream *s, int64_t n) {
  ae_ahead *t = s->thread;
  if (s->process != getpid()) return;
  pthread_mutex_lock(&t->lock);
  s->passed += n;
  pthread_cond_signal(&t->work);
  pthread_mutex_unlock(&t->lock);
}
