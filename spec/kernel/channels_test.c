/*
** channels: means and variances against two passes in long double, over numbers of
** channels that fill vectors and that do not, sizes that leave a shorter row;
** means far from 0; one to three threads.
*/
#include <stdlib.h>

#include "../core/check.h"
#include "core/real.h"
#include "kernel/channels.h"

static uint64_t seed = 88172645463325252u;

static double unit(void) { /* xorshift, -1 to 1 */
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (double)(seed >> 11) * 0x1p-52 - 1;
}

static void check_moments(ae_context *ctx, int64_t rows, int64_t C) {
  const size_t count = (size_t)(rows * C);
  real *x = malloc(count * sizeof *x), *mean = malloc((size_t)C * sizeof *mean), *var = malloc((size_t)C * sizeof *var);
  for (size_t i = 0; i < count; i++) x[i] = (real)(unit() * (1 + (double)(i % (size_t)C % 7)) + 100);
  const ae_channels s = ae_channels_of(ctx, (int64_t)count, C);
  CHECK(s.full * s.width + s.rest == (int64_t)count && s.width % C == 0);
  CHECK(ae_channels_moments(ctx, &s, x, mean, var, NULL) == AE_OK);
  for (int64_t c = 0; c < C; c++) {
    long double sum = 0, squares = 0;
    for (int64_t row = 0; row < rows; row++) sum += (long double)x[row * C + c];
    sum /= (long double)rows;
    for (int64_t row = 0; row < rows; row++) {
      const long double off = (long double)x[row * C + c] - sum;
      squares += off * off;
    }
    squares /= (long double)rows;
    CHECK(fabsl((long double)mean[c] - sum) <= 16 * AE_REAL_EPSILON * sum);
    CHECK(fabsl((long double)var[c] - squares) <= 64 * AE_REAL_EPSILON * (squares + 1));
  }
  free(x);
  free(mean);
  free(var);
}

int main(void) {
  static const int64_t channels[] = {1, 2, 3, 5, 8, 16, 31, 32, 48, 64, 67, 100, 256, 300};
  static const int64_t rows[] = {1, 2, 7, 64, 65, 1000, 9001};
  ae_context *ctx;
  for (int threads = 1; threads <= 3; threads++) {
    CHECK(ae_context_open(&(ae_options){.threads = threads}, &ctx, NULL) == AE_OK);
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++)
      for (size_t j = 0; j < sizeof rows / sizeof *rows; j++) check_moments(ctx, rows[j], channels[i]);
    ae_context_close(ctx);
  }
  return check_result();
}
