/*
** random: Philox 4x32-10 and the fills made from it. Blocks are computed many
** at a time, word by word, so that the rounds become vector code; element i
** of a fill comes from word i % 4 of block i / 4 (normal: from a pair of words).
*/
#include "core/random.h"

#include <math.h>

#include "core/context.h"
#include "core/parallel.h"

/* Blocks computed together. */
enum { LANES = 64 };
/* Blocks that one thread fills before a second is worth waking. */
enum { GRAIN = 2048 };

/* One round is two 32 x 32 -> 64 bit products; the constants are the paper's. */
AE_INLINE void philox(uint32_t *c0, uint32_t *c1, uint32_t *c2, uint32_t *c3, uint64_t key) {
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  uint32_t x0 = *c0, x1 = *c1, x2 = *c2, x3 = *c3;
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)x0 * 0xD2511F53u, p1 = (uint64_t)x2 * 0xCD9E8D57u;
    x0 = (uint32_t)(p1 >> 32) ^ x1 ^ k0;
    x1 = (uint32_t)p1;
    x2 = (uint32_t)(p0 >> 32) ^ x3 ^ k1;
    x3 = (uint32_t)p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  *c0 = x0;
  *c1 = x1;
  *c2 = x2;
  *c3 = x3;
}

void ae_random_block(const ae_random *r, uint64_t block, uint32_t out[4]) {
  uint64_t at = r->offset + block;
  out[0] = (uint32_t)at;
  out[1] = (uint32_t)(at >> 32);
  out[2] = (uint32_t)r->stream;
  out[3] = (uint32_t)(r->stream >> 32);
  philox(&out[0], &out[1], &out[2], &out[3], r->seed);
}

ae_random ae_random_take(ae_random *r, uint64_t blocks) {
  ae_random taken = *r;
  r->offset += blocks;
  return taken;
}

uint64_t ae_random_blocks(int64_t count) {
  return count > 0 ? ((uint64_t)count + 3) / 4 : 0;
}

/* LANES blocks from `block` on. */
AE_INLINE void philox_lanes(const ae_random *r, uint64_t block, uint32_t w[4][LANES]) {
  uint32_t s0 = (uint32_t)r->stream, s1 = (uint32_t)(r->stream >> 32);
  for (int l = 0; l < LANES; l++) {
    uint64_t at = r->offset + block + (uint64_t)l;
    uint32_t a = (uint32_t)at, b = (uint32_t)(at >> 32), c = s0, d = s1;
    philox(&a, &b, &c, &d, r->seed);
    w[0][l] = a;
    w[1][l] = b;
    w[2][l] = c;
    w[3][l] = d;
  }
}

AE_SIMD static void fill_words(const ae_random *r, uint64_t block, int64_t blocks, uint32_t *out) {
  uint32_t w[4][LANES];
  for (int64_t done = 0; done < blocks; done += LANES) {
    philox_lanes(r, block + (uint64_t)done, w);
    int64_t n = blocks - done < LANES ? blocks - done : LANES;
    for (int64_t l = 0; l < n; l++)
      for (int k = 0; k < 4; k++) out[4 * (done + l) + k] = w[k][l];
  }
}

void ae_random_words(const ae_random *r, uint64_t block, int64_t blocks, uint32_t *out) {
  fill_words(r, block, blocks, out);
}

struct fill {
  const ae_random *r;
  real *out;
  int64_t count;
  real shift, scale;
  real below; /* the largest real under the open end of a uniform */
};

/* The last tile of a fill may be a part. */
AE_INLINE void spread(real value[4][LANES], real *out, int64_t room) {
  if (room >= 4 * LANES) {
    for (int l = 0; l < LANES; l++)
      for (int k = 0; k < 4; k++) out[4 * l + k] = value[k][l];
  } else {
    for (int i = 0; i < room; i++) out[i] = value[i % 4][i / 4];
  }
}

AE_SIMD static void uniform_blocks(const struct fill *f, int64_t begin, int64_t end) {
  uint32_t w[4][LANES];
  real value[4][LANES];
  for (int64_t block = begin; block < end; block += LANES) {
    philox_lanes(f->r, (uint64_t)block, w);
    for (int k = 0; k < 4; k++)
      for (int l = 0; l < LANES; l++) {
        real u = (real)(int32_t)(w[k][l] >> 8) * (real)0x1p-24;
        real v = f->shift + f->scale * u;
        value[k][l] = v < f->below ? v : f->below;
      }
    int64_t last = block + LANES < end ? block + LANES : end;
    int64_t stop = 4 * last < f->count ? 4 * last : f->count;
    spread(value, f->out + 4 * block, stop - 4 * block);
  }
}

static void uniform_range(void *arg, int64_t begin, int64_t end) {
  uniform_blocks(arg, begin, end);
}

void ae_random_uniform(ae_context *ctx, const ae_random *r, real *out, int64_t count, double low, double high) {
#ifdef AELUA_REAL_DOUBLE
  real below = nextafter(high, low);
#else
  real below = nextafterf((float)high, (float)low);
#endif
  struct fill f = {r, out, count, (real)low, (real)(high - low), high > low ? below : (real)low};
  ae_parallel(ctx, (int64_t)ae_random_blocks(count), GRAIN, uniform_range, &f);
}

#ifdef AELUA_REAL_DOUBLE

/* sqrt(-2 log u), u = (w + 1) / 2^32 in (0, 1]. */
AE_INLINE real radius(uint32_t w) {
  return sqrt(-2 * log(((double)w + 1) * 0x1p-32));
}

AE_INLINE void turn(uint32_t w, real *c, real *s) {
  double angle = (double)w * (0x1p-32 * 6.283185307179586476925);
  *c = cos(angle);
  *s = sin(angle);
}

#else

/* Halves apart: a signed conversion is one instruction everywhere. */
AE_INLINE float to_float(uint32_t w) {
  return (float)(int32_t)(w >> 16) * 65536.0f + (float)(int32_t)(w & 0xffff);
}

/* sqrt(-2 log u), u = (w + 1) / 2^32 in (0, 1]. log through the exponent and a
** polynomial of the mantissa m in [1/sqrt 2, sqrt 2): log m = 2 artanh(t),
** t = (m - 1)/(m + 1), |t| < 0.172. Near u = 1, m - 1 = u - 1 is taken from w,
** before rounding has eaten it. */
AE_INLINE real radius(uint32_t w) {
  union {
    float f;
    int32_t i;
  } u, m;
  u.f = to_float(w) + 1.0f;
  int32_t e = (u.i - 0x3f3504f3) >> 23; /* 0x3f3504f3 is 1/sqrt 2 */
  m.i = u.i - e * (1 << 23);
  float above = e == 32 ? to_float(~w) * -0x1p-32f : m.f - 1;
  float t = above / (m.f + 1), t2 = t * t;
  float log_m = 2 * t * (1 + t2 * (1.0f / 3 + t2 * (1.0f / 5 + t2 * (1.0f / 7 + t2 * (1.0f / 9)))));
  float r2 = -2 * ((float)(e - 32) * 0.693147180559945f + log_m);
  return sqrtf(r2 > 0 ? r2 : 0);
}

/* cos and sin of the angle w / 2^32 turns: the nearest quarter turn, and
** Taylor's polynomials within an eighth of a turn of it. */
AE_INLINE void turn(uint32_t w, real *c, real *s) {
  uint32_t quarter = (w + 0x20000000u) >> 30;
  float x = (float)(int32_t)(w - (quarter << 30)) * 1.46291807926716e-9f; /* 2 pi / 2^32 */
  float x2 = x * x;
  float co = 1 - x2 * (0.5f - x2 * (1.0f / 24 - x2 * (1.0f / 720 - x2 * (1.0f / 40320))));
  float si = x * (1 - x2 * (1.0f / 6 - x2 * (1.0f / 120 - x2 * (1.0f / 5040 - x2 * (1.0f / 362880)))));
  float cq = quarter & 1 ? si : co, sq = quarter & 1 ? co : si;
  *c = (quarter == 1 || quarter == 2) ? -cq : cq;
  *s = quarter & 2 ? -sq : sq;
}

#endif

AE_SIMD static void normal_blocks(const struct fill *f, int64_t begin, int64_t end) {
  uint32_t w[4][LANES];
  real value[4][LANES];
  for (int64_t block = begin; block < end; block += LANES) {
    philox_lanes(f->r, (uint64_t)block, w);
    for (int k = 0; k < 4; k += 2)
      for (int l = 0; l < LANES; l++) {
        real c, s, r = f->scale * radius(w[k][l]);
        turn(w[k + 1][l], &c, &s);
        value[k][l] = f->shift + r * c;
        value[k + 1][l] = f->shift + r * s;
      }
    int64_t last = block + LANES < end ? block + LANES : end;
    int64_t stop = 4 * last < f->count ? 4 * last : f->count;
    spread(value, f->out + 4 * block, stop - 4 * block);
  }
}

static void normal_range(void *arg, int64_t begin, int64_t end) {
  normal_blocks(arg, begin, end);
}

void ae_random_normal(ae_context *ctx, const ae_random *r, real *out, int64_t count, double mean, double std) {
  struct fill f = {.r = r, .out = out, .count = count, .shift = (real)mean, .scale = (real)std};
  ae_parallel(ctx, (int64_t)ae_random_blocks(count), GRAIN, normal_range, &f);
}

void ae_random_permutation(const ae_random *r, int32_t *out, int64_t n) {
  for (int64_t i = 0; i < n; i++) out[i] = (int32_t)i;
  uint32_t w[4] = {0};
  for (int64_t i = n - 1, used = 0; i > 0; i--, used++) {
    if (used % 2 == 0) ae_random_block(r, (uint64_t)(used / 2), w);
    uint64_t bits = (uint64_t)w[used % 2 * 2] | (uint64_t)w[used % 2 * 2 + 1] << 32;
    /* bits scaled to [0, i]: uneven by less than (i + 1) / 2^64. */
    int64_t j = (int64_t)(((unsigned __int128)bits * ((uint64_t)i + 1)) >> 64);
    int32_t swapped = out[i];
    out[i] = out[j];
    out[j] = swapped;
  }
}
