/*
** vmath: the bounds that the header states, in units of the last place of the
** result as libm has it in double, over a sweep of all bit patterns that
** touches every exponent and both signs; zeros, infinities and nan exactly.
** In the double build libm itself serves, and only what is derived is checked.
*/
#include <stdio.h>

#include "kernel/vmath.h"

static int failures;

#define LOOP(name)                                                                                                     \
  AE_SIMD static void loop_##name(const real *restrict x, real *restrict y, int n) {                                   \
    for (int i = 0; i < n; i++) y[i] = ae_##name(x[i]);                                                                \
  }
LOOP(exp)
LOOP(expm1)
LOOP(log)
LOOP(log1p)
LOOP(tanh)
LOOP(sigmoid)
LOOP(softplus)
LOOP(sin)
LOOP(cos)
LOOP(erf)
LOOP(sqrt)
LOOP(rsqrt)
LOOP(decay)
AE_SIMD static void loop_log1p_unit(const real *restrict x, real *restrict y, int n) {
  for (int i = 0; i < n; i++) y[i] = ae_log1p_unit(ae_decay(x[i]));
}
AE_SIMD static void loop_pow(const real *restrict x, const real *restrict y, real *restrict z, int n) {
  for (int i = 0; i < n; i++) z[i] = ae_pow(x[i], y[i]);
}

static double exact_sigmoid(double x) {
  return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
}
static double exact_softplus(double x) {
  return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}
static double exact_decay(double x) {
  return exp(sizeof(real) == sizeof(float) && fabs(x) > 87 ? -87 : -fabs(x));
}
static double exact_log1p_unit(double x) {
  return log1p(exact_decay(x));
}
static double exact_rsqrt(double x) {
  return 1 / sqrt(x);
}

static const struct function {
  const char *name;
  void (*loop)(const real *, real *, int);
  double (*exact)(double);
  double bound;
} functions[] = {
    {"exp", loop_exp, exp, 1.1},
    {"expm1", loop_expm1, expm1, 1.5},
    {"log", loop_log, log, 0.9},
    {"log1p", loop_log1p, log1p, 1.5},
    {"tanh", loop_tanh, tanh, 1.5},
    {"sigmoid", loop_sigmoid, exact_sigmoid, 2.4},
    {"softplus", loop_softplus, exact_softplus, 2.1},
    {"sin", loop_sin, sin, 1.6},
    {"cos", loop_cos, cos, 1.6},
    {"erf", loop_erf, erf, 1.4},
    {"sqrt", loop_sqrt, sqrt, 0.51},
    {"rsqrt", loop_rsqrt, exact_rsqrt, 1.5},
    {"decay", loop_decay, exact_decay, 1.1},
    {"log1p_unit", loop_log1p_unit, exact_log1p_unit, 2},
};

#ifdef AELUA_REAL_DOUBLE
enum { DIGITS = 53, LOWEST = -1074 };
#else
enum { DIGITS = 24, LOWEST = -149 };
#endif

/* What one unit in the last place of a real is at `value`. */
static double last_place(double value) {
  if (value == 0) return ldexp(1, LOWEST);
  int exponent;
  frexp(value, &exponent);
  exponent -= DIGITS;
  return ldexp(1, exponent < LOWEST ? LOWEST : exponent);
}

/* Error in units of the last place; infinite where the kind is wrong. */
static double error_of(real got, double wanted) {
  real rounded = (real)wanted;
  if (isnan(wanted)) return isnan(got) ? 0 : INFINITY;
  if (isnan(got)) return INFINITY;
  if (isinf(rounded) || isinf(got)) {
    /* the last float and infinity are one unit apart */
    if (rounded == got) return 0;
    return (signbit(got) == signbit(rounded)) && fabs(wanted) > 0.9999999 * fabs(isinf(got) ? wanted : (double)got) &&
                   !isinf(wanted)
               ? 1
               : INFINITY;
  }
  if (wanted == 0 && (got != 0 || signbit(got) != signbit(rounded))) return INFINITY;
  return fabs((double)got - wanted) / last_place(wanted);
}

static void report(const char *name, double worst, double bound, double x) {
  if (!(worst <= bound)) failures++;
  printf("%-9s %.3f units in the last place at %a (bound %.2f)%s\n", name, worst, x, bound,
         worst <= bound ? "" : "  FAILED");
}

enum { BLOCK = 4096 };

#ifndef AELUA_REAL_DOUBLE

static float pattern(uint64_t bits) {
  return ae_vm_float((uint32_t)bits);
}

static void check_function(const struct function *f) {
  enum { STEP = 4999 };
  static float x[BLOCK], y[BLOCK];
  double worst = 0, where = 0;
  uint64_t bits = 0, high = 0;
  while (bits <= UINT32_MAX || high < 512) {
    int n = 0;
    for (; n < BLOCK && bits <= UINT32_MAX; bits += STEP) x[n++] = pattern(bits);
    /* the edges of every binade */
    for (; n + 2 <= BLOCK && bits > UINT32_MAX && high < 512; high++) {
      x[n++] = pattern(high << 23);
      x[n++] = pattern((high << 23) + 0x7fffff);
    }
    f->loop(x, y, n);
    for (int i = 0; i < n; i++) {
      double error = error_of(y[i], f->exact(x[i]));
      if (error > worst) worst = error, where = x[i];
    }
  }
  report(f->name, worst, f->bound, where);
}

#else

static void check_function(const struct function *f) {
  static double x[BLOCK], y[BLOCK];
  double worst = 0, where = 0;
  for (int i = 0; i < BLOCK; i++) x[i] = ldexp((i % 64 - 31.5) / 32, i / 64 - 32);
  f->loop(x, y, BLOCK);
  for (int i = 0; i < BLOCK; i++) {
    double error = error_of(y[i], f->exact(x[i]));
    if (error > worst) worst = error, where = x[i];
  }
  report(f->name, worst, 4, where);
}

#endif

static void check_pow(void) {
  static const real special[] = {0,        (real)-0.0,  1,           -1,         2,           -2,       3,
                                 -3,       (real)0.5,   (real)-0.5,  (real)1.5,  -1.5,        INFINITY, -INFINITY,
                                 NAN,      1e-40f,      -1e-40f,     3e38f,      -3e38f,      16777215, -16777215,
                                 33554432, (real)0.001, 0.99999994f, 1.0000001f, -0.99999994f};
  enum { COUNT = sizeof special / sizeof *special };
  static real x[BLOCK], y[BLOCK], z[BLOCK];
  double worst = 0, where = 0;
  for (int i = 0; i < COUNT * COUNT; i++) {
    x[i] = special[i / COUNT];
    y[i] = special[i % COUNT];
  }
  loop_pow(x, y, z, COUNT * COUNT);
  for (int i = 0; i < COUNT * COUNT; i++) {
    double error = error_of(z[i], pow(x[i], y[i]));
    if (error > worst) worst = error, where = x[i];
  }
  report("pow, special", worst, 0.6, where);

  uint32_t seed = 1;
  worst = 0;
  for (int round = 0; round < 200; round++) {
    for (int i = 0; i < BLOCK; i++) {
      seed = seed * 1664525u + 1013904223u;
      x[i] = (real)ldexp(1 + (double)(seed >> 8) / 16777216, (int)(seed & 255) - 128);
      seed = seed * 1664525u + 1013904223u;
      y[i] = (real)(((double)(seed >> 8) / 65536 - 128) / (fabs(log2((double)x[i])) + 0.001));
      if (round % 2) y[i] = (real)rint((double)y[i]);
      if (round % 4 == 3) x[i] = -x[i];
    }
    loop_pow(x, y, z, BLOCK);
    for (int i = 0; i < BLOCK; i++) {
      double error = error_of(z[i], pow(x[i], y[i]));
      if (error > worst) worst = error, where = x[i];
    }
  }
  report("pow", worst, 0.6, where);
}

int main(void) {
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) check_function(&functions[i]);
  check_pow();
  return failures != 0;
}
