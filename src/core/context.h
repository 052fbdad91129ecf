/*
** context: what one host thread computes with: memory, random stream, threads,
** whether the tape records. No globals stand behind it.
*/
#ifndef AE_CORE_CONTEXT_H
#define AE_CORE_CONTEXT_H

#include <stdatomic.h>

#include "core/allocator.h"
#include "core/random.h"

struct ae_node;
struct ae_profile;

struct ae_context {
  ae_allocator *allocator;
  ae_random random;
  int threads;
  bool in_job;                /* a range runs: what is called from it stays on its thread */
  struct ae_pool *pool;       /* the threads beside the calling one; NULL: none wanted so far */
  bool keep_environment;      /* see ae_options */
  int no_grad;                /* depth of no_grad sections; the tape records at 0 */
  uint64_t sequence;          /* of the next node */
  uint64_t op_calls;          /* forward calls so far, for tests and profiles */
  struct ae_profile *profile; /* times operations; NULL: nobody asked (profile.h) */
  atomic_int loops;           /* training loops running that poll `interrupted` */
  atomic_bool interrupted;    /* asked to end after the batch in hand */
  struct ae_node **order;     /* backward's work list, kept from call to call */
  size_t order_capacity;
  void *kernel; /* what kernel/ keeps per context (backends, packed weights) */
  void (*kernel_close)(void *kernel);
};

#endif
