/*
** conv_amx: convolutions on tiles where there is such a multiplier: all three
** directions against the definition over random shapes, small pictures of which
** several are one unit, bands of large ones, makers; what tiles can't multiply;
** how far off the result is; that nothing of it depends on what lay in memory
** before; which convolutions come here.
*/
#include <float.h>

#include "conv_cases.h"
#include "core/allocator.h"
#include "core/context.h"
#include "kernel/backend.h"

enum { NOTHING_HERE = 77 /* to ctest: skipped */ };

static void check_case(ae_context *ctx, const ae_conv *c) {
  CHECK_SAYS(check_path(ctx, c, &ae_conv_amx, "AMX") == 3, "not served");
  CHECK_SAYS(c->n < ae_context_threads(ctx) || check_maker(ctx, c, true), "no maker of x");
  CHECK_SAYS(c->n < ae_context_threads(ctx) || check_maker(ctx, c, false), "no maker of dy");
}

/* Units of several pictures, of one, of a band; steps that channels fill and do not; a kernel as large as there is. */
static void check_units(ae_context *ctx) {
  static const ae_conv cases[] = {
      {53, 4, 4, 24, 3, 3, 40, 4, 4, 1, 1, 1, 1, 1, 1, 1},    {41, 5, 3, 32, 3, 3, 32, 3, 2, 1, 2, 2, 1, 1, 1, 1},
      {9, 14, 14, 32, 3, 3, 32, 14, 14, 1, 1, 1, 1, 1, 1, 1}, {3, 14, 15, 48, 3, 3, 33, 7, 8, 1, 2, 2, 1, 1, 1, 1},
      {2, 61, 66, 16, 3, 3, 20, 61, 66, 1, 1, 1, 1, 1, 1, 1}, {1, 64, 64, 32, 3, 3, 32, 32, 32, 1, 2, 2, 1, 1, 1, 1},
      {5, 2, 2, 70, 2, 2, 64, 1, 1, 1, 1, 1, 1, 1, 0, 0},     {4, 20, 20, 5, 16, 16, 6, 5, 5, 1, 1, 1, 1, 1, 0, 0},
      {3, 9, 11, 64, 1, 1, 32, 9, 11, 1, 1, 1, 1, 1, 0, 0},   {2, 12, 12, 33, 3, 3, 31, 8, 8, 1, 1, 1, 2, 2, 0, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) check_case(ctx, &cases[i]);
}

/* ---- Infinities, nan, and what rounds to an infinity ---- */

/* As the direct way has it, bit by bit; or nearly, where no target reads the odd one. */
static bool alike(const real *got, const real *wanted, int64_t count) {
  if (memcmp(got, wanted, (size_t)count * sizeof *got) == 0) return true;
  for (int64_t i = 0; i < count; i++)
    if (!(fabs((double)got[i] - (double)wanted[i]) < 1e-4)) return false;
  return true;
}

static void check_odd(ae_context *ctx, const ae_conv *c, const ae_conv_finish *finish) {
  const real odd[] = {(real)INFINITY, -(real)INFINITY, (real)NAN, FLT_MAX};
  const sizes n = sizes_of(c);
  const int64_t counts[] = {n.x, n.w, n.y}, outs[] = {n.y, n.x, n.w};
  for (int which = 0; which < 3; which++)
    for (int where = 0; where < 3; where++)
      for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        real *in[] = {filled(n.x), filled(n.w), filled(n.y)};
        real *got = filled(outs[which]), *wanted = filled(outs[which]);
        in[where][draw(0, counts[where] - 1)] = odd[i];
        CHECK_SAYS(run(ctx, c, &ae_conv_amx, which, in[0], (ae_conv_weights){in[1], NULL}, in[2], finish, got) == AE_OK,
                   "odd numbers fail");
        CHECK_SAYS(run(ctx, c, &ae_conv_direct, which, in[0], (ae_conv_weights){in[1], NULL}, in[2], finish, wanted) ==
                       AE_OK,
                   "odd numbers fail");
        CHECK_SAYS(alike(got, wanted, outs[which]), "direction %d, %g in %d: not as direct", which, (double)odd[i],
                   where);
        for (int j = 0; j < 3; j++) free(in[j]);
        free(got), free(wanted);
      }
}

/* ---- Figures ---- */

static double apart(const real *got, const double *wanted, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; i++) sum += ((double)got[i] - wanted[i]) * ((double)got[i] - wanted[i]);
  return sqrt(sum / (double)count);
}

/* No further off than sums of floats are. */
static void check_errors(ae_context *ctx) {
  const ae_conv c = {4, 14, 14, 32, 3, 3, 32, 14, 14, 1, 1, 1, 1, 1, 1, 1};
  const sizes n = sizes_of(&c);
  const int64_t outs[] = {n.y, n.x, n.w};
  real *x = filled(n.x), *w = filled(n.w), *y = filled(n.y);
  for (int which = 0; which < 3; which++) {
    real *got = filled(outs[which]), *direct = filled(outs[which]);
    double *wanted = calloc((size_t)outs[which], sizeof *wanted);
    define(&c, which, x, w, y, wanted);
    CHECK_SAYS(run(ctx, &c, &ae_conv_amx, which, x, (ae_conv_weights){w, NULL}, y, NULL, got) == AE_OK &&
                   run(ctx, &c, &ae_conv_direct, which, x, (ae_conv_weights){w, NULL}, y, NULL, direct) == AE_OK,
               "direction %d fails", which);
    const double ours = apart(got, wanted, outs[which]), theirs = apart(direct, wanted, outs[which]);
    CHECK_SAYS(ours < theirs, "direction %d: off by %g, floats by %g", which, ours, theirs);
    free(got), free(direct), free(wanted);
  }
  free(x), free(w), free(y);
}

/* Bias, activation and what it saves, as the direct way does them. */
static void check_finish(ae_context *ctx) {
  const ae_conv c = {9, 14, 14, 32, 3, 3, 40, 7, 7, 1, 2, 2, 1, 1, 1, 1};
  static const ae_activation_kind kinds[] = {AE_LINEAR, AE_RELU, AE_GELU, AE_SIGMOID};
  const sizes n = sizes_of(&c);
  real *x = filled(n.x), *w = filled(n.w), *y = filled(n.y), *b = filled(c.k);
  for (int which = 0; which < 2; which++)
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
      const int64_t count = which == 0 ? n.y : n.x;
      real *got = filled(count), *wanted = filled(count), *saved = filled(count), *z = filled(count);
      const ae_conv_finish finish = {.f = {.kind = kinds[i]}, .b = b, .saved = saved};
      const ae_conv_finish direct = {.f = {.kind = kinds[i]}, .b = b, .saved = z};
      CHECK_SAYS(run(ctx, &c, &ae_conv_amx, which, x, (ae_conv_weights){w, NULL}, y, &finish, got) == AE_OK &&
                     run(ctx, &c, &ae_conv_direct, which, x, (ae_conv_weights){w, NULL}, y, &direct, wanted) == AE_OK,
                 "direction %d fails", which);
      double worst = 0;
      for (int64_t j = 0; j < count; j++) {
        worst = fmax(worst, fabs((double)got[j] - (double)wanted[j]));
        if (ae_activation_saves_input(kinds[i])) worst = fmax(worst, fabs((double)saved[j] - (double)z[j]));
      }
      CHECK_SAYS(worst < 1e-4, "direction %d, activation %d: %g apart", which, (int)kinds[i], worst);
      free(got), free(wanted), free(saved), free(z);
    }
  free(x), free(w), free(y), free(b);
}

/* Fills what the allocator has spare. */
static void spoil(ae_context *ctx, int byte) {
  enum { SIZES = 16 };
  void *blocks[SIZES];
  for (int i = 0; i < SIZES; i++) {
    CHECK_SAYS(ae_allocate(ctx->allocator, (size_t)1 << (8 + i), &blocks[i], NULL) == AE_OK, "no memory to spoil");
    memset(blocks[i], byte, (size_t)1 << (8 + i));
  }
  for (int i = 0; i < SIZES; i++) ae_free(ctx->allocator, blocks[i], (size_t)1 << (8 + i));
}

/* The same bits whatever was in memory before. */
static void check_again(ae_context *ctx) {
  const ae_conv c = {9, 14, 14, 32, 3, 3, 40, 14, 14, 1, 1, 1, 1, 1, 1, 1};
  const sizes n = sizes_of(&c);
  const int64_t outs[] = {n.y, n.x, n.w};
  real *x = filled(n.x), *w = filled(n.w), *y = filled(n.y);
  for (int which = 0; which < 3; which++) {
    real *first = filled(outs[which]), *second = filled(outs[which]);
    spoil(ctx, 0);
    CHECK_SAYS(run(ctx, &c, &ae_conv_amx, which, x, (ae_conv_weights){w, NULL}, y, NULL, first) == AE_OK,
               "direction %d fails", which);
    spoil(ctx, 0xff);
    CHECK_SAYS(run(ctx, &c, &ae_conv_amx, which, x, (ae_conv_weights){w, NULL}, y, NULL, second) == AE_OK,
               "direction %d fails", which);
    CHECK_SAYS(memcmp(first, second, (size_t)outs[which] * sizeof *first) == 0, "direction %d: other bits", which);
    free(first), free(second);
  }
  free(x), free(w), free(y);
}

/* The gradient of weights with a maker where what is to be made holds `before`. */
static void run_made(ae_context *ctx, const ae_conv *c, bool of_x, real before, real *dw) {
  const sizes n = sizes_of(c);
  const int64_t count = of_x ? n.x : n.y, channels = of_x ? c->c : c->k;
  seed = 1;
  real *x = filled(n.x), *y = filled(n.y), *made = filled(count);
  int *times = calloc((size_t)(count / channels), sizeof *times);
  for (int64_t i = 0; i < count; i++) made[i] = before;
  making m = {of_x ? x : y, made, channels, times};
  const ae_conv_maker maker = {make, &m, of_x};
  CHECK_SAYS(ae_amx_weight_gradient(ctx, c, of_x ? made : x, of_x ? y : made, &maker, dw, NULL) == AE_OK, "not made");
  free(x), free(y), free(made), free(times);
}

/* Nothing is read before it is made, not even to be multiplied by zeros. */
static void check_made(ae_context *ctx) {
  static const ae_conv cases[] = {
      {3, 64, 64, 32, 4, 4, 32, 32, 32, 1, 2, 2, 1, 1, 1, 1}, {3, 64, 64, 32, 3, 3, 32, 32, 32, 1, 2, 2, 1, 1, 0, 0},
      {3, 64, 64, 32, 3, 3, 32, 32, 32, 1, 2, 2, 1, 1, 1, 1}, {3, 64, 64, 32, 3, 3, 32, 64, 64, 1, 1, 1, 1, 1, 1, 1},
      {3, 66, 66, 32, 2, 4, 32, 22, 21, 1, 3, 3, 1, 1, 0, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    for (int of_x = 0; of_x < 2; of_x++) {
      const int64_t count = sizes_of(&cases[i]).w;
      real *clean = filled(count), *dirty = filled(count);
      run_made(ctx, &cases[i], of_x, 0, clean);
      run_made(ctx, &cases[i], of_x, (real)NAN, dirty);
      CHECK_SAYS(memcmp(clean, dirty, (size_t)count * sizeof *clean) == 0, "case %d: reads what is not made", (int)i);
      free(clean), free(dirty);
    }
}

static void check_keys(ae_context *ctx) {
  static const ae_conv cases[] = {
      {2, 7, 8, 32, 3, 3, 32, 7, 8, 1, 1, 1, 1, 1, 1, 1}, {2, 7, 8, 32, 3, 3, 32, 5, 6, 1, 1, 1, 1, 1, 0, 0},
      {2, 7, 8, 32, 3, 3, 32, 4, 4, 1, 2, 2, 1, 1, 1, 1}, {2, 7, 8, 32, 3, 3, 32, 4, 4, 1, 2, 2, 1, 1, 0, 1},
      {2, 7, 8, 32, 3, 3, 32, 7, 4, 1, 1, 2, 1, 1, 1, 1}, {2, 9, 8, 32, 3, 3, 32, 9, 8, 1, 1, 1, 2, 2, 2, 2},
      {2, 1, 8, 32, 3, 3, 32, 1, 8, 1, 3, 1, 1, 1, 1, 1}, {2, 7, 8, 16, 3, 3, 64, 7, 8, 1, 1, 1, 1, 1, 1, 1},
      {2, 7, 8, 64, 3, 3, 16, 7, 8, 1, 1, 1, 1, 1, 1, 1}, {2, 7, 8, 16, 3, 3, 64, 7, 4, 1, 1, 2, 1, 1, 1, 1},
      {2, 7, 8, 48, 1, 4, 48, 7, 5, 1, 1, 1, 1, 1, 0, 0}, {2, 7, 8, 96, 1, 1, 96, 7, 8, 1, 1, 1, 1, 1, 0, 0},
  };
  static const way amx = {&ae_conv_amx, "in turns"};
  check_turns(ctx, cases, sizeof cases / sizeof *cases, &amx, 1);
  for (int i = 0; i < 3; i++) check_kept(ctx, &cases[i], &ae_conv_amx, "kept");
}

/* A packed form of weights with an odd one, and of the same once they are mended. */
static void check_odd_kept(ae_context *ctx) {
  const ae_conv c = {2, 7, 8, 32, 3, 3, 32, 7, 8, 1, 1, 1, 1, 1, 1, 1};
  const sizes n = sizes_of(&c);
  ae_storage *storage = weights_in_storage(ctx, n.w);
  real *w = storage->data, *x = filled(n.x), *got = filled(n.y), *wanted = filled(n.y);
  for (int turn = 0; turn < 4; turn++) {
    w[7] = turn % 2 ? 1 : (real)INFINITY;
    ae_storage_touch(storage);
    const ae_status status = ae_conv_amx.forward(ctx, &c, x, (ae_conv_weights){w, storage}, NULL, got, NULL);
    CHECK_SAYS(status == AE_OK &&
                   run(ctx, &c, &ae_conv_direct, 0, x, (ae_conv_weights){w, NULL}, NULL, NULL, wanted) == AE_OK,
               "fails");
    CHECK_SAYS(alike(got, wanted, n.y), "turn %d: not as direct", turn);
  }
  free(x), free(got), free(wanted);
  ae_storage_release(storage);
}

/* A clear status, and nothing is lost, at any budget; with enough the result. */
static void check_budgets(ae_context *ctx) {
  const ae_conv c = {4, 32, 32, 32, 4, 4, 64, 16, 16, 1, 2, 2, 1, 1, 1, 1};
  const sizes n = sizes_of(&c);
  const int64_t outs[] = {n.y, n.x, n.w};
  real *x = filled(n.x), *w = filled(n.w), *y = filled(n.y);
  for (int which = 0; which < 3; which++) {
    real *got = filled(outs[which]), *wanted = filled(outs[which]);
    int refused = 0, served = 0;
    CHECK_SAYS(run(ctx, &c, &ae_conv_amx, which, x, (ae_conv_weights){w, NULL}, y, NULL, wanted) == AE_OK,
               "direction %d fails", which);
    for (size_t budget = (size_t)1 << 16; budget <= (size_t)1 << 24; budget *= 2) {
      ae_allocator_set_budget(ctx->allocator, budget);
      const size_t live = ae_allocator_use(ctx->allocator).live;
      const ae_status status = run(ctx, &c, &ae_conv_amx, which, x, (ae_conv_weights){w, NULL}, y, NULL, got);
      refused += status == AE_NO_MEMORY, served += status == AE_OK;
      CHECK_SAYS(status == AE_OK || status == AE_NO_MEMORY, "budget %zu: status %d", budget, (int)status);
      CHECK_SAYS(ae_allocator_use(ctx->allocator).live == live, "budget %zu: memory is lost", budget);
      if (status == AE_OK) CHECK_SAYS(memcmp(got, wanted, (size_t)outs[which] * sizeof *got) == 0, "other bits");
    }
    CHECK_SAYS(refused > 0 && served > 0, "direction %d: %d refused, %d served", which, refused, served);
    free(got), free(wanted);
  }
  ae_allocator_set_budget(ctx->allocator, 0);
  free(x), free(w), free(y);
}

/* ---- Which convolutions come here ---- */

static ae_conv_way way_of(ae_context *ctx, const ae_conv *c, ae_conv_direction direction) {
  ae_conv_choice *choice = NULL;
  CHECK_SAYS(ae_conv_choose(ctx, c, direction, false, &choice, NULL) == AE_OK, "no choice");
  return choice ? choice->way : AE_CONV_WAYS;
}

/* All that the seam does, makers included, without being told which way. */
static void check_ways_of_seam(ae_context *ctx, const ae_conv *c) {
  check_path(ctx, c, &seam, "the seam");
  CHECK_SAYS(check_maker(ctx, c, true) && check_maker(ctx, c, false), "no makers");
}

static void check_rule(int threads, bool keep_environment) {
  static const ae_conv many = {5, 14, 14, 32, 3, 3, 32, 14, 14, 1, 1, 1, 1, 1, 1, 1};
  ae_conv others[] = {many, many, many, many};
  others[0].c = 31, others[1].k = 31, others[2].n = 1, others[3].groups = 2;
  ae_context *ctx = NULL;
  ae_conv_choices *choices = NULL;
  const ae_options options = {.threads = threads, .keep_environment = keep_environment};
  CHECK_SAYS(ae_context_open(&options, &ctx, NULL) == AE_OK && ae_conv_choices_of(ctx, &choices, NULL) == AE_OK,
             "no context");
  for (int direction = 0; direction < 3; direction++) {
    CHECK_SAYS((way_of(ctx, &many, (ae_conv_direction)direction) == AE_CONV_AMX) == !keep_environment, "many channels");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
      CHECK_SAYS(way_of(ctx, &others[i], (ae_conv_direction)direction) != AE_CONV_AMX, "other %d comes here", (int)i);
  }
  if (!keep_environment) check_ways_of_seam(ctx, &many);
  CHECK_SAYS(ae_conv_fix(ctx, AE_CONV_AMX, NULL) == AE_OK, "not to be fixed");
  ae_conv_choice *choice = NULL;
  CHECK_SAYS(ae_conv_choose(ctx, &others[3], AE_CONV_WEIGHTS, true, &choice, NULL) == AE_OK &&
                 choice->way == AE_CONV_DIRECT,
             "groups come here with a maker");
  ae_context_close(ctx);
}

int main(void) {
  if (!ae_backend_amx(false)) {
    puts("no tiles here");
    return NOTHING_HERE;
  }
  for (int threads = 1; threads <= 3; threads++) {
    ae_context *ctx = NULL;
    ae_error err;
    if (ae_context_open(&(ae_options){.threads = threads}, &ctx, &err) != AE_OK) {
      printf("%s\n", err.message);
      return 1;
    }
    CHECK_SAYS(ae_conv_fix(ctx, AE_CONV_AMX, NULL) == AE_OK, "not to be fixed");
    for (int i = 0; i < 100; i++) {
      const ae_conv c = random_conv(1, i % 2 ? 12 : 70);
      check_case(ctx, &c);
    }
    check_units(ctx);
    for (int i = 0; i < 10; i++) {
      const ae_conv c = random_conv(1, 40);
      real b[40] = {1, 2, 3};
      const ae_conv_finish finish = {.f = {.kind = AE_RELU}, .b = b};
      check_odd(ctx, &c, i % 2 ? &finish : NULL);
    }
    check_errors(ctx);
    check_finish(ctx);
    check_again(ctx);
    check_made(ctx);
    check_keys(ctx);
    check_odd_kept(ctx);
    check_budgets(ctx);
    check_rule(threads, false);
    check_rule(threads, true);
    ae_context_close(ctx);
  }
  return check_result();
}
