/*
** resample: pictures in another size, one dimension after the other. Along one,
**   y[i] = sum over k < count[i] of weights[i * most + k] * x[first[i] + k]
**   weights(j) = f((j + 1/2 - (i + 1/2) s) / w), normalised over the j inside;
**   s = in / out; w = max(s, 1) where the filter is widened for shrinking
**   (antialias), else 1
** so pixels are areas (half-pixel centres; align_corners = False) and what would
** lie past the border has no weight. f by method:
**   AE_NEAREST   no filter: j = floor((i + 1/2) s), never widened
**   AE_BILINEAR  triangle, 1 - |t|
**   AE_BICUBIC   Keys' cubic with a = -1/2 (R. Keys, Cubic convolution
**                interpolation for digital image processing, 1981)
**   AE_AREA      the share of output pixel i, [i s, (i+1) s), that lies in j
** Widened bilinear and bicubic are those of Pillow, JAX and PyTorch's antialias;
** not widened, those of TensorFlow 2. Nearest is Pillow's, TensorFlow 2's and
** PyTorch's "nearest-exact".
** Here, below kernel/ and op/, as decoding in a thread of its own needs it too: no
** context, no threads.
** Not here: PyTorch's bicubic without antialias and OpenCV's (a = -3/4, the border
** repeated), align_corners (op/upsample.c has it for bilinear).
*/
#ifndef AE_CORE_RESAMPLE_H
#define AE_CORE_RESAMPLE_H

#include "core/allocator.h"
#include "core/real.h"

typedef enum ae_resampling { AE_NEAREST, AE_BILINEAR, AE_BICUBIC, AE_AREA } ae_resampling;

/* One dimension. */
typedef struct ae_taps {
  int64_t in, out, most; /* most: weights of one output */
  int64_t *first, *count;
  real *weights;
  void *block; /* all of the above */
  size_t bytes;
} ae_taps;

/* in and out are at least 1. Errors: AE_NO_MEMORY. */
ae_status ae_taps_make(ae_allocator *a, int64_t in, int64_t out, ae_resampling method, bool antialias, ae_taps *taps,
                       ae_error *err);
/* What takes gradients from the output's size back to the input's. Errors: AE_NO_MEMORY. */
ae_status ae_taps_transpose(ae_allocator *a, const ae_taps *taps, ae_taps *back, ae_error *err);
void ae_taps_free(ae_allocator *a, ae_taps *taps); /* zeroed ones are fine */

/* Pictures x [n, rows.in, columns.in, channels] to y [n, rows.out, columns.out, channels],
** both AE_REAL, or both AE_U8: bytes are rounded once, and cut off at 0 and 255. */
typedef struct ae_resample {
  ae_taps rows, columns;
  int64_t channels;
  ae_type type;
  const void *x;
  void *y;
} ae_resample;

/* Numbers of scratch that ae_resample_lines wants. */
int64_t ae_resample_scratch(const ae_resample *r);
/* Lines [begin, end) of y's n * rows.out. */
void ae_resample_lines(const ae_resample *r, int64_t begin, int64_t end, real *scratch);

#endif
