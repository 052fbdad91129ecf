/*
** pixel: every byte gives the quotient that a division gives.
*/
#include <stdio.h>

#include "kernel/pixel.h"

int main(void) {
  int failures = 0;
  for (int k = 0; k < 256; k++) {
    volatile real x = (real)k;
    real wanted = x / 255, got = ae_pixel((uint8_t)k);
    if (got == wanted) continue;
    failures++;
    printf("%d: wanted %.17g, got %.17g\n", k, (double)wanted, (double)got);
  }
  printf("%d failures\n", failures);
  return failures != 0;
}
