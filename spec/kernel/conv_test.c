/*
** conv: every way of computing a convolution and its gradients against the sum
** of the definition in double, over random sizes, strides, dilations, groups
** and paddings, on one thread and several; the seam's own choice, and what was
** measured in its place; empty sizes.
*/
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/conv_choice.h"
#include "kernel/conv_paths.h"

static int failures, makers;

#define CHECK(condition, ...)                                                                                          \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      failures++;                                                                                                      \
      printf("%s:%d: ", __FILE__, __LINE__);                                                                           \
      printf(__VA_ARGS__);                                                                                             \
      printf("\n");                                                                                                    \
    }                                                                                                                  \
  } while (0)

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
  CHECK(
      worst <= 64 * (double)AE_REAL_EPSILON * most,
      "%s: off by %g of %g; x [%d,%d,%d,%d] w [%d,%d] k %d groups %d stride %d,%d dilation %d,%d padding %d,%d y %d,%d",
      what, worst, most, (int)c->n, (int)c->h, (int)c->w, (int)c->c, (int)c->r, (int)c->s, (int)c->k, (int)c->groups,
      (int)c->stride_h, (int)c->stride_w, (int)c->dilation_h, (int)c->dilation_w, (int)c->top, (int)c->left, (int)c->p,
      (int)c->q);
}

static void check_path(ae_context *ctx, const ae_conv *c, const ae_conv_path *path, const char *name) {
  const sizes n = sizes_of(c);
  const int64_t counts[] = {n.y, n.x, n.w};
  real *x = filled(n.x), *w = filled(n.w), *y = filled(n.y);
  for (int which = 0; which < 3; which++) {
    const size_t count = (size_t)counts[which];
    real *got = malloc((count + 1) * sizeof *got);
    double *wanted = calloc(count + 1, sizeof *wanted);
    for (size_t i = 0; i <= count; i++) got[i] = (real)NAN;
    define(c, which, x, w, y, wanted);
    ae_status status = which == 0   ? path->forward(ctx, c, x, (ae_conv_weights){w, NULL}, NULL, got, NULL)
                       : which == 1 ? path->data_gradient(ctx, c, y, (ae_conv_weights){w, NULL}, NULL, got, NULL)
                                    : path->weight_gradient(ctx, c, x, y, got, NULL);
    if (status == AE_UNSUPPORTED) {
      free(got);
      free(wanted);
      continue;
    }
    CHECK(status == AE_OK, "%s: status %d", name, (int)status);
    compare(c, name, got, wanted, counts[which]);
    CHECK(isnan((double)got[count]), "%s: wrote past the end", name);
    free(got);
    free(wanted);
  }
  free(x);
  free(w);
  free(y);
}

static void run_kept(ae_context *ctx, const ae_conv *c, const ae_conv_path *path, int which, ae_storage *storage,
                     const char *name) {
  const sizes n = sizes_of(c);
  const int64_t count = which == 0 ? n.y : n.x;
  real *x = filled(n.x), *y = filled(n.y), *got = filled(count);
  double *wanted = calloc((size_t)count, sizeof *wanted);
  define(c, which, x, storage->data, y, wanted);
  const ae_conv_weights w = {storage->data, storage};
  const ae_status status =
      which == 0 ? path->forward(ctx, c, x, w, NULL, got, NULL) : path->data_gradient(ctx, c, y, w, NULL, got, NULL);
  CHECK(status == AE_OK || status == AE_UNSUPPORTED, "%s: status %d", name, (int)status);
  if (status == AE_OK) compare(c, name, got, wanted, count);
  if (status == AE_OK) CHECK(atomic_load(&storage->kept), "%s: nothing is kept", name);
  free(x), free(y), free(got), free(wanted);
}

static ae_storage *weights_in_storage(ae_context *ctx, int64_t count) {
  ae_storage *storage = NULL;
  real *values = filled(count);
  CHECK(ae_storage_new(ctx->allocator, (size_t)count * sizeof(real), &storage, NULL) == AE_OK, "no storage");
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
    CHECK(atomic_load(&storage->kept) == kept, "%s: made again", name);
    for (int64_t i = 0; i < count; i++) w[i] = 1 - 2 * w[i];
    ae_storage_touch(storage);
    run_kept(ctx, c, path, which, storage, name);
  }
  ae_storage_release(storage);
}

/* Convolutions that read the same weights in different ways, in turns: one must not be given another's form. */
static void check_keys(ae_context *ctx) {
  enum { WEIGHTS = 144 };
  static const ae_conv cases[] = {
      {2, 7, 8, 4, 3, 3, 4, 7, 8, 1, 1, 1, 1, 1, 1, 1},  {2, 7, 8, 4, 3, 3, 4, 5, 6, 1, 1, 1, 1, 1, 0, 0},
      {2, 7, 8, 4, 3, 3, 4, 4, 4, 1, 2, 2, 1, 1, 1, 1},  {2, 7, 8, 4, 3, 3, 4, 7, 4, 1, 1, 2, 1, 1, 1, 1},
      {2, 7, 8, 4, 3, 3, 4, 3, 8, 1, 2, 1, 2, 1, 1, 1},  {2, 9, 8, 4, 3, 3, 4, 9, 8, 1, 1, 1, 2, 2, 2, 2},
      {2, 1, 8, 4, 3, 3, 4, 1, 8, 1, 3, 1, 1, 1, 1, 1},  {2, 2, 8, 4, 3, 3, 4, 1, 8, 1, 3, 1, 1, 1, 1, 1},
      {2, 7, 8, 4, 3, 3, 4, 4, 4, 1, 2, 2, 1, 1, 0, 1},  {2, 7, 8, 4, 3, 3, 4, 4, 4, 1, 2, 2, 1, 1, 1, 0},
      {3, 7, 8, 4, 3, 3, 4, 7, 8, 1, 1, 1, 1, 1, 1, 1},  {2, 7, 8, 2, 3, 3, 8, 7, 8, 1, 1, 1, 1, 1, 1, 1},
      {2, 7, 8, 8, 3, 3, 2, 7, 8, 1, 1, 1, 1, 1, 1, 1},  {2, 7, 8, 16, 3, 3, 1, 7, 8, 1, 1, 1, 1, 1, 1, 1},
      {2, 7, 8, 1, 3, 3, 16, 7, 8, 1, 1, 1, 1, 1, 1, 1}, {2, 7, 8, 8, 3, 3, 4, 7, 8, 2, 1, 1, 1, 1, 1, 1},
      {2, 7, 8, 16, 3, 3, 4, 7, 8, 4, 1, 1, 1, 1, 1, 1}, {2, 7, 9, 4, 1, 9, 4, 7, 1, 1, 1, 1, 1, 1, 0, 0},
      {2, 9, 7, 4, 9, 1, 4, 1, 7, 1, 1, 1, 1, 1, 0, 0},  {2, 7, 8, 12, 1, 1, 12, 7, 8, 1, 1, 1, 1, 1, 0, 0},
      {2, 7, 8, 3, 1, 1, 48, 7, 8, 1, 1, 1, 1, 1, 0, 0}, {2, 7, 8, 4, 3, 3, 4, 7, 8, 1, 1, 1, 1, 1, 2, 0},
  };
  ae_storage *storage = weights_in_storage(ctx, WEIGHTS);
  for (int turn = 0; turn < 2; turn++)
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      CHECK(sizes_of(&cases[i]).w == WEIGHTS, "case %d has other weights", (int)i);
      for (int which = 0; which < 2; which++) {
        run_kept(ctx, &cases[i], &ae_conv_direct, which, storage, "direct, in turns");
        run_kept(ctx, &cases[i], &ae_conv_onednn, which, storage, "oneDNN, in turns");
      }
    }
  ae_storage_release(storage);
}

/* Nothing is kept under a budget, nor beside the storage of another context. */
static void check_not_kept(ae_context *ctx) {
  const ae_conv c = {2, 7, 8, 4, 3, 3, 4, 7, 8, 1, 1, 1, 1, 1, 1, 1};
  ae_storage *storage = weights_in_storage(ctx, sizes_of(&c).w);
  ae_context *other = NULL;
  real *x = filled(sizes_of(&c).x), *y = filled(sizes_of(&c).y);
  const ae_conv_weights w = {storage->data, storage};
  CHECK(ae_context_open(NULL, &other, NULL) == AE_OK, "no context");
  CHECK(ae_conv_direct.forward(other, &c, x, w, NULL, y, NULL) == AE_OK && !atomic_load(&storage->kept),
        "kept for another context");
  ae_context_close(other);
  CHECK(ae_conv_direct.forward(ctx, &c, x, w, NULL, y, NULL) == AE_OK && atomic_load(&storage->kept), "not kept");
  ae_allocator_set_budget(ctx->allocator, (size_t)1 << 30);
  CHECK(ae_conv_direct.forward(ctx, &c, x, w, NULL, y, NULL) == AE_OK && !atomic_load(&storage->kept),
        "kept under a budget");
  ae_allocator_set_budget(ctx->allocator, 0);
  free(x), free(y);
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

static void check_maker(ae_context *ctx, const ae_conv *c, bool of_x) {
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
    CHECK(never == pixels, "unsupported, but %d of %d pixels were made", (int)(pixels - never), (int)pixels);
  } else {
    makers++;
    CHECK(status == AE_OK, "with a maker: status %d", (int)status);
    CHECK(once == pixels, "%d of %d pixels made once", once, (int)pixels);
    compare(c, "with a maker", got, wanted, n.w);
  }
  free(x), free(y), free(made), free(got), free(wanted), free(times);
}

static int64_t outputs(int64_t in, int64_t taps, int64_t stride, int64_t dilation, int64_t before, int64_t after) {
  const int64_t span = in + before + after - dilation * (taps - 1) - 1;
  return span < 0 ? 0 : span / stride + 1;
}

static ae_conv random_conv(void) {
  for (;;) {
    ae_conv c = {.n = draw(1, 4), .h = draw(1, 12), .w = draw(1, 12), .groups = draw(1, 2) == 1 ? 1 : draw(2, 4)};
    const bool depthwise = draw(1, 4) == 1;
    c.c = c.groups * (depthwise ? 1 : draw(1, 12));
    c.k = depthwise ? c.c : c.groups * draw(1, 12);
    c.r = draw(1, 4), c.s = draw(1, 4);
    c.stride_h = draw(1, 3), c.stride_w = draw(1, 3);
    c.dilation_h = draw(1, 2), c.dilation_w = draw(1, 2);
    c.top = draw(0, 5), c.left = draw(0, 5);
    c.p = outputs(c.h, c.r, c.stride_h, c.dilation_h, c.top, draw(0, 5));
    c.q = outputs(c.w, c.s, c.stride_w, c.dilation_w, c.left, draw(0, 5));
    if (c.p > 0 && c.q > 0) return c;
  }
}

static void check_ways(ae_context *ctx, const ae_conv *c) {
  static const ae_conv_path seam = {ae_conv_forward, ae_conv_data_gradient, ae_conv_weight_gradient};
  check_path(ctx, c, &ae_conv_tiles, "tiles");
  check_path(ctx, c, &ae_conv_direct, "direct");
  if (c->groups == c->c && c->c == c->k) check_path(ctx, c, &ae_conv_depthwise, "depthwise");
  check_path(ctx, c, &ae_conv_onednn, "oneDNN");
  check_kept(ctx, c, &ae_conv_direct, "direct, kept");
  check_kept(ctx, c, &ae_conv_onednn, "oneDNN, kept");
  check_maker(ctx, c, true);
  check_maker(ctx, c, false);
  check_path(ctx, c, &seam, "the seam");
}

/* Large enough for several threads and tiles. */
static void check_large(ae_context *ctx) {
  static const ae_conv cases[] = {
      {5, 28, 28, 16, 3, 3, 24, 28, 28, 1, 1, 1, 1, 1, 1, 1}, {1, 40, 41, 16, 3, 3, 24, 20, 21, 1, 2, 2, 1, 1, 1, 1},
      {5, 28, 28, 24, 3, 3, 3, 28, 28, 1, 1, 1, 1, 1, 1, 1},  {3, 28, 28, 80, 3, 3, 80, 28, 28, 80, 1, 1, 1, 1, 1, 1},
      {1, 2, 2, 300, 2, 2, 256, 1, 1, 1, 1, 1, 1, 1, 0, 0},   {7, 14, 14, 48, 1, 1, 40, 14, 14, 1, 1, 1, 1, 1, 0, 0},
      {2, 30, 30, 12, 5, 5, 18, 30, 30, 3, 1, 1, 2, 2, 4, 4}, {1, 3, 3, 700, 3, 3, 20, 3, 3, 1, 1, 1, 1, 1, 1, 1},
      {5, 28, 28, 40, 3, 3, 1, 28, 28, 1, 1, 1, 2, 2, 2, 2},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) check_ways(ctx, &cases[i]);
}

/* Strides that leave one place for the window, however far they reach. */
static void check_wide_strides(ae_context *ctx) {
  const int64_t far = (int64_t)1 << 30;
  const ae_conv cases[] = {
      {2, 4, 5, 3, 3, 3, 6, 1, 1, 1, far, far, 1, 1, 1, 1},
      {2, 4, 5, 6, 2, 3, 2, 1, 3, 1, far, 2, 1, 1, 0, 1},
      {2, 4, 5, 6, 2, 3, 8, 3, 1, 2, 1, 7, 1, 1, 0, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) check_ways(ctx, &cases[i]);
}

static void check_empty(ae_context *ctx) {
  const ae_conv none = {.n = 0,
                        .h = 3,
                        .w = 3,
                        .c = 2,
                        .r = 1,
                        .s = 1,
                        .k = 5,
                        .p = 3,
                        .q = 3,
                        .groups = 1,
                        .stride_h = 1,
                        .stride_w = 1,
                        .dilation_h = 1,
                        .dilation_w = 1};
  ae_conv no_inputs = none;
  no_inputs.n = 1, no_inputs.c = 0;
  real dw[10], y[45], b[5] = {1, 2, 3, 4, 5}, x = 0;
  for (int i = 0; i < 10; i++) dw[i] = 7;
  CHECK(ae_conv_weight_gradient(ctx, &none, &x, &x, dw, NULL) == AE_OK, "no pictures");
  for (int i = 0; i < 10; i++) CHECK(dw[i] == 0, "the gradient of no pictures is 0, got %g", (double)dw[i]);
  const ae_conv_finish finish = {.b = b};
  CHECK(ae_conv_forward(ctx, &no_inputs, &x, (ae_conv_weights){&x, NULL}, &finish, y, NULL) == AE_OK, "no channels");
  for (int i = 0; i < 45; i++) CHECK(y[i] == b[i % 5], "no channels give the bias, got %g", (double)y[i]);
}

/* A way that was measured to be faster than the direct one serves gradients with a maker too, which it has none of. */
static void check_measured(ae_context *ctx) {
  const ae_conv c = {5, 28, 28, 16, 3, 3, 24, 28, 28, 1, 1, 1, 1, 1, 1, 1};
  ae_conv_choices *choices = NULL;
  ae_conv_choice *choice = NULL;
  CHECK(ae_conv_fix(ctx, AE_CONV_WAYS, NULL) == AE_OK && ae_conv_choices_of(ctx, &choices, NULL) == AE_OK &&
            ae_conv_choose(ctx, &c, AE_CONV_WEIGHTS, false, &choice, NULL) == AE_OK,
        "no choice");
  const bool table_makes = choice->way == AE_CONV_DIRECT;
  CHECK(ae_conv_makes(ctx, choices, &c) == table_makes, "the table's way has a maker: %d", table_makes);
  choice->measured = true;
  choice->way = AE_CONV_TILES;
  CHECK(!ae_conv_makes(ctx, choices, &c), "a maker, where tiles were measured to be faster");
  choice->way = AE_CONV_DIRECT;
  CHECK(ae_conv_makes(ctx, choices, &c), "no maker, where the direct way was measured to be the fastest");
}

int main(void) {
  for (int threads = 1; threads <= 3; threads++) {
    ae_context *ctx = NULL;
    ae_error err;
    if (ae_context_open(&(ae_options){.threads = threads}, &ctx, &err) != AE_OK) {
      printf("%s\n", err.message);
      return 1;
    }
    for (int i = 0; i < 150; i++) {
      const ae_conv c = random_conv();
      check_ways(ctx, &c);
    }
    check_large(ctx);
    check_wide_strides(ctx);
    check_empty(ctx);
    check_measured(ctx);
    check_keys(ctx);
    check_not_kept(ctx);
    ae_context_close(ctx);
  }
  CHECK(makers > 100, "only %d gradients had a maker", makers);
  printf("%d failures\n", failures);
  return failures != 0;
}
