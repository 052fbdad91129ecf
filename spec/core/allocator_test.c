#include "core/allocator.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "check.h"

static ae_error err;

static void blocks_are_aligned_and_reused(void) {
  ae_allocator *a;
  CHECK_OK(ae_allocator_open(NULL, 0, &a, &err), err);
  static const size_t sizes[] = {0, 1, 63, 64, 65, 1000, 1024, 1025, 1152, 1153, 4096, 100000, 5000000};
  for (int round = 0; round < 2; round++) {
    void *blocks[sizeof sizes / sizeof *sizes];
    uint64_t calls = ae_allocator_use(a).system_calls;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
      CHECK_OK(ae_allocate(a, sizes[i], &blocks[i], &err), err);
      CHECK((uintptr_t)blocks[i] % 64 == 0);
      memset(blocks[i], 0xab, sizes[i]);
    }
    if (round == 1) CHECK(ae_allocator_use(a).system_calls == calls);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) ae_free(a, blocks[i], sizes[i]);
    CHECK(ae_allocator_use(a).live == 0);
  }
  ae_memory_use use = ae_allocator_use(a);
  CHECK(use.peak >= 5000000 + 100000 && use.peak == use.held);
  ae_allocator_trim(a);
  CHECK(ae_allocator_use(a).held == 0);
  ae_allocator_reset_peak(a);
  CHECK(ae_allocator_use(a).peak == 0);
  ae_allocator_release(a);
}

static void waste_is_at_most_an_eighth(void) {
  ae_allocator *a;
  CHECK_OK(ae_allocator_open(NULL, 0, &a, &err), err);
  for (size_t bytes = 1025; bytes < 300000; bytes += 131) {
    void *block;
    CHECK_OK(ae_allocate(a, bytes, &block, &err), err);
    size_t live = ae_allocator_use(a).live;
    CHECK(live >= bytes && live <= bytes + bytes / 8 + 1);
    ae_free(a, block, bytes);
  }
  ae_allocator_release(a);
}

static void a_cache_of_old_sizes_makes_room(void) {
  ae_allocator *a;
  void *block;
  CHECK_OK(ae_allocator_open(NULL, 0, &a, &err), err);
  for (size_t bytes = (size_t)1 << 20; bytes < (size_t)16 << 20; bytes += bytes / 8) {
    CHECK_OK(ae_allocate(a, bytes, &block, &err), err);
    ae_free(a, block, bytes);
  }
  CHECK(ae_allocator_use(a).held <= (size_t)96 << 20);
  const uint64_t calls = ae_allocator_use(a).system_calls;
  for (int i = 0; i < 10; i++) {
    CHECK_OK(ae_allocate(a, (size_t)20 << 20, &block, &err), err);
    ae_free(a, block, (size_t)20 << 20);
  }
  CHECK(ae_allocator_use(a).system_calls == calls + 1);
  ae_allocator_release(a);
}

static void a_budget_holds(void) {
  ae_allocator *a;
  void *x, *y = NULL;
  CHECK_OK(ae_allocator_open(NULL, 1 << 20, &a, &err), err);
  CHECK_OK(ae_allocate(a, 700000, &x, &err), err);
  CHECK_FAILS(ae_allocate(a, 700000, &y, &err), err, AE_NO_MEMORY, "wanted 700000 bytes");
  CHECK(strstr(err.message, "the budget is 1048576") && y == NULL);
  ae_free(a, x, 700000);
  /* What the cache holds does not count against it. */
  CHECK_OK(ae_allocate(a, 900000, &y, &err), err);
  CHECK(ae_allocator_use(a).held <= 1 << 20);
  ae_free(a, y, 900000);
  ae_allocator_release(a);
}

static void sizes_that_no_memory_has_are_refused(void) {
  ae_allocator *a;
  void *x;
  CHECK_OK(ae_allocator_open(NULL, 0, &a, &err), err);
  CHECK(ae_allocate(a, SIZE_MAX, &x, &err) == AE_NO_MEMORY);
  CHECK(ae_allocate(a, SIZE_MAX / 2 - 100, &x, &err) == AE_NO_MEMORY);
  CHECK(ae_allocator_use(a).live == 0);
  ae_allocator_release(a);
}

struct host {
  size_t out;
  bool full;
};

static void *host_allocate(void *user, size_t bytes) {
  struct host *host = user;
  if (host->full) return NULL;
  host->out += bytes;
  return aligned_alloc(64, bytes);
}

static void host_release(void *user, void *block, size_t bytes) {
  ((struct host *)user)->out -= bytes;
  free(block);
}

static void a_host_gives_memory_and_gets_it_back(void) {
  struct host host = {0, false};
  ae_host_memory memory = {host_allocate, host_release, &host};
  ae_allocator *a;
  void *x, *y;
  CHECK_OK(ae_allocator_open(&memory, 0, &a, &err), err);
  CHECK_OK(ae_allocate(a, 5000, &x, &err), err);
  host.full = true;
  CHECK_FAILS(ae_allocate(a, 9000, &y, &err), err, AE_NO_MEMORY, "wanted 9000 bytes");
  ae_free(a, x, 5000);
  CHECK_OK(ae_allocate(a, 5000, &x, &err), err);
  ae_free(a, x, 5000);
  ae_allocator_release(a);
  CHECK(host.out == 0);
  CHECK_FAILS(ae_allocator_open(&(ae_host_memory){host_allocate, NULL, &host}, 0, &a, &err), err, AE_INVALID,
              "release");
}

struct foreign {
  ae_allocator *a;
  void *block;
};

static void *free_elsewhere(void *arg) {
  struct foreign *f = arg;
  ae_free(f->a, f->block, 12345);
  return NULL;
}

static void another_thread_frees_the_last_block(void) {
  struct host host = {0, false};
  ae_host_memory memory = {host_allocate, host_release, &host};
  struct foreign f;
  pthread_t thread;
  CHECK_OK(ae_allocator_open(&memory, 0, &f.a, &err), err);
  CHECK_OK(ae_allocate(f.a, 12345, &f.block, &err), err);
  ae_allocator_release(f.a); /* the block keeps it */
  CHECK(host.out > 0);
  pthread_create(&thread, NULL, free_elsewhere, &f);
  pthread_join(thread, NULL);
  CHECK(host.out == 0);
}

static void *churn(void *arg) {
  void *blocks[32];
  ae_error mine;
  for (int round = 0; round < 300; round++) {
    for (size_t i = 0; i < 32; i++) CHECK(ae_allocate(arg, i * 211, &blocks[i], &mine) == AE_OK);
    for (size_t i = 0; i < 32; i++) ae_free(arg, blocks[i], i * 211);
  }
  return NULL;
}

static void threads_share_it(void) {
  ae_allocator *a;
  pthread_t threads[4];
  CHECK_OK(ae_allocator_open(NULL, 0, &a, &err), err);
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, churn, a);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  CHECK(ae_allocator_use(a).live == 0);
  ae_allocator_release(a);
}

int main(void) {
  blocks_are_aligned_and_reused();
  waste_is_at_most_an_eighth();
  a_cache_of_old_sizes_makes_room();
  a_budget_holds();
  sizes_that_no_memory_has_are_refused();
  a_host_gives_memory_and_gets_it_back();
  another_thread_frees_the_last_block();
  threads_share_it();
  return check_result();
}
