/*
** allocator: size classes with free lists. A class is a multiple of 64 up to
** 1024 bytes, then one of eight steps between powers of two, so a block wastes
** at most an eighth of itself. A freed block is chained through its own first
** word. Under AddressSanitizer what no one may touch is poisoned, so the cache
** hides no use after free.
*/
#include "core/allocator.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISON(block, bytes) ASAN_POISON_MEMORY_REGION(block, bytes)
#define UNPOISON(block, bytes) ASAN_UNPOISON_MEMORY_REGION(block, bytes)
#else
#define POISON(block, bytes) ((void)0)
#define UNPOISON(block, bytes) ((void)0)
#endif

enum {
  ALIGNMENT = 64,
  SMALL_CLASSES = 16, /* 64, 128, ... 1024 */
  SMALL_MAX = ALIGNMENT * SMALL_CLASSES,
  STEPS = 8, /* per doubling, above SMALL_MAX */
  CLASSES = SMALL_CLASSES + STEPS * 53
};
/* The cache may hold this much, or twice the peak where that is more. Past that it is
** full of sizes that are wanted no more, and all of it goes back to the system. */
#define CACHE_FLOOR ((size_t)64 << 20)

typedef struct spare {
  struct spare *next;
} spare;

struct ae_allocator {
  pthread_mutex_t lock;
  size_t refs;   /* retains */
  size_t blocks; /* out; they too keep the allocator */
  ae_host_memory memory;
  size_t budget;
  size_t live, peak, held;
  uint64_t system_calls;
  spare *cache[CLASSES];
};

static void *system_allocate(void *user, size_t bytes) {
  (void)user;
  return aligned_alloc(ALIGNMENT, bytes);
}

static void system_release(void *user, void *block, size_t bytes) {
  (void)user;
  (void)bytes;
  free(block);
}

/* The class of a size and the size of its blocks; false where none is as large. */
static bool size_class(size_t bytes, int *bin, size_t *size) {
  if (bytes == 0) bytes = 1;
  if (bytes > PTRDIFF_MAX / 2) return false;
  if (bytes <= SMALL_MAX) {
    *bin = (int)((bytes - 1) / ALIGNMENT);
    *size = ((size_t)*bin + 1) * ALIGNMENT;
    return true;
  }
  int log2 = 63 - __builtin_clzll((unsigned long long)(bytes - 1)); /* 2^log2 < bytes <= 2^(log2+1) */
  size_t base = (size_t)1 << log2, step = base / STEPS;
  size_t nth = (bytes - base + step - 1) / step; /* 1..STEPS */
  *bin = SMALL_CLASSES + (log2 - 10) * STEPS + (int)nth - 1;
  *size = base + nth * step;
  return *bin < CLASSES;
}

static size_t class_bytes(int bin) {
  if (bin < SMALL_CLASSES) return ((size_t)bin + 1) * ALIGNMENT;
  size_t base = (size_t)1 << ((bin - SMALL_CLASSES) / STEPS + 10);
  return base + (size_t)((bin - SMALL_CLASSES) % STEPS + 1) * (base / STEPS);
}

ae_status ae_allocator_open(const ae_host_memory *memory, size_t budget, ae_allocator **out, ae_error *err) {
  ae_host_memory m = {system_allocate, system_release, NULL};
  if (memory) {
    if (!memory->allocate || !memory->release)
      return ae_fail(err, AE_INVALID, "allocator: the host's memory wants both allocate and release");
    m = *memory;
  }
  int bin;
  size_t size;
  size_class(sizeof(ae_allocator), &bin, &size);
  ae_allocator *a = m.allocate(m.user, size);
  if (!a) return ae_fail(err, AE_NO_MEMORY, "allocator: wanted %zu bytes for itself", size);
  memset(a, 0, sizeof *a);
  pthread_mutex_init(&a->lock, NULL);
  a->refs = 1;
  a->memory = m;
  a->budget = budget;
  *out = a;
  return AE_OK;
}

void ae_allocator_retain(ae_allocator *a) {
  pthread_mutex_lock(&a->lock);
  a->refs++;
  pthread_mutex_unlock(&a->lock);
}

/* Everything below that is named _locked wants the lock. */

static void trim_locked(ae_allocator *a) {
  for (int bin = 0; bin < CLASSES; bin++) {
    size_t size = class_bytes(bin);
    while (a->cache[bin]) {
      spare *block = a->cache[bin];
      UNPOISON(block, size);
      a->cache[bin] = block->next;
      a->held -= size;
      a->memory.release(a->memory.user, block, size);
    }
  }
}

/* Unlocks, and ends the allocator where neither a retain nor a block is left. */
static void unlock_or_close(ae_allocator *a) {
  bool last = a->refs == 0 && a->blocks == 0;
  if (last) trim_locked(a);
  pthread_mutex_unlock(&a->lock);
  if (!last) return;
  pthread_mutex_destroy(&a->lock);
  int bin;
  size_t size;
  size_class(sizeof *a, &bin, &size);
  a->memory.release(a->memory.user, a, size);
}

void ae_allocator_release(ae_allocator *a) {
  if (!a) return;
  pthread_mutex_lock(&a->lock);
  a->refs--;
  unlock_or_close(a);
}

static void *system_block_locked(ae_allocator *a, size_t size) {
  if (a->budget && a->held + size > a->budget) {
    if (a->live + size > a->budget) return NULL;
    trim_locked(a);
  }
  a->system_calls++;
  void *block = a->memory.allocate(a->memory.user, size);
  if (!block && a->held > a->live) {
    trim_locked(a);
    a->system_calls++;
    block = a->memory.allocate(a->memory.user, size);
  }
  if (block) a->held += size;
  return block;
}

static ae_status refuse(const ae_allocator *a, size_t bytes, size_t live, ae_error *err) {
  if (a->budget)
    return ae_fail(err, AE_NO_MEMORY, "memory: wanted %zu bytes, %zu are live, the budget is %zu", bytes, live,
                   a->budget);
  return ae_fail(err, AE_NO_MEMORY, "memory: wanted %zu bytes, %zu are live, the system has no more", bytes, live);
}

ae_status ae_allocate(ae_allocator *a, size_t bytes, void **out, ae_error *err) {
  int bin = 0;
  size_t size = 0;
  void *block = NULL;
  bool classed = size_class(bytes, &bin, &size);
  pthread_mutex_lock(&a->lock);
  if (classed && a->cache[bin]) {
    spare *head = a->cache[bin];
    UNPOISON(head, size);
    a->cache[bin] = head->next;
    block = head;
  } else if (classed) {
    block = system_block_locked(a, size);
  }
  if (block) {
    a->live += size;
    if (a->live > a->peak) a->peak = a->live;
    a->blocks++;
  }
  size_t live = a->live;
  pthread_mutex_unlock(&a->lock);
  if (!block) return refuse(a, bytes, live, err);
  POISON((char *)block + bytes, size - bytes);
  *out = block;
  return AE_OK;
}

void ae_free(ae_allocator *a, void *block, size_t bytes) {
  if (!block) return;
  int bin = 0;
  size_t size = 0;
  size_class(bytes, &bin, &size);
  pthread_mutex_lock(&a->lock);
  a->live -= size;
  a->blocks--;
  size_t spare_bytes = a->held - a->live;
  if (spare_bytes > CACHE_FLOOR && spare_bytes > 2 * a->peak) trim_locked(a);
  UNPOISON(block, sizeof(spare));
  spare *head = block;
  head->next = a->cache[bin];
  a->cache[bin] = head;
  POISON(block, size);
  unlock_or_close(a);
}

void ae_allocator_trim(ae_allocator *a) {
  pthread_mutex_lock(&a->lock);
  trim_locked(a);
  pthread_mutex_unlock(&a->lock);
}

ae_memory_use ae_allocator_use(const ae_allocator *a) {
  ae_allocator *self = (ae_allocator *)a; /* only its lock changes */
  pthread_mutex_lock(&self->lock);
  ae_memory_use use = {a->live, a->peak, a->held, a->budget, a->system_calls};
  pthread_mutex_unlock(&self->lock);
  return use;
}

void ae_allocator_set_budget(ae_allocator *a, size_t budget) {
  pthread_mutex_lock(&a->lock);
  a->budget = budget;
  if (budget && a->held > budget) trim_locked(a); /* what is cached would be given out beyond it */
  pthread_mutex_unlock(&a->lock);
}

void ae_allocator_reset_peak(ae_allocator *a) {
  pthread_mutex_lock(&a->lock);
  a->peak = a->live;
  pthread_mutex_unlock(&a->lock);
}
