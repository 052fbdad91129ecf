/*
** activation: y = f(z + b) over rows of channels, and back, for operations that
** do it to rows of a product while they are in the cache.
**   z, y [rows, n]   b [n]
** Back: dz = dy f'(z), from y where that can be, and the sums of dz over rows.
**
** Not here: the operations of the same names (op/relu.c, ...).
*/
#ifndef AE_KERNEL_ACTIVATION_H
#define AE_KERNEL_ACTIVATION_H

#include "core/real.h"

typedef enum ae_activation_kind {
  AE_LINEAR,
  AE_RELU,
  AE_LEAKY_RELU,
  AE_ELU,
  AE_SELU,
  AE_GELU,
  AE_SILU,
  AE_SOFTPLUS,
  AE_TANH,
  AE_SIGMOID,
  AE_SOFTMAX
} ae_activation_kind;

/* In the order of the kinds, then NULL: the names of an AE_ATTR_ENUM. */
extern const char *const ae_activation_names[];

typedef struct ae_activation {
  ae_activation_kind kind;
  real slope; /* of leaky_relu, below 0 */
  real alpha; /* of elu, at least 0 */
} ae_activation;

/* Whether the way back reads z + b rather than y. */
bool ae_activation_saves_input(ae_activation_kind kind);
/* Elements under which a row range is not worth a thread (core/parallel.h). */
int64_t ae_activation_grain(ae_activation_kind kind);

/* y holds z and becomes f(z + b). `b` NULL: none. `saved` NULL, or [rows, n]: gets z + b. */
void ae_activate(ae_activation f, int64_t rows, int64_t n, const real *b, real *y, real *saved);

/* dz = dy f', where y_or_saved is the output, or what was saved of the input;
** dz may be dy; AE_LINEAR writes none (dy is it) and reads no y. `sums` NULL, or [n]: gets the
** sums of dz over these rows added. `scratch` [n] where sums is given. */
void ae_activate_back(ae_activation f, int64_t rows, int64_t n, const real *dy, const real *y_or_saved, real *dz,
                      double *sums, real *scratch);

#endif
