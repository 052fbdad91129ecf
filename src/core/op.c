/*
** op: running one operation: checks, outputs, the forward call, the record.
** The frame's gradient functions are in call.c.
*/
#include "core/op.h"

#include <string.h>

#include "core/profile.h"
#include "core/tape.h"

static void write_default(const ae_attr *attr, char *attrs) {
  void *at = attrs + attr->offset;
  switch (attr->kind) {
  case AE_ATTR_INT:
  case AE_ATTR_DIM:
    *(int64_t *)at = (int64_t)attr->fallback;
    break;
  case AE_ATTR_REAL:
    *(double *)at = attr->fallback;
    break;
  case AE_ATTR_BOOL:
    *(bool *)at = attr->fallback != 0;
    break;
  case AE_ATTR_ENUM:
    *(int *)at = (int)attr->fallback;
    break;
  case AE_ATTR_DIMS:
  case AE_ATTR_SHAPE:
    ((ae_dims *)at)->n = 0;
    break;
  case AE_ATTR_BORDER:
    ((ae_border *)at)->choice = (int)attr->fallback;
    ((ae_border *)at)->sizes.n = 0;
    break;
  }
}

void ae_op_defaults(const ae_op *op, void *attrs) {
  if (op->attrs_size) memset(attrs, 0, op->attrs_size);
  for (const ae_attr *attr = op->attrs; attr < op->attrs + AE_MAX_ATTRS && attr->name; attr++)
    write_default(attr, attrs);
}

ae_status ae_op_dimset(const char *who, const ae_dims *dims, int ndim, ae_dimset *out, ae_error *err) {
  ae_dimset set = dims->n == 0 ? (1u << ndim) - 1 : 0;
  for (int i = 0; i < dims->n; i++) {
    int axis;
    AE_TRY(ae_shape_axis(who, dims->at[i], ndim, &axis, err));
    if (set >> axis & 1u) return ae_fail(err, AE_INVALID, "%s: dimension %d is named twice", who, axis + 1);
    set |= 1u << axis;
  }
  *out = set;
  return AE_OK;
}

static int count_params(const ae_op *op) {
  int n = 0;
  while (n < AE_MAX_PARAMS && op->params[n].name) n++;
  return n;
}

static unsigned type_bit(ae_type type) {
  return type == AE_REAL ? AE_TAKES_REAL : type == AE_U8 ? AE_TAKES_U8 : type == AE_I32 ? AE_TAKES_I32 : 0;
}

static ae_status refuse_type(const ae_op *op, const ae_param *param, ae_type got, ae_error *err) {
  char wants[48] = "";
  static const ae_type types[] = {AE_REAL, AE_U8, AE_I32};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (param->takes & type_bit(types[i])) {
      if (*wants) strcat(wants, " or ");
      strcat(wants, ae_type_name(types[i]));
    }
  const char *hint = "";
  if (got == AE_U8 && (param->takes & AE_TAKES_REAL))
    hint = "; convert it with t:to(\"f32\") (values as they are) or ae.scaled(t) (u8/255)";
  else if (got == AE_I32 && (param->takes & AE_TAKES_REAL))
    hint = "; convert it with t:to(\"f32\")";
  return ae_fail(err, AE_TYPE, "%s: %s wants %s, got %s%s", op->name, param->name, wants, ae_type_name(got), hint);
}

static ae_status check_inputs(const ae_op *op, int n_params, ae_tensor *const *in, int n_in, ae_error *err) {
  bool list = n_params > 0 && op->params[n_params - 1].list;
  if (n_in > n_params && !list)
    return ae_fail(err, AE_INVALID, "%s: wants at most %d tensors, got %d", op->name, n_params, n_in);
  for (int i = 0; i < n_in || i < n_params; i++) {
    const ae_param *param = &op->params[i < n_params ? i : n_params - 1];
    if (i >= n_in || !in[i]) {
      if (param->optional) continue;
      return ae_fail(err, AE_INVALID, "%s: wants the tensor %s", op->name, param->name);
    }
    if (!(param->takes & type_bit(in[i]->type))) return refuse_type(op, param, in[i]->type, err);
  }
  return AE_OK;
}

/* Room for the inputs of a call: on the stack for the usual ones. */
enum { FEW = 8 };
struct inputs {
  ae_tensor *few[FEW];
  ae_spec few_specs[FEW];
  ae_tensor **in;
  ae_spec *specs;
  void *block; /* of the allocator, where there are more */
  size_t bytes;
};

static ae_status inputs_fill(ae_context *ctx, struct inputs *room, ae_tensor *const *in, int n_in, int n,
                             ae_error *err) {
  room->in = room->few;
  room->specs = room->few_specs;
  room->block = NULL;
  if (n > FEW) {
    room->bytes = (size_t)n * (sizeof(ae_spec) + sizeof(ae_tensor *));
    AE_TRY(ae_allocate(ctx->allocator, room->bytes, &room->block, err));
    room->specs = room->block;
    room->in = (ae_tensor **)(room->specs + n);
  }
  for (int i = 0; i < n; i++) {
    room->in[i] = i < n_in ? in[i] : NULL;
    if (room->in[i])
      room->specs[i] = (ae_spec){room->in[i]->type, room->in[i]->shape};
    else
      room->specs[i] = (ae_spec){.shape.ndim = -1};
  }
  return AE_OK;
}

static ae_status make_outputs(ae_call *call, const ae_spec *specs) {
  for (int k = 0; k < call->n_out; k++)
    AE_TRY(ae_tensor_new(call->ctx, specs[k].type, &specs[k].shape, &call->out[k], call->err));
  return AE_OK;
}

/* The call proper, with its outputs in call->out; what is there after a failure
** is the caller's to release. */
static ae_status run(ae_call *call, ae_spec *specs) {
  const ae_op *op = call->op;
  AE_TRY(op->shape(call, specs));
  if (!op->makes_outputs) AE_TRY(make_outputs(call, specs));
  call->ctx->op_calls++;
  ae_timing timing = ae_profile_enter(call->ctx);
  ae_status status = op->forward(call);
  ae_profile_leave(call, false, status == AE_OK, timing);
  AE_TRY(status);
  return call->recording ? ae_tape_record(call) : AE_OK;
}

ae_status ae_op_run(ae_context *ctx, const ae_op *op, ae_tensor *const *in, int n_in, const void *attrs,
                    ae_tensor **out, ae_error *err) {
  int n_params = count_params(op);
  AE_TRY(check_inputs(op, n_params, in, n_in, err));
  if (op->attrs_size > AE_MAX_ATTRS_SIZE)
    return ae_fail(err, AE_OVERFLOW, "%s: its attributes take more than %d bytes", op->name, AE_MAX_ATTRS_SIZE);
  union {
    max_align_t align;
    char bytes[AE_MAX_ATTRS_SIZE];
  } own;
  if (!attrs)
    ae_op_defaults(op, own.bytes);
  else if (op->attrs_size)
    memcpy(own.bytes, attrs, op->attrs_size);

  struct inputs room;
  int n = n_in > n_params ? n_in : n_params;
  AE_TRY(inputs_fill(ctx, &room, in, n_in, n, err));
  ae_tensor *made[AE_MAX_OUTPUTS] = {NULL};
  ae_spec specs[AE_MAX_OUTPUTS] = {{0}};
  ae_call call = {.ctx = ctx,
                  .op = op,
                  .name = op->name,
                  .attrs = own.bytes,
                  .n_in = n,
                  .in = room.in,
                  .in_spec = room.specs,
                  .n_out = op->n_out ? op->n_out : 1,
                  .out = made,
                  .out_spec = specs,
                  .recording = ae_tape_records(ctx, room.in, n),
                  .err = err};
  ae_status status = run(&call, specs);
  for (int i = 0; i < AE_MAX_SAVED; i++) ae_tensor_release(call.saved[i]);
  for (int k = 0; k < call.n_out; k++) {
    if (status == AE_OK)
      out[k] = made[k];
    else
      ae_tensor_release(made[k]);
  }
  ae_free(ctx->allocator, room.block, room.block ? room.bytes : 0);
  return status;
}

ae_status ae_op_apply(ae_context *ctx, const char *name, ae_tensor *const *in, int n_in, ae_tensor **out, int n_out,
                      ae_error *err) {
  const ae_op *op = ae_op_find(name);
  if (!op) return ae_fail(err, AE_INVALID, "there is no operation '%.64s'", name);
  int wants = op->n_out ? op->n_out : 1;
  if (n_out != wants) return ae_fail(err, AE_INVALID, "%s: has %d outputs, room is for %d", op->name, wants, n_out);
  for (const ae_attr *attr = op->attrs; attr < op->attrs + AE_MAX_ATTRS && attr->name; attr++)
    if (attr->required)
      return ae_fail(err, AE_INVALID, "%s: its attribute %s has no default; call it from Lua", op->name, attr->name);
  return ae_op_run(ctx, op, in, n_in, NULL, out, err);
}
