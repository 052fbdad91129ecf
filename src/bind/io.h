/*
** io: what the bindings of files share.
*/
#ifndef AE_BIND_IO_H
#define AE_BIND_IO_H

#include "bind/bind.h"

/* Pushes a userdata that holds `size` zeroed bytes, and lets go of what they
** hold through `release` when it is collected: wherever Lua jumps out, nothing
** leaks. `release` leaves the bytes as it would find them zeroed. */
void *ae_bind_hold(lua_State *L, size_t size, void (*release)(void *object));

/* The path at index; raises "who: path wants a string, got ...". */
const char *ae_bind_path(lua_State *L, int index, const char *who);

/* The status of a call that ran out of memory, once more after a full collection. */
#define AE_BIND_TWICE(L, lua, status, call)                                                                            \
  do {                                                                                                                 \
    status = (call);                                                                                                   \
    if (status != AE_NO_MEMORY) break;                                                                                 \
    ae_bind_collect(L, lua);                                                                                           \
    status = (call);                                                                                                   \
  } while (0)

void ae_bind_open_bytes(lua_State *L, ae_lua *lua);
void ae_bind_open_files(lua_State *L, ae_lua *lua);
void ae_bind_open_images(lua_State *L, ae_lua *lua);
void ae_bind_open_pictures(lua_State *L, ae_lua *lua);
void ae_bind_open_tables(lua_State *L, ae_lua *lua);
void ae_bind_open_safetensors(lua_State *L, ae_lua *lua);
void ae_bind_open_json(lua_State *L, ae_lua *lua);

#endif
