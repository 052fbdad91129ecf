#include "core/kept.h"

#include <pthread.h>
#include <stdint.h>

#include "check.h"

static ae_error err;
static ae_allocator *allocator;

static ae_storage *storage_of(size_t bytes) {
  ae_storage *s = NULL;
  CHECK_OK(ae_storage_new(allocator, bytes, &s, &err), err);
  return s;
}

static ae_kept *add(ae_storage *s, int key, size_t bytes) {
  ae_kept *k = NULL;
  CHECK_OK(ae_kept_new(allocator, s, &key, sizeof key, bytes, &k, &err), err);
  memset(k->data, key, bytes);
  ae_kept_add(s, k);
  return k;
}

static void put(ae_storage *s, int key, size_t bytes) {
  ae_kept_release(add(s, key, bytes));
}

static bool has(ae_storage *s, int key) {
  ae_kept *k = ae_kept_find(s, &key, sizeof key);
  const bool found = k != NULL;
  CHECK(!k || *(unsigned char *)k->data == (unsigned char)key);
  ae_kept_release(k);
  return found;
}

static int forms_of(ae_storage *s) {
  int forms = 0;
  for (const ae_kept *k = atomic_load(&s->kept); k; k = k->next) forms++;
  return forms;
}

static void forms_are_found_until_the_storage_changes(void) {
  ae_storage *s = storage_of(4096);
  const size_t before = ae_allocator_use(allocator).live;
  CHECK(!has(s, 1));
  ae_kept *held = add(s, 1, 256);
  CHECK((uintptr_t)held->data % 64 == 0);
  put(s, 2, 256);
  CHECK(has(s, 1) && has(s, 2) && !has(s, 3));
  put(s, 2, 512);
  CHECK(forms_of(s) == 2);
  ae_storage_touch(s);
  CHECK(!has(s, 1) && !has(s, 2) && forms_of(s) == 0);
  CHECK(*(unsigned char *)held->data == 1);
  ae_kept_release(held);
  CHECK(ae_allocator_use(allocator).live == before);
  put(s, 2, 256);
  CHECK(!has(s, 1) && has(s, 2));
  ae_storage_release(s);
}

static void one_made_before_a_change_is_not_kept(void) {
  ae_storage *s = storage_of(4096);
  const int key = 5;
  ae_kept *k = NULL;
  CHECK_OK(ae_kept_new(allocator, s, &key, sizeof key, 64, &k, &err), err);
  ae_storage_touch(s);
  ae_kept_add(s, k);
  CHECK(forms_of(s) == 0);
  ae_kept_release(k);
  ae_storage_release(s);
}

static void a_storage_keeps_four_times_itself(void) {
  ae_storage *large = storage_of(1 << 20), *small = storage_of(64);
  for (int key = 0; key < 200; key++) put(large, key, 64);
  CHECK(forms_of(large) == 200 && has(large, 0) && has(large, 199));
  for (int key = 0; key < 50; key++) put(small, key, 1 << 14);
  CHECK(forms_of(small) == 3 && has(small, 0) && has(small, 2) && !has(small, 3));
  ae_storage_release(large);
  ae_storage_release(small);
}

static void keys_have_a_limit(void) {
  static const unsigned char key[AE_KEPT_KEY + 1];
  ae_storage *s = storage_of(64);
  ae_kept *k = NULL;
  CHECK_FAILS(ae_kept_new(allocator, s, key, sizeof key, 64, &k, &err), err, AE_INVALID, "at most 192 bytes, got 193");
  CHECK_OK(ae_kept_new(allocator, s, key, AE_KEPT_KEY, 64, &k, &err), err);
  ae_kept_release(k);
  ae_storage_release(s);
}

static void lent_memory_keeps_none(void) {
  static char memory[64];
  ae_storage *lent = NULL, *own = storage_of(64);
  CHECK_OK(ae_storage_lend(allocator, memory, sizeof memory, NULL, NULL, &lent, &err), err);
  CHECK(!ae_kept_fits(lent) && ae_kept_fits(own));
  ae_storage_release(lent);
  ae_storage_release(own);
}

static void *look(void *arg) {
  ae_storage *s = arg;
  for (int i = 0; i < 20000; i++) {
    if (!has(s, i % 5)) put(s, i % 5, 128);
    if (i % 1000 == 0) ae_storage_touch(s);
  }
  return NULL;
}

static void threads_share_them(void) {
  ae_storage *s = storage_of(1 << 16);
  pthread_t other;
  CHECK(pthread_create(&other, NULL, look, s) == 0);
  look(s);
  pthread_join(other, NULL);
  ae_storage_release(s);
}

int main(void) {
  CHECK_OK(ae_allocator_open(NULL, 0, &allocator, &err), err);
  forms_are_found_until_the_storage_changes();
  one_made_before_a_change_is_not_kept();
  a_storage_keeps_four_times_itself();
  keys_have_a_limit();
  lent_memory_keeps_none();
  threads_share_them();
  CHECK(ae_allocator_use(allocator).live == 0);
  ae_allocator_release(allocator);
  return check_result();
}
