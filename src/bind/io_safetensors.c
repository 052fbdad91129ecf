/*
** io_safetensors: named tensors and text in one file.
**   core.read_safetensors(path) -> { name = tensor }, { key = text }, { name, ... } in the file's order
**   core.write_safetensors(path, { name = tensor }, { key = text }?)
*/
#include <string.h>

#include "bind/io.h"
#include "io/heap.h"
#include "io/safetensors.h"

/* ---- Reading ---- */

static void release_read(void *object) {
  ae_safetensors_free(object);
}

static int read_safetensors(lua_State *L) {
  static const char who[] = "read_safetensors";
  ae_lua *lua = ae_bind_lua(L);
  const char *path = ae_bind_path(L, 1, who);
  ae_bind_relieve(L, lua);
  ae_safetensors *s = ae_bind_hold(L, sizeof *s, release_read);
  ae_error err;
  ae_status status;
  AE_BIND_TWICE(L, lua, status, ae_safetensors_read(lua->ctx, who, path, s, &err));
  if (status != AE_OK) return ae_bind_raise(L, &err);
  lua_newtable(L);
  int tensors = lua_gettop(L);
  lua_newtable(L);
  lua_newtable(L);
  for (size_t i = 0; i < s->n_tensors; i++) {
    lua_pushstring(L, s->tensors[i].name);
    lua_pushvalue(L, -1);
    lua_rawseti(L, tensors + 2, (lua_Integer)i + 1);
    ae_box *box = ae_bind_box(L, lua);
    ae_bind_put(lua, box, s->tensors[i].tensor);
    s->tensors[i].tensor = NULL;
    lua_rawset(L, tensors);
  }
  for (size_t i = 0; i < s->n_metadata; i++) {
    lua_pushstring(L, s->metadata[i].text);
    lua_setfield(L, tensors + 1, s->metadata[i].name);
  }
  ae_safetensors_free(s);
  return 3;
}

/* ---- Writing ---- */

/* Names and tensors are borrowed from the tables that the caller keeps alive. */
static void release_lists(void *object) {
  ae_safetensors *s = object;
  ae_heap_free(s->tensors);
  ae_heap_free(s->metadata);
  *s = (ae_safetensors){.n_tensors = 0};
}

static size_t count_pairs(lua_State *L, int index, const char *who, const char *what) {
  char got[AE_DESCRIBE_TEXT];
  if (lua_type(L, index) != LUA_TTABLE)
    ae_bind_fail(L, AE_INVALID, "%s: %s want a table, got %s", who, what, ae_bind_describe(L, index, got));
  size_t n = 0;
  lua_pushnil(L);
  for (; lua_next(L, index); n++) lua_pop(L, 1);
  return n;
}

/* The text at -2 or -1 as C has it; raises where it is none. */
static const char *take_text(lua_State *L, int index, const char *who, const char *what) {
  size_t length = 0;
  const char *text = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &length) : NULL;
  char got[AE_DESCRIBE_TEXT];
  if (!text) ae_bind_fail(L, AE_INVALID, "%s: %s wants a string, got %s", who, what, ae_bind_describe(L, index, got));
  if (strlen(text) != length) ae_bind_fail(L, AE_INVALID, "%s: %s has a zero byte", who, what);
  return text;
}

static void *take_list(lua_State *L, const ae_lua *lua, size_t n, size_t size, const char *who) {
  void *list = ae_heap_allocate(lua->ctx->allocator, (n + 1) * size);
  if (!list) ae_bind_fail(L, AE_NO_MEMORY, "%s: no memory for %zu names", who, n);
  return list;
}

static int write_safetensors(lua_State *L) {
  static const char who[] = "write_safetensors";
  ae_lua *lua = ae_bind_lua(L);
  const char *path = ae_bind_path(L, 1, who);
  lua_settop(L, 3);
  size_t n = count_pairs(L, 2, who, "tensors");
  ae_safetensors *s = ae_bind_hold(L, sizeof *s, release_lists);
  s->tensors = take_list(L, lua, n, sizeof *s->tensors, who);
  lua_pushnil(L);
  while (lua_next(L, 2)) {
    const char *name = take_text(L, -2, who, "a tensor's name");
    s->tensors[s->n_tensors++] = (ae_named_tensor){name, ae_bind_check(L, lua, -1, who, name)};
    lua_pop(L, 1);
  }
  if (!lua_isnil(L, 3)) {
    s->metadata = take_list(L, lua, count_pairs(L, 3, who, "metadata"), sizeof *s->metadata, who);
    lua_pushnil(L);
    while (lua_next(L, 3)) {
      const char *name = take_text(L, -2, who, "a metadata key");
      s->metadata[s->n_metadata++] = (ae_named_text){name, take_text(L, -1, who, name)};
      lua_pop(L, 1);
    }
  }
  ae_error err;
  if (ae_safetensors_write(lua->ctx, who, path, s, &err) != AE_OK) return ae_bind_raise(L, &err);
  release_lists(s);
  return 0;
}

void ae_bind_open_safetensors(lua_State *L, ae_lua *lua) {
  static const luaL_Reg functions[] = {
      {"read_safetensors", read_safetensors}, {"write_safetensors", write_safetensors}, {NULL, NULL}};
  ae_bind_functions(L, lua, functions);
}
