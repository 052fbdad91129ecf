/*
** order: radix sort and radix selection of (key, place) entries (order.h).
*/
#include "kernel/order.h"

#include <string.h>

enum { DIGIT_BITS = 8, DIGITS = 1 << DIGIT_BITS, PASSES = sizeof(ae_order_key), FEW = 48 };

#define TOP_BIT ((ae_order_key)1 << (8 * sizeof(ae_order_key) - 1))

/* Positive numbers are ordered as their bits; of negative ones all are turned. */
static ae_order_key real_key(real x) {
  ae_order_key bits;
  x = x == 0 ? 0 : x;
  memcpy(&bits, &x, sizeof bits);
  bits = (bits & TOP_BIT) != 0 ? ~bits : bits | TOP_BIT;
  return x != x ? (ae_order_key)-1 : bits;
}

void ae_order_load(ae_type type, const void *x, int64_t stride, int64_t n, bool descending, ae_entry *out) {
  const ae_order_key turn = descending ? (ae_order_key)-1 : 0;
  switch (type) {
  case AE_U8:
    for (int64_t i = 0; i < n; i++) {
      out[i] = (ae_entry){((const uint8_t *)x)[i * stride] ^ turn, (int32_t)i};
    }
    break;
  case AE_I32:
    for (int64_t i = 0; i < n; i++) {
      const uint32_t key = (uint32_t)((const int32_t *)x)[i * stride] ^ 0x80000000u;
      out[i] = (ae_entry){(ae_order_key)key ^ turn, (int32_t)i};
    }
    break;
  default:
    for (int64_t i = 0; i < n; i++) out[i] = (ae_entry){real_key(((const real *)x)[i * stride]) ^ turn, (int32_t)i};
    break;
  }
}

static void insertion_sort(ae_entry *a, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    const ae_entry e = a[i];
    int64_t j = i;
    for (; j > 0 && a[j - 1].key > e.key; j--) a[j] = a[j - 1];
    a[j] = e;
  }
}

static unsigned digit_of(ae_order_key key, int pass) {
  return (unsigned)(key >> (pass * DIGIT_BITS)) & (DIGITS - 1);
}

void ae_order_sort(ae_entry *entries, ae_entry *scratch, int64_t n) {
  if (n <= FEW) {
    insertion_sort(entries, n);
    return;
  }
  uint32_t counts[PASSES][DIGITS];
  memset(counts, 0, sizeof counts);
  for (int64_t i = 0; i < n; i++) {
    for (int pass = 0; pass < PASSES; pass++) counts[pass][digit_of(entries[i].key, pass)]++;
  }
  ae_entry *from = entries, *to = scratch;
  for (int pass = 0; pass < PASSES; pass++) {
    if (counts[pass][digit_of(from[0].key, pass)] == n) continue; /* all have the same digit */
    uint32_t place[DIGITS], next = 0;
    for (int d = 0; d < DIGITS; d++) {
      place[d] = next;
      next += counts[pass][d];
    }
    for (int64_t i = 0; i < n; i++) to[place[digit_of(from[i].key, pass)]++] = from[i];
    ae_entry *other = from;
    from = to;
    to = other;
  }
  if (from != entries) memcpy(entries, from, (size_t)n * sizeof *entries);
}

void ae_order_first(ae_entry *entries, ae_entry *scratch, int64_t n, int64_t k) {
  if (k == 0) return;
  if (n > FEW && k < n) {
    /* From the top digit down: the digits (prefix) of entry k in sorted order, and how many that share them are wanted.
     */
    ae_order_key prefix = 0, mask = 0;
    int64_t wanted = k;
    for (int pass = PASSES - 1; pass >= 0; pass--) {
      uint32_t counts[DIGITS] = {0};
      for (int64_t i = 0; i < n; i++) counts[digit_of(entries[i].key, pass)] += (entries[i].key & mask) == prefix;
      unsigned digit = 0;
      while (counts[digit] < wanted) wanted -= counts[digit++];
      prefix |= (ae_order_key)digit << (pass * DIGIT_BITS);
      mask |= (ae_order_key)(DIGITS - 1) << (pass * DIGIT_BITS);
      if (counts[digit] == wanted) break;
    }
    int64_t kept = 0;
    for (int64_t i = 0; kept < k; i++) {
      const ae_order_key high = entries[i].key & mask;
      if (high > prefix || (high == prefix && wanted-- <= 0)) continue;
      entries[kept++] = entries[i];
    }
    n = k;
  }
  ae_order_sort(entries, scratch, n);
}
