/*
** storage: header and data in one block, or a header beside lent memory.
*/
#include "core/storage.h"

#include "core/status.h"

/* The header's share of a block: the data behind it stays aligned to 64. */
enum { HEADER = 64 };
_Static_assert(sizeof(ae_storage) <= HEADER, "the header fits before the data");

static void begin(ae_storage *s) {
  atomic_init(&s->refs, 1);
  atomic_init(&s->version, 0);
  atomic_flag_clear(&s->keeping);
  atomic_init(&s->kept, NULL);
}

ae_status ae_storage_new(ae_allocator *a, size_t bytes, ae_storage **out, ae_error *err) {
  if (bytes > PTRDIFF_MAX) return ae_fail(err, AE_OVERFLOW, "storage: %zu bytes are more than memory has", bytes);
  void *block;
  AE_TRY(ae_allocate(a, HEADER + bytes, &block, err));
  ae_storage *s = block;
  *s = (ae_storage){.device = AE_CPU, .data = (char *)block + HEADER, .bytes = bytes, .allocator = a};
  begin(s);
  *out = s;
  return AE_OK;
}

ae_status ae_storage_lend(ae_allocator *a, void *data, size_t bytes, void (*release)(void *user, void *data),
                          void *user, ae_storage **out, ae_error *err) {
  void *block;
  AE_TRY(ae_allocate(a, HEADER, &block, err));
  ae_storage *s = block;
  *s = (ae_storage){
      .device = AE_CPU, .lent = true, .data = data, .bytes = bytes, .allocator = a, .release = release, .user = user};
  begin(s);
  *out = s;
  return AE_OK;
}

void ae_storage_retain(ae_storage *s) {
  atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
}

void ae_storage_release(ae_storage *s) {
  if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1) return;
  ae_kept_clear(s);
  if (s->lent && s->release) s->release(s->user, s->data);
  ae_free(s->allocator, s, s->lent ? HEADER : HEADER + s->bytes);
}
