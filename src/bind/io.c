/*
** io: holders for what Lua must not leak, paths; all bindings of files.
*/
#include "bind/io.h"

#include <string.h>

typedef struct hold {
  void (*release)(void *object);
  _Alignas(16) unsigned char object[];
} hold;

static const char hold_name[] = "aelua.hold";

static int release_hold(lua_State *L) {
  hold *h = luaL_checkudata(L, 1, hold_name);
  h->release(h->object);
  return 0;
}

void *ae_bind_hold(lua_State *L, size_t size, void (*release)(void *object)) {
  hold *h = lua_newuserdatauv(L, sizeof *h + size, 0);
  h->release = release;
  memset(h->object, 0, size);
  if (luaL_newmetatable(L, hold_name)) {
    lua_pushcfunction(L, release_hold);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return h->object;
}

const char *ae_bind_path(lua_State *L, int index, const char *who) {
  size_t length = 0;
  const char *path = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &length) : NULL;
  char got[AE_DESCRIBE_TEXT];
  if (!path) ae_bind_fail(L, AE_INVALID, "%s: path wants a string, got %s", who, ae_bind_describe(L, index, got));
  if (strlen(path) != length) ae_bind_fail(L, AE_INVALID, "%s: a path with a zero byte", who);
  return path;
}

void ae_bind_open_io(lua_State *L, ae_lua *lua) {
  ae_bind_open_bytes(L, lua);
  ae_bind_open_files(L, lua);
  ae_bind_open_images(L, lua);
  ae_bind_open_pictures(L, lua);
  ae_bind_open_tables(L, lua);
  ae_bind_open_safetensors(L, lua);
  ae_bind_open_json(L, lua);
}
