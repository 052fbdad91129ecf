/*
** transpose: square blocks whose side is a cache line.
**
** A block of side 2^b is read line by line into a buffer and shuffled b times:
** each shuffle puts the elements of the first half and of the second in turn,
** which rotates the bits of an element's place by one, (c, r) -> (r, c) in the
** end. Plain interleaving, which compilers turn into vector shuffles.
*/
#include "kernel/transpose.h"

enum { LINE = 64 };

AE_INLINE void shuffle1(const uint8_t *restrict in, uint8_t *restrict out) {
  for (int k = 0; k < LINE * LINE / 2; k++) {
    out[2 * k] = in[k];
    out[2 * k + 1] = in[k + LINE * LINE / 2];
  }
}

AE_INLINE void shuffle4(const uint32_t *restrict in, uint32_t *restrict out) {
  for (int k = 0; k < LINE * LINE / 32; k++) {
    out[2 * k] = in[k];
    out[2 * k + 1] = in[k + LINE * LINE / 32];
  }
}

AE_INLINE void shuffle8(const uint64_t *restrict in, uint64_t *restrict out) {
  for (int k = 0; k < LINE * LINE / 128; k++) {
    out[2 * k] = in[k];
    out[2 * k + 1] = in[k + LINE * LINE / 128];
  }
}

typedef union buffer {
  _Alignas(LINE) uint8_t one[LINE * LINE];
  uint32_t four[LINE * LINE / 16];
  uint64_t eight[LINE * LINE / 64];
} buffer;

/* A line moves as whole vectors, as the shuffles read it: what is loaded wider
** than it was stored waits for the cache. */
typedef uint8_t line __attribute__((vector_size(LINE), aligned(1), may_alias));
AE_INLINE void move_line(void *to, const void *from) {
  *(line *)to = *(const line *)from;
}

AE_INLINE void turn(size_t element, int64_t rows, int64_t cols, char *to, int64_t to_step, const char *from,
                    int64_t from_step) {
  const int64_t width = (int64_t)element, side = LINE / width;
  buffer a, b;
  for (int64_t c = 0; c < cols; c += side) {
    for (int64_t r = 0; r < rows; r += side) {
      for (int64_t k = 0; k < side; k++) move_line(a.one + k * LINE, from + (c + k) * from_step + r * width);
      const uint8_t *turned = a.one;
      if (element == 1) {
        for (int pass = 0; pass < 3; pass++) {
          shuffle1(a.one, b.one);
          shuffle1(b.one, a.one);
        }
      } else if (element == 4) {
        for (int pass = 0; pass < 2; pass++) {
          shuffle4(a.four, b.four);
          shuffle4(b.four, a.four);
        }
      } else {
        shuffle8(a.eight, b.eight);
        shuffle8(b.eight, a.eight);
        shuffle8(a.eight, b.eight);
        turned = b.one;
      }
      for (int64_t k = 0; k < side; k++) move_line(to + (r + k) * to_step + c * width, turned + k * LINE);
    }
  }
}

AE_SIMD static void turn1(int64_t rows, int64_t cols, char *to, int64_t to_step, const char *from, int64_t from_step) {
  turn(1, rows, cols, to, to_step, from, from_step);
}
AE_SIMD static void turn4(int64_t rows, int64_t cols, char *to, int64_t to_step, const char *from, int64_t from_step) {
  turn(4, rows, cols, to, to_step, from, from_step);
}
AE_SIMD static void turn8(int64_t rows, int64_t cols, char *to, int64_t to_step, const char *from, int64_t from_step) {
  turn(8, rows, cols, to, to_step, from, from_step);
}

void ae_transpose(size_t element, int64_t rows, int64_t cols, void *to, int64_t to_stride, const void *from,
                  int64_t from_stride) {
  const int64_t to_step = to_stride * (int64_t)element, from_step = from_stride * (int64_t)element;
  if (element == 1)
    turn1(rows, cols, to, to_step, from, from_step);
  else if (element == 4)
    turn4(rows, cols, to, to_step, from, from_step);
  else
    turn8(rows, cols, to, to_step, from, from_step);
}
