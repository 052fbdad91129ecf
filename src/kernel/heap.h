/*
** heap: keeps what a library leaves lying in the C library's heap small.
**
** oneDNN's sgemm takes its buffers (up to about 1 MB, aligned) from malloc and
** gives them back at every product. glibc 2.36 cuts a sliver off each to align
** it; a sliver that someone else is using then keeps the block behind it from
** being used for the same purpose again, and the heap grows by 0.2 MB a step
** (measured) until the slivers have settled at some hundred MB. The pages of
** such blocks are free all along: they are given back to the system now and then.
**
** Not here: our own memory, which does not come from malloc piecemeal
** (core/allocator).
*/
#ifndef AE_KERNEL_HEAP_H
#define AE_KERNEL_HEAP_H

typedef struct ae_heap_care {
  int products; /* since the clock was looked at */
  double next;  /* seconds of the monotonic clock */
} ae_heap_care;

/* To be called at every product of such a library, on one thread at a time. Takes at most a two-hundredth of the time.
 */
void ae_heap_care_for(ae_heap_care *care);

#endif
