/*
** module: a host's side of the binding: states opened with options, tensors in
** and out, two states in two threads, what happens at the end and when memory
** runs out, Lua's or the tensors', at every single allocation.
*/
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "../core/check.h"

static lua_State *open_lua(void) {
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  luaL_requiref(L, "aelua", luaopen_aelua, 0);
  lua_pop(L, 1);
  return L;
}

static bool run(lua_State *L, const char *script) {
  if (luaL_dostring(L, script) == LUA_OK) return true;
  fprintf(stderr, "%s\n", luaL_tolstring(L, -1, NULL));
  return false;
}

static void test_tensors_in_and_out(void) {
  lua_State *L = open_lua();
  ae_context *ctx = ae_lua_context(L);
  ae_error err;
  ae_tensor *x, *y;
  CHECK(ctx != NULL);
  CHECK_OK(ae_tensor_from_reals(ctx, 1, (int64_t[]){3}, (double[]){1, 2, 3}, &x, &err), err);
  CHECK_OK(ae_lua_push(L, x, &err), err);
  lua_setglobal(L, "x");
  ae_tensor_release(x);
  CHECK(run(L, "return x * 2"));
  CHECK_OK(ae_lua_tensor(L, -1, &y, &err), err);
  double values[3];
  CHECK_OK(ae_tensor_read(y, values, 3, &err), err);
  CHECK(values[0] == 2 && values[2] == 6);
  lua_pushinteger(L, 1);
  CHECK_FAILS(ae_lua_tensor(L, -1, &x, &err), err, AE_TYPE, "got a number");
  CHECK(run(L, "x:free() return x"));
  CHECK_FAILS(ae_lua_tensor(L, -1, &x, &err), err, AE_STATE, "freed");
  CHECK_FAILS(ae_lua_open(L, NULL, &err), err, AE_STATE, "open already");
  lua_close(L);
  CHECK_OK(ae_tensor_read(y, values, 3, &err), err); /* outlives the state */
  CHECK(values[1] == 4);
  ae_tensor_release(y);
}

static void test_plain_state(void) {
  lua_State *L = luaL_newstate();
  ae_error err;
  CHECK(ae_lua_context(L) == NULL);
  CHECK_FAILS(ae_lua_push(L, NULL, &err), err, AE_STATE, "not open");
  lua_pushcfunction(L, luaopen_aelua);
  CHECK(lua_pcall(L, 0, 1, 0) != LUA_OK); /* no package library */
  CHECK(strstr(luaL_tolstring(L, -1, NULL), "luaL_openlibs") != NULL);
  lua_close(L);
}

/* A function recorded in a state that has closed is an error, and nothing else. */
static void test_graph_outlives_state(void) {
  lua_State *L = open_lua();
  ae_error err;
  ae_tensor *y, *p;
  CHECK(run(L, "local ae = require 'aelua'\n"
               "p = ae.tensor({ 2 }):require_grad()\n"
               "local f = ae.Function { forward = function(ctx, x) ctx.x = x return x * x end,\n"
               "                        backward = function(ctx, g) return g * ctx.x * 2 end }\n"
               "return p, f(p)"));
  CHECK_OK(ae_lua_tensor(L, -1, &y, &err), err);
  CHECK_OK(ae_lua_tensor(L, -2, &p, &err), err);
  CHECK_OK(ae_tensor_backward(ae_lua_context(L), y, NULL, true, &err), err);
  CHECK(ae_tensor_grad(p) != NULL);
  lua_close(L);
  ae_context *other;
  CHECK_OK(ae_context_open(NULL, &other, &err), err);
  CHECK_FAILS(ae_tensor_backward(other, y, NULL, false, &err), err, AE_STATE, "has closed");
  ae_tensor_release(y);
  ae_tensor_release(p);
  ae_context_close(other);
}

/* The error of a script's backward reaches a C caller as text. */
static void test_callback_error(void) {
  lua_State *L = open_lua();
  ae_error err;
  ae_tensor *y;
  CHECK(run(L, "local ae = require 'aelua'\n"
               "local f = ae.Function { forward = function(ctx, x) return x * x end,\n"
               "                        backward = function() error 'from the script' end }\n"
               "return f(ae.tensor({ 2 }):require_grad())"));
  CHECK_OK(ae_lua_tensor(L, -1, &y, &err), err);
  CHECK_FAILS(ae_tensor_backward(ae_lua_context(L), y, NULL, false, &err), err, AE_CALLBACK, "from the script");
  ae_tensor_release(y);
  lua_close(L);
}

/* ---- Two states in two threads ---- */

static void *train(void *result) {
  lua_State *L = open_lua();
  const char *script = "local ae = require 'aelua'\n"
                       "ae.threads(1) ae.seed(7)\n"
                       "local w = ae.randn({ 8, 8 }):require_grad()\n"
                       "for _ = 1, 300 do\n"
                       "  local x = ae.randn(4, 8)\n"
                       "  local y = (x:matmul(w) - x):square():mean()\n"
                       "  w:zero_grad() y:backward()\n"
                       "  ae.no_grad(function() w:copy_(w - w.grad * 0.5) end)\n"
                       "end\n"
                       "return w:sum():item()";
  *(double *)result = run(L, script) ? lua_tonumber(L, -1) : NAN;
  lua_close(L);
  return NULL;
}

static void test_two_threads(void) {
  pthread_t threads[2];
  double alone, together[2];
  train(&alone);
  for (int i = 0; i < 2; i++) CHECK(pthread_create(&threads[i], NULL, train, &together[i]) == 0);
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  CHECK(!isnan(alone) && together[0] == alone && together[1] == alone);
}

/* ---- Memory that runs out ---- */

typedef struct memory {
  long until_failure; /* allocations that still succeed; negative: all */
  size_t blocks, bytes;
} memory;

static bool spend(memory *m) {
  if (m->until_failure < 0) return true;
  if (m->until_failure == 0) return false;
  m->until_failure--;
  return true;
}

static void *lua_memory(void *user, void *block, size_t old_size, size_t size) {
  memory *m = user;
  (void)old_size;
  if (size == 0) {
    free(block);
    return NULL;
  }
  if ((!block || size > old_size) && !spend(m)) return NULL;
  return realloc(block, size);
}

static void *tensor_memory(void *user, size_t bytes) {
  memory *m = user;
  void *block = spend(m) ? aligned_alloc(64, (bytes + 63) / 64 * 64) : NULL;
  m->blocks += block != NULL;
  m->bytes += block ? bytes : 0;
  return block;
}

static void release_tensor_memory(void *user, void *block, size_t bytes) {
  memory *m = user;
  m->blocks--;
  m->bytes -= bytes;
  free(block);
}

static const char *workout =
    "local ae = require 'aelua'\n"
    "local x, w = ae.tensor { { 1, 2 }, { 3, 4 } }, ae.tensor({ { 1, 0 }, { 0, 1 } }):require_grad()\n"
    "local f = ae.Function { forward = function(ctx, a) ctx.a = a return a * a end,\n"
    "                        backward = function(ctx, g) return g * ctx.a * 2 end }\n"
    "local y = ae.scope(function() local h = f(x:matmul(w) + 1) return { h[1], h[{ {}, 2 }] } end)\n"
    "local z = ae.concat({ y[1], y[2] }):sum()\n"
    "z:backward()\n"
    "local text = tostring(w.grad)\n"
    "w.grad[x:gt(2)] = 0\n"
    "local g = ae.grad((w * w):sum(), { w })\n"
    "pcall(function() return x + ae.ones(3) end)\n"
    "return #text + #g:totable() + select(2, pcall(error, 1))";

/* One whole life with the failure at the given allocation; whether it got through. Leaks are counted. */
static bool live(long lua_failure, long tensor_failure) {
  memory for_lua = {.until_failure = -1}, for_tensors = {.until_failure = tensor_failure};
  ae_host_memory host = {tensor_memory, release_tensor_memory, &for_tensors};
  lua_State *L = lua_newstate(lua_memory, &for_lua);
  luaL_openlibs(L);
  luaL_requiref(L, "string", luaopen_string, 0);
  lua_pop(L, 1);
  ae_error err;
  for_lua.until_failure = lua_failure;
  bool fine = ae_lua_open(L, &(ae_options){.memory = &host, .threads = 1}, &err) == AE_OK;
  if (fine) {
    lua_pushcfunction(L, luaopen_aelua);
    fine = lua_pcall(L, 0, 1, 0) == LUA_OK;
    if (fine) {
      lua_getglobal(L, "package");
      lua_getfield(L, -1, "loaded");
      lua_pushvalue(L, -3);
      for_lua.until_failure = -1;
      lua_setfield(L, -2, "aelua");
      for_lua.until_failure = lua_failure;
    }
  }
  fine = fine && luaL_loadstring(L, workout) == LUA_OK && lua_pcall(L, 0, 1, 0) == LUA_OK;
  for_lua.until_failure = for_tensors.until_failure = -1;
  if (!fine && lua_failure < 0 && tensor_failure < 0) fprintf(stderr, "%s\n", luaL_tolstring(L, -1, NULL));
  if (fine) CHECK(lua_tointeger(L, -1) > 0);
  lua_close(L);
  CHECK(for_tensors.blocks == 0 && for_tensors.bytes == 0);
  return fine;
}

static void test_lua_memory_runs_out(void) {
  long n = 0;
  while (n < 200000 && !live(n, -1)) n++;
  CHECK(n > 500 && n < 200000);
}

static void test_tensor_memory_runs_out(void) {
  long n = 0;
  while (n < 100000 && !live(-1, n)) n++;
  CHECK(n > 10 && n < 100000);
}

int main(void) {
  test_tensors_in_and_out();
  test_plain_state();
  test_graph_outlives_state();
  test_callback_error();
  test_two_threads();
  CHECK(live(-1, -1));
  if (check_result()) return 1;
  test_lua_memory_runs_out();
  test_tensor_memory_runs_out();
  return check_result();
}
