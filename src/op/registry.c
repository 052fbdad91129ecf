/*
** registry: the table of all operations, made from ops.def, and the call by
** name that a C host uses.
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

ae_status ae_op_apply(ae_context *ctx, const char *name, ae_tensor *const *in, int n_in, ae_tensor **out, int n_out,
                      ae_error *err) {
  const ae_op *op = ae_op_find(name);
  if (!op) return ae_fail(err, AE_INVALID, "ae_op_apply: there is no operation '%s'", name);
  int makes = op->n_out ? op->n_out : 1;
  if (n_out != makes)
    return ae_fail(err, AE_INVALID, "%s: gives %d outputs, room was made for %d", op->name, makes, n_out);
  return ae_op_run(ctx, op, in, n_in, NULL, out, err);
}
