/*
** conv_times [-t THREADS] [-w WAY] [-s SHAPE] [-m MILLISECONDS]: what each way of src/kernel/conv.h takes for the
** convolutions of the models that speed is judged by, forward (bias and relu included), gradient of the data, gradient
** of the weights. Best of repeated runs, in ms and GF/s; "seam" is the way that the seam chooses. The table in
** src/kernel/conv_choice.c is made from what this prints.
**   ninja -C build conv_times && build/conv_times
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/conv_paths.h"

typedef struct shape {
  const char *name;
  ae_conv conv;
} shape;

#define SAME(n, size, c, taps, k, stride)                                                                              \
  {                                                                                                                    \
    n, size, size, c, taps, taps, k, (size + stride - 1) / stride, (size + stride - 1) / stride, 1, stride, stride, 1, \
        1, stride == 1 ? (taps - 1) / 2 : 0, stride == 1 ? (taps - 1) / 2 : 0                                          \
  }

/* A transposed convolution's forward pass is the gradient of the data. */
static const shape shapes[] = {
    {"blog 1>16 28", SAME(128, 28, 1, 3, 16, 1)},
    {"blog 16>8 14", SAME(128, 14, 16, 3, 8, 1)},
    {"blog 8>8 7", SAME(128, 7, 8, 3, 8, 1)},
    {"blog 8>8 4", SAME(128, 4, 8, 3, 8, 1)},
    {"blog 8>8 8", SAME(128, 8, 8, 3, 8, 1)},
    {"blog 8>16 16 valid", {128, 16, 16, 8, 3, 3, 16, 14, 14, 1, 1, 1, 1, 1, 0, 0}},
    {"blog 16>1 28", SAME(128, 28, 16, 3, 1, 1)},
    {"keras 1>32 28", SAME(128, 28, 1, 3, 32, 1)},
    {"keras 32>32 14", SAME(128, 14, 32, 3, 32, 1)},
    {"keras 32>32 14/2 T", SAME(128, 14, 32, 3, 32, 2)},
    {"keras 32>32 28/2 T", SAME(128, 28, 32, 3, 32, 2)},
    {"keras 32>1 28", SAME(128, 28, 32, 3, 1, 1)},
    {"vae 3>32 64/2", SAME(64, 64, 3, 3, 32, 2)},
    {"vae 32>64 32/2", SAME(64, 32, 32, 3, 64, 2)},
    {"vae 64>128 16/2", SAME(64, 16, 64, 3, 128, 2)},
    {"vae 128>256 8/2", SAME(64, 8, 128, 3, 256, 2)},
    {"vae 32>32 64/2 T", SAME(64, 64, 32, 3, 32, 2)},
    {"vae 32>3 64", SAME(64, 64, 32, 3, 3, 1)},
    {"depthwise 64 28", {32, 28, 28, 64, 3, 3, 64, 28, 28, 64, 1, 1, 1, 1, 1, 1}},
    {"4 groups 64>64 28", {32, 28, 28, 64, 3, 3, 64, 28, 28, 4, 1, 1, 1, 1, 1, 1}},
    {"1x1 64>128 14", {64, 14, 14, 64, 1, 1, 128, 14, 14, 1, 1, 1, 1, 1, 0, 0}},
};

static const ae_conv_path seam = {ae_conv_forward, ae_conv_data_gradient, ae_conv_weight_gradient};

static const struct {
  const char *name;
  const ae_conv_path *path;
} ways[] = {
    {"seam", &seam},
    {"onednn", &ae_conv_onednn},
    {"tiles", &ae_conv_tiles},
    {"direct", &ae_conv_direct},
    {"depthwise", &ae_conv_depthwise},
    {"amx", &ae_conv_amx},
};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What is read, and what is computed: fed back, numbers would grow beyond all bounds. */
typedef struct buffers {
  real *x, *w, *y, *b;
  real *dx, *dw, *out;
} buffers;

static real *filled(int64_t count) {
  real *x = aligned_alloc(64, ((size_t)count * sizeof *x + 63) / 64 * 64);
  if (!x) exit(1);
  for (int64_t i = 0; i < count; i++) x[i] = (real)(i % 17 - 8) / 16;
  return x;
}

static bool serves(const ae_conv *c, const ae_conv_path *path) {
  return path != &ae_conv_depthwise || (c->groups == c->c && c->c == c->k);
}

/* Best seconds; negative: the way has none for it. */
static double measure(ae_context *ctx, const ae_conv *c, const ae_conv_path *path, int direction, const buffers *of,
                      double budget) {
  const ae_conv_finish finish = {.f = {.kind = AE_RELU}, .b = of->b};
  double best = 1e9, end = now() + budget;
  for (int runs = 0; runs < 3 || now() < end; runs++) {
    const double began = now();
    ae_status status =
        direction == 0   ? path->forward(ctx, c, of->x, (ae_conv_weights){of->w, NULL}, &finish, of->out, NULL)
        : direction == 1 ? path->data_gradient(ctx, c, of->y, (ae_conv_weights){of->w, NULL}, NULL, of->dx, NULL)
                         : path->weight_gradient(ctx, c, of->x, of->y, of->dw, NULL);
    if (status != AE_OK) return -1;
    const double took = now() - began;
    if (took < best) best = took;
  }
  return best;
}

static void print_shape(ae_context *ctx, const shape *s, const char *only, double budget) {
  const ae_conv *c = &s->conv;
  const double work = 2.0 * (double)(c->n * c->p * c->q * c->k) * (double)(c->r * c->s * c->c / c->groups);
  const int64_t inputs = c->n * c->h * c->w * c->c, taps = c->r * c->s * c->c / c->groups * c->k,
                outputs = c->n * c->p * c->q * c->k;
  buffers of = {filled(inputs), filled(taps), filled(outputs), filled(c->k > c->c ? c->k : c->c),
                filled(inputs), filled(taps), filled(outputs)};
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    if ((only && strcmp(only, ways[i].name) != 0) || !serves(c, ways[i].path)) continue;
    printf("%-20s %d %-10s", s->name, ae_context_threads(ctx), ways[i].name);
    for (int direction = 0; direction < 3; direction++) {
      const double took = measure(ctx, c, ways[i].path, direction, &of, budget);
      if (took < 0)
        printf("       -     -");
      else
        printf(" %7.3f %5.0f", took * 1e3, work / took * 1e-9);
    }
    printf("\n");
  }
  free(of.x), free(of.w), free(of.y), free(of.b), free(of.dx), free(of.dw), free(of.out);
}

int main(int argc, char **argv) {
  int threads = 0;
  const char *way = NULL, *name = "";
  double budget = 0.02;
  for (int i = 1; i < argc; i += 2) {
    const char *value = i + 1 < argc ? argv[i + 1] : NULL;
    if (value && strcmp(argv[i], "-t") == 0) {
      threads = atoi(value);
    } else if (value && strcmp(argv[i], "-w") == 0) {
      way = value;
    } else if (value && strcmp(argv[i], "-s") == 0) {
      name = value;
    } else if (value && strcmp(argv[i], "-m") == 0) {
      budget = atof(value) * 1e-3;
    } else {
      fprintf(stderr, "usage: %s [-t THREADS] [-w WAY] [-s SHAPE] [-m MILLISECONDS]\n", argv[0]);
      return 2;
    }
  }
  printf("%-20s %s %-10s %13s %13s %13s\n", "", "t", "way", "forward", "data", "weights");
  for (int t = threads ? threads : 1; t <= (threads ? threads : 2); t++) {
    ae_context *ctx = NULL;
    ae_error err;
    if (ae_context_open(&(ae_options){.threads = t}, &ctx, &err) != AE_OK) {
      fprintf(stderr, "%s\n", err.message);
      return 1;
    }
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
      if (strstr(shapes[i].name, name)) print_shape(ctx, &shapes[i], way, budget);
    ae_context_close(ctx);
  }
  return 0;
}
