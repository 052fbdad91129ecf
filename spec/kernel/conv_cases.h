/*
** conv_cases: what tests of convolutions share: random numbers, the sums of the
** definition in double, and the comparison of a way with them.
*/
#ifndef SPEC_KERNEL_CONV_CASES_H
#define SPEC_KERNEL_CONV_CASES_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/check.h"
#include "kernel/conv_choice.h"
#include "kernel/conv_paths.h"

static uint32_t seed = 1;

static int64_t draw(int64_t low, int64_t high) {
  seed = seed * 1664525u + 1013904223u;
  return low + (int64_t)(seed >> 8) % (high - low + 1);
}

static real *filled(int64_t count) {
  real *x = malloc(((size_t)count + 1) * sizeof *x);
  for (int64_t i = 0; i <= count; i++) x[i] = (real)((double)draw(-1000, 1000) / 1000);
  return x;
}

typedef struct sizes {
  int64_t x, w, y;
} sizes;

static sizes sizes_of(const ae_conv *c) {
  return (sizes){c->n * c->h * c->w * c->c, c->r * c->s * (c->c / c->groups) * c->k, c->n * c->p * c->q * c->k};
}

/* Adds up every product of the definition:
** which = 0: y += x w, 1: dx += y w, 2: dw += x y. */
static void define(const ae_conv *c, int which, const real *x, const real *w, const real *y, double *out) {
  const int64_t Cg = c->c / c->groups, Kg = c->k / c->groups;
  for (int64_t n = 0; n < c->n; n++)
    for (int64_t p = 0; p < c->p; p++)
      for (int64_t q = 0; q < c->q; q++)
        for (int64_t r = 0; r < c->r; r++)
          for (int64_t s = 0; s < c->s; s++) {
            const int64_t h = p * c->stride_h - c->top + r * c->dilation_h;
            const int64_t v = q * c->stride_w - c->left + s * c->dilation_w;
            if (h < 0 || h >= c->h || v < 0 || v >= c->w) continue;
            for (int64_t i = 0; i < Cg; i++)
              for (int64_t k = 0; k < c->k; k++) {
                const int64_t at_x = ((n * c->h + h) * c->w + v) * c->c + k / Kg * Cg + i;
                const int64_t at_w = ((r * c->s + s) * Cg + i) * c->k + k;
                const int64_t at_y = ((n * c->p + p) * c->q + q) * c->k + k;
                if (which == 0) out[at_y] += (double)x[at_x] * (double)w[at_w];
                if (which == 1) out[at_x] += (double)y[at_y] * (double)w[at_w];
                if (which == 2) out[at_w] += (double)x[at_x] * (double)y[at_y];
              }
          }
}

static void compare(const ae_conv *c, const char *what, const real *got, const double *wanted, int64_t count) {
  double worst = 0, most = 1;
  for (int64_t i = 0; i < count; i++) {
    const double apart = fabs((double)got[i] - wanted[i]);
    worst = isnan((double)got[i]) ? INFINITY : fmax(worst, apart);
    most = fmax(most, fabs(wanted[i]));
  }
  CHECK_SAYS(
      worst <= 64 * (double)AE_REAL_EPSILON * most,
      "%s: off by %g of %g; x [%d,%d,%d,%d] w [%d,%d] k %d groups %d stride %d,%d dilation %d,%d padding %d,%d y %d,%d",
      what, worst, most, (int)c->n, (int)c->h, (int)c->w, (int)c->c, (int)c->r, (int)c->s, (int)c->k, (int)c->groups,
      (int)c->stride_h, (int)c->stride_w, (int)c->dilation_h, (int)c->dilation_w, (int)c->top, (int)c->left, (int)c->p,
      (int)c->q);
}

static const ae_conv_path seam = {ae_conv_forward, ae_conv_data_gradient, ae_conv_weight_gradient};

/* `which`: as in define; out, of what it adds to. */
static ae_status run(ae_context *ctx, const ae_conv *c, const ae_conv_path *path, int which, const real *x,
                     ae_conv_weights w, const real *y, const ae_conv_finish *finish, real *out) {
  if (which == 0) return path->forward(ctx, c, x, w, finish, out, NULL);
  if (which == 1) return path->data_gradient(ctx, c, y, w, finish, out, NULL);
  return path->weight_gradient(ctx, c, x, y, out, NULL);
}

/* All three directions; returns how many of them the path serves. */
static int check_path(ae_context *ctx, const ae_conv *c, const ae_conv_path *path, const char *name) {
  const sizes n = sizes_of(c);
  int served = 0;
  const int64_t counts[] = {n.y, n.x, n.w};
  real *x = filled(n.x), *w = filled(n.w), *y = filled(n.y);
  for (int which = 0; which < 3; which++) {
    const size_t count = (size_t)counts[which];
    real *got = malloc((count + 1) * sizeof *got);
    double *wanted = calloc(count + 1, sizeof *wanted);
    for (size_t i = 0; i <= count; i++) got[i] = (real)NAN;
    define(c, which, x, w, y, wanted);
    const ae_status status = run(ctx, c, path, which, x, (ae_conv_weights){w, NULL}, y, NULL, got);
    if (status == AE_UNSUPPORTED) {
      free(got);
      free(wanted);
      continue;
    }
    served++;
    CHECK_SAYS(status == AE_OK, "%s: status %d", name, (int)status);
    compare(c, name, got, wanted, counts[which]);
    CHECK_SAYS(isnan((double)got[count]), "%s: wrote past the end", name);
    free(got);
    free(wanted);
  }
  free(x);
  free(w);
  free(y);
  return served;
}

static int64_t outputs(int64_t in, int64_t taps, int64_t stride, int64_t dilation, int64_t before, int64_t after) {
  const int64_t span = in + before + after - dilation * (taps - 1) - 1;
  return span < 0 ? 0 : span / stride + 1;
}

/* At most so many groups of so many channels. */
static ae_conv random_conv(int64_t groups, int64_t channels) {
  for (;;) {
    ae_conv c = {.n = draw(1, 4), .h = draw(1, 12), .w = draw(1, 12), .groups = draw(1, 2) == 1 ? 1 : draw(1, groups)};
    const bool depthwise = draw(1, 4) == 1;
    c.c = c.groups * (depthwise ? 1 : draw(1, channels));
    c.k = depthwise ? c.c : c.groups * draw(1, channels);
    c.r = draw(1, 4), c.s = draw(1, 4);
    c.stride_h = draw(1, 3), c.stride_w = draw(1, 3);
    c.dilation_h = draw(1, 2), c.dilation_w = draw(1, 2);
    c.top = draw(0, 5), c.left = draw(0, 5);
    c.p = outputs(c.h, c.r, c.stride_h, c.dilation_h, c.top, draw(0, 5));
    c.q = outputs(c.w, c.s, c.stride_w, c.dilation_w, c.left, draw(0, 5));
    if (c.p > 0 && c.q > 0) return c;
  }
}

static void run_kept(ae_context *ctx, const ae_conv *c, const ae_conv_path *path, int which, ae_storage *storage,
                     const char *name) {
  const sizes n = sizes_of(c);
  const int64_t count = which == 0 ? n.y : n.x;
  real *x = filled(n.x), *y = filled(n.y), *got = filled(count);
  double *wanted = calloc((size_t)count, sizeof *wanted);
  define(c, which, x, storage->data, y, wanted);
  const ae_conv_weights w = {storage->data, storage};
  const ae_status status = run(ctx, c, path, which, x, w, y, NULL, got);
  CHECK_SAYS(status == AE_OK || status == AE_UNSUPPORTED, "%s: status %d", name, (int)status);
  if (status == AE_OK) compare(c, name, got, wanted, count);
  if (status == AE_OK) CHECK_SAYS(atomic_load(&storage->kept), "%s: nothing is kept", name);
  free(x), free(y), free(got), free(wanted);
}

static ae_storage *weights_in_storage(ae_context *ctx, int64_t count) {
  ae_storage *storage = NULL;
  real *values = filled(count);
  CHECK_SAYS(ae_storage_new(ctx->allocator, (size_t)count * sizeof(real), &storage, NULL) == AE_OK, "no storage");
  memcpy(storage->data, values, (size_t)count * sizeof(real));
  free(values);
  return storage;
}

/* With weights that may be kept packed: made, found again, made anew once the weights have changed. */
static void check_kept(ae_context *ctx, const ae_conv *c, const ae_conv_path *path, const char *name) {
  const int64_t count = sizes_of(c).w;
  ae_storage *storage = weights_in_storage(ctx, count);
  real *w = storage->data;
  for (int which = 0; which < 2; which++) {
    run_kept(ctx, c, path, which, storage, name);
    const void *kept = atomic_load(&storage->kept);
    run_kept(ctx, c, path, which, storage, name);
    CHECK_SAYS(atomic_load(&storage->kept) == kept, "%s: made again", name);
    for (int64_t i = 0; i < count; i++) w[i] = 1 - 2 * w[i];
    ae_storage_touch(storage);
    run_kept(ctx, c, path, which, storage, name);
  }
  ae_storage_release(storage);
}

/* Convolutions that read the same weights in different ways, in turns: one must not be given another's form. */
typedef struct way {
  const ae_conv_path *path;
  const char *name;
} way;

static void check_turns(ae_context *ctx, const ae_conv *cases, size_t n, const way *ways, int n_ways) {
  const int64_t count = sizes_of(&cases[0]).w;
  ae_storage *storage = weights_in_storage(ctx, count);
  for (int turn = 0; turn < 2; turn++)
    for (size_t i = 0; i < n; i++) {
      CHECK_SAYS(sizes_of(&cases[i]).w == count, "case %d has other weights", (int)i);
      for (int which = 0; which < 2; which++)
        for (int w = 0; w < n_ways; w++) run_kept(ctx, &cases[i], ways[w].path, which, storage, ways[w].name);
    }
  ae_storage_release(storage);
}

/* What is made while the gradient of the weights is computed. */
typedef struct making {
  const real *from;
  real *to;
  int64_t channels;
  int *times; /* of each pixel */
} making;

static void make(void *arg, int part, int64_t begin, int64_t end) {
  const making *m = arg;
  (void)part;
  memcpy(m->to + begin * m->channels, m->from + begin * m->channels,
         (size_t)((end - begin) * m->channels) * sizeof(real));
  for (int64_t i = begin; i < end; i++) m->times[i]++;
}

/* A gradient of weights with a maker; false: it has none for it. */
static bool check_maker(ae_context *ctx, const ae_conv *c, bool of_x) {
  const sizes n = sizes_of(c);
  const int64_t count = of_x ? n.x : n.y, channels = of_x ? c->c : c->k, pixels = count / channels;
  real *x = filled(n.x), *y = filled(n.y), *made = malloc((size_t)count * sizeof *made), *got = filled(n.w);
  double *wanted = calloc((size_t)n.w, sizeof *wanted);
  int *times = calloc((size_t)pixels, sizeof *times);
  for (int64_t i = 0; i < count; i++) made[i] = (real)NAN;
  define(c, 2, x, NULL, y, wanted);
  making m = {of_x ? x : y, made, channels, times};
  const ae_conv_maker maker = {make, &m, of_x};
  const ae_status status = ae_conv_weight_gradient_making(ctx, c, of_x ? made : x, of_x ? y : made, &maker, got, NULL);
  int once = 0, never = 0;
  for (int64_t i = 0; i < pixels; i++) once += times[i] == 1, never += times[i] == 0;
  if (status == AE_UNSUPPORTED) {
    CHECK_SAYS(never == pixels, "unsupported, but %d of %d pixels were made", (int)(pixels - never), (int)pixels);
  } else {
    CHECK_SAYS(status == AE_OK, "with a maker: status %d", (int)status);
    CHECK_SAYS(once == pixels, "%d of %d pixels made once", once, (int)pixels);
    compare(c, "with a maker", got, wanted, n.w);
  }
  free(x), free(y), free(made), free(got), free(wanted), free(times);
  return status != AE_UNSUPPORTED;
}

#endif
