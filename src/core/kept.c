/*
** kept: a list for each storage, youngest first, under a lock of a few
** instructions; nothing is allocated or freed inside it.
*/
#include "core/kept.h"

#include <string.h>

#include "core/status.h"

/* A storage keeps at most so many forms, and so many times its own bytes (small weights, padded to whole vectors, take
** more). */
enum { MOST_FORMS = 64, MOST_TIMES = 4, ALWAYS_BYTES = 1 << 16 };

static void lock(ae_storage *s) {
  while (atomic_flag_test_and_set_explicit(&s->keeping, memory_order_acquire)) {
  }
}

static void unlock(ae_storage *s) {
  atomic_flag_clear_explicit(&s->keeping, memory_order_release);
}

static unsigned version_of(const ae_storage *s) {
  return atomic_load_explicit(&s->version, memory_order_acquire);
}

static bool has_key(const ae_kept *k, const void *key, size_t key_bytes) {
  return k->key_bytes == key_bytes && memcmp(k->key, key, key_bytes) == 0;
}

ae_kept *ae_kept_find(ae_storage *s, const void *key, size_t key_bytes) {
  lock(s);
  ae_kept *k = s->kept;
  while (k && !has_key(k, key, key_bytes)) k = k->next;
  if (k && k->version != version_of(s)) k = NULL;
  if (k) atomic_fetch_add_explicit(&k->refs, 1, memory_order_relaxed);
  unlock(s);
  return k;
}

ae_status ae_kept_new(ae_allocator *a, const ae_storage *s, const void *key, size_t key_bytes, size_t bytes,
                      ae_kept **out, ae_error *err) {
  enum { HEADER = (sizeof(ae_kept) + 63) / 64 * 64 };
  void *block;
  if (key_bytes > AE_KEPT_KEY) return ae_fail(err, AE_INVALID, "kept: a key of %zu bytes is too long", key_bytes);
  AE_TRY(ae_allocate(a, HEADER + bytes, &block, err));
  ae_kept *k = block;
  *k = (ae_kept){
      .version = s ? version_of(s) : 0, .allocator = a, .data = (char *)block + HEADER, .bytes = HEADER + bytes};
  k->key_bytes = key_bytes;
  memcpy(k->key, key, key_bytes);
  atomic_init(&k->refs, 1);
  *out = k;
  return AE_OK;
}

void ae_kept_release(ae_kept *k) {
  if (k && atomic_fetch_sub_explicit(&k->refs, 1, memory_order_acq_rel) == 1) ae_free(k->allocator, k, k->bytes);
}

static void release_all(ae_kept *k) {
  while (k) {
    ae_kept *next = k->next;
    ae_kept_release(k);
    k = next;
  }
}

/* Takes out what has changed since, what has the new one's key, and what is too much; gives it as a list. */
static ae_kept *clear_out(ae_storage *s, const ae_kept *added) {
  const size_t most = MOST_TIMES * s->bytes + ALWAYS_BYTES;
  const unsigned version = version_of(s);
  size_t bytes = added->bytes, forms = 1;
  ae_kept *out = NULL, **at = &s->kept;
  while (*at) {
    ae_kept *k = *at;
    const bool useless = k->version != version || has_key(k, added->key, added->key_bytes);
    if (useless || forms == MOST_FORMS || bytes + k->bytes > most) {
      *at = k->next;
      k->next = out;
      out = k;
    } else {
      forms++;
      bytes += k->bytes;
      at = &k->next;
    }
  }
  return out;
}

void ae_kept_add(ae_storage *s, ae_kept *k) {
  atomic_fetch_add_explicit(&k->refs, 1, memory_order_relaxed);
  lock(s);
  ae_kept *out = clear_out(s, k);
  k->next = s->kept;
  s->kept = k;
  unlock(s);
  release_all(out);
}

void ae_kept_close(ae_storage *s) {
  release_all(s->kept);
}
