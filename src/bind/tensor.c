/*
** tensor: the class of tensors in Lua: properties, the methods that are no
** operations, operators. Operations add themselves (operation.c).
*/
#include "bind/tensor.h"

#include <math.h>
#include <string.h>

/* ---- Checks ---- */

void ae_bind_check_in_place(lua_State *L, const ae_lua *lua, const ae_tensor *t, const char *who) {
  if (lua->ctx->no_grad || !t->requires_grad) return;
  ae_bind_fail(L, AE_STATE, "%s: the tensor %s; change it inside ae.no_grad, or change a detached copy", who,
               t->node ? "was computed by recorded operations" : "requires gradients");
}

void ae_bind_check_fits(lua_State *L, const char *who, ae_type type, double value) {
  if (type == AE_REAL) return;
  double low = type == AE_U8 ? 0 : INT32_MIN, high = type == AE_U8 ? UINT8_MAX : INT32_MAX;
  if (!(value >= low && value <= high) || value != floor(value))
    ae_bind_fail(L, AE_INVALID, "%s: %s wants an integer from %.0f to %.0f, got %.14g", who, ae_type_name(type), low,
                 high, isnan(value) ? NAN : value); /* no sign */
}

ae_type ae_bind_check_type(lua_State *L, int index, const char *who) {
  const char *name = lua_type(L, index) == LUA_TSTRING ? lua_tostring(L, index) : "";
  if (strcmp(name, "f32") == 0 || strcmp(name, ae_type_name(AE_REAL)) == 0) return AE_REAL;
  if (strcmp(name, "u8") == 0) return AE_U8;
  if (strcmp(name, "i32") == 0) return AE_I32;
  char got[AE_DESCRIBE_TEXT];
  ae_bind_fail(L, AE_INVALID, "%s: dtype wants f32, u8 or i32, got %s", who, ae_bind_describe(L, index, got));
  return AE_REAL;
}

/* ---- Properties ---- */

static int push_shape(lua_State *L, const ae_tensor *t) {
  lua_createtable(L, t->shape.ndim, 0);
  for (int i = 0; i < t->shape.ndim; i++) {
    lua_pushinteger(L, t->shape.dims[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* The gradient as a tensor, or nil. One that counts as zero becomes zeros before a script sees it. */
static int push_grad(lua_State *L, ae_lua *lua, int index) {
  ae_box *box = ae_bind_box(L, lua);
  ae_tensor *t = ae_bind_check(L, lua, index, "grad", NULL);
  if (!t->grad) return 0;
  if (t->grad_zeroed) {
    ae_tensor_fill(lua->ctx, t->grad, 0);
    t->grad_zeroed = false;
  }
  ae_tensor_retain(t->grad);
  ae_bind_put(lua, box, t->grad);
  return 1;
}

static const char *const property_names[] = {"shape", "ndim", "dtype", "grad", "requires_grad", "is_leaf", NULL};

/* The property or method nearest to name. Upvalue 2: the methods. */
static const char *nearest_field(lua_State *L, const char *name) {
  int n = 0;
  for (lua_pushnil(L); lua_next(L, lua_upvalueindex(2)); lua_pop(L, 1)) n++;
  const char **known =
      lua_newuserdatauv(L, ((size_t)n + sizeof property_names / sizeof *property_names) * sizeof *known, 0);
  n = 0;
  for (; property_names[n]; n++) known[n] = property_names[n];
  for (lua_pushnil(L); lua_next(L, lua_upvalueindex(2)); lua_pop(L, 1))
    if (lua_type(L, -2) == LUA_TSTRING) known[n++] = lua_tostring(L, -2);
  known[n] = NULL;
  return ae_bind_nearest(name, known);
}

static int unknown_field(lua_State *L, const char *name) {
  const char *near = nearest_field(L, name);
  return ae_bind_fail(L, AE_INVALID, "tensor: has no '%s'%s%s%s", name, near ? "; did you mean '" : "",
                      near ? near : "", near ? "'?" : "");
}

static int get_property(lua_State *L, ae_lua *lua, const char *name) {
  int i = 0;
  while (property_names[i] && strcmp(property_names[i], name) != 0) i++;
  if (!property_names[i]) return unknown_field(L, name);
  if (i == 3) return push_grad(L, lua, 1);
  const ae_tensor *t = ae_bind_check(L, lua, 1, name, NULL);
  switch (i) {
  case 0:
    return push_shape(L, t);
  case 1:
    lua_pushinteger(L, t->shape.ndim);
    return 1;
  case 2:
    lua_pushstring(L, ae_type_name(t->type));
    return 1;
  case 4:
    lua_pushboolean(L, t->requires_grad);
    return 1;
  default:
    lua_pushboolean(L, !t->node);
    return 1;
  }
}

/* Upvalue 2: the methods. */
static int tensor_index(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  if (lua_type(L, 2) != LUA_TSTRING) return ae_index_get(L, lua);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL) return 1;
  lua_pop(L, 1);
  return get_property(L, lua, lua_tostring(L, 2));
}

static int tensor_newindex(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  if (lua_type(L, 2) == LUA_TSTRING)
    return ae_bind_fail(L, AE_INVALID,
                        "tensor: '%s' cannot be set; t[i] = v, t:copy_(src), t:require_grad() and t:zero_grad() change "
                        "a tensor",
                        lua_tostring(L, 2));
  return ae_index_set(L, lua);
}

static int tensor_length(lua_State *L) {
  const ae_tensor *t = ae_bind_check(L, ae_bind_lua(L), 1, "#", NULL);
  if (t->shape.ndim == 0) return ae_bind_fail(L, AE_SHAPE, "#: the tensor has no dimensions");
  lua_pushinteger(L, t->shape.dims[0]);
  return 1;
}

/* ---- Methods ---- */

static int item(lua_State *L) {
  const ae_tensor *t = ae_bind_check(L, ae_bind_lua(L), 1, "item", NULL);
  char shape[AE_SHAPE_TEXT];
  if (t->count != 1)
    return ae_bind_fail(L, AE_SHAPE, "item: wants one element, got %s", ae_shape_text(&t->shape, shape));
  if (t->type == AE_REAL)
    lua_pushnumber(L, ae_tensor_get(t, 0));
  else
    lua_pushinteger(L, (lua_Integer)ae_tensor_get(t, 0));
  return 1;
}

/* The same elements outside the graph; shares the storage. */
static int detach(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  ae_box *box = ae_bind_box(L, lua);
  ae_tensor *t = ae_bind_check(L, lua, 1, "detach", NULL), *alias;
  ae_error err;
  if (ae_tensor_alias(t, &alias, &err) != AE_OK) return ae_bind_raise(L, &err);
  alias->requires_grad = false;
  ae_bind_put(lua, box, alias);
  return 1;
}

static int fill(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  double value = luaL_checknumber(L, 2);
  ae_tensor *t = ae_bind_check(L, lua, 1, "fill_", NULL);
  ae_bind_check_in_place(L, lua, t, "fill_");
  ae_bind_check_fits(L, "fill_", t->type, value);
  ae_tensor_fill(lua->ctx, t, value);
  lua_settop(L, 1);
  return 1;
}

static int require_grad(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  ae_tensor *t = ae_bind_check(L, lua, 1, "require_grad", NULL);
  bool on = lua_isnoneornil(L, 2) || lua_toboolean(L, 2);
  if (t->type != AE_REAL)
    return ae_bind_fail(L, AE_TYPE, "require_grad: wants a %s tensor, got %s", ae_type_name(AE_REAL),
                        ae_type_name(t->type));
  if (t->node && !on)
    return ae_bind_fail(L, AE_STATE, "require_grad: the tensor was computed by recorded operations; detach it");
  if (!t->node) ae_tensor_require_grad(t, on);
  lua_settop(L, 1);
  return 1;
}

static int retain_grad(lua_State *L) {
  ae_tensor *t = ae_bind_check(L, ae_bind_lua(L), 1, "retain_grad", NULL);
  if (!t->requires_grad) return ae_bind_fail(L, AE_STATE, "retain_grad: the tensor does not require gradients");
  t->retain_grad = true;
  lua_settop(L, 1);
  return 1;
}

static int zero_grad(lua_State *L) {
  ae_tensor *t = ae_bind_check(L, ae_bind_lua(L), 1, "zero_grad", NULL);
  t->grad_zeroed = t->grad != NULL;
  lua_settop(L, 1);
  return 1;
}

/* Lets go of the tensor now. Also __gc and __close; a second time is fine. */
static int free_tensor(lua_State *L) {
  ae_lua *lua = lua_touserdata(L, lua_upvalueindex(1));
  ae_box *box = ae_bind_test(L, lua, 1);
  if (box) ae_bind_drop(lua, box);
  return 0;
}

/* ---- Operators that are no operations ---- */

static int same_tensor(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  const ae_box *a = ae_bind_test(L, lua, 1), *b = ae_bind_test(L, lua, 2);
  lua_pushboolean(L, a && b && (a == b || (a->tensor && a->tensor == b->tensor)));
  return 1;
}

static int refuse_less(lua_State *L) {
  return ae_bind_fail(L, AE_UNSUPPORTED, "tensor: < and > give one boolean, not a tensor; use a:lt(b) or a:gt(b)");
}

static int refuse_less_equal(lua_State *L) {
  return ae_bind_fail(L, AE_UNSUPPORTED, "tensor: <= and >= give one boolean, not a tensor; use a:le(b) or a:ge(b)");
}

static int is_tensor(lua_State *L) {
  lua_pushboolean(L, ae_bind_test(L, ae_bind_lua(L), 1) != NULL);
  return 1;
}

/* core.is_batch(value, shape) -> whether it is a tensor [N, shape...] */
static int is_batch(lua_State *L) {
  const ae_box *box = ae_bind_test(L, ae_bind_lua(L), 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  const ae_shape *shape = box && box->tensor ? &box->tensor->shape : NULL;
  bool fits = shape && (lua_Unsigned)shape->ndim == lua_rawlen(L, 2) + 1;
  for (int i = 1; fits && i < shape->ndim; i++) {
    lua_rawgeti(L, 2, i);
    fits = lua_tointeger(L, -1) == shape->dims[i];
    lua_pop(L, 1);
  }
  lua_pushboolean(L, fits);
  return 1;
}

static const luaL_Reg methods[] = {{"item", item},
                                   {"totable", ae_tensor_to_table},
                                   {"detach", detach},
                                   {"copy_", ae_index_copy},
                                   {"fill_", fill},
                                   {"require_grad", require_grad},
                                   {"retain_grad", retain_grad},
                                   {"zero_grad", zero_grad},
                                   {"free", free_tensor},
                                   {NULL, NULL}};

static const luaL_Reg metamethods[] = {
    {"__newindex", tensor_newindex}, {"__len", tensor_length}, {"__tostring", ae_tensor_print},
    {"__eq", same_tensor},           {"__lt", refuse_less},    {"__le", refuse_less_equal},
    {"__gc", free_tensor},           {"__close", free_tensor}, {NULL, NULL}};

static const luaL_Reg functions[] = {
    {"is_tensor", is_tensor}, {"is_batch", is_batch}, {"tensor", ae_tensor_from_table}, {NULL, NULL}};

void ae_bind_open_tensor(lua_State *L, ae_lua *lua) {
  ae_bind_functions(L, lua, functions);
  lua_newtable(L); /* the metatable */
  lua->tensor_class = lua_topointer(L, -1);
  ae_bind_functions(L, lua, metamethods);
  lua_pushliteral(L, "aelua.tensor");
  lua_setfield(L, -2, "__name");
  lua_newtable(L);
  ae_bind_functions(L, lua, methods);
  lua_pushvalue(L, -1);
  lua_setfield(L, -4, "methods");
  lua_pushlightuserdata(L, lua);
  lua_insert(L, -2);
  lua_pushcclosure(L, tensor_index, 2);
  lua_setfield(L, -2, "__index");
  lua->tensor_class_ref = luaL_ref(L, LUA_REGISTRYINDEX);
}
