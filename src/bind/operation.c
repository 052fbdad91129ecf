/*
** operation: every operation as a Lua function, made from its descriptor.
**
**   ae.name(inputs..., attributes...)      t:name(...)
**
** Inputs are tensors, numbers where the parameter allows them, nil where it is
** optional; a list of inputs is one table. Attributes follow in the
** descriptor's order, or by name in one last table, which may also name
** optional inputs. A shape may be given as numbers, all that follow.
*/
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "bind/bind.h"

enum { LIST_AT_HAND = 24 };

/* What a call is made of while it is put together. */
typedef struct call {
  const ae_op *op;
  ae_lua *lua;
  int n_in, n_out;
  ae_tensor **in;
  ae_tensor *at_hand[LIST_AT_HAND];
  bool is_number[AE_MAX_PARAMS]; /* in[i] is to be made from number[i] */
  double number[AE_MAX_PARAMS];
  unsigned given; /* bit i: attribute i was */
  ae_tensor *out[AE_MAX_OUTPUTS];
  _Alignas(max_align_t) char attrs[AE_MAX_ATTRS_SIZE];
} call;

static int count_params(const ae_op *op) {
  int n = 0;
  while (n < AE_MAX_PARAMS && op->params[n].name) n++;
  return n;
}

static int count_attrs(const ae_op *op) {
  int n = 0;
  while (n < AE_MAX_ATTRS && op->attrs[n].name) n++;
  return n;
}

/* ---- Inputs ---- */

static int refuse_input(lua_State *L, const call *c, int i, int index) {
  const ae_param *p = &c->op->params[i];
  char got[AE_DESCRIBE_TEXT];
  return ae_bind_fail(L, AE_TYPE, "%s: %s wants a tensor%s, got %s", c->op->name, p->name,
                      p->number ? " or a number" : "", ae_bind_describe(L, index, got));
}

static ae_tensor *box_tensor(lua_State *L, const call *c, int i, const ae_box *box) {
  if (!box->tensor) ae_bind_fail(L, AE_STATE, "%s: input %d has been %s", c->op->name, i + 1, ae_bind_fate(box));
  return box->tensor;
}

static void read_input(lua_State *L, call *c, int i, int index) {
  const ae_param *p = &c->op->params[i];
  const ae_box *box = ae_bind_test(L, c->lua, index);
  if (box) {
    c->in[i] = box_tensor(L, c, i, box);
  } else if (p->number && lua_type(L, index) == LUA_TNUMBER) {
    c->is_number[i] = true;
    c->number[i] = lua_tonumber(L, index);
  } else if (!p->optional || !lua_isnoneornil(L, index)) {
    refuse_input(L, c, i, index);
  }
}

/* The table at index as inputs i and on. `room` was made by reserve_list. */
static void read_list(lua_State *L, call *c, int i, int index) {
  int n = (int)lua_rawlen(L, index);
  for (int k = 0; k < n; k++) {
    lua_rawgeti(L, index, k + 1);
    const ae_box *box = ae_bind_test(L, c->lua, -1);
    if (!box) {
      char got[AE_DESCRIBE_TEXT];
      ae_bind_fail(L, AE_TYPE, "%s: %s[%d] wants a tensor, got %s", c->op->name, c->op->params[i].name, k + 1,
                   ae_bind_describe(L, -1, got));
    }
    c->in[i + k] = box_tensor(L, c, i + k, box);
    lua_pop(L, 1);
  }
  c->n_in = i + n;
}

/* Makes room for the inputs of the list at index, before any is read. */
static void reserve_list(lua_State *L, call *c, int i, int index) {
  if (lua_type(L, index) != LUA_TTABLE) {
    char got[AE_DESCRIBE_TEXT];
    ae_bind_fail(L, AE_TYPE, "%s: %s wants a table of tensors, got %s", c->op->name, c->op->params[i].name,
                 ae_bind_describe(L, index, got));
  }
  lua_Unsigned n = lua_rawlen(L, index);
  if (n == 0) ae_bind_fail(L, AE_INVALID, "%s: %s is empty", c->op->name, c->op->params[i].name);
  if (n > 1000000) ae_bind_fail(L, AE_INVALID, "%s: more than 1000000 tensors", c->op->name);
  if (n + (unsigned)i > LIST_AT_HAND) c->in = lua_newuserdatauv(L, (n + (unsigned)i) * sizeof *c->in, 0);
}

/* ---- Attributes ---- */

/* Numbers index..last become the shape of attribute a. */
static void read_shape(lua_State *L, const call *c, const ae_attr *a, int index, int last, void *attrs) {
  ae_dims *dims = (ae_dims *)(void *)((char *)attrs + a->offset);
  dims->n = 0;
  for (; index <= last; index++) {
    ae_dims one;
    ae_bind_dims(L, c->op->name, a->name, index, &one);
    if (dims->n == AE_MAX_DIMS)
      ae_bind_fail(L, AE_INVALID, "%s: %s has more than %d sizes", c->op->name, a->name, AE_MAX_DIMS);
    dims->at[dims->n++] = one.at[0];
  }
}

static void read_positional(lua_State *L, call *c, int first, int last) {
  int n_attrs = count_attrs(c->op);
  for (int index = first, i = 0; index <= last; index++, i++) {
    if (i == n_attrs) {
      char got[AE_DESCRIBE_TEXT];
      ae_bind_fail(L, AE_INVALID, "%s: takes %d argument%s after its inputs, got %s beside", c->op->name, n_attrs,
                   n_attrs == 1 ? "" : "s", ae_bind_describe(L, index, got));
    }
    if (lua_isnil(L, index)) continue;
    const ae_attr *a = &c->op->attrs[i];
    c->given |= 1u << i;
    if (a->kind == AE_ATTR_SHAPE && lua_type(L, index) == LUA_TNUMBER) {
      int end = index;
      while (end < last && lua_type(L, end + 1) == LUA_TNUMBER) end++;
      read_shape(L, c, a, index, end, c->attrs);
      index = end;
    } else {
      ae_bind_attribute(L, c->op, a, index, c->attrs);
    }
  }
}

static int unknown_option(lua_State *L, const call *c, const char *name) {
  const char *known[AE_MAX_PARAMS + AE_MAX_ATTRS + 1];
  int n = 0;
  for (int i = 0; i < count_attrs(c->op); i++) known[n++] = c->op->attrs[i].name;
  for (int i = 0; i < count_params(c->op); i++)
    if (c->op->params[i].optional) known[n++] = c->op->params[i].name;
  known[n] = NULL;
  const char *near = ae_bind_nearest(name, known);
  return ae_bind_fail(L, AE_INVALID, "%s: has no option '%s'%s%s%s", c->op->name, name, near ? "; did you mean '" : "",
                      near ? near : "", near ? "'?" : "");
}

/* The value on top, under its name. */
static void read_option(lua_State *L, call *c, const char *name) {
  for (int i = 0; i < count_attrs(c->op); i++)
    if (strcmp(c->op->attrs[i].name, name) == 0) {
      if (c->given & 1u << i) ae_bind_fail(L, AE_INVALID, "%s: %s is given twice", c->op->name, name);
      ae_bind_attribute(L, c->op, &c->op->attrs[i], -1, c->attrs);
      c->given |= 1u << i;
      return;
    }
  for (int i = 0; i < count_params(c->op); i++)
    if (c->op->params[i].optional && strcmp(c->op->params[i].name, name) == 0) {
      if (c->in[i] || c->is_number[i]) ae_bind_fail(L, AE_INVALID, "%s: %s is given twice", c->op->name, name);
      read_input(L, c, i, lua_gettop(L));
      return;
    }
  unknown_option(L, c, name);
}

static void read_options(lua_State *L, call *c, int index) {
  lua_pushnil(L);
  while (lua_next(L, index)) {
    if (lua_type(L, -2) != LUA_TSTRING) {
      char got[AE_DESCRIBE_TEXT];
      ae_bind_fail(L, AE_INVALID, "%s: options have names, got the key %s", c->op->name, ae_bind_describe(L, -2, got));
    }
    read_option(L, c, lua_tostring(L, -2));
    lua_pop(L, 1);
  }
}

static void check_required(lua_State *L, const call *c) {
  for (int i = 0; i < count_attrs(c->op); i++)
    if (c->op->attrs[i].required && !(c->given & 1u << i))
      ae_bind_fail(L, AE_INVALID, "%s: wants %s", c->op->name, c->op->attrs[i].name);
}

/* Whether the last argument is the table of options: one with names, or an
** empty one where no dims or sizes are due; never in place of an input that
** must be there. */
static bool ends_in_options(lua_State *L, const call *c, int n_args) {
  int n_params = count_params(c->op);
  if (n_args == 0 || lua_type(L, n_args) != LUA_TTABLE) return false;
  if (n_args <= n_params && !c->op->params[n_args - 1].optional) return false;
  if (!ae_bind_is_empty(L, n_args)) return ae_bind_is_options(L, n_args);
  int a = n_args - n_params - 1;
  return a < 0 || a >= count_attrs(c->op) || c->op->attrs[a].kind < AE_ATTR_DIMS;
}

/* Arguments 1..n_args of the running function. */
static void read_arguments(lua_State *L, call *c, int n_args) {
  const ae_op *op = c->op;
  int n_params = count_params(op);
  bool options = ends_in_options(L, c, n_args);
  bool list = n_params > 0 && op->params[n_params - 1].list;
  int last = options ? n_args - 1 : n_args;
  c->in = c->at_hand;
  c->n_in = n_params;
  if (list && last >= n_params) reserve_list(L, c, n_params - 1, n_params);
  for (int i = 0; i < n_params; i++) c->in[i] = NULL;
  for (int i = 0; i < n_params; i++) {
    if (i >= last && !op->params[i].optional)
      ae_bind_fail(L, AE_INVALID, "%s: wants %s", op->name, op->params[i].name);
    else if (i < last && op->params[i].list)
      read_list(L, c, i, i + 1);
    else if (i < last)
      read_input(L, c, i, i + 1);
  }
  read_positional(L, c, n_params + 1, last);
  if (options) read_options(L, c, n_args);
  check_required(L, c);
}

/* ---- The run ---- */

/* The type in which a number joins its fellows (the inputs that take what it
** takes): theirs, where it is exact in it. */
static ae_type number_type(const call *c, int i) {
  double value = c->number[i];
  unsigned takes = c->op->params[i].takes;
  for (int k = 0; k < c->n_in && k < AE_MAX_PARAMS; k++) {
    if (!c->in[k] || c->op->params[k].takes != takes) continue;
    bool whole = value == floor(value);
    if (c->in[k]->type == AE_I32 && takes & AE_TAKES_I32 && whole && value >= INT32_MIN && value <= INT32_MAX)
      return AE_I32;
    if (c->in[k]->type == AE_U8 && takes & AE_TAKES_U8 && whole && value >= 0 && value <= 255) return AE_U8;
  }
  return AE_REAL;
}

/* The call itself, with tensors made of the numbers among its inputs. */
static ae_status attempt(ae_lua *lua, void *arg, ae_error *err) {
  call *c = arg;
  bool made[AE_MAX_PARAMS] = {false};
  ae_status status = AE_OK;
  for (int i = 0; status == AE_OK && i < c->n_in && i < AE_MAX_PARAMS; i++) {
    if (!c->is_number[i]) continue;
    status = ae_tensor_new(lua->ctx, number_type(c, i), &(ae_shape){0}, &c->in[i], err);
    made[i] = status == AE_OK;
    if (made[i]) ae_tensor_set(c->in[i], 0, c->number[i]);
  }
  if (status == AE_OK) status = ae_op_run(lua->ctx, c->op, c->in, c->n_in, c->attrs, c->out, err);
  for (int i = 0; i < AE_MAX_PARAMS; i++) {
    if (!made[i]) continue;
    ae_tensor_release(c->in[i]);
    c->in[i] = NULL;
  }
  return status;
}

static int run_operation(lua_State *L, ae_lua *lua, const ae_op *op, int n_args) {
  call c;
  c.op = op;
  c.lua = lua;
  c.given = 0;
  c.n_out = op->n_out ? op->n_out : 1;
  for (int i = 0; i < AE_MAX_PARAMS; i++) c.is_number[i] = false;
  ae_box *boxes[AE_MAX_OUTPUTS];
  int first = lua_gettop(L) + 1;
  for (int k = 0; k < c.n_out; k++) boxes[k] = ae_bind_box(L, lua);
  if (op->attrs_size) ae_op_defaults(op, c.attrs);
  read_arguments(L, &c, n_args);
  ae_error err;
  ae_status status = ae_bind_try(L, lua, attempt, &c, c.in, c.n_in, &err);
  if (status == AE_NO_MEMORY) ae_fail_in(&err, op->name);
  if (status != AE_OK) return ae_bind_raise(L, &err);
  for (int k = 0; k < c.n_out; k++) ae_bind_put(lua, boxes[k], c.out[k]);
  ae_bind_relieve(L, lua);
  lua_settop(L, first + c.n_out - 1);
  return c.n_out;
}

/* Upvalues: the state, the descriptor. */
static int call_operation(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  return run_operation(L, lua, lua_touserdata(L, lua_upvalueindex(2)), lua_gettop(L));
}

/* Lua hands the operand of a unary operator over twice. */
static int call_unary(lua_State *L) {
  lua_settop(L, 1);
  return call_operation(L);
}

static void push_operation(lua_State *L, ae_lua *lua, const ae_op *op, lua_CFunction function) {
  lua_pushlightuserdata(L, lua);
  lua_pushlightuserdata(L, (void *)(uintptr_t)op);
  lua_pushcclosure(L, function, 2);
}

/* ---- Operators ---- */

static const struct {
  const char *metamethod, *op;
} operators[] = {{"__add", "add"}, {"__sub", "sub"}, {"__mul", "mul"}, {"__div", "div"}, {"__pow", "pow"}};

static void add_operators(lua_State *L, ae_lua *lua) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, lua->tensor_class_ref);
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
    const ae_op *op = ae_op_find(operators[i].op);
    if (!op) continue;
    push_operation(L, lua, op, call_operation);
    lua_setfield(L, -2, operators[i].metamethod);
  }
  const ae_op *neg = ae_op_find("neg");
  if (neg) {
    push_operation(L, lua, neg, call_unary);
    lua_setfield(L, -2, "__unm");
  }
  lua_pop(L, 1);
}

/* core.ops: all of them. core.functions: those that are functions of `ae`. core.methods: those of tensors. */
void ae_bind_open_operations(lua_State *L, ae_lua *lua) {
  lua_newtable(L);
  lua_newtable(L);
  lua_getfield(L, -3, "methods");
  const ae_op *op;
  for (int i = 0; (op = ae_op_at(i)); i++) {
    push_operation(L, lua, op, call_operation);
    if (!op->internal && !op->no_method && op->params[0].name) {
      lua_pushvalue(L, -1);
      lua_setfield(L, -3, op->name);
    }
    if (!op->internal) {
      lua_pushvalue(L, -1);
      lua_setfield(L, -4, op->name);
    }
    lua_setfield(L, -4, op->name);
  }
  lua_pop(L, 1);
  lua_setfield(L, -3, "functions");
  lua_setfield(L, -2, "ops");
  add_operators(L, lua);
}
