/*
** npy: NumPy's array files, versions 1 to 3.
** Read: b1 u1 -> u8, i1 i2 i4 i8 -> i32, f4 f8 -> real, either byte order, C
** or Fortran order (turned into C order). Written: u1, i4, f4 or f8 as the
** build computes, version 1, C order.
** Not here: structured and object arrays, NPZ.
** Source: NumPy Enhancement Proposal 1 and numpy.lib.format.
*/
#ifndef AE_IO_NPY_H
#define AE_IO_NPY_H

#include "core/tensor.h"

ae_status ae_npy_read(ae_context *ctx, const char *who, const char *path, ae_tensor **out, ae_error *err);
ae_status ae_npy_write(ae_context *ctx, const char *who, const char *path, const ae_tensor *t, ae_error *err);

#endif
