/*
** autograd: backward and gradients for scripts, what ae.Function records.
** Options and their checks are in lua/aelua/autograd.lua.
*/
#include "bind/bind.h"
#include "bind/function.h"
#include "core/tape.h"

/* Raises what a recorded function raised, where that is what went wrong; else err. */
static int raise_failed(lua_State *L, ae_error *err) {
  if (err->code == AE_CALLBACK && ae_link_error(L)) return lua_error(L);
  if (err->code == AE_NO_MEMORY) ae_fail_in(err, "backward");
  return ae_bind_raise(L, err);
}

static ae_tensor *optional_tensor(lua_State *L, ae_lua *lua, int index, const char *who, const char *what) {
  return lua_isnoneornil(L, index) ? NULL : ae_bind_check(L, lua, index, who, what);
}

/* Walks hold the root and what else they use: a recorded function may free anything. */
static void hold(ae_tensor *a, ae_tensor *b) {
  ae_tensor_retain(a);
  if (b) ae_tensor_retain(b);
}

static void let_go(ae_tensor *a, ae_tensor *b) {
  ae_tensor_release(a);
  ae_tensor_release(b);
}

/* core.backward(t, gradient?, retain_graph?) */
static int backward(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  ae_tensor *root = ae_bind_check(L, lua, 1, "backward", NULL);
  ae_tensor *gradient = optional_tensor(L, lua, 2, "backward", "gradient");
  bool retain = lua_toboolean(L, 3);
  ae_error err;
  hold(root, gradient);
  lua_State *before = ae_link_enter(lua->link, L);
  ae_status status = ae_tape_backward(lua->ctx, root, gradient, retain, &err);
  ae_link_leave(lua->link, before);
  let_go(root, gradient);
  if (status != AE_OK) return raise_failed(L, &err);
  ae_bind_relieve(L, lua);
  return 0;
}

enum { MOST_TENSORS = 100000 };

ae_tensor **ae_bind_list(lua_State *L, ae_lua *lua, int index, const char *who, int *n) {
  luaL_checktype(L, index, LUA_TTABLE);
  lua_Unsigned count = lua_rawlen(L, index);
  if (count == 0 || count > MOST_TENSORS)
    ae_bind_fail(L, AE_INVALID, "%s: wants 1 to %d tensors, got %llu", who, MOST_TENSORS, (unsigned long long)count);
  ae_tensor **list = lua_newuserdatauv(L, count * sizeof *list, 0);
  for (int i = 0; i < (int)count; i++) {
    lua_rawgeti(L, index, i + 1);
    list[i] = ae_bind_check(L, lua, lua_gettop(L), who, "each entry");
    lua_pop(L, 1);
  }
  *n = (int)count;
  return list;
}

/* core.gradients(y, {x...}, gradient?, retain_graph?) -> gx... */
static int gradients(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  lua_settop(L, 4);
  int n;
  ae_bind_list(L, lua, 2, "grad", &n);
  luaL_checkstack(L, n + 8, "too many tensors");
  ae_box **boxes = lua_newuserdatauv(L, (size_t)n * sizeof *boxes, 0);
  ae_tensor **out = lua_newuserdatauv(L, (size_t)n * sizeof *out, 0);
  int first = lua_gettop(L) + 1;
  for (int i = 0; i < n; i++) {
    boxes[i] = ae_bind_box(L, lua);
    out[i] = NULL;
  }
  ae_tensor **of = ae_bind_list(L, lua, 2, "grad", &n); /* again: nothing has run since that could free them */
  ae_tensor *root = ae_bind_check(L, lua, 1, "grad", NULL);
  ae_tensor *gradient = optional_tensor(L, lua, 3, "grad", "gradient");
  ae_error err;
  hold(root, gradient);
  for (int i = 0; i < n; i++) ae_tensor_retain(of[i]);
  lua_State *before = ae_link_enter(lua->link, L);
  ae_status status = ae_tape_gradients(lua->ctx, root, gradient, lua_toboolean(L, 4), of, n, out, &err);
  ae_link_leave(lua->link, before);
  for (int i = 0; i < n; i++) ae_tensor_release(of[i]);
  let_go(root, gradient);
  if (status != AE_OK) return raise_failed(L, &err);
  lua_settop(L, first + n - 1);
  for (int i = 0; i < n; i++) {
    if (out[i]) {
      ae_bind_put(lua, boxes[i], out[i]);
      continue;
    }
    lua_pushnil(L);
    lua_replace(L, first + i);
  }
  ae_bind_relieve(L, lua);
  return n;
}

static const luaL_Reg functions[] = {
    {"backward", backward}, {"gradients", gradients}, {"record", ae_function_record}, {NULL, NULL}};

void ae_bind_open_autograd(lua_State *L, ae_lua *lua) {
  ae_bind_functions(L, lua, functions);
}
