/*
** conv: every way of computing a convolution and its gradients against the sum
** of the definition in double, over random sizes, strides, dilations, groups
** and paddings, on one thread and several; the seam's own choice, and what was
** measured in its place; empty sizes.
*/
#include "conv_cases.h"

static int makers;

static void check_keys(ae_context *ctx) {
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
  static const way ways[] = {{&ae_conv_direct, "direct, in turns"}, {&ae_conv_onednn, "oneDNN, in turns"}};
  check_turns(ctx, cases, sizeof cases / sizeof *cases, ways, 2);
}

/* Nothing is kept under a budget, nor beside the storage of another context. */
static void check_not_kept(ae_context *ctx) {
  const ae_conv c = {2, 7, 8, 4, 3, 3, 4, 7, 8, 1, 1, 1, 1, 1, 1, 1};
  ae_storage *storage = weights_in_storage(ctx, sizes_of(&c).w);
  ae_context *other = NULL;
  real *x = filled(sizes_of(&c).x), *y = filled(sizes_of(&c).y);
  const ae_conv_weights w = {storage->data, storage};
  CHECK_SAYS(ae_context_open(NULL, &other, NULL) == AE_OK, "no context");
  CHECK_SAYS(ae_conv_direct.forward(other, &c, x, w, NULL, y, NULL) == AE_OK && !atomic_load(&storage->kept),
             "kept for another context");
  ae_context_close(other);
  CHECK_SAYS(ae_conv_direct.forward(ctx, &c, x, w, NULL, y, NULL) == AE_OK && atomic_load(&storage->kept), "not kept");
  ae_allocator_set_budget(ctx->allocator, (size_t)1 << 30);
  CHECK_SAYS(ae_conv_direct.forward(ctx, &c, x, w, NULL, y, NULL) == AE_OK && !atomic_load(&storage->kept),
             "kept under a budget");
  ae_allocator_set_budget(ctx->allocator, 0);
  free(x), free(y);
  ae_storage_release(storage);
}

static void check_ways(ae_context *ctx, const ae_conv *c) {
  check_path(ctx, c, &ae_conv_tiles, "tiles");
  check_path(ctx, c, &ae_conv_direct, "direct");
  if (c->groups == c->c && c->c == c->k) check_path(ctx, c, &ae_conv_depthwise, "depthwise");
  check_path(ctx, c, &ae_conv_onednn, "oneDNN");
  check_kept(ctx, c, &ae_conv_direct, "direct, kept");
  check_kept(ctx, c, &ae_conv_onednn, "oneDNN, kept");
  makers += check_maker(ctx, c, true);
  makers += check_maker(ctx, c, false);
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
  CHECK_SAYS(ae_conv_weight_gradient(ctx, &none, &x, &x, dw, NULL) == AE_OK, "no pictures");
  for (int i = 0; i < 10; i++) CHECK_SAYS(dw[i] == 0, "the gradient of no pictures is 0, got %g", (double)dw[i]);
  const ae_conv_finish finish = {.b = b};
  CHECK_SAYS(ae_conv_forward(ctx, &no_inputs, &x, (ae_conv_weights){&x, NULL}, &finish, y, NULL) == AE_OK,
             "no channels");
  for (int i = 0; i < 45; i++) CHECK_SAYS(y[i] == b[i % 5], "no channels give the bias, got %g", (double)y[i]);
}

/* A way that was measured to be faster than the direct one serves gradients with a maker too, which it has none of. */
static void check_measured(ae_context *ctx) {
  const ae_conv c = {5, 28, 28, 16, 3, 3, 24, 28, 28, 1, 1, 1, 1, 1, 1, 1};
  ae_conv_choices *choices = NULL;
  ae_conv_choice *choice = NULL;
  CHECK_SAYS(ae_conv_fix(ctx, AE_CONV_WAYS, NULL) == AE_OK && ae_conv_choices_of(ctx, &choices, NULL) == AE_OK &&
                 ae_conv_choose(ctx, &c, AE_CONV_WEIGHTS, false, &choice, NULL) == AE_OK,
             "no choice");
  const bool table_makes = choice->way == AE_CONV_DIRECT || choice->way == AE_CONV_AMX;
  CHECK_SAYS(ae_conv_makes(ctx, choices, &c) == table_makes, "the table's way has a maker: %d", table_makes);
  choice->measured = true;
  choice->way = AE_CONV_TILES;
  CHECK_SAYS(!ae_conv_makes(ctx, choices, &c), "a maker, where tiles were measured to be faster");
  choice->way = AE_CONV_DIRECT;
  CHECK_SAYS(ae_conv_makes(ctx, choices, &c), "no maker, where the direct way was measured to be the fastest");
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
      const ae_conv c = random_conv(4, 12);
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
  CHECK_SAYS(makers > 100, "only %d gradients had a maker", makers);
  return check_result();
}
