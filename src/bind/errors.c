/*
** errors: failures as Lua values. A table with code ("shape"), message, where
** ("train.lua:12") and traceback, which prints as "train.lua:12: message".
** The position is that of the script: levels inside aelua's own Lua sources,
** whose chunk names begin with "[aelua]", are passed over.
*/
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bind/bind.h"

static bool is_script(const lua_Debug *info) {
  return info->currentline > 0 && strncmp(info->short_src, "[aelua]", 7) != 0;
}

/* Pushes "file:line" of the first script level from `level` up, or nil. */
static void push_position(lua_State *L, int level) {
  lua_Debug info;
  for (; level >= 0 && lua_getstack(L, level, &info); level++) {
    lua_getinfo(L, "Sl", &info);
    if (is_script(&info)) {
      lua_pushfstring(L, "%s:%d", info.short_src, info.currentline);
      return;
    }
  }
  lua_pushnil(L);
}

static void push_error(lua_State *L, ae_status code, const char *message, int level) {
  luaL_checkstack(L, 6, NULL);
  lua_createtable(L, 0, 4);
  lua_pushstring(L, ae_status_name(code));
  lua_setfield(L, -2, "code");
  lua_pushstring(L, message);
  lua_setfield(L, -2, "message");
  push_position(L, level);
  lua_setfield(L, -2, "where");
  luaL_traceback(L, L, NULL, level);
  lua_setfield(L, -2, "traceback");
  const ae_lua *lua = ae_bind_find(L);
  if (lua) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, lua->error_class_ref);
    lua_setmetatable(L, -2);
  }
}

int ae_bind_raise(lua_State *L, const ae_error *err) {
  push_error(L, err->code, err->message, 1);
  return lua_error(L);
}

int ae_bind_fail(lua_State *L, ae_status code, const char *format, ...) {
  ae_error err = {.code = code};
  va_list args;
  va_start(args, format);
  vsnprintf(err.message, sizeof err.message, format, args);
  va_end(args);
  return ae_bind_raise(L, &err);
}

const char *ae_bind_describe(lua_State *L, int index, char *buffer) {
  ae_lua *lua = ae_bind_find(L);
  const ae_box *box = lua ? ae_bind_test(L, lua, index) : NULL;
  char shape[AE_SHAPE_TEXT];
  if (box && !box->tensor)
    snprintf(buffer, AE_DESCRIBE_TEXT, "a freed tensor");
  else if (box)
    snprintf(buffer, AE_DESCRIBE_TEXT, "a tensor %s %s", ae_type_name(box->tensor->type),
             ae_shape_text(&box->tensor->shape, shape));
  else if (lua_isinteger(L, index))
    snprintf(buffer, AE_DESCRIBE_TEXT, LUA_INTEGER_FMT, (LUAI_UACINT)lua_tointeger(L, index));
  else if (lua_type(L, index) == LUA_TNUMBER)
    snprintf(buffer, AE_DESCRIBE_TEXT, "%.14g", (double)lua_tonumber(L, index));
  else if (lua_type(L, index) == LUA_TSTRING)
    snprintf(buffer, AE_DESCRIBE_TEXT, "'%.60s'", lua_tostring(L, index));
  else if (lua_isboolean(L, index))
    snprintf(buffer, AE_DESCRIBE_TEXT, "%s", lua_toboolean(L, index) ? "true" : "false");
  else if (lua_isnoneornil(L, index))
    snprintf(buffer, AE_DESCRIBE_TEXT, "nothing");
  else
    snprintf(buffer, AE_DESCRIBE_TEXT, "a %s", luaL_typename(L, index));
  return buffer;
}

/* core.raise(code, message, level): level counts as error's does. */
static int raise(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  const char *message = luaL_checkstring(L, 2);
  lua_Integer level = luaL_optinteger(L, 3, 1);
  for (int code = AE_OK + 1; code < AE_STATUS_COUNT; code++)
    if (strcmp(name, ae_status_name((ae_status)code)) == 0) {
      push_error(L, (ae_status)code, message, level >= 0 && level < 1000 ? (int)level : 1);
      return lua_error(L);
    }
  return ae_bind_fail(L, AE_INVALID, "raise: there is no error code '%s'", name);
}

static int error_tostring(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  if (lua_getfield(L, 1, "where") == LUA_TSTRING)
    lua_pushstring(L, ": ");
  else
    lua_settop(L, 1);
  lua_getfield(L, 1, "message");
  luaL_tolstring(L, -1, NULL);
  lua_remove(L, -2);
  lua_concat(L, lua_gettop(L) - 1);
  return 1;
}

static int error_concat(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  luaL_tolstring(L, 2, NULL);
  lua_concat(L, 2);
  return 1;
}

static const luaL_Reg functions[] = {{"raise", raise}, {NULL, NULL}};
static const luaL_Reg metamethods[] = {{"__tostring", error_tostring}, {"__concat", error_concat}, {NULL, NULL}};

void ae_bind_open_errors(lua_State *L, ae_lua *lua) {
  lua_createtable(L, 0, 4);
  ae_bind_functions(L, lua, metamethods);
  lua_pushliteral(L, "aelua.error");
  lua_setfield(L, -2, "__name");
  lua->error_class_ref = luaL_ref(L, LUA_REGISTRYINDEX);
  ae_bind_functions(L, lua, functions);
}
