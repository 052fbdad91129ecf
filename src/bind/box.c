/*
** box: the userdata that stands for a tensor, from its making to its end, and
** the soft limit by which the collector learns of memory that it does not see:
** the bytes of tensors (twice what lives, at least 64 MB), and the number of
** boxes, since finalizers make Lua's own pacing wait for ever longer.
*/
#include "bind/bind.h"
#include "bind/scope.h"

#define LEAST_BYTES ((size_t)64 << 20)
/* New boxes between two collections: so many that these cost little beside the
** work, whatever Lua's own heap (measured: a full collection takes 1 us for each
** KB of it, a small operation half of that). */
enum { LEAST_BOXES = 8192, BOXES_PER_KB = 4 };

ae_box *ae_bind_box(lua_State *L, ae_lua *lua) {
  ae_box *box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = (ae_box){0};
  lua_rawgeti(L, LUA_REGISTRYINDEX, lua->tensor_class_ref);
  lua_setmetatable(L, -2);
  return box;
}

void ae_bind_put(ae_lua *lua, ae_box *box, ae_tensor *t) {
  box->tensor = t;
  lua->boxes++;
  if (lua->scope) ae_scope_add(lua->scope, box);
}

void ae_bind_drop(ae_lua *lua, ae_box *box) {
  ae_tensor *t = box->tensor;
  if (!t) return;
  box->tensor = NULL;
  lua->boxes--;
  ae_scope_remove(box);
  ae_tensor_release(t);
}

ae_box *ae_bind_keep(lua_State *L, ae_lua *lua, ae_tensor *t) {
  ae_box *box = ae_bind_box(L, lua);
  ae_tensor_retain(t);
  ae_bind_put(lua, box, t);
  return box;
}

ae_box *ae_bind_test(lua_State *L, const ae_lua *lua, int index) {
  void *box = lua_touserdata(L, index);
  if (!box || !lua_getmetatable(L, index)) return NULL;
  bool is_tensor = lua_topointer(L, -1) == lua->tensor_class;
  lua_pop(L, 1);
  return is_tensor ? box : NULL;
}

ae_tensor *ae_bind_check(lua_State *L, ae_lua *lua, int index, const char *who, const char *what) {
  const ae_box *box = ae_bind_test(L, lua, index);
  if (box && box->tensor) return box->tensor;
  char got[AE_DESCRIBE_TEXT];
  if (box)
    ae_bind_fail(L, AE_STATE, "%s: %s has been %s", who, what ? what : "the tensor", ae_bind_fate(box));
  else
    ae_bind_fail(L, AE_TYPE, "%s: %s%swants a tensor, got %s", who, what ? what : "", what ? " " : "",
                 ae_bind_describe(L, index, got));
  return NULL;
}

const char *ae_bind_fate(const ae_box *box) {
  return box->released ? "released at the end of the scope that made it; return it or scope.keep it" : "freed";
}

/* Twice what is live; below a budget, half of what is left of it at most. */
static size_t soft_limit(const ae_memory_use *use) {
  size_t limit = use->live > LEAST_BYTES / 2 ? 2 * use->live : LEAST_BYTES;
  size_t left = use->budget > use->live ? use->budget - use->live : 0;
  return use->budget && limit > use->live + left / 2 ? use->live + left / 2 : limit;
}

void ae_bind_collect(lua_State *L, ae_lua *lua) {
  lua_gc(L, LUA_GCCOLLECT);
  ae_memory_use use = ae_context_memory(lua->ctx);
  lua->limit = soft_limit(&use);
  size_t heap = (size_t)lua_gc(L, LUA_GCCOUNT) * BOXES_PER_KB;
  lua->most = lua->boxes + (heap > LEAST_BOXES ? heap : LEAST_BOXES);
}

void ae_bind_relieve(lua_State *L, ae_lua *lua) {
  if (lua->boxes > lua->most || ae_context_memory(lua->ctx).live > lua->limit) ae_bind_collect(L, lua);
}

ae_status ae_bind_try(lua_State *L, ae_lua *lua, ae_attempt_fn attempt, void *arg, ae_tensor *const *held, int n,
                      ae_error *err) {
  ae_status status = attempt(lua, arg, err);
  if (status != AE_NO_MEMORY) return status;
  for (int i = 0; i < n; i++)
    if (held[i]) ae_tensor_retain(held[i]);
  ae_bind_collect(L, lua);
  status = attempt(lua, arg, err);
  for (int i = 0; i < n; i++) ae_tensor_release(held[i]);
  return status;
}

/* ---- The host's door (aelua.h) ---- */

ae_status ae_lua_tensor(lua_State *L, int index, ae_tensor **out, ae_error *err) {
  const ae_lua *lua = ae_bind_find(L);
  const ae_box *box = lua && lua_checkstack(L, 2) ? ae_bind_test(L, lua, index) : NULL;
  if (!box) return ae_fail(err, AE_TYPE, "ae_lua_tensor: wants a tensor, got a %s", luaL_typename(L, index));
  if (!box->tensor) return ae_fail(err, AE_STATE, "ae_lua_tensor: the tensor has been freed");
  ae_tensor_retain(box->tensor);
  *out = box->tensor;
  return AE_OK;
}

static int push_box(lua_State *L) {
  ae_lua *lua = ae_bind_find(L);
  ae_tensor *t = lua_touserdata(L, 1);
  ae_box *box = ae_bind_box(L, lua);
  ae_tensor_retain(t);
  ae_bind_put(lua, box, t);
  return 1;
}

ae_status ae_lua_push(lua_State *L, ae_tensor *t, ae_error *err) {
  const ae_lua *lua = lua_checkstack(L, 4) ? ae_bind_find(L) : NULL;
  if (!lua || !lua->ctx) return ae_fail(err, AE_STATE, "ae_lua_push: aelua is not open in this state");
  lua_pushcfunction(L, push_box);
  lua_pushlightuserdata(L, t);
  if (lua_pcall(L, 1, 1, 0) == LUA_OK) return AE_OK;
  lua_pop(L, 1);
  return ae_fail(err, AE_NO_MEMORY, "ae_lua_push: Lua is out of memory");
}
