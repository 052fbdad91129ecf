/*
** storage: a counted piece of memory that one or more tensors look into.
*/
#ifndef AE_CORE_STORAGE_H
#define AE_CORE_STORAGE_H

#include <stdatomic.h>

#include "core/allocator.h"

typedef enum ae_device { AE_CPU = 0 } ae_device;

typedef struct ae_storage {
  atomic_int refs;
  atomic_uint version; /* goes up with every change in place */
  ae_device device;
  bool lent; /* the data is a caller's, handed back through release */
  atomic_flag keeping;
  _Atomic(struct ae_kept *) kept; /* other forms of the data (kept.h); changes under `keeping` */
  void *data;
  size_t bytes;
  ae_allocator *allocator; /* of this header and of data that is not lent; alive while they are */
  void (*release)(void *user, void *data);
  void *user;
} ae_storage;

ae_status ae_storage_new(ae_allocator *a, size_t bytes, ae_storage **out, ae_error *err);
/* `release` may be NULL: nobody needs to know. On failure it is not called. */
ae_status ae_storage_lend(ae_allocator *a, void *data, size_t bytes, void (*release)(void *user, void *data),
                          void *user, ae_storage **out, ae_error *err);
void ae_storage_retain(ae_storage *s);
void ae_storage_release(ae_storage *s);
/* Lets go of the forms that are kept beside it. */
void ae_kept_clear(ae_storage *s);
/* After every change in place. */
static inline void ae_storage_touch(ae_storage *s) {
  atomic_fetch_add(&s->version, 1);
  if (atomic_load_explicit(&s->kept, memory_order_relaxed)) ae_kept_clear(s);
}

#endif
