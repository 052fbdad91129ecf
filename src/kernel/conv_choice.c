/*
** conv_choice: the measured table, as rules. On one Zen 4 core (scripts/
** conv_times.c; forward with bias and relu), 3x3, GF/s of a peak of 118, the
** direct way / oneDNN 2.6.3 / tiles of the column matrix:
**                                       forward       data          weights
**    16->8, 14x14, batch 128            74 49 43       97 117 46    86  60 50
**    32->32, 14x14                     108  99 84     106 108 84   108 113 86
**    32->32, 28x28 stride 2             92  77 74      92 100 77    92  82 74
**    1->16, 28x28                       70  32 10       -   -  -    97 100 12
**    1->32, 28x28                       79  43 20       -   -  -    93  94 27
**    16->1, 28x28                       44   6  8      70  82 11    97   7 11
**    32->1, 28x28                       47   6 10      78  94 12   104   7 12
**    32->3, 64x64, batch 64             48  18 25      90 105 29    91  18 25
**    64->128, 16x16 stride 2           109 107 101    106 118 95   101  96 100
**    128->256, 8x8 stride 2            111 116 107    110 117 71    89  85 105
** and the same order on two. So the direct way takes all but
**    data from 1 to 8 output channels to 16 and more input channels: oneDNN, which
**    is worth a primitive from some work on
**    1x1 kernels with stride 1, which are products, and weights of many channels
**    on few pixels: tiles (gemm.c chooses)
**    every channel its own group: depthwise
** On two Sapphire Rapids cores, whose vector units have a peak of 430, direct / AMX:
**    32->32, 14x14, batch 128          300 562       298 561       296 397
**    32->32, 28x28 stride 2            228 323       242 496       235 275
**    32->64, 32x32 stride 2, batch 64  262 480       287 543       251 310
**    64->128, 16x16 stride 2           279 470       296 524       278 384
**    128->256, 8x8 stride 2            243 362       255 425       225 233, tiles 381
**    16->8, 14x14, batch 128           151 101       244 145       197  58
**    32->3, 64x64, batch 64             90  54       187 169       174  49
** So there from 32 channels on both sides, and from some hundreds of pixels: a single picture is cut into units that
** tiles do not fill.
*/
#include "kernel/conv_choice.h"

#include <string.h>

#include "core/status.h"
#include "kernel/backend.h"
#include "kernel/conv_paths.h"

enum {
  ONEDNN_WORK = 1 << 22,
  FEW_PIXELS = 16,
  MANY_CHANNELS = 1 << 14,
  FIRST_CAPACITY = 32,
  MOST = 512,
  AMX_CHANNELS = 32,
  AMX_PIXELS = 384
};

const char *const ae_conv_direction_names[] = {"forward", "data", "weights"};
const char *const ae_conv_way_names[] = {"direct", "tiles", "depthwise", "onednn", "amx", NULL};

/* ---- Rules ---- */

static bool is_depthwise(const ae_conv *c) {
  return c->groups == c->c && c->c == c->k;
}

static bool onednn_is_faster(const ae_conv *c, ae_conv_direction direction, int threads) {
  if (c->groups > 1 || c->n < 2 * threads || ae_conv_work(c) < ONEDNN_WORK) return false;
  return direction == AE_CONV_DATA && c->k <= 8 && c->c >= 16;
}

bool ae_conv_way_serves(ae_conv_way way, const ae_conv *conv) {
  if (way == AE_CONV_DEPTHWISE) return is_depthwise(conv);
  if (way == AE_CONV_AMX && (conv->r > AE_CONV_AMX_SIDE || conv->s > AE_CONV_AMX_SIDE)) return false;
  return (way != AE_CONV_ONEDNN && way != AE_CONV_AMX) || conv->groups == 1;
}

/* Sums of many channels do not stay in the cache from picture to picture, where each adds few pixels to them. */
static bool tiles_are_faster(const ae_conv *c, ae_conv_direction direction) {
  return direction == AE_CONV_WEIGHTS && c->groups == 1 && c->p * c->q <= FEW_PIXELS && c->c * c->k >= MANY_CHANNELS;
}

static bool amx_is_faster(const ae_context *ctx, const ae_conv *c) {
  if (c->c < AMX_CHANNELS || c->k < AMX_CHANNELS || c->n * c->p * c->q < AMX_PIXELS) return false;
  return ae_conv_way_serves(AE_CONV_AMX, c) && ae_backend_amx(ctx->keep_environment);
}

static ae_conv_way by_rule(const ae_context *ctx, const ae_conv *c, ae_conv_direction direction) {
  const ae_kernel_state *state = ctx->kernel;
  if (state->forced && state->forced == ae_backend_onednn() && c->groups == 1) return AE_CONV_ONEDNN;
  if (is_depthwise(c) && c->c > 1) return AE_CONV_DEPTHWISE;
  if (c->r == 1 && c->s == 1 && c->stride_h == 1 && c->stride_w == 1) return AE_CONV_TILES;
  if (tiles_are_faster(c, direction)) return AE_CONV_TILES;
  if ((!state->forced || state->forced->tiles) && amx_is_faster(ctx, c)) return AE_CONV_AMX;
  return !state->forced && onednn_is_faster(c, direction, ctx->threads) ? AE_CONV_ONEDNN : AE_CONV_DIRECT;
}

/* ---- A context's ---- */

static void close_choices(void *kept) {
  ae_conv_choices *choices = kept;
  ae_free(choices->allocator, choices->list, (size_t)choices->capacity * sizeof *choices->list);
  ae_free(choices->allocator, choices, sizeof *choices);
}

ae_status ae_conv_choices_of(ae_context *ctx, ae_conv_choices **out, ae_error *err) {
  ae_kernel_state *state;
  AE_TRY(ae_kernel_state_of(ctx, &state, err));
  if (!state->conv_choices) {
    void *block;
    AE_TRY(ae_allocate(ctx->allocator, sizeof(ae_conv_choices), &block, err));
    *(ae_conv_choices *)block = (ae_conv_choices){.allocator = ctx->allocator, .fixed = AE_CONV_WAYS};
    state->conv_choices = block;
    state->conv_choices_close = close_choices;
  }
  *out = state->conv_choices;
  return AE_OK;
}

static ae_status grow(ae_conv_choices *choices, ae_error *err) {
  const int capacity = choices->capacity > 0 ? 2 * choices->capacity : FIRST_CAPACITY;
  void *block;
  AE_TRY(ae_allocate(choices->allocator, (size_t)capacity * sizeof *choices->list, &block, err));
  if (choices->n > 0) memcpy(block, choices->list, (size_t)choices->n * sizeof *choices->list);
  ae_free(choices->allocator, choices->list, (size_t)choices->capacity * sizeof *choices->list);
  choices->list = block;
  choices->capacity = capacity;
  return AE_OK;
}

/* NULL: not chosen yet. */
static ae_conv_choice *find(const ae_context *ctx, const ae_conv_choices *choices, const ae_conv *conv,
                            ae_conv_direction direction, bool making) {
  for (int i = 0; i < choices->n; i++) {
    ae_conv_choice *c = &choices->list[i];
    if (c->direction == direction && c->making == making && c->threads == ctx->threads &&
        memcmp(&c->conv, conv, sizeof *conv) == 0)
      return c;
  }
  return NULL;
}

/* Of the gradient of the weights. */
static ae_conv_way weights_way(const ae_context *ctx, const ae_conv_choices *choices, const ae_conv *conv) {
  const ae_conv_choice *apart = find(ctx, choices, conv, AE_CONV_WEIGHTS, false);
  if (choices->fixed < AE_CONV_WAYS && ae_conv_way_serves((ae_conv_way)choices->fixed, conv))
    return (ae_conv_way)choices->fixed;
  return apart && apart->measured ? apart->way : by_rule(ctx, conv, AE_CONV_WEIGHTS);
}

bool ae_conv_makes(const ae_context *ctx, const ae_conv_choices *choices, const ae_conv *conv) {
  if (choices->measuring || conv->n < ctx->threads) return false;
  const ae_conv_way way = weights_way(ctx, choices, conv);
  return way == AE_CONV_DIRECT || way == AE_CONV_AMX;
}

ae_status ae_conv_choose(ae_context *ctx, const ae_conv *conv, ae_conv_direction direction, bool making,
                         ae_conv_choice **out, ae_error *err) {
  ae_conv_choices *choices;
  AE_TRY(ae_conv_choices_of(ctx, &choices, err));
  *out = find(ctx, choices, conv, direction, making);
  if (*out) return AE_OK;
  if (choices->n == choices->capacity && choices->capacity < MOST) AE_TRY(grow(choices, err));
  if (choices->n == choices->capacity) choices->n--; /* the last place is what passes by */
  ae_conv_choice *c = &choices->list[choices->n++];
  const bool fixed = choices->fixed < AE_CONV_WAYS && ae_conv_way_serves((ae_conv_way)choices->fixed, conv);
  *c = (ae_conv_choice){.conv = *conv, .direction = direction, .making = making, .threads = ctx->threads};
  if (making)
    c->way = weights_way(ctx, choices, conv);
  else
    c->way = fixed ? (ae_conv_way)choices->fixed : by_rule(ctx, conv, direction);
  *out = c;
  return AE_OK;
}

ae_status ae_conv_fix(ae_context *ctx, int way, ae_error *err) {
  ae_conv_choices *choices;
  AE_TRY(ae_conv_choices_of(ctx, &choices, err));
  choices->fixed = way;
  choices->n = 0;
  return AE_OK;
}

ae_status ae_conv_measure(ae_context *ctx, bool measuring, ae_error *err) {
  ae_conv_choices *choices;
  AE_TRY(ae_conv_choices_of(ctx, &choices, err));
  choices->measuring = measuring;
  return AE_OK;
}
