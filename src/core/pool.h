/*
** pool: the threads of a context, which share out the numbered parts of a job
** with the thread that asks.
**
** Why not OpenMP's: its threads meet at a barrier, where each spins for
** milliseconds. Beside any other work on the machine the one that everybody
** waits for does not run (measured: a training step of 0.6 ms took 40 with two
** other processes on two cores). Here a thread that comes late finds its parts
** taken by others and is not waited for; threads spin for a fifth of a
** millisecond, more than a script takes from one operation to the next, then
** sleep. Which thread runs a part changes no result.
**
** Not here: how work is cut into parts (parallel.h).
*/
#ifndef AE_CORE_POOL_H
#define AE_CORE_POOL_H

#include "aelua.h"

typedef struct ae_pool ae_pool;

typedef void (*ae_job_fn)(void *arg, int part);

/* fn(arg, part) for every part in [0, parts), on up to `threads` threads, the
** calling one among them. Returns when all are done. Threads are started when
** they are first wanted; where the system gives none, the calling one does it
** all. Not from inside a job. */
void ae_pool_run(ae_context *ctx, int threads, int parts, ae_job_fn fn, void *arg);

/* Ends the threads. NULL is fine. */
void ae_pool_close(ae_pool *pool);

#endif
