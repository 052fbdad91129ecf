/*
** index: what t[key] may say, parsed once for reading and for assignment.
**   t[i]                    one of the first dimension, which goes
**   t[{i, {a, b}, {}}]      per dimension an index, a range (both ends in) or all
**   t[rows]                 i32: those of the first dimension, in that order (1-D
**                           where it is assigned to)
**   t[mask]                 u8: those of the first dimension (1-D), or elements
**                           (t's own shape), where it is not 0
** Counting is from 1; negative counts from the end; past the end raises.
*/
#ifndef AE_BIND_INDEX_H
#define AE_BIND_INDEX_H

#include "bind/tensor.h"

/* A box of t: from start (from 0), length long; `dropped` dimensions are
** indices, and not in the result. */
typedef struct ae_region {
  int64_t start[AE_MAX_DIMS], length[AE_MAX_DIMS];
  ae_dimset dropped;
} ae_region;

/* Reads the number or table at index. */
void ae_region_read(lua_State *L, const char *who, const ae_tensor *t, int index, ae_region *out);
/* The shape of a region, without the dropped dimensions. */
ae_shape ae_region_shape(const ae_tensor *t, const ae_region *region);

/* Which rows the tensor `key` names: a new i32 tensor of numbers from 1 into
** *rows, and whether they count elements of t laid flat (*flat). */
ae_status ae_rows_read(ae_context *ctx, const char *who, const ae_tensor *t, ae_tensor *key, ae_tensor **rows,
                       bool *flat, ae_error *err);

#endif
