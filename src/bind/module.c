/*
** module: luaopen_aelua. One context for each lua_State, which lives in the
** registry and is closed after the last object of the state; the table `core`
** (require "aelua.core"); the embedded Lua sources, each loaded when first
** required; then lua/aelua/init.lua, whose value is the module's.
*/
#include <string.h>

#include "bind/bind.h"
#include "bind/embedded.h"
#include "bind/function.h"

static const char state_key; /* its address, in the registry, leads to the ae_lua */

ae_lua *ae_bind_find(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &state_key);
  ae_lua *lua = lua_touserdata(L, -1);
  lua_pop(L, 1);
  return lua;
}

ae_lua *ae_bind_lua(lua_State *L) {
  ae_lua *lua = lua_touserdata(L, lua_upvalueindex(1));
  if (!lua->ctx) ae_bind_fail(L, AE_STATE, "aelua: this Lua state is closing");
  return lua;
}

void ae_bind_functions(lua_State *L, ae_lua *lua, const luaL_Reg *functions) {
  lua_pushlightuserdata(L, lua);
  luaL_setfuncs(L, functions, 1);
}

ae_context *ae_lua_context(lua_State *L) {
  const ae_lua *lua = lua_checkstack(L, 2) ? ae_bind_find(L) : NULL;
  return lua ? lua->ctx : NULL;
}

/* The state's finalizer. It was marked before any tensor's, so it runs after all of them. */
static int close_state(lua_State *L) {
  ae_lua *lua = lua_touserdata(L, 1);
  ae_link_close(lua->link);
  lua->link = NULL;
  if (lua->ctx) ae_context_close(lua->ctx);
  lua->ctx = NULL;
  return 0;
}

typedef struct opening {
  const ae_options *options;
  ae_status status;
  ae_error err;
} opening;

/* (opening): puts a state with an open context in the registry, or leaves the status that says why not. */
static int open_state(lua_State *L) {
  opening *o = lua_touserdata(L, 1);
  ae_lua *lua = lua_newuserdatauv(L, sizeof *lua, 0);
  *lua = (ae_lua){0};
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, close_state);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  o->status = ae_context_open(o->options, &lua->ctx, &o->err);
  if (o->status == AE_OK) o->status = ae_link_open(L, lua->ctx, &lua->link, &o->err);
  if (o->status == AE_OK) lua_rawsetp(L, LUA_REGISTRYINDEX, &state_key);
  return 0;
}

ae_status ae_lua_open(lua_State *L, const ae_options *options, ae_error *err) {
  opening o = {.options = options};
  if (!lua_checkstack(L, 8)) return ae_fail(err, AE_NO_MEMORY, "ae_lua_open: Lua is out of memory");
  if (ae_bind_find(L)) return ae_fail(err, AE_STATE, "ae_lua_open: the state is open already");
  lua_pushcfunction(L, open_state);
  lua_pushlightuserdata(L, &o);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
    lua_pop(L, 1);
    return ae_fail(err, AE_NO_MEMORY, "ae_lua_open: Lua is out of memory");
  }
  return o.status == AE_OK ? AE_OK : ae_fail(err, o.status, "%s", o.err.message);
}

/* ---- Embedded sources ---- */

/* Loader of one source: upvalue 1 is its number. */
static int load_embedded(lua_State *L) {
  ae_embedded_source source = ae_embedded_at((int)lua_tointeger(L, lua_upvalueindex(1)));
  char chunk[160] = "=[aelua] ";
  size_t used = strlen(chunk);
  for (const char *c = source.name + strlen("aelua."); *c && used < sizeof chunk - 5; c++)
    chunk[used++] = *c == '.' ? '/' : *c;
  memcpy(chunk + used, ".lua", 5);
  if (luaL_loadbufferx(L, source.text, source.size, chunk, "t") != LUA_OK) return lua_error(L);
  lua_pushvalue(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

/* "aelua.nn.init" is required as "aelua.nn"; "aelua.init" keeps its name. */
static void push_required_name(lua_State *L, const char *name) {
  size_t n = strlen(name);
  if (n > 5 && strcmp(name + n - 5, ".init") == 0 && strcmp(name, "aelua.init") != 0) n -= 5;
  lua_pushlstring(L, name, n);
}

static void preload_embedded(lua_State *L) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  for (int i = 0; i < ae_embedded_count(); i++) {
    const char *name = ae_embedded_at(i).name;
    if (strchr(name, '/')) continue; /* data, not a source */
    push_required_name(L, name);
    lua_pushinteger(L, i);
    lua_pushcclosure(L, load_embedded, 1);
    lua_rawset(L, -3);
  }
  lua_pop(L, 1);
}

/* ---- core ---- */

static void (*const parts[])(lua_State *L, ae_lua *lua) = {
    ae_bind_open_errors,   ae_bind_open_call,     ae_bind_open_tensor,  ae_bind_open_operations, ae_bind_open_autograd,
    ae_bind_open_arena,    ae_bind_open_scope,    ae_bind_open_runtime, ae_bind_open_kernels,    ae_bind_open_profile,
    ae_bind_open_terminal, ae_bind_open_describe, ae_bind_open_modes,   ae_bind_open_io,
};

static int load_core(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  return 1;
}

/* Preloaded rather than loaded: whoever clears package.loaded (busted, between files) gets the same table again. */
static void open_core(lua_State *L, ae_lua *lua) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_newtable(L);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) parts[i](L, lua);
  lua_pushcclosure(L, load_core, 1);
  lua_setfield(L, -2, "aelua.core");
  lua_pop(L, 1);
}

int luaopen_aelua(lua_State *L) {
  luaL_checkversion(L);
  if (!ae_bind_find(L)) {
    opening o = {.options = NULL};
    lua_pushcfunction(L, open_state);
    lua_pushlightuserdata(L, &o);
    lua_call(L, 1, 0);
    if (o.status != AE_OK) return luaL_error(L, "%s", o.err.message); /* there is no class of errors yet */
  }
  ae_lua *lua = ae_bind_find(L);
  if (!lua->open) {
    /* The generational mode keeps dead userdata, and with them their tensors, for too long. */
    lua_gc(L, LUA_GCINC, 0, 0, 0);
    open_core(L, lua);
    preload_embedded(L);
    lua->open = true;
  }
  if (lua_getglobal(L, "require") != LUA_TFUNCTION)
    return ae_bind_fail(L, AE_STATE, "aelua: wants the package library; open it first (luaL_openlibs)");
  lua_pushliteral(L, "aelua.init");
  lua_call(L, 1, 1);
  return 1;
}
