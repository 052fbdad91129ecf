/*
** kept: a list for each storage under a lock of its own. The lock is held for a
** walk over the list, which is as long as the storage's weights have users;
** nothing is allocated or freed inside it.
*/
#include "core/kept.h"

#include <sched.h>
#include <string.h>

#include "core/status.h"

/* A storage keeps at most so many times its own bytes (small weights, padded to whole vectors, take more). */
enum { MOST_TIMES = 4, ALWAYS_BYTES = 1 << 16 };

static void lock(ae_storage *s) {
  while (atomic_flag_test_and_set_explicit(&s->keeping, memory_order_acquire)) sched_yield();
}

static void unlock(ae_storage *s) {
  atomic_flag_clear_explicit(&s->keeping, memory_order_release);
}

static ae_kept *first(ae_storage *s) {
  return atomic_load_explicit(&s->kept, memory_order_relaxed);
}

static bool has_key(const ae_kept *k, const void *key, size_t key_bytes) {
  return k->key_bytes == key_bytes && memcmp(k->key, key, key_bytes) == 0;
}

ae_kept *ae_kept_find(ae_storage *s, const void *key, size_t key_bytes) {
  lock(s);
  ae_kept *k = first(s);
  while (k && !has_key(k, key, key_bytes)) k = k->next;
  if (k && k->version != atomic_load(&s->version)) k = NULL;
  if (k) atomic_fetch_add_explicit(&k->refs, 1, memory_order_relaxed);
  unlock(s);
  return k;
}

ae_status ae_kept_new(ae_allocator *a, const ae_storage *s, const void *key, size_t key_bytes, size_t bytes,
                      ae_kept **out, ae_error *err) {
  enum { HEADER = (sizeof(ae_kept) + 63) / 64 * 64 };
  void *block;
  if (key_bytes > AE_KEPT_KEY)
    return ae_fail(err, AE_INVALID, "kept: wants a key of at most %d bytes, got %zu", AE_KEPT_KEY, key_bytes);
  AE_TRY(ae_allocate(a, HEADER + bytes, &block, err));
  ae_kept *k = block;
  *k = (ae_kept){.allocator = a, .data = (char *)block + HEADER, .bytes = HEADER + bytes, .key_bytes = key_bytes};
  k->version = s ? atomic_load(&s->version) : 0;
  memcpy(k->key, key, key_bytes);
  atomic_init(&k->refs, 1);
  *out = k;
  return AE_OK;
}

void ae_kept_release(ae_kept *k) {
  if (k && atomic_fetch_sub_explicit(&k->refs, 1, memory_order_acq_rel) == 1) ae_free(k->allocator, k, k->bytes);
}

/* Whether k is worth keeping: of what the storage holds now, the first of its key, and not too much. */
static bool has_room(ae_storage *s, const ae_kept *k) {
  size_t bytes = k->bytes;
  if (k->version != atomic_load(&s->version)) return false;
  for (const ae_kept *other = first(s); other; other = other->next) {
    if (has_key(other, k->key, k->key_bytes)) return false;
    bytes += other->bytes;
  }
  return bytes <= MOST_TIMES * s->bytes + ALWAYS_BYTES;
}

void ae_kept_add(ae_storage *s, ae_kept *k) {
  lock(s);
  if (has_room(s, k)) {
    atomic_fetch_add_explicit(&k->refs, 1, memory_order_relaxed);
    k->next = first(s);
    atomic_store_explicit(&s->kept, k, memory_order_relaxed);
  }
  unlock(s);
}

void ae_kept_clear(ae_storage *s) {
  lock(s);
  ae_kept *k = first(s);
  atomic_store_explicit(&s->kept, NULL, memory_order_relaxed);
  unlock(s);
  while (k) {
    ae_kept *next = k->next;
    ae_kept_release(k);
    k = next;
  }
}
