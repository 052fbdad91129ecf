/*
** rand, randn, bernoulli, randint, permutation: tensors of random numbers from
** the context's stream (ae.seed). Element i depends on the seed, on what was
** drawn before, and on i.
*/
#include <inttypes.h>
#include <math.h>

#include "core/parallel.h"
#include "op/create.h"

static const char no_inputs[] = "it has no inputs";

enum { GRAIN = AE_GRAIN_COSTLY, BLOCKS = 64 };

/* ---- rand, randn ---- */

typedef struct real_attrs {
  ae_dims shape;
  double a, b; /* low and high, or mean and std */
} real_attrs;

static ae_status real_shape(ae_call *call, ae_spec *out) {
  const real_attrs *attrs = call->attrs;
  return ae_create_shape(call, &attrs->shape, AE_REAL, out);
}

static ae_status rand_shape(ae_call *call, ae_spec *out) {
  const real_attrs *attrs = call->attrs;
  if (!isfinite(attrs->a) || !isfinite(attrs->b) || attrs->a > attrs->b) {
    return ae_fail(call->err, AE_INVALID, "rand: wants finite numbers with low <= high, got %g and %g", attrs->a,
                   attrs->b);
  }
  return real_shape(call, out);
}

static ae_status randn_shape(ae_call *call, ae_spec *out) {
  const real_attrs *attrs = call->attrs;
  if (!isfinite(attrs->a) || !isfinite(attrs->b) || attrs->b < 0) {
    return ae_fail(call->err, AE_INVALID, "randn: wants a finite mean and a finite std of at least 0, got %g and %g",
                   attrs->a, attrs->b);
  }
  return real_shape(call, out);
}

static ae_status rand_forward(ae_call *call) {
  const real_attrs *attrs = call->attrs;
  ae_tensor *y = call->out[0];
  const ae_random r = ae_random_take(&call->ctx->random, ae_random_blocks(y->count));
  ae_random_uniform(call->ctx, &r, ae_reals(y), y->count, attrs->a, attrs->b);
  return AE_OK;
}

static ae_status randn_forward(ae_call *call) {
  const real_attrs *attrs = call->attrs;
  ae_tensor *y = call->out[0];
  const ae_random r = ae_random_take(&call->ctx->random, ae_random_blocks(y->count));
  ae_random_normal(call->ctx, &r, ae_reals(y), y->count, attrs->a, attrs->b);
  return AE_OK;
}

const ae_op ae_op_rand = {
    .name = "rand",
    .doc = "Random numbers, uniform in [low, high).",
    .result = "[shape]",
    .attrs = {AE_ATTR_REQUIRED(real_attrs, shape, AE_ATTR_SHAPE, "the sizes"),
              {"low", AE_ATTR_REAL, offsetof(real_attrs, a), false, 0, NULL, "from here on; default 0"},
              {"high", AE_ATTR_REAL, offsetof(real_attrs, b), false, 1, NULL, "below this; default 1"}},
    .attrs_size = sizeof(real_attrs),
    .no_method = true,
    .no_gradient = no_inputs,
    .shape = rand_shape,
    .forward = rand_forward,
};

const ae_op ae_op_randn = {
    .name = "randn",
    .doc = "Random numbers from a normal distribution.",
    .result = "[shape]",
    .attrs = {AE_ATTR_REQUIRED(real_attrs, shape, AE_ATTR_SHAPE, "the sizes"),
              {"mean", AE_ATTR_REAL, offsetof(real_attrs, a), false, 0, NULL, "their mean; default 0"},
              {"std", AE_ATTR_REAL, offsetof(real_attrs, b), false, 1, NULL, "their standard deviation; default 1"}},
    .attrs_size = sizeof(real_attrs),
    .no_method = true,
    .no_gradient = no_inputs,
    .shape = randn_shape,
    .forward = randn_forward,
};

/* ---- bernoulli ---- */

typedef struct bernoulli_attrs {
  ae_dims shape;
  double probability;
  int dtype;
} bernoulli_attrs;

static ae_status bernoulli_shape(ae_call *call, ae_spec *out) {
  const bernoulli_attrs *attrs = call->attrs;
  if (!(attrs->probability >= 0 && attrs->probability <= 1)) {
    return ae_fail(call->err, AE_INVALID, "bernoulli: probability wants 0 to 1, got %g", attrs->probability);
  }
  return ae_create_shape(call, &attrs->shape, ae_dtype_of(attrs->dtype), out);
}

typedef struct draw {
  ae_random random;
  ae_tensor *y;
  uint64_t threshold; /* of 2^32 */
  uint64_t values;    /* randint: how many there are */
  int64_t low;
} draw;

AE_SIMD static void compare(ae_tensor *y, int64_t first, int64_t n, const uint32_t *words, uint64_t threshold) {
  if (y->type == AE_U8) {
    for (int64_t k = 0; k < n; k++) ae_u8s(y)[first + k] = words[k] < threshold;
  } else if (y->type == AE_I32) {
    for (int64_t k = 0; k < n; k++) ae_i32s(y)[first + k] = words[k] < threshold;
  } else {
    for (int64_t k = 0; k < n; k++) ae_reals(y)[first + k] = words[k] < threshold ? 1 : 0;
  }
}

/* Element i is 1 where word i % 4 of block i / 4 is below the threshold. */
static void bernoulli_range(void *arg, int64_t begin, int64_t end) {
  const draw *d = arg;
  uint32_t words[4 * BLOCKS];
  for (int64_t block = begin; block < end; block += BLOCKS) {
    const int64_t blocks = end - block < BLOCKS ? end - block : BLOCKS, left = d->y->count - 4 * block;
    ae_random_words(&d->random, (uint64_t)block, blocks, words);
    compare(d->y, 4 * block, left < 4 * blocks ? left : 4 * blocks, words, d->threshold);
  }
}

static ae_status bernoulli_forward(ae_call *call) {
  const bernoulli_attrs *attrs = call->attrs;
  ae_tensor *y = call->out[0];
  const uint64_t blocks = ae_random_blocks(y->count);
  draw d = {.y = y, .threshold = (uint64_t)llrint(attrs->probability * 0x1p32)};
  d.random = ae_random_take(&call->ctx->random, blocks);
  ae_parallel(call->ctx, (int64_t)blocks, GRAIN / 4, bernoulli_range, &d);
  return AE_OK;
}

const ae_op ae_op_bernoulli = {
    .name = "bernoulli",
    .doc = "Random zeros and ones.",
    .result = "[shape] of the type asked for; each 1 with the probability given, else 0",
    .attrs = {AE_ATTR_REQUIRED(bernoulli_attrs, shape, AE_ATTR_SHAPE, "the sizes"),
              AE_ATTR(bernoulli_attrs, probability, AE_ATTR_REAL, 0.5, "of a 1; default 0.5"),
              AE_DTYPE_ATTR(bernoulli_attrs, 0)},
    .attrs_size = sizeof(bernoulli_attrs),
    .no_method = true,
    .no_gradient = no_inputs,
    .shape = bernoulli_shape,
    .forward = bernoulli_forward,
};

/* ---- randint ---- */

typedef struct randint_attrs {
  ae_dims shape;
  int64_t low, high;
} randint_attrs;

static ae_status randint_shape(ae_call *call, ae_spec *out) {
  const randint_attrs *attrs = call->attrs;
  if (attrs->low < INT32_MIN || attrs->high > INT32_MAX || attrs->low > attrs->high) {
    return ae_fail(call->err, AE_INVALID, "randint: wants low <= high within i32, got %" PRId64 " and %" PRId64,
                   attrs->low, attrs->high);
  }
  return ae_create_shape(call, &attrs->shape, AE_I32, out);
}

AE_SIMD static void scale(int32_t *y, int64_t n, const uint32_t *words, const draw *d) {
  for (int64_t i = 0; i < n; i++) {
    const uint64_t scaled = words[2 * i] * d->values + (words[2 * i + 1] * d->values >> 32);
    y[i] = (int32_t)(d->low + (int64_t)(scaled >> 32));
  }
}

/* Element i is the high part of values * (64 random bits): words 2 (i % 2) and
** the next of block i / 2. No value is more than 2^-32 likelier than another. */
static void randint_range(void *arg, int64_t begin, int64_t end) {
  const draw *d = arg;
  uint32_t words[4 * BLOCKS];
  for (int64_t block = begin; block < end; block += BLOCKS) {
    const int64_t blocks = end - block < BLOCKS ? end - block : BLOCKS, left = d->y->count - 2 * block;
    ae_random_words(&d->random, (uint64_t)block, blocks, words);
    scale(ae_i32s(d->y) + 2 * block, left < 2 * blocks ? left : 2 * blocks, words, d);
  }
}

static ae_status randint_forward(ae_call *call) {
  const randint_attrs *attrs = call->attrs;
  ae_tensor *y = call->out[0];
  const uint64_t blocks = ((uint64_t)y->count + 1) / 2;
  draw d = {.y = y, .low = attrs->low, .values = (uint64_t)(attrs->high - attrs->low) + 1};
  d.random = ae_random_take(&call->ctx->random, blocks);
  ae_parallel(call->ctx, (int64_t)blocks, GRAIN / 4, randint_range, &d);
  return AE_OK;
}

const ae_op ae_op_randint = {
    .name = "randint",
    .doc = "Random whole numbers, each of low to high (both included, as math.random has it) as likely as any other.",
    .result = "[shape] i32",
    .attrs = {AE_ATTR_REQUIRED(randint_attrs, shape, AE_ATTR_SHAPE, "the sizes"),
              AE_ATTR_REQUIRED(randint_attrs, low, AE_ATTR_INT, "the smallest"),
              AE_ATTR_REQUIRED(randint_attrs, high, AE_ATTR_INT, "the largest")},
    .attrs_size = sizeof(randint_attrs),
    .no_method = true,
    .no_gradient = no_inputs,
    .shape = randint_shape,
    .forward = randint_forward,
};

/* ---- permutation ---- */

typedef struct permutation_attrs {
  int64_t n;
} permutation_attrs;

static ae_status permutation_shape(ae_call *call, ae_spec *out) {
  const permutation_attrs *attrs = call->attrs;
  if (attrs->n < 0 || attrs->n > INT32_MAX) {
    return ae_fail(call->err, AE_INVALID, "permutation: n wants 0 to %d, got %" PRId64, INT32_MAX, attrs->n);
  }
  return ae_create_shape(call, &(ae_dims){1, {attrs->n}}, AE_I32, out);
}

static ae_status permutation_forward(ae_call *call) {
  const permutation_attrs *attrs = call->attrs;
  int32_t *y = ae_i32s(call->out[0]);
  const ae_random r = ae_random_take(&call->ctx->random, (uint64_t)attrs->n / 2 + 1);
  ae_random_permutation(&r, y, attrs->n);
  for (int64_t i = 0; i < attrs->n; i++) y[i]++;
  return AE_OK;
}

const ae_op ae_op_permutation = {
    .name = "permutation",
    .doc = "The numbers 1 to n in random order, every order as likely as any other.",
    .result = "[n] i32",
    .attrs = {AE_ATTR_REQUIRED(permutation_attrs, n, AE_ATTR_INT, "how many")},
    .attrs_size = sizeof(permutation_attrs),
    .no_method = true,
    .no_gradient = no_inputs,
    .shape = permutation_shape,
    .forward = permutation_forward,
};
