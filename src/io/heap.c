/*
** heap: malloc, realloc and free over the budgeted allocator.
*/
#include "io/heap.h"

#include <string.h>

/* As large as the alignment that the allocator gives, so that blocks keep it. */
enum { PREFIX = 64 };

typedef struct prefix {
  ae_allocator *allocator;
  size_t bytes; /* without the prefix */
} prefix;

static prefix *prefix_of(void *block) {
  return (prefix *)((char *)block - PREFIX);
}

void *ae_heap_allocate(ae_allocator *a, size_t bytes) {
  void *start;
  if (bytes > SIZE_MAX - PREFIX || ae_allocate(a, bytes + PREFIX, &start, NULL) != AE_OK) return NULL;
  prefix *p = start;
  p->allocator = a;
  p->bytes = bytes;
  return (char *)start + PREFIX;
}

void *ae_heap_reallocate(ae_allocator *a, void *block, size_t bytes) {
  void *moved = ae_heap_allocate(a, bytes);
  if (moved == NULL || block == NULL) return moved;
  size_t old = prefix_of(block)->bytes;
  memcpy(moved, block, old < bytes ? old : bytes);
  ae_heap_free(block);
  return moved;
}

void ae_heap_free(void *block) {
  if (block == NULL) return;
  prefix *p = prefix_of(block);
  ae_free(p->allocator, p, p->bytes + PREFIX);
}

void *ae_heap_zalloc(void *allocator, unsigned items, unsigned size) {
  return ae_heap_allocate(allocator, (size_t)items * size);
}

void ae_heap_zfree(void *allocator, void *block) {
  (void)allocator;
  ae_heap_free(block);
}
