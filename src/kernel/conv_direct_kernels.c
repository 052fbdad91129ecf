/*
** conv_direct_kernels: the bodies for vectors of 16, 32 and 64 bytes, compiled
** for each instruction set, with as many sums as its registers hold.
*/
#include "kernel/conv_direct_kernels.h"

enum { MOST_VECTORS = 2, MOST_LANES = 16 };

#ifdef AELUA_REAL_DOUBLE
#define REAL_BYTES 8
typedef int64_t lane_index;
#else
#define REAL_BYTES 4
typedef int32_t lane_index;
#endif

#define KEEP -1, -1, -1, -1, -1, -1, -1, -1
#define LEAVE 0, 0, 0, 0, 0, 0, 0, 0
static const lane_index lanes_kept[2 * MOST_LANES] = {KEEP, KEEP, LEAVE, LEAVE};
static const lane_index lanes_counted[MOST_LANES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

#ifdef __clang__
#define CAN_SHUFFLE false
#define __builtin_shuffle(a, b, which) ((a) + (b) + (vec)(which)) /* never run */
#else
#define CAN_SHUFFLE true
#endif

#define UNROLL _Pragma("GCC unroll 16")

#define BYTES 16
#include "kernel/conv_direct_bodies.h"
#undef BYTES
#define BYTES 32
#include "kernel/conv_direct_bodies.h"
#undef BYTES
#define BYTES 64
#include "kernel/conv_direct_bodies.h"
#undef BYTES

/* ---- One function for each number of sums ---- */

#define SIX(each, ...)                                                                                                 \
  each(1, __VA_ARGS__) each(2, __VA_ARGS__) each(3, __VA_ARGS__) each(4, __VA_ARGS__) each(5, __VA_ARGS__)             \
      each(6, __VA_ARGS__)
#define TWELVE(each, ...)                                                                                              \
  SIX(each, __VA_ARGS__)                                                                                               \
  each(7, __VA_ARGS__) each(8, __VA_ARGS__) each(9, __VA_ARGS__) each(10, __VA_ARGS__) each(11, __VA_ARGS__)           \
      each(12, __VA_ARGS__)

#define MAKE_WIDE(n, set, attribute, bytes, vectors)                                                                   \
  attribute static void across_##set##_##bytes##_##vectors##_##n(const ae_direct_sum *sum) {                           \
    across_##bytes(sum, n, vectors);                                                                                   \
  }                                                                                                                    \
  attribute static void outer_##set##_##bytes##_##vectors##_##n(const ae_direct_outer *sum) {                          \
    outer_##bytes(sum, 1, n, vectors);                                                                                 \
  }
#define NAME_ACROSS(n, set, bytes, vectors) across_##set##_##bytes##_##vectors##_##n,
#define NAME_OUTER(n, set, bytes, vectors) outer_##set##_##bytes##_##vectors##_##n,

/* `numbers`: TWELVE or SIX. */
#define WIDE(numbers, set, attribute, bytes, vectors)                                                                  \
  numbers(MAKE_WIDE, set, attribute, bytes, vectors) static void (*const across_##set##_##bytes##_##vectors[])(        \
      const ae_direct_sum *) = {numbers(NAME_ACROSS, set, bytes, vectors)};                                            \
  static void (*const outer_##set##_##bytes##_##vectors[])(const ae_direct_outer *) = {                                \
      numbers(NAME_OUTER, set, bytes, vectors)};

/* Three rows of three taps at once: the only taps of a 3x3 kernel on one channel. */
#define NINE(set, attribute, bytes, vectors)                                                                           \
  attribute static void nine_##set##_##bytes##_##vectors(const ae_direct_outer *sum) {                                 \
    outer_##bytes(sum, 3, 3, vectors);                                                                                 \
  }

/* Pixels whose sums for k outputs fill the lanes of one vector; half of them; one. */
#define LANES(bytes) ((int)((bytes) / sizeof(real)))
#define FULL(bytes, k) (LANES(bytes) / (k) > 1 ? LANES(bytes) / (k) : 1)
#define HALF(bytes, k) (FULL(bytes, k) / 2 > 1 ? FULL(bytes, k) / 2 : 1)

#define MAKE_FEW(k, set, attribute, bytes)                                                                             \
  attribute static void along_full_##set##_##k(const ae_direct_sum *sum) {                                             \
    along_##bytes(sum, FULL(bytes, k), k);                                                                             \
  }                                                                                                                    \
  attribute static void along_half_##set##_##k(const ae_direct_sum *sum) {                                             \
    along_##bytes(sum, HALF(bytes, k), k);                                                                             \
  }                                                                                                                    \
  attribute static void along_one_##set##_##k(const ae_direct_sum *sum) {                                              \
    along_##bytes(sum, 1, k);                                                                                          \
  }
#define FEW(set, attribute, bytes)                                                                                     \
  MAKE_FEW(1, set, attribute, bytes)                                                                                   \
  MAKE_FEW(2, set, attribute, bytes) MAKE_FEW(3, set, attribute, bytes) MAKE_FEW(4, set, attribute, bytes)
#define PIXELS_OF_FEW(k, bytes)                                                                                        \
  { FULL(bytes, k), HALF(bytes, k), 1 }
#define KERNELS_OF_FEW(k, set)                                                                                         \
  { along_full_##set##_##k, along_half_##set##_##k, along_one_##set##_##k }
#define FEW_ENTRIES(set, bytes)                                                                                        \
  .pixels = {PIXELS_OF_FEW(1, bytes), PIXELS_OF_FEW(2, bytes), PIXELS_OF_FEW(3, bytes), PIXELS_OF_FEW(4, bytes)},      \
  .along = {KERNELS_OF_FEW(1, set), KERNELS_OF_FEW(2, set), KERNELS_OF_FEW(3, set), KERNELS_OF_FEW(4, set)}

/* ---- Sets ---- */

/* 16 registers. */
#define SMALL_SET(set, attribute, bytes)                                                                               \
  WIDE(TWELVE, set, attribute, bytes, 1)                                                                               \
  WIDE(SIX, set, attribute, bytes, 2)                                                                                  \
  NINE(set, attribute, bytes, 1)                                                                                       \
  FEW(set, attribute, bytes)                                                                                           \
  static const ae_direct_kernels kernels_##set = {.n_widths = 2,                                                       \
                                                  .width = {LANES(bytes), 2 * LANES(bytes)},                           \
                                                  .most = {12, 6},                                                     \
                                                  .across = {across_##set##_##bytes##_1, across_##set##_##bytes##_2},  \
                                                  .outer = {outer_##set##_##bytes##_1, outer_##set##_##bytes##_2},     \
                                                  .nine = {nine_##set##_##bytes##_1},                                  \
                                                  FEW_ENTRIES(set, bytes)};

/* 32 registers; vectors of half the size where there are few channels. */
#define LARGE_SET(set, attribute)                                                                                      \
  WIDE(TWELVE, set, attribute, 32, 1)                                                                                  \
  WIDE(TWELVE, set, attribute, 64, 1)                                                                                  \
  WIDE(TWELVE, set, attribute, 64, 2)                                                                                  \
  NINE(set, attribute, 32, 1)                                                                                          \
  NINE(set, attribute, 64, 1)                                                                                          \
  NINE(set, attribute, 64, 2)                                                                                          \
  FEW(set, attribute, 64)                                                                                              \
  static const ae_direct_kernels kernels_##set = {                                                                     \
      .n_widths = 3,                                                                                                   \
      .width = {LANES(32), LANES(64), 2 * LANES(64)},                                                                  \
      .most = {12, 12, 12},                                                                                            \
      .across = {across_##set##_32_1, across_##set##_64_1, across_##set##_64_2},                                       \
      .outer = {outer_##set##_32_1, outer_##set##_64_1, outer_##set##_64_2},                                           \
      .nine = {nine_##set##_32_1, nine_##set##_64_1, nine_##set##_64_2},                                               \
      FEW_ENTRIES(set, 64)};

/* clang-format off */
#if defined(AELUA_CLONES)
SMALL_SET(v1, , 16)
SMALL_SET(v3, __attribute__((target("arch=x86-64-v3"))), 32)
LARGE_SET(v4, __attribute__((target("arch=x86-64-v4"))))
/* clang-format on */

const ae_direct_kernels *ae_direct_kernels_here(void) {
  return __builtin_cpu_supports("x86-64-v4")   ? &kernels_v4
         : __builtin_cpu_supports("x86-64-v3") ? &kernels_v3
                                               : &kernels_v1;
}
#else
#if defined(__AVX512F__)
LARGE_SET(fixed, )
#elif defined(__AVX2__)
SMALL_SET(fixed, , 32)
#else
SMALL_SET(fixed, , 16)
#endif

const ae_direct_kernels *ae_direct_kernels_here(void) {
  return &kernels_fixed;
}
#endif
