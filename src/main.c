/*
** main: the program. Runs a script with aelua preloaded.
*/
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>

#include "aelua.h"

static int add_traceback(lua_State *L) {
  luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
  return 1;
}

int main(int argc, char **argv) {
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_pushcfunction(L, luaopen_aelua);
  lua_setfield(L, -2, "aelua");
  lua_pop(L, 1);
  int script = argc > 2 && argv[1][0] == '-' && argv[1][1] == 'e' ? 2 : 1;
  lua_newtable(L);
  for (int i = 0; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i - script);
  }
  lua_setglobal(L, "arg");
  lua_pushcfunction(L, add_traceback);
  int status = script == 2 ? luaL_loadstring(L, argv[2]) : luaL_loadfile(L, argc > 1 ? argv[1] : NULL);
  int given = script == 2 ? 0 : argc - 2;
  for (int i = 0; i < given; i++) lua_pushstring(L, argv[i + 2]);
  if (status == LUA_OK) status = lua_pcall(L, given > 0 ? given : 0, 0, 1);
  if (status != LUA_OK) fprintf(stderr, "aelua: %s\n", luaL_tolstring(L, -1, NULL));
  lua_close(L);
  return status != LUA_OK;
}
