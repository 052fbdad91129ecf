/*
** kept: other forms of what a storage holds, such as weights packed for a kernel,
** that stay beside it until it changes. A form is found by a key of its maker's,
** compared byte by byte; who finds or makes one holds it until he releases it.
** Forms end with their storage, or with its first change. A storage keeps at most
** four times its own bytes and 64 KB; what is more is not kept. Any number of
** threads may look at once.
**
** Not here: what a form is; storages whose memory is lent, which change unseen.
*/
#ifndef AE_CORE_KEPT_H
#define AE_CORE_KEPT_H

#include "core/storage.h"

enum { AE_KEPT_KEY = 192 }; /* bytes of a key, at most */

typedef struct ae_kept {
  atomic_int refs;
  unsigned version; /* of the storage when the form began to be made */
  struct ae_kept *next;
  ae_allocator *allocator;
  void *data; /* aligned to 64 */
  size_t bytes, key_bytes;
  unsigned char key[AE_KEPT_KEY];
} ae_kept;

/* Whether forms of it may be kept. */
static inline bool ae_kept_fits(const ae_storage *s) {
  return !s->lent;
}
/* NULL: there is none, or the storage has changed since. */
ae_kept *ae_kept_find(ae_storage *s, const void *key, size_t key_bytes);
/* For what the storage holds now: a form that nobody finds yet, its data not set. s NULL: it never will be found. */
ae_status ae_kept_new(ae_allocator *a, const ae_storage *s, const void *key, size_t key_bytes, size_t bytes,
                      ae_kept **out, ae_error *err);
/* From now on it is found, unless the storage has changed meanwhile or keeps as much as it may. */
void ae_kept_add(ae_storage *s, ae_kept *k);
void ae_kept_release(ae_kept *k); /* NULL is fine */

#endif
