/*
** runtime: what a script may ask of its context: seed, threads, clock, memory,
** whether it was interrupted.
*/
#define _POSIX_C_SOURCE 200809L

#include "bind/bind.h"
#include "core/clock.h"

/* The integer at 1; raises "who: wants an integer, got ...". */
static lua_Integer want_integer(lua_State *L, const char *who) {
  char got[AE_DESCRIBE_TEXT];
  int is_integer = 0;
  lua_Integer n = 0;
  if (lua_type(L, 1) == LUA_TNUMBER) n = lua_tointegerx(L, 1, &is_integer);
  if (!is_integer) ae_bind_fail(L, AE_INVALID, "%s: wants an integer, got %s", who, ae_bind_describe(L, 1, got));
  return n;
}

/* core.seed(n): any integer */
static int seed(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  ae_context_seed(lua->ctx, (uint64_t)want_integer(L, "seed"));
  return 0;
}

static uint64_t get_word(lua_State *L, const char *name) {
  if (lua_getfield(L, 1, name) != LUA_TNUMBER || !lua_isinteger(L, -1))
    ae_bind_fail(L, AE_INVALID, "random_state: wants the integer '%s'", name);
  uint64_t word = (uint64_t)lua_tointeger(L, -1);
  lua_pop(L, 1);
  return word;
}

static void set_word(lua_State *L, const char *name, uint64_t word) {
  lua_pushinteger(L, (lua_Integer)word);
  lua_setfield(L, -2, name);
}

/* core.random_state([state]) -> {seed, stream, offset} as it was */
static int random_state(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  ae_random before = lua->ctx->random;
  if (!lua_isnoneornil(L, 1)) {
    luaL_checktype(L, 1, LUA_TTABLE);
    ae_random state = {get_word(L, "seed"), get_word(L, "stream"), get_word(L, "offset")};
    lua->ctx->random = state;
  }
  lua_createtable(L, 0, 3);
  set_word(L, "seed", before.seed);
  set_word(L, "stream", before.stream);
  set_word(L, "offset", before.offset);
  return 1;
}

/* core.threads([n]) -> how many there are now */
static int threads(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  if (!lua_isnoneornil(L, 1)) {
    lua_Integer n = want_integer(L, "threads");
    ae_error err;
    int count = n < 0 ? 0 : n > INT32_MAX ? INT32_MAX : (int)n;
    if (ae_context_set_threads(lua->ctx, count, &err) != AE_OK) return ae_bind_raise(L, &err);
  }
  lua_pushinteger(L, ae_context_threads(lua->ctx));
  return 1;
}

/* core.clock() -> seconds since some moment; never runs backwards */
static int clock_seconds(lua_State *L) {
  lua_pushnumber(L, (lua_Number)ae_clock_seconds());
  return 1;
}

/* core.memory() -> {live, peak, held, budget, system_calls, op_calls} in bytes and calls */
static int memory(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  ae_memory_use use = ae_context_memory(lua->ctx);
  lua_createtable(L, 0, 6);
  set_word(L, "live", use.live);
  set_word(L, "peak", use.peak);
  set_word(L, "held", use.held);
  set_word(L, "budget", use.budget);
  set_word(L, "system_calls", use.system_calls);
  set_word(L, "op_calls", lua->ctx->op_calls);
  return 1;
}

/* core.budget(bytes): the most that tensors may hold from now on; 0: no limit */
static int budget(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  lua_Integer bytes = want_integer(L, "budget");
  if (bytes < 0) return ae_bind_fail(L, AE_INVALID, "budget: wants 0 or more bytes, got %lld", (long long)bytes);
  ae_allocator_set_budget(lua->ctx->allocator, (size_t)bytes);
  ae_bind_collect(L, lua);
  return 0;
}

/* core.interrupted() -> whether an interrupt came since the last time */
static int interrupted(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  lua_pushboolean(L, atomic_exchange(&lua->ctx->interrupted, false));
  return 1;
}

static const luaL_Reg functions[] = {{"seed", seed},
                                     {"random_state", random_state},
                                     {"threads", threads},
                                     {"clock", clock_seconds},
                                     {"memory", memory},
                                     {"budget", budget},
                                     {"interrupted", interrupted},
                                     {NULL, NULL}};

void ae_bind_open_runtime(lua_State *L, ae_lua *lua) {
  ae_bind_functions(L, lua, functions);
  lua_pushstring(L, ae_version());
  lua_setfield(L, -2, "version");
  lua_pushstring(L, ae_type_name(AE_REAL));
  lua_setfield(L, -2, "real");
}
