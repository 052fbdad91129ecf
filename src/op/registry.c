/*
** registry: the table of all operations, made from ops.def.
*/
#include <string.h>

#include "core/op.h"

#define AE_OP(name) extern const ae_op ae_op_##name;
#include "op/ops.def"
#undef AE_OP

#define AE_OP(name) &ae_op_##name,
static const ae_op *const operations[] = {
#include "op/ops.def"
    NULL};
#undef AE_OP

const ae_op *ae_op_at(int i) {
  int count = (int)(sizeof operations / sizeof *operations) - 1;
  return i >= 0 && i < count ? operations[i] : NULL;
}

const ae_op *ae_op_find(const char *name) {
  for (const ae_op *const *op = operations; *op; op++)
    if (strcmp((*op)->name, name) == 0) return *op;
  return NULL;
}
