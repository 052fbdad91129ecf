/*
** call: protected calls, and the sections made of them, which end whatever
** happens inside: no_grad, interruptible. Nothing yields out of one: the state
** of a section is the context's, and would leak into whoever runs meanwhile.
*/
#include "bind/bind.h"

#define LAST_ERROR "aelua.last_error"

/* Message handler: remembers the first traceback of an error value. */
static int remember(lua_State *L) {
  lua_settop(L, 1);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LAST_ERROR);
  lua_rawgeti(L, 2, 1);
  if (!lua_isnil(L, 1) && lua_rawequal(L, 1, 3)) {
    lua_settop(L, 1);
    return 1;
  }
  lua_pushvalue(L, 1);
  lua_rawseti(L, 2, 1);
  luaL_traceback(L, L, NULL, 1);
  lua_rawseti(L, 2, 2);
  lua_settop(L, 1);
  return 1;
}

bool ae_bind_call(lua_State *L, int n_args) {
  int handler = lua_gettop(L) - n_args;
  lua_pushcfunction(L, remember);
  lua_insert(L, handler);
  bool fine = lua_pcall(L, n_args, LUA_MULTRET, handler) == LUA_OK;
  lua_remove(L, handler);
  return fine;
}

/* Pushes the traceback that errors.c gave the value at index; false: it is none of ours. */
static bool push_own_traceback(lua_State *L, const ae_lua *lua, int index) {
  if (lua_type(L, index) != LUA_TTABLE || !lua_getmetatable(L, index)) return false;
  lua_rawgeti(L, LUA_REGISTRYINDEX, lua->error_class_ref);
  bool ours = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  if (!ours) return false;
  lua_pushliteral(L, "traceback");
  if (lua_rawget(L, index) == LUA_TSTRING) return true;
  lua_pop(L, 1);
  return false;
}

static bool push_remembered_traceback(lua_State *L, int index) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LAST_ERROR);
  lua_rawgeti(L, -1, 1);
  bool same = !lua_isnil(L, -1) && lua_rawequal(L, index, -1);
  lua_pop(L, 1);
  if (same) lua_rawgeti(L, -1, 2);
  lua_remove(L, same ? -2 : -1);
  return same;
}

bool ae_bind_traceback(lua_State *L, int index) {
  const ae_lua *lua = ae_bind_find(L);
  if (!lua) return false;
  index = lua_absindex(L, index);
  return push_own_traceback(L, lua, index) || push_remembered_traceback(L, index);
}

/* core.traceback(value) -> the traceback of where an error value was first raised, or nil */
static int traceback(lua_State *L) {
  luaL_checkany(L, 1);
  return ae_bind_traceback(L, 1);
}

/* core.no_grad(fn, ...) -> what fn returns; nothing inside is recorded */
static int no_grad(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  luaL_checkany(L, 1);
  lua->ctx->no_grad++;
  bool fine = ae_bind_call(L, lua_gettop(L) - 1);
  if (lua->ctx) lua->ctx->no_grad--;
  return fine ? lua_gettop(L) : lua_error(L);
}

/* core.interruptible(fn, ...) -> what fn returns; while it runs, an interrupt only sets what core.interrupted reads */
static int interruptible(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  luaL_checkany(L, 1);
  atomic_fetch_add(&lua->ctx->loops, 1);
  bool fine = ae_bind_call(L, lua_gettop(L) - 1);
  if (lua->ctx) atomic_fetch_sub(&lua->ctx->loops, 1);
  return fine ? lua_gettop(L) : lua_error(L);
}

static const luaL_Reg functions[] = {
    {"traceback", traceback}, {"no_grad", no_grad}, {"interruptible", interruptible}, {NULL, NULL}};

void ae_bind_open_call(lua_State *L, ae_lua *lua) {
  ae_bind_functions(L, lua, functions);
}
