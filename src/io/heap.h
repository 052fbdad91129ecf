/*
** heap: malloc, realloc and free over the budgeted allocator, for libraries
** that ask for memory that way (zlib, stb). A block remembers its size and
** allocator in the 64 bytes before it.
*/
#ifndef AE_IO_HEAP_H
#define AE_IO_HEAP_H

#include "core/allocator.h"

void *ae_heap_allocate(ae_allocator *a, size_t bytes); /* NULL: no memory */
/* NULL: no memory, and `block` is as it was. `block` may be NULL. */
void *ae_heap_reallocate(ae_allocator *a, void *block, size_t bytes);
void ae_heap_free(void *block); /* NULL is fine */

/* For z_stream's zalloc and zfree, with the allocator as opaque. */
void *ae_heap_zalloc(void *allocator, unsigned items, unsigned size);
void ae_heap_zfree(void *allocator, void *block);

#endif
