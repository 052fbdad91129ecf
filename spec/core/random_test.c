#include "core/random.h"

#include <stdlib.h>

#include "check.h"
#include "core/context.h"

static ae_error err;

static ae_context *open_with(int threads) {
  ae_context *ctx = NULL;
  CHECK_OK(ae_context_open(&(ae_options){.threads = threads}, &ctx, &err), err);
  return ctx;
}

/* The known answers published with Random123 (kat_vectors, philox4x32 10). */
static void known_answers(void) {
  static const struct {
    ae_random r;
    uint64_t block;
    uint32_t answer[4];
  } known[] = {
      {{0, 0, 0}, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{UINT64_MAX, UINT64_MAX, 0}, UINT64_MAX, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x299f31d0a4093822, 0x0370734413198a2e, 0},
       0x85a308d3243f6a88,
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
      {{0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d300000000},
       0x243f6a88,
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    uint32_t w[4];
    ae_random_block(&known[i].r, known[i].block, w);
    CHECK(memcmp(w, known[i].answer, sizeof w) == 0);
  }
}

enum { COUNT = 100003 };

/* The same numbers whatever the threads, and whatever part of the stream is asked for. */
static void split_independence(void) {
  ae_context *one = open_with(1), *four = open_with(4);
  real *a = malloc(COUNT * sizeof *a), *b = malloc(COUNT * sizeof *b);
  ae_random r = {.seed = 7, .stream = 3, .offset = 11};
  ae_random_uniform(one, &r, a, COUNT, 0, 1);
  ae_random_uniform(four, &r, b, COUNT, 0, 1);
  CHECK(memcmp(a, b, COUNT * sizeof *a) == 0);
  for (int64_t count = 0; count < 600; count += 7) {
    ae_random_uniform(one, &r, b, count, 0, 1);
    CHECK(memcmp(a, b, (size_t)count * sizeof *a) == 0);
  }
  ae_random later = r;
  ae_random first = ae_random_take(&later, ae_random_blocks(1000));
  CHECK(first.offset == 11 && later.offset == 11 + 250);
  ae_random_uniform(one, &later, b, 500, 0, 1);
  CHECK(memcmp(a + 1000, b, 500 * sizeof *a) == 0);
  uint32_t w[4];
  ae_random_block(&r, 5, w);
  for (int k = 0; k < 4; k++) CHECK(a[20 + k] == (real)(w[k] >> 8) * (real)0x1p-24);

  ae_random_normal(one, &r, a, COUNT, 0, 1);
  ae_random_normal(four, &r, b, COUNT, 0, 1);
  CHECK(memcmp(a, b, COUNT * sizeof *a) == 0);
  ae_random_normal(one, &r, b, 333, 0, 1);
  CHECK(memcmp(a, b, 333 * sizeof *a) == 0);
  free(a);
  free(b);
  ae_context_close(one);
  ae_context_close(four);
}

/* Box-Muller against libm in double, element by element. */
static void normals_are_box_muller(void) {
  ae_context *ctx = open_with(2);
  real *a = malloc(COUNT * sizeof *a);
  ae_random r = {.seed = 1};
  ae_random_normal(ctx, &r, a, COUNT, 0, 1);
  double worst = 0, sum = 0, squares = 0;
  for (int i = 0; i < COUNT; i++) {
    uint32_t w[4];
    ae_random_block(&r, (uint64_t)i / 4, w);
    const uint32_t *pair = w + i % 4 / 2 * 2;
    double radius = sqrt(-2 * log(((double)pair[0] + 1) * 0x1p-32)),
           angle = (double)pair[1] * 0x1p-31 * 3.14159265358979323846;
    double want = radius * (i % 2 ? sin(angle) : cos(angle));
    worst = fmax(worst, fabs(want - (double)a[i]));
    sum += (double)a[i];
    squares += (double)a[i] * (double)a[i];
  }
  CHECK(worst < 2e-6 || (printf("  worst: %g\n", worst), false));
  CHECK(fabs(sum / COUNT) < 4 / sqrt(COUNT));
  CHECK(fabs(squares / COUNT - 1) < 4 * sqrt(2.0 / COUNT));
  free(a);
  ae_context_close(ctx);
}

static void uniforms_stay_within(void) {
  ae_context *ctx = open_with(2);
  real *a = malloc(COUNT * sizeof *a);
  ae_random r = {.seed = 5};
  ae_random_uniform(ctx, &r, a, COUNT, -2, 3);
  double sum = 0;
  for (int i = 0; i < COUNT; i++) {
    CHECK(a[i] >= -2 && a[i] < 3);
    sum += (double)a[i];
  }
  CHECK(fabs(sum / COUNT - 0.5) < 4 * 5 / sqrt(12.0 * COUNT));
  /* An interval of one rounding step: the open end is still never reached. */
  ae_random_uniform(ctx, &r, a, COUNT, 16777216, 16777218);
  for (int i = 0; i < COUNT; i++) CHECK(a[i] >= 16777216 && a[i] < 16777218);
  free(a);
  ae_context_close(ctx);
}

static void permutations(void) {
  enum { N = 1000 };
  int32_t p[N], q[N];
  bool seen[N] = {false};
  ae_random r = {.seed = 9};
  ae_random_permutation(&r, p, N);
  ae_random_permutation(&r, q, N);
  CHECK(memcmp(p, q, sizeof p) == 0);
  int fixed = 0;
  for (int i = 0; i < N; i++) {
    CHECK(p[i] >= 0 && p[i] < N && !seen[p[i]]);
    seen[p[i]] = true;
    fixed += p[i] == i;
  }
  CHECK(fixed < 10);
  /* Of three elements each order comes as often as the others. */
  int counts[6] = {0};
  for (uint64_t seed = 0; seed < 6000; seed++) {
    ae_random_permutation(&(ae_random){.seed = seed}, p, 3);
    counts[p[0] * 2 + (p[1] > p[2])]++;
  }
  for (int i = 0; i < 6; i++) CHECK(counts[i] > 880 && counts[i] < 1120);
  ae_random_permutation(&r, p, 0);
  ae_random_permutation(&r, p, 1);
  CHECK(p[0] == 0);
}

int main(void) {
  known_answers();
  split_independence();
  normals_are_box_muller();
  uniforms_stay_within();
  permutations();
  return check_result();
}
