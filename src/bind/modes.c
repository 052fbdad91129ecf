/*
** modes: the field `training` of a module and of all modules below it, set together; lua/aelua/nn/tree.lua says what
** lies below what. Every question to a model walks the tree, in a microsecond. Nothing is remembered between walks, as
** it could be out of date: nobody hears of it where a field that is there already gets another value.
*/
#include <stdint.h>

#include "bind/bind.h"

/* The functions' upvalues. */
#define IS_MODULE lua_upvalueindex(1) /* a table: of a metatable, whether objects of it are modules */
#define ORDER lua_upvalueindex(2)     /* the private field in which a module lists its public ones */
#define TRAINING lua_upvalueindex(3)
enum { UPVALUES = 3 };

/* A walk down the tree. */
typedef struct walk {
  const void **met; /* the tables met so far, by address: open addressing, at most half full; none is taken out */
  size_t size;      /* a power of two */
  size_t count;
  int modules; /* among them */
  int names;   /* where the stack holds the names of the fields of the table in hand, */
  int block;   /* and what `met` points to once `few` are too few */
  const void *few[64];
} walk;

static const void **find(const walk *w, const void *table) {
  size_t at = (size_t)((uint64_t)(uintptr_t)table * 0x9e3779b97f4a7c15u >> 32) & (w->size - 1);
  while (w->met[at] && w->met[at] != table) at = (at + 1) & (w->size - 1);
  return &w->met[at];
}

static void grow(lua_State *L, walk *w) {
  walk larger = {.size = 4 * w->size};
  larger.met = lua_newuserdatauv(L, larger.size * sizeof *larger.met, 0);
  for (size_t i = 0; i < larger.size; i++) larger.met[i] = NULL;
  for (size_t i = 0; i < w->size; i++)
    if (w->met[i]) *find(&larger, w->met[i]) = w->met[i];
  lua_replace(L, w->block);
  w->met = larger.met;
  w->size = larger.size;
}

/* Whether the table is met for the first time. */
static bool meet(lua_State *L, walk *w, const void *table) {
  const void **place = find(w, table);
  if (*place) return false;
  *place = table;
  if (++w->count > w->size / 2) grow(L, w);
  return true;
}

static bool has_metatable(lua_State *L, int index) {
  if (!lua_getmetatable(L, index)) return false;
  lua_pop(L, 1);
  return true;
}

/* Whether any value in the table on top is a table. In most plain tables of a model, shapes, none is. */
static bool holds_tables(lua_State *L) {
  bool found = false;
  lua_pushnil(L);
  while (!found && lua_next(L, -2)) {
    found = lua_istable(L, -1);
    lua_pop(L, found ? 2 : 1);
  }
  return found;
}

/* Pops the value on top, unless it is a module, or a plain table that may lead to some, and is met for the first time.
 */
static bool keep(lua_State *L, walk *w) {
  bool kept = false, module = false;
  if (lua_istable(L, -1)) {
    if (lua_getmetatable(L, -1)) {
      lua_gettable(L, IS_MODULE);
      module = lua_toboolean(L, -1);
      lua_pop(L, 1);
    } else {
      kept = holds_tables(L);
    }
    kept = (kept || module) && meet(L, w, lua_topointer(L, -1));
    w->modules += kept && module;
  }
  if (kept)
    luaL_checkstack(L, 8, NULL);
  else
    lua_pop(L, 1);
  return kept;
}

static void push_list(lua_State *L, walk *w, int index) {
  lua_Integer n = (lua_Integer)lua_rawlen(L, index);
  for (lua_Integer i = 1; i <= n; i++) {
    lua_rawgeti(L, index, i);
    keep(L, w);
  }
}

static void push_named(lua_State *L, walk *w, int index) {
  lua_Integer n = (lua_Integer)lua_rawlen(L, w->names);
  for (lua_Integer i = 1; i <= n; i++) {
    lua_rawgeti(L, w->names, i);
    lua_rawget(L, index);
    keep(L, w);
  }
}

static void push_public(lua_State *L, walk *w, int index) {
  lua_pushnil(L);
  while (lua_next(L, index)) {
    if (lua_type(L, -2) != LUA_TSTRING || *lua_tostring(L, -2) == '_')
      lua_pop(L, 1);
    else if (keep(L, w))
      lua_insert(L, -2); /* the key stays on top */
  }
}

/* Pushes the module at index, all below it, and plain tables on the way, which have no metatable. Gives the first's
** place, and in *modules how many are modules. Lua's stack bounds the tree: a million values. */
static int push_tree(lua_State *L, int index, int *modules) {
  int top = lua_gettop(L);
  walk w = {.size = sizeof w.few / sizeof *w.few, .names = top + 1, .block = top + 2};
  w.met = w.few;
  lua_settop(L, w.block);
  lua_pushvalue(L, index);
  keep(L, &w);
  for (int i = w.block + 1; i <= lua_gettop(L); i++) {
    push_list(L, &w, i);
    lua_pushvalue(L, ORDER);
    bool named = lua_rawget(L, i) == LUA_TTABLE;
    lua_replace(L, w.names);
    if (named)
      push_named(L, &w, i);
    else
      push_public(L, &w, i);
  }
  *modules = w.modules;
  return w.block + 1;
}

/* module.training = mode; both by their place. Raw, so that a class's own assignment can't raise between one's mode and
** the next's; want of memory can. */
static void set_training(lua_State *L, int module, int mode) {
  lua_pushvalue(L, TRAINING);
  lua_pushvalue(L, mode);
  lua_rawset(L, module);
}

/* set_mode(root, mode) -> root */
static int set_mode(lua_State *L) {
  lua_settop(L, 2);
  int modules, first = push_tree(L, 1, &modules), last = lua_gettop(L);
  for (int i = first; i <= last; i++) {
    if (has_metatable(L, i)) set_training(L, i, 2);
  }
  lua_settop(L, 1);
  return 1;
}

/* evaluating(root, fn, ...) -> what fn returns */
static int evaluating(lua_State *L) {
  luaL_checkany(L, 2);
  int modules, given = lua_gettop(L), first = push_tree(L, 1, &modules), off = lua_gettop(L) + 1;
  luaL_checkstack(L, 2 * modules + given + 8, NULL);
  lua_pushboolean(L, false);
  for (int i = first; i < off; i++) {
    if (!has_metatable(L, i)) continue;
    lua_pushvalue(L, i);
    lua_pushvalue(L, TRAINING);
    lua_gettable(L, i);
    set_training(L, i, off);
  }
  int end = lua_gettop(L);
  for (int i = 2; i <= given; i++) lua_pushvalue(L, i);
  bool fine = ae_bind_call(L, given - 2);
  luaL_checkstack(L, 4, NULL);
  for (int i = off + 1; i < end; i += 2) set_training(L, i, i + 1);
  return fine ? lua_gettop(L) - end : lua_error(L);
}

/* core.modes(is_module) -> set_mode, evaluating */
static int modes(lua_State *L) {
  static const lua_CFunction functions[] = {set_mode, evaluating};
  luaL_checktype(L, 1, LUA_TTABLE);
  for (int i = 0; i < 2; i++) {
    lua_pushvalue(L, 1);
    lua_pushliteral(L, "_order");
    lua_pushliteral(L, "training");
    lua_pushcclosure(L, functions[i], UPVALUES);
  }
  return 2;
}

static const luaL_Reg functions[] = {{"modes", modes}, {NULL, NULL}};

void ae_bind_open_modes(lua_State *L, ae_lua *lua) {
  ae_bind_functions(L, lua, functions);
}
