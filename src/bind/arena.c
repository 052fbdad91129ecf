/*
** arena: parameters packed for an optimiser, and which of them have a gradient.
*/
#include "core/arena.h"
#include "bind/bind.h"

/* core.arena({leaf...}) -> values, grads, firsts: the leaves and their gradients
** become views of two flat tensors; leaf i begins at element firsts[i] (from 1). */
static int arena(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  lua_settop(L, 1);
  ae_box *values = ae_bind_box(L, lua), *grads = ae_bind_box(L, lua);
  lua_createtable(L, (int)lua_rawlen(L, 1), 0);
  int n;
  ae_tensor **leaves = ae_bind_list(L, lua, 1, "arena", &n);
  for (int i = 0; i < n; i++) { /* the table's room, while nothing has moved yet */
    lua_pushinteger(L, 0);
    lua_rawseti(L, 4, i + 1);
  }
  ae_tensor *flat_values, *flat_grads;
  ae_error err;
  if (ae_arena_pack(lua->ctx, leaves, n, &flat_values, &flat_grads, &err) != AE_OK) return ae_bind_raise(L, &err);
  ae_bind_put(lua, values, flat_values);
  ae_bind_put(lua, grads, flat_grads);
  for (int i = 0; i < n; i++) {
    lua_pushinteger(L, (lua_Integer)(leaves[i]->offset / sizeof(real)) + 1);
    lua_rawseti(L, 4, i + 1);
  }
  lua_settop(L, 4);
  return 3;
}

/* core.arena_ready(values, leaves, ready) -> how many of the leaves require a
** gradient and have one since it was last zeroed; ready[i] says which. nil
** where a leaf does not lie in the arena any more. */
static int arena_ready(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  lua_settop(L, 3);
  luaL_checktype(L, 2, LUA_TTABLE);
  luaL_checktype(L, 3, LUA_TTABLE);
  const ae_tensor *values = ae_bind_check(L, lua, 1, "arena_ready", "values");
  int n = (int)lua_rawlen(L, 2);
  lua_Integer count = 0;
  for (int i = 1; i <= n; i++) {
    lua_rawgeti(L, 2, i);
    const ae_tensor *leaf = ae_bind_check(L, lua, 4, "arena_ready", "a parameter");
    if (!ae_arena_holds(values, leaf)) return 0;
    bool ready = leaf->requires_grad && leaf->grad && !leaf->grad_zeroed;
    count += ready;
    lua_pushboolean(L, ready);
    lua_rawseti(L, 3, i);
    lua_settop(L, 3);
  }
  lua_pushinteger(L, count);
  return 1;
}

static const luaL_Reg functions[] = {{"arena", arena}, {"arena_ready", arena_ready}, {NULL, NULL}};

void ae_bind_open_arena(lua_State *L, ae_lua *lua) {
  ae_bind_functions(L, lua, functions);
}
