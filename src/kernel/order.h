/*
** order: sorting a row of numbers and picking its first k, stably.
**
** A number becomes an unsigned key of the same order; keys are sorted by radix,
** digit by digit, with the place they came from beside them. -0 and 0 are
** equal; a nan is larger than every number and equal to every other nan.
**
** Not here: which rows (op/sort.c, topk.c, quantile.c).
*/
#ifndef AE_KERNEL_ORDER_H
#define AE_KERNEL_ORDER_H

#include "core/real.h"

#ifdef AELUA_REAL_DOUBLE
typedef uint64_t ae_order_key;
#else
typedef uint32_t ae_order_key;
#endif

typedef struct ae_entry {
  ae_order_key key;
  int32_t place; /* from 0 */
} ae_entry;

/* n elements of x, `stride` elements apart; descending turns the keys round. */
void ae_order_load(ae_type type, const void *x, int64_t stride, int64_t n, bool descending, ae_entry *out);

/* Sorts by key; equal keys keep their order. `scratch` holds n entries too. */
void ae_order_sort(ae_entry *entries, ae_entry *scratch, int64_t n);

/* Brings the first k of the sorted order to the front, sorted. 0 <= k <= n. */
void ae_order_first(ae_entry *entries, ae_entry *scratch, int64_t n, int64_t k);

#endif
