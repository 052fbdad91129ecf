/*
** peak: what the machine's multiply-add units give, measured: what a product's
** speed is a share of.
*/
#ifndef AE_KERNEL_PEAK_H
#define AE_KERNEL_PEAK_H

#include "core/context.h"

/* Operations a second (a multiply-add is two) in the type that tensors compute
** in, with the context's threads: the best of several bursts of milliseconds. */
double ae_kernel_peak(ae_context *ctx);

#endif
