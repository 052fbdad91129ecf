/*
** conv_amx_images: where the taps of a convolution on tiles read, how much of the
** pictures is cut at a time, and what lies outside of them (conv_amx.h).
*/
#include "kernel/conv_amx.h"

#ifdef AELUA_AMX

#include "core/context.h"

enum {
  ROOM = 3 << 17, /* bytes of a unit: measured to be better than a quarter and four times of that */
  MOST = 1 << 22, /* more are not worth it */
  UNITS_PER_THREAD = 4,
  PLACES = 256, /* of small pictures that are taken together */
  FEW = 64      /* that are worth a unit, where several threads could share a picture */
};

/* The largest whole number that is not above x / y. */
static int64_t floor_of(int64_t x, int64_t y) {
  return x / y - (x % y < 0);
}

static int64_t ceiling_of(int64_t x, int64_t y) {
  return -floor_of(-x, y);
}

/* ---- One dimension ---- */

ae_amx_axis ae_amx_axis_of(int64_t size, int64_t step, int64_t count) {
  return (ae_amx_axis){.size = size, .step = step, .count = count, .low = INT64_MAX, .high = INT64_MIN};
}

ae_amx_tap ae_amx_axis_take(ae_amx_axis *axis, int64_t at) {
  const int64_t shift = floor_of(at, axis->step), phase = at - shift * axis->step;
  int image = 0;
  while (image < axis->images && axis->phase[image] != phase) image++;
  if (image == axis->images) axis->phase[axis->images++] = phase;
  if (shift < axis->low) axis->low = shift;
  if (shift > axis->high) axis->high = shift;
  return (ae_amx_tap){image, shift};
}

/* ---- Lines ---- */

ae_amx_line ae_amx_line_at(const ae_amx_images *x, const ae_amx_unit *u, int64_t number) {
  const int64_t line = number % u->lines, picture = number / u->lines % u->pictures;
  const int image = (int)(number / u->lines / u->pictures);
  const int v = image % x->v.images;
  const int64_t row = (u->begin + line + x->h.low) * x->h.step + x->h.phase[image / x->v.images];
  ae_amx_line out = {.step = x->v.step * x->channels,
                     .place = image * x->places + (picture * u->lines + line) * x->pitch};
  if (row < 0 || row >= x->h.size) return out;
  const int64_t begin = ceiling_of(-x->v.phase[v], x->v.step) - x->v.low;
  const int64_t end = ceiling_of(x->v.size - x->v.phase[v], x->v.step) - x->v.low;
  out.held = ae_range_within(begin > 0 ? begin : 0, end, x->pitch);
  if (out.held.begin == out.held.end) return out;
  const int64_t column = (out.held.begin + x->v.low) * x->v.step + x->v.phase[v];
  out.from = x->data + (((u->n + picture) * x->h.size + row) * x->v.size + column) * x->channels;
  return out;
}

/* ---- Units ---- */

static int64_t lines_of(const ae_amx_images *x, int64_t rows) {
  return rows + x->h.high - x->h.low;
}

bool ae_amx_lay_units(const ae_context *ctx, ae_amx_images *x, int64_t bytes) {
  const int64_t rows = x->h.count, units = (int64_t)ctx->threads * UNITS_PER_THREAD;
  if (lines_of(x, 1) > MOST / x->pitch / bytes) return false;
  int64_t windows = ROOM / (x->pitch * bytes) - lines_of(x, 0);
  if (ctx->threads > 1) {
    const int64_t share = ae_amx_ceiling(rows, ae_amx_ceiling(units, x->n)), worth = ae_amx_ceiling(FEW, x->pitch);
    windows = ae_amx_least(windows, share > worth ? share : worth);
  }
  if (windows < 1) windows = 1;
  x->windows = ae_amx_ceiling(rows, ae_amx_ceiling(rows, windows));
  x->bands = ae_amx_ceiling(rows, x->windows);
  x->pictures = 1;
  const int64_t places = lines_of(x, x->windows) * x->pitch;
  if (x->bands == 1) {
    const int64_t fit = ae_amx_least(x->n / units, ROOM / (places * bytes));
    x->pictures = ae_amx_least(ae_amx_ceiling(PLACES, places), fit > 1 ? fit : 1);
  }
  x->places = x->pictures * places + 2 * AE_AMX_DEPTH;
  return true;
}

int64_t ae_amx_units(const ae_amx_images *x) {
  return ae_amx_ceiling(x->n, x->pictures) * x->bands;
}

ae_amx_unit ae_amx_unit_at(const ae_amx_images *x, int64_t number) {
  ae_amx_unit u = {.n = number / x->bands * x->pictures, .begin = number % x->bands * x->windows};
  u.pictures = ae_amx_least(x->pictures, x->n - u.n);
  u.end = ae_amx_least(u.begin + x->windows, x->h.count);
  u.lines = lines_of(x, u.end - u.begin);
  return u;
}

#endif
