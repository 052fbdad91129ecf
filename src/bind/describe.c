/*
** describe: operations and the embedded Lua sources as Lua values, for ae.help
** and for scripts/make-docs.
**   core.operations()    the names of all operations, in order
**   core.describe(name)  { name, doc, result, outputs, internal, no_method, no_gradient, inputs, attributes };
**                        nil: no operation of that name
**   core.sources()       the names of all embedded sources, in order
**   core.source(name)    the text of one; nil: none of that name
**
** Not here: how any of it is shown (lua/aelua/help).
*/
#include "bind/bind.h"
#include "bind/embedded.h"

static void set_text(lua_State *L, const char *key, const char *text) {
  if (!text) return;
  lua_pushstring(L, text);
  lua_setfield(L, -2, key);
}

static void set_flag(lua_State *L, const char *key, bool on) {
  if (!on) return;
  lua_pushboolean(L, true);
  lua_setfield(L, -2, key);
}

static void push_types(lua_State *L, unsigned takes) {
  static const struct {
    unsigned bit;
    const char *name;
  } types[] = {{AE_TAKES_REAL, "f32"}, {AE_TAKES_U8, "u8"}, {AE_TAKES_I32, "i32"}};
  lua_newtable(L);
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (!(takes & types[i].bit)) continue;
    lua_pushstring(L, types[i].name);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  }
}

static void push_input(lua_State *L, const ae_param *p) {
  lua_newtable(L);
  set_text(L, "name", p->name);
  set_text(L, "doc", p->doc);
  set_flag(L, "optional", p->optional);
  set_flag(L, "list", p->list);
  set_flag(L, "number", p->number);
  push_types(L, p->takes);
  lua_setfield(L, -2, "types");
}

/* What stands for an attribute that is not given; nil: required, or all there is. */
static void push_default(lua_State *L, const ae_attr *a) {
  if (a->required) {
    lua_pushnil(L);
    return;
  }
  switch (a->kind) {
  case AE_ATTR_INT:
  case AE_ATTR_DIM:
    lua_pushinteger(L, (lua_Integer)a->fallback);
    break;
  case AE_ATTR_REAL:
    lua_pushnumber(L, a->fallback);
    break;
  case AE_ATTR_BOOL:
    lua_pushboolean(L, a->fallback != 0);
    break;
  case AE_ATTR_ENUM:
  case AE_ATTR_BORDER:
    lua_pushstring(L, a->names[(int)a->fallback]);
    break;
  case AE_ATTR_DIMS:
  case AE_ATTR_SHAPE:
    lua_pushnil(L);
    break;
  }
}

static void push_attribute(lua_State *L, const ae_attr *a) {
  static const char *const kinds[] = {
      [AE_ATTR_INT] = "integer", [AE_ATTR_REAL] = "number", [AE_ATTR_BOOL] = "boolean", [AE_ATTR_ENUM] = "string",
      [AE_ATTR_DIM] = "dim",     [AE_ATTR_DIMS] = "dims",   [AE_ATTR_SHAPE] = "shape",  [AE_ATTR_BORDER] = "border"};
  lua_newtable(L);
  set_text(L, "name", a->name);
  set_text(L, "doc", a->doc);
  set_text(L, "kind", kinds[a->kind]);
  set_flag(L, "required", a->required);
  push_default(L, a);
  lua_setfield(L, -2, "default");
  if (!a->names) return;
  lua_newtable(L);
  for (int i = 0; a->names[i]; i++) {
    lua_pushstring(L, a->names[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "choices");
}

static int describe(lua_State *L) {
  const ae_op *op = ae_op_find(luaL_checkstring(L, 1));
  if (!op) return 0;
  lua_newtable(L);
  set_text(L, "name", op->name);
  set_text(L, "doc", op->doc);
  set_text(L, "result", op->result);
  set_text(L, "no_gradient", op->no_gradient);
  set_flag(L, "internal", op->internal);
  set_flag(L, "no_method", op->no_method);
  lua_pushinteger(L, op->n_out ? op->n_out : 1);
  lua_setfield(L, -2, "outputs");
  lua_newtable(L);
  for (int i = 0; i < AE_MAX_PARAMS && op->params[i].name; i++) {
    push_input(L, &op->params[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "inputs");
  lua_newtable(L);
  for (int i = 0; i < AE_MAX_ATTRS && op->attrs[i].name; i++) {
    push_attribute(L, &op->attrs[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "attributes");
  return 1;
}

static int list_operations(lua_State *L) {
  lua_newtable(L);
  for (int i = 0; ae_op_at(i); i++) {
    lua_pushstring(L, ae_op_at(i)->name);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static int list_sources(lua_State *L) {
  lua_newtable(L);
  for (int i = 0; i < ae_embedded_count(); i++) {
    lua_pushstring(L, ae_embedded_at(i).name);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static int read_source(lua_State *L) {
  ae_embedded_source source;
  if (!ae_embedded_find(luaL_checkstring(L, 1), &source)) return 0;
  lua_pushlstring(L, source.text, source.size);
  return 1;
}

void ae_bind_open_describe(lua_State *L, ae_lua *lua) {
  static const luaL_Reg functions[] = {{"operations", list_operations},
                                       {"describe", describe},
                                       {"sources", list_sources},
                                       {"source", read_source},
                                       {NULL, NULL}};
  ae_bind_functions(L, lua, functions);
}
