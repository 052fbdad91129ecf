/*
** allocator: blocks for tensors, headers and nodes, cached by size class, so
** that a steady training step asks the system for nothing. Counted, budgeted,
** shared between threads; lives while it is retained or any block is out.
**
** Not here: what a block means (storage.h).
*/
#ifndef AE_CORE_ALLOCATOR_H
#define AE_CORE_ALLOCATOR_H

#include "aelua.h"

typedef struct ae_allocator ae_allocator;

ae_status ae_allocator_open(const ae_host_memory *memory, size_t budget, ae_allocator **out, ae_error *err);
void ae_allocator_retain(ae_allocator *a);
void ae_allocator_release(ae_allocator *a);

/* `bytes` bytes aligned to 64; the message of a failure says how many were
** wanted, how many are live and the budget. 0 bytes give a block all the same. */
ae_status ae_allocate(ae_allocator *a, size_t bytes, void **out, ae_error *err);
void ae_free(ae_allocator *a, void *block, size_t bytes); /* the same number; NULL is fine */
void ae_allocator_trim(ae_allocator *a);                  /* gives the cache back to the system */
ae_memory_use ae_allocator_use(const ae_allocator *a);
/* From now on; 0: no limit. What is live already stays. */
void ae_allocator_set_budget(ae_allocator *a, size_t budget);
void ae_allocator_reset_peak(ae_allocator *a);

#endif
