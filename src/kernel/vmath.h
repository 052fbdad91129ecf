/*
** vmath: elementary functions without branches, for plain loops that GCC
** vectorises (AE_SIMD, core/real.h). The double build calls libm.
**
** Every function takes any float: nan gives nan, infinities, zeros, denormals
** and huge arguments give what C's Annex F says (the sign of a zero included),
** signalling and flags excepted. The bounds, in units of the last place of the
** exact result (measured against double over every exponent with and without
** fused multiply-add: spec/kernel/vmath_test.c):
**
**   exp 1.1   expm1 1.5   log 0.9   log1p 1.5   tanh 1.5   sigmoid 2.4
**   softplus 2.1   sin, cos 1.6 over the whole range   erf 1.4   pow 0.6
**   sqrt 0.5   rsqrt 1.5   decay 1.1   log1p_unit of decay 2
**
** Not here: loops (op/), derivatives (activation_formulas.h).
*/
#ifndef AE_KERNEL_VMATH_H
#define AE_KERNEL_VMATH_H

#include <math.h>
#include <string.h>

#include "core/real.h"

#define AE_SINE_NEAR ((real)4294967296) /* the first row of sin's table serves to twice this */

#ifdef AELUA_REAL_DOUBLE

AE_INLINE real ae_exp(real x) {
  return exp(x);
}
AE_INLINE real ae_expm1(real x) {
  return expm1(x);
}
AE_INLINE real ae_log(real x) {
  return log(x);
}
AE_INLINE real ae_log1p(real x) {
  return log1p(x);
}
AE_INLINE real ae_tanh(real x) {
  return tanh(x);
}
AE_INLINE real ae_sin(real x) {
  return sin(x);
}
AE_INLINE real ae_cos(real x) {
  return cos(x);
}
AE_INLINE real ae_sin_near(real x) {
  return sin(x);
}
AE_INLINE real ae_cos_near(real x) {
  return cos(x);
}
AE_INLINE real ae_erf(real x) {
  return erf(x);
}
AE_INLINE real ae_pow(real x, real y) {
  return pow(x, y);
}
AE_INLINE real ae_sqrt(real x) {
  return sqrt(x);
}
AE_INLINE real ae_abs(real x) {
  return fabs(x);
}
AE_INLINE real ae_floor(real x) {
  return floor(x);
}
AE_INLINE real ae_ceil(real x) {
  return ceil(x);
}
AE_INLINE real ae_round(real x) { /* halves to even */
  return rint(x);
}
AE_INLINE real ae_decay(real x) {
  return exp(-fabs(x));
}
AE_INLINE real ae_log1p_unit(real e) {
  return log1p(e);
}
AE_INLINE real ae_sigmoid(real x) {
  double e = exp(-fabs(x));
  return (x >= 0 ? 1 : e) / (1 + e);
}

#else

AE_INLINE float ae_vm_float(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
AE_INLINE uint32_t ae_vm_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}
/* 2^n, -126 <= n <= 127 */
AE_INLINE float ae_vm_power(int32_t n) {
  return ae_vm_float((uint32_t)(n + 127) << 23);
}

/* Adding it leaves the nearest integer in the low bits of the mantissa; no
** conversion that a nan would make undefined. */
#define AE_VM_ROUND 12582912.0f /* 1.5 * 2^23 */
#define AE_VM_ROUND_BITS 0x4b400000

AE_INLINE float ae_sqrt(float x) {
  return sqrtf(x);
}
AE_INLINE float ae_abs(float x) {
  return fabsf(x);
}
AE_INLINE float ae_floor(float x) {
  return floorf(x);
}
AE_INLINE float ae_ceil(float x) {
  return ceilf(x);
}
AE_INLINE float ae_round(float x) { /* halves to even */
  return rintf(x);
}

/* x = n ln 2 + r, |r| <= ln 2 / 2 */
AE_INLINE float ae_vm_reduce_ln2(float x, int32_t *n) {
  float t = x * 1.44269504f + AE_VM_ROUND;
  *n = (int32_t)ae_vm_bits(t) - AE_VM_ROUND_BITS;
  t -= AE_VM_ROUND;
  return (x - t * 0.693145752f) - t * 1.42860677e-6f; /* the first product is exact */
}

/* e^r, |r| <= ln 2 / 2 */
AE_INLINE float ae_vm_exp_tail(float r) {
  float q = 4.999999404e-01f +
            r * (1.666651964e-01f + r * (4.166823998e-02f + r * (8.368823677e-03f + r * 1.382321352e-03f)));
  return 1.0f + (r + r * r * q);
}

AE_INLINE float ae_exp(float x) {
  x = x < -104.0f ? -104.0f : x;
  x = x > 89.0f ? 89.0f : x;
  int32_t n;
  float p = ae_vm_exp_tail(ae_vm_reduce_ln2(x, &n));
  int32_t half = n >> 1; /* two steps: 2^n alone overflows, or is denormal */
  return p * ae_vm_power(half) * ae_vm_power(n - half);
}

AE_INLINE float ae_expm1(float x) {
  float a = x < -20.0f ? -20.0f : x;
  a = a > 89.0f ? 89.0f : a;
  int32_t n;
  float r = ae_vm_reduce_ln2(a, &n);
  float q = 5.000000000e-01f +
            r * (1.666666418e-01f +
                 r * (4.166647419e-02f + r * (8.333912119e-03f + r * (1.393405255e-03f + r * 1.955501939e-04f))));
  float p = r + r * r * q;
  float s = ae_vm_power(n - 1); /* half the scale: 2^128 is none */
  float y = 2.0f * (s * p + (s - 0.5f));
  return ae_abs(x) < 5e-8f ? x : y;
}

/* log(1 + f), sqrt(1/2) - 1 <= f <= sqrt(2) - 1, plus k ln 2 */
AE_INLINE float ae_vm_log_tail(float f, float k) {
  float q = 3.333331347e-01f +
            f * (-2.500001192e-01f +
                 f * (2.000207305e-01f +
                      f * (-1.666785479e-01f +
                           f * (1.422023326e-01f +
                                f * (-1.240819693e-01f +
                                     f * (1.188620403e-01f + f * (-1.166066080e-01f + f * 6.733010709e-02f)))))));
  float z = f * f;
  float small = k * 1.42860677e-6f + (f * z * q - 0.5f * z);
  return k * 0.693145752f + (f + small);
}

/* x = 2^k m, sqrt(1/2) <= m < sqrt(2), for a normal x > 0 */
AE_INLINE float ae_vm_split(float x, int32_t *k) {
  uint32_t bits = ae_vm_bits(x) - 0x3f3504f3u;
  *k = (int32_t)bits >> 23;
  return ae_vm_float((bits & 0x007fffffu) + 0x3f3504f3u);
}

AE_INLINE float ae_log(float x) {
  bool tiny = x < 1.17549435e-38f;
  float scaled = tiny ? x * 8388608.0f : x;
  int32_t k;
  float m = ae_vm_split(scaled, &k);
  float y = ae_vm_log_tail(m - 1.0f, (float)k - (tiny ? 23.0f : 0.0f));
  y = x < INFINITY ? y : x; /* infinity, nan */
  y = x < 0.0f ? NAN : y;
  return x == 0.0f ? -INFINITY : y;
}

AE_INLINE float ae_log1p(float x) {
  float u = 1.0f + x;
  int32_t k;
  float m = ae_vm_split(u, &k);
  float lost = x - (u - 1.0f); /* what the sum rounded away; 0 where 2^-k is no float */
  float f = (m - 1.0f) + lost * ae_vm_power(k > 126 ? -126 : -k);
  float y = ae_vm_log_tail(f, (float)k);
  y = ae_abs(x) < 5e-8f ? x : y;
  y = x < INFINITY ? y : x;
  y = x < -1.0f ? NAN : y;
  return x == -1.0f ? -INFINITY : y;
}

/* e^-|x|, and e^-87 (1.6e-38) where |x| is more: half the work of ae_exp */
AE_INLINE float ae_decay(float x) {
  float a = -ae_abs(x);
  a = a < -87.0f ? -87.0f : a;
  int32_t n;
  float r = ae_vm_reduce_ln2(a, &n);
  return ae_vm_exp_tail(r) * ae_vm_power(n);
}

/* log(1 + e), 0 <= e <= 1 */
AE_INLINE float ae_log1p_unit(float e) {
  float q = -4.999993145e-01f +
            e * (3.333047926e-01f +
                 e * (-2.495829314e-01f +
                      e * (1.969402581e-01f +
                           e * (-1.535172909e-01f +
                                e * (1.067473218e-01f +
                                     e * (-5.760999024e-02f + e * (2.017690428e-02f + e * -3.312572604e-03f)))))));
  return e + e * e * q;
}

AE_INLINE float ae_tanh(float x) {
  float a = ae_abs(x), z = x * x;
  float q = -3.333328068e-01f +
            z * (1.333141625e-01f + z * (-5.373793840e-02f + z * (2.063411847e-02f + z * -5.700091831e-03f)));
  float near = x + x * z * q;
  float far = 1.0f - 2.0f / (ae_exp(2.0f * (a > 10.0f ? 10.0f : a)) + 1.0f);
  return copysignf(a < 0.625f ? near : far, x);
}

AE_INLINE float ae_sigmoid(float x) {
  float e = ae_exp(-ae_abs(x));
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

/* |x| < 1: x + x P(x^2); beyond: 1 - exp(Q(|x|)), Q fitted to log erfc */
AE_INLINE float ae_erf(float x) {
  float a = ae_abs(x), z = x * x;
  float p =
      1.283791661e-01f +
      z * (-3.761262596e-01f +
           z * (1.128358319e-01f +
                z * (-2.685369179e-02f + z * (5.188073963e-03f + z * (-8.007878205e-04f + z * 7.846108201e-05f)))));
  float t = a > 4.0f ? 4.0f : a;
  float q = 1.884677913e-04f +
            t * (-1.129580259e+00f +
                 t * (-6.332166195e-01f +
                      t * (-1.084217131e-01f +
                           t * (2.520999126e-02f +
                                t * (-4.205112811e-03f + t * (4.414287105e-04f + t * -2.169307845e-05f))))));
  float far = copysignf(1.0f - ae_exp(q), x);
  return a < 1.0f ? x + x * p : far;
}

/*
** sin, cos: x 2/pi = quadrant + r, |r| <= 1/2, in double. A row of the table
** holds 2/pi without the leading bits that only add multiples of 4 to its
** product with an x of that row's exponents, in parts of 29, 29 and 53 bits:
** a float times one of the first two is exact.
*/
static const double ae_vm_two_over_pi[3][13] = {
    {0x1.45f306dp-1, 0x1.f306dc9p-9, 0x1.06dc9c8p-17, 0x1.b939104p-26, 0x1.391054ap-34, 0x1.1054a7ep-42, 0x1.529fc2p-52,
     0x1.4fe13a8p-59, 0x1.f84eafap-65, 0x1.3abe8f8p-75, 0x1.5f47d4cp-82, 0x1.a3ea69bp-89, 0x1.ea69bb8p-97},
    {0x1.9391054p-30, 0x1.91054a7p-38, 0x1.054a7fp-46, 0x1.4a7f09dp-54, 0x1.fc2757cp-64, 0x1.09d5f47p-70,
     0x1.d5f47d4p-78, 0x1.f47d4d3p-86, 0x1.f534ddcp-96, 0x1.4d37703p-102, 0x1.377036dp-110, 0x1.7036d8ap-118,
     0x1.b6c52bp-129},
    {0x1.4fe13abe8fa9ap-59, 0x1.e13abe8fa9a6ep-67, 0x1.3abe8fa9a6eep-75, 0x1.7d1f534ddc0dap-84, 0x1.1f534ddc0db62p-92,
     0x1.a9a6ee06db14ap-99, 0x1.a6ee06db14accp-107, 0x1.dc0db6295993cp-116, 0x1.b6c52b327884p-129,
     0x1.b6295993c439p-132, 0x1.14acc9e21c82p-139, 0x1.5993c439041fep-148, 0x1.93c439041fe5p-156},
};

AE_INLINE float ae_vm_reduce_pi2(float x, bool near, uint32_t *quadrant) {
  int32_t row = near ? 0 : ((int32_t)(ae_vm_bits(x) >> 23 & 255u) - (127 + 25)) >> 3;
  row = row < 0 ? 0 : row;
  double d = x;
  double high = d * ae_vm_two_over_pi[0][row], mid = d * ae_vm_two_over_pi[1][row], low = d * ae_vm_two_over_pi[2][row];
  double t = (high + mid) + 6755399441055744.0; /* 1.5 * 2^52, as AE_VM_ROUND */
  uint64_t bits;
  memcpy(&bits, &t, sizeof bits);
  *quadrant = (uint32_t)bits;
  t -= 6755399441055744.0;
  return (float)((((high - t) + mid) + low) * 1.5707963267948966);
}

/* sin(x + shift pi/2); near: |x| < AE_SINE_NEAR, or nan */
AE_INLINE float ae_vm_sine(float x, bool near, uint32_t shift) {
  uint32_t quadrant;
  float r = ae_vm_reduce_pi2(x, near, &quadrant), z = r * r;
  quadrant += shift;
  float s = r + r * z * (-1.666666716e-01f + z * (8.333372883e-03f + z * (-1.985028648e-04f + z * 2.804204769e-06f)));
  float c =
      1.0f - (0.5f * z -
              z * z * (4.166666791e-02f + z * (-1.388897304e-03f + z * (2.481926458e-05f + z * -2.861508506e-07f))));
  float y = (quadrant & 1u) != 0 ? c : s;
  return ae_vm_float(ae_vm_bits(y) ^ (quadrant & 2u) << 30);
}

/*
** x^y = 2^(y log2 |x|) in double, log2 by the series of artanh, 2^f by that of
** exp; then what C says of signs, zeros and infinities.
*/
AE_INLINE double ae_vm_log2(float a) {
  bool tiny = a < 1.17549435e-38f;
  int32_t k;
  double m = ae_vm_split(tiny ? a * 8388608.0f : a, &k);
  double s = (m - 1) / (m + 1), z = s * s;
  double q =
      1 + z * (1. / 3 + z * (1. / 5 + z * (1. / 7 + z * (1. / 9 + z * (1. / 11 + z * (1. / 13 + z * (1. / 15)))))));
  return (double)k - (tiny ? 23 : 0) + 2.8853900817779268 * s * q;
}

AE_INLINE float ae_pow(float x, float y) {
  float a = ae_abs(x);
  double l = ae_vm_log2(a);
  l = a < INFINITY ? l : (double)a;
  l = a == 0.0f ? (double)-INFINITY : l;
  float bounded = y > 1e38f ? 1e38f : y;
  double t = (double)(bounded < -1e38f ? -1e38f : bounded) * l;
  t = t < -1000 ? -1000 : t;
  t = t > 1000 ? 1000 : t;
  double rounded = t + 6755399441055744.0;
  double r = (t - (rounded - 6755399441055744.0)) * 0.69314718055994531;
  double p =
      1 +
      r * (1 + r * (1. / 2 + r * (1. / 6 + r * (1. / 24 + r * (1. / 120 +
                                                               r * (1. / 720 + r * (1. / 5040 + r * (1. / 40320))))))));
  uint64_t bits;
  memcpy(&bits, &rounded, sizeof bits);
  bits = (bits + 1023) << 52; /* the low bits of `rounded` are those of the exponent */
  double scale;
  memcpy(&scale, &bits, sizeof scale);
  float power = (float)(p * scale);

  double whole = ae_abs(y);
  whole = whole > 0x1p25 ? 0x1p25 : whole; /* even, as every larger float */
  double nearest = whole + 6755399441055744.0;
  memcpy(&bits, &nearest, sizeof bits);
  bool integer = nearest - 6755399441055744.0 == whole;
  uint32_t odd = integer ? (uint32_t)bits & 1u : 0u;
  power = x < 0.0f && x > -INFINITY && !integer ? NAN : power;
  power = ae_vm_float(ae_vm_bits(power) ^ (ae_vm_bits(x) & odd << 31));
  return ((x == 1.0f) | (y == 0.0f)) ? 1.0f : power;
}

AE_INLINE float ae_sin(float x) {
  return x == 0.0f ? x : ae_vm_sine(x, false, 0); /* the sum above loses the sign of zero */
}
AE_INLINE float ae_cos(float x) {
  return ae_vm_sine(x, false, 1);
}
/* The same for |x| < AE_SINE_NEAR or nan: one row of the table, so that loops vectorise. */
AE_INLINE float ae_sin_near(float x) {
  return x == 0.0f ? x : ae_vm_sine(x, true, 0);
}
AE_INLINE float ae_cos_near(float x) {
  return ae_vm_sine(x, true, 1);
}

#endif

/* log(1 + e^x) */
AE_INLINE real ae_softplus(real x) {
  return (x > 0 ? x : 0) + ae_log1p_unit(ae_exp(-ae_abs(x)));
}
AE_INLINE real ae_rsqrt(real x) {
  return 1 / ae_sqrt(x);
}

#endif
