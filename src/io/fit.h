/*
** fit: u8 pixels [h, w, c] in the height and width of a form:
**   AE_FIT_SAME     they have it already
**   AE_FIT_STRETCH  resized, whatever becomes of the proportions
**   AE_FIT_CROP     the largest box of the form's proportions, from the middle, resized
**   AE_FIT_PAD      resized to lie within the form, in the middle; around it black
** A box that has an odd pixel too many at its sides has it below and on the right.
** Resizing: core/resample.h, with filters widened for shrinking.
*/
#ifndef AE_IO_FIT_H
#define AE_IO_FIT_H

#include "core/resample.h"

typedef enum ae_fit { AE_FIT_SAME, AE_FIT_STRETCH, AE_FIT_CROP, AE_FIT_PAD } ae_fit;

typedef struct ae_form {
  int height, width, channels;
  ae_fit fit;
  ae_resampling method;
} ae_form;

/* `pixels` [height, width, form.channels] into `to` [form.height, form.width, form.channels]. Errors: AE_NO_MEMORY. */
ae_status ae_fit_pixels(ae_allocator *a, const ae_form *form, const uint8_t *pixels, int height, int width, uint8_t *to,
                        ae_error *err);

#endif
