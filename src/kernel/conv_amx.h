/*
** conv_amx: what the passes of convolutions on tiles (amx.h) share. A pass reads
** pictures through images: along one dimension, target i reads at a tap
**   source i*step + at,   at = step*shift + phase,   0 <= phase < step
** which is place i + shift of the image that holds every step'th pixel from
** `phase` on. So at every tap neighbouring targets read neighbouring places,
** whatever the stride.
**
** Lines of an image follow each other `pitch` places apart, with zeros where
** pictures have no pixels, and targets are numbered alike: target (i, j) is place
** i*pitch + j, and reads place i*pitch + j + offset at a tap, with one offset for
** all. Places that are no targets are computed and dropped.
**
** Work is cut into units: a band of rows of one picture, or some small pictures
** whole, as much as stays in the second-level cache.
**
** Not here: what the parts of elements are (amx_cut.h).
*/
#ifndef AE_KERNEL_CONV_AMX_H
#define AE_KERNEL_CONV_AMX_H

#include "kernel/amx.h"
#include "kernel/conv_ahead.h"
#include "kernel/conv_paths.h"

#ifdef AELUA_AMX

/* One dimension of the images. */
typedef struct ae_amx_axis {
  int64_t size;      /* of the source */
  int64_t step;      /* from pixel to pixel of an image */
  int64_t count;     /* of targets */
  int64_t low, high; /* the least and the greatest shift */
  int images;
  int64_t phase[AE_CONV_AMX_SIDE]; /* of each image */
} ae_amx_axis;

/* Where a tap reads. */
typedef struct ae_amx_tap {
  int image;
  int64_t shift;
} ae_amx_tap;

ae_amx_axis ae_amx_axis_of(int64_t size, int64_t step, int64_t count);
/* The tap that reads source i*step + at; makes it part of the axis. */
ae_amx_tap ae_amx_axis_take(ae_amx_axis *axis, int64_t at);

/* The images of a unit: [images of h, images of v, pictures, lines, pitch] places, and after each image as many as
** tiles may read past its end. */
typedef struct ae_amx_images {
  const float *data; /* [n, rows, columns, channels] */
  int64_t n, channels;
  ae_amx_axis h, v;
  int64_t pitch;
  int64_t windows, bands; /* rows of targets in a band; bands of a picture */
  int64_t pictures;       /* of a unit */
  int64_t places;         /* of one image */
} ae_amx_images;

typedef struct ae_amx_unit {
  int64_t n, pictures;
  int64_t begin, end; /* rows of targets */
  int64_t lines;      /* of a picture, that they read */
} ae_amx_unit;

/* Lays units where all but windows, bands, pictures and places is set; `bytes`: of a place in all images. False: a
** unit would want more room than that is worth. */
bool ae_amx_lay_units(const ae_context *ctx, ae_amx_images *x, int64_t bytes);
int64_t ae_amx_units(const ae_amx_images *x);
ae_amx_unit ae_amx_unit_at(const ae_amx_images *x, int64_t number);

static inline int ae_amx_count(const ae_amx_images *x) {
  return x->h.images * x->v.images;
}

/* Of a tap, in places from a target's own. */
static inline int64_t ae_amx_offset(const ae_amx_images *x, ae_amx_tap h, ae_amx_tap v) {
  return (h.image * x->v.images + v.image) * x->places + (h.shift - x->h.low) * x->pitch + v.shift - x->v.low;
}

/* One line of a unit's images. */
typedef struct ae_amx_line {
  ae_range held;     /* its places that hold pixels */
  const float *from; /* the first of them; what follows is `step` elements further */
  int64_t step;
  int64_t place; /* its first, of all images' */
} ae_amx_line;

static inline int64_t ae_amx_line_count(const ae_amx_images *x, const ae_amx_unit *u) {
  return ae_amx_count(x) * u->pictures * u->lines;
}
ae_amx_line ae_amx_line_at(const ae_amx_images *x, const ae_amx_unit *u, int64_t number);

/* Rows [begin, end) of each of a unit's pictures, which have `rows` of `row` elements. */
static inline ae_conv_ahead ae_amx_ahead_of(const float *data, int64_t rows, int64_t row, const ae_amx_unit *u,
                                            int64_t begin, int64_t end, int64_t calls) {
  return ae_conv_ahead_of(data + u->n * rows * row, u->pictures * rows, row, 0, begin, (u->pictures - 1) * rows + end,
                          calls);
}

#endif
#endif
