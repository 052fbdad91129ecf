/*
** conv_direct_axis: one dimension of a pass of conv_direct.c, and of conv_amx.c:
** which source each target reads. Forward there is one phase; backwards, in the
** gradient of the data, targets whose places leave the same rest by the stride
** read alike, and are one each.
*/
#ifndef AE_KERNEL_CONV_DIRECT_AXIS_H
#define AE_KERNEL_CONV_DIRECT_AXIS_H

#include "kernel/conv.h"

/* One dimension of a phase: targets first + i*out_step for i in [0, count), tap + j*tap_step reads source
** i*in_step + offset + j*offset_step for j in [0, taps). */
typedef struct ae_direct_axis {
  int64_t first, out_step, count, in_step;
  int64_t taps, tap, tap_step, offset, offset_step;
} ae_direct_axis;

static inline ae_direct_axis ae_direct_forward_axis(int64_t out, int64_t taps, int64_t stride, int64_t dilation,
                                                    int64_t before) {
  return (ae_direct_axis){0, 1, out, stride, taps, 0, 1, -before, dilation};
}

static inline ae_direct_axis ae_direct_back_axis(int64_t phase, int64_t out, int64_t taps, int64_t stride,
                                                 int64_t dilation, int64_t before) {
  ae_direct_axis a = {.first = phase, .out_step = stride, .count = (out - phase + stride - 1) / stride, .in_step = 1};
  for (int64_t tap = taps - 1; tap >= 0; tap--) {
    const int64_t at = phase + before - tap * dilation;
    if (at % stride != 0) continue;
    if (a.taps == 0) a.tap = tap, a.offset = at / stride;
    if (a.taps == 1) a.tap_step = tap - a.tap, a.offset_step = at / stride - a.offset;
    a.taps++;
  }
  return a;
}

/* Phases that have a target. */
static inline int64_t ae_direct_phase_count(int64_t stride, int64_t out) {
  return stride < out ? stride : out;
}

/* Of rows and of columns. */
static inline ae_direct_axis ae_direct_axis_h(const ae_conv *c, bool back, int64_t phase) {
  return back ? ae_direct_back_axis(phase, c->h, c->r, c->stride_h, c->dilation_h, c->top)
              : ae_direct_forward_axis(c->p, c->r, c->stride_h, c->dilation_h, c->top);
}

static inline ae_direct_axis ae_direct_axis_w(const ae_conv *c, bool back, int64_t phase) {
  return back ? ae_direct_back_axis(phase, c->w, c->s, c->stride_w, c->dilation_w, c->left)
              : ae_direct_forward_axis(c->q, c->s, c->stride_w, c->dilation_w, c->left);
}

typedef ae_direct_axis (*ae_direct_axis_fn)(const ae_conv *c, bool back, int64_t phase);

#endif
