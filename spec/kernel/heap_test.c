/*
** heap: pages of the C library's heap that nobody uses go back to the system,
** though blocks in use lie between them.
*/
#include "kernel/heap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../core/check.h"

enum { SKIPPED = 77, BLOCKS = 400, BYTES = 100000 }; /* blocks that malloc does not map */

static long resident_bytes(void) {
  FILE *file = fopen("/proc/self/statm", "r");
  long size = 0, resident = 0;
  if (!file) return -1;
  if (fscanf(file, "%ld %ld", &size, &resident) != 2) resident = -1;
  fclose(file);
  return resident < 0 ? -1 : resident * sysconf(_SC_PAGESIZE);
}

int main(void) {
#if !defined(__GLIBC__) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return SKIPPED;
#endif
  char *large[BLOCKS], *small[BLOCKS];
  for (int i = 0; i < BLOCKS; i++) {
    large[i] = malloc(BYTES);
    small[i] = malloc(16);
    if (!large[i] || !small[i]) return SKIPPED;
    memset(large[i], 1, BYTES);
  }
  for (int i = 0; i < BLOCKS; i++) free(large[i]);
  long before = resident_bytes();
  if (before < 0) return SKIPPED;
  CHECK(before > BLOCKS / 2 * BYTES);

  ae_heap_care care = {0};
  ae_heap_care_for(&care);
  CHECK(resident_bytes() > before / 2); /* not at every product */
  for (int i = 0; i < 1000; i++) ae_heap_care_for(&care);
  long after = resident_bytes();
  CHECK(after < before - BLOCKS / 2 * BYTES);
  CHECK(care.next > 0);

  for (int i = 0; i < BLOCKS; i++) free(small[i]);
  return check_result();
}
