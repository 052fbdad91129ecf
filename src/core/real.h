/*
** real: the number that tensors compute in, float or (reference build) double.
*/
#ifndef AE_CORE_REAL_H
#define AE_CORE_REAL_H

#include "aelua.h"

#ifdef AELUA_REAL_DOUBLE
typedef double real;
#define AE_REAL AE_F64
#define AE_REAL_EPSILON 2.2204460492503131e-16
#define AE_REAL_MIN 2.2250738585072014e-308 /* the smallest normal number */
#else
typedef float real;
#define AE_REAL AE_F32
#define AE_REAL_EPSILON 1.1920929e-07f
#define AE_REAL_MIN 1.17549435e-38f
#endif

/* Marks a plain C loop that is compiled once per instruction set and chosen at
** load time. Empty under clang, TSan (whose run-time crashes in the resolvers),
** off x86-64, and where the build fixes the set (AELUA_ISA). Such a function
** holds no OpenMP region: split the work outside, with core/parallel.h. */
#ifdef AELUA_CLONES
#define AE_SIMD __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define AE_SIMD
#endif

/* Before a loop whose iterations do not read what others wrote; an output may be
** an input itself. */
#if defined(__clang__)
#define AE_IVDEP _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define AE_IVDEP _Pragma("GCC ivdep")
#else
#define AE_IVDEP
#endif

#define AE_INLINE static inline __attribute__((always_inline))

#endif
