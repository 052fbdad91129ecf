/*
** fit: weights for a box of the picture, moved to where the box lies; lines
** written where they belong in the row.
*/
#include "io/fit.h"

#include <string.h>

#include "core/status.h"

/* One dimension: [from, from + in) of the picture fills [to, to + out) of the form. */
typedef struct span {
  int from, in, to, out;
} span;

/* a * b / c rounded, at least 1 and at most `most`. */
static int share(int a, int b, int c, int most) {
  int64_t value = (2 * (int64_t)a * b + c) / (2 * (int64_t)c);
  return value < 1 ? 1 : value > most ? most : (int)value;
}

static void place(const ae_form *f, int height, int width, span *rows, span *columns) {
  bool wider = (int64_t)width * f->height > (int64_t)f->width * height; /* than the form */
  *rows = (span){.in = height, .out = f->height};
  *columns = (span){.in = width, .out = f->width};
  if (f->fit == AE_FIT_CROP && wider) columns->in = share(height, f->width, f->height, width);
  if (f->fit == AE_FIT_CROP && !wider) rows->in = share(width, f->height, f->width, height);
  if (f->fit == AE_FIT_PAD && wider) rows->out = share(f->width, height, width, f->height);
  if (f->fit == AE_FIT_PAD && !wider) columns->out = share(f->height, width, height, f->width);
  rows->from = (height - rows->in) / 2;
  rows->to = (f->height - rows->out) / 2;
  columns->from = (width - columns->in) / 2;
  columns->to = (f->width - columns->out) / 2;
}

/* The weights of a span, for lines of `whole` pixels. */
static ae_status make_taps(ae_allocator *a, const span *s, int whole, ae_resampling method, ae_taps *taps,
                           ae_error *err) {
  AE_TRY(ae_taps_make(a, s->in, s->out, method, true, taps, err));
  for (int i = 0; i < s->out; i++) taps->first[i] += s->from;
  taps->in = whole;
  return AE_OK;
}

static ae_status resize(ae_allocator *a, const ae_form *f, ae_resample *r, uint8_t *to, ae_error *err) {
  void *scratch;
  const size_t bytes = (size_t)ae_resample_scratch(r) * sizeof(real);
  const int64_t over = (f->width - r->columns.out) * f->channels; /* bytes of a line of the form that are not written */
  AE_TRY(ae_allocate(a, bytes, &scratch, err));
  for (int64_t line = 0; line < r->rows.out; line++) {
    r->y = to + line * over;
    ae_resample_lines(r, line, line + 1, scratch);
  }
  ae_free(a, scratch, bytes);
  return AE_OK;
}

ae_status ae_fit_pixels(ae_allocator *a, const ae_form *form, const uint8_t *pixels, int height, int width, uint8_t *to,
                        ae_error *err) {
  span rows, columns;
  place(form, height, width, &rows, &columns);
  if (form->fit == AE_FIT_PAD) memset(to, 0, (size_t)form->height * (size_t)form->width * (size_t)form->channels);
  to += ((int64_t)rows.to * form->width + columns.to) * form->channels;
  ae_resample r = {.channels = form->channels, .type = AE_U8, .x = pixels};
  ae_status status = make_taps(a, &rows, height, form->method, &r.rows, err);
  if (status == AE_OK) status = make_taps(a, &columns, width, form->method, &r.columns, err);
  if (status == AE_OK) status = resize(a, form, &r, to, err);
  ae_taps_free(a, &r.rows);
  ae_taps_free(a, &r.columns);
  return status;
}
