/*
** scope: ae.scope(fn, ...) releases the tensors made while fn runs as soon as
** it ends, by return or by error. What survives:
**   - tensors that fn returns, alone or inside (nested) tables without
**     metatables: they belong to the enclosing scope from then on
**   - tensors given to scope.keep, alone or inside tables; so is what an
**     ae.Function put into its table for backward
**   - leaves on which require_grad was called: parameters
** What a C object holds (a parameter's gradient, a node of the graph) is not a
** userdata and lives as long as its holder. Anything else that still points to
** a released tensor gets an error that says so.
*/
#include "bind/scope.h"

struct ae_scope {
  ae_scope *outer;
  ae_box ring; /* head: holds no tensor */
};

void ae_scope_add(ae_scope *scope, ae_box *box) {
  box->scope = scope;
  box->previous = &scope->ring;
  box->next = scope->ring.next;
  box->next->previous = box;
  scope->ring.next = box;
}

void ae_scope_remove(ae_box *box) {
  if (!box->scope) return;
  box->next->previous = box->previous;
  box->previous->next = box->next;
  box->scope = NULL;
}

static bool is_parameter(const ae_tensor *t) {
  return t->requires_grad && !t->node;
}

static void end_scope(ae_lua *lua, ae_scope *scope) {
  while (scope->ring.next != &scope->ring) {
    ae_box *box = scope->ring.next;
    if (is_parameter(box->tensor)) {
      ae_scope_remove(box);
    } else {
      ae_bind_drop(lua, box);
      box->released = true;
    }
  }
  lua->scope = scope->outer;
}

/* ---- What survives ---- */

enum { NEST = 64 }; /* tables within tables that are looked through */

/* A move of tensors out of the scope `from` (NULL: any) into `to` (NULL: none). */
typedef struct move {
  const ae_lua *lua;
  ae_scope *from, *to;
  int seen; /* index of a table of the tables already looked through; 0: not made yet */
} move;

static void move_box(const move *m, ae_box *box) {
  if (!box->scope || (m->from && box->scope != m->from)) return;
  ae_scope_remove(box);
  if (m->to) ae_scope_add(m->to, box);
}

/* The tensor at index, or those in the table there. */
static void move_value(lua_State *L, const move *m, int index, int depth) {
  ae_box *box = ae_bind_test(L, m->lua, index);
  if (box) move_box(m, box);
  if (lua_type(L, index) != LUA_TTABLE) return;
  if (lua_getmetatable(L, index)) {
    lua_pop(L, 1);
    return;
  }
  if (depth == NEST) ae_bind_fail(L, AE_INVALID, "scope: tables nested deeper than %d", NEST);
  luaL_checkstack(L, 6, NULL);
  bool seen = lua_rawgetp(L, m->seen, lua_topointer(L, index)) != LUA_TNIL;
  lua_pop(L, 1);
  if (seen) return;
  lua_pushboolean(L, true);
  lua_rawsetp(L, m->seen, lua_topointer(L, index));
  lua_pushnil(L);
  while (lua_next(L, index)) {
    move_value(L, m, lua_gettop(L), depth + 1);
    lua_pop(L, 1);
  }
}

/* What lies at first..last of the stack. */
static void move_range(lua_State *L, move m, int first, int last) {
  for (int i = first; i <= last; i++) {
    if (!m.seen && lua_type(L, i) == LUA_TTABLE) {
      lua_newtable(L);
      m.seen = lua_gettop(L);
    }
    move_value(L, &m, i, 0);
  }
  if (m.seen) lua_remove(L, m.seen);
}

/* The inside of a scope: (lua, scope, fn, ...) -> what fn returns. */
static int run_scope(lua_State *L) {
  const ae_lua *lua = lua_touserdata(L, 1);
  ae_scope *self = lua_touserdata(L, 2);
  lua_call(L, lua_gettop(L) - 3, LUA_MULTRET);
  move_range(L, (move){.lua = lua, .from = self, .to = self->outer}, 3, lua_gettop(L));
  return lua_gettop(L) - 2;
}

/* core.scope(fn, ...) -> what fn returns */
static int scope(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  luaL_checkany(L, 1);
  ae_scope self = {.outer = lua->scope};
  self.ring.next = self.ring.previous = &self.ring;
  lua_pushcfunction(L, run_scope);
  lua_pushlightuserdata(L, lua);
  lua_pushlightuserdata(L, &self);
  lua_rotate(L, 1, 3);
  lua->scope = &self;
  bool fine = ae_bind_call(L, lua_gettop(L) - 1);
  end_scope(lua, &self);
  return fine ? lua_gettop(L) : lua_error(L);
}

/* core.keep(...) -> ...: what lies in any scope belongs to none from now on */
static int keep(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  int n = lua_gettop(L);
  if (lua->scope) move_range(L, (move){.lua = lua}, 1, n);
  return n;
}

static const luaL_Reg functions[] = {{"scope", scope}, {"keep", keep}, {NULL, NULL}};

void ae_bind_open_scope(lua_State *L, ae_lua *lua) {
  ae_bind_functions(L, lua, functions);
}
