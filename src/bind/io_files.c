/*
** io_files: files of one tensor, bytes and folders.
**   core.read_idx(path), core.read_npy(path) -> tensor
**   core.write_npy(path, t)
**   core.read_file(path, cap?) -> string, gzip undone; core.write_file(path, string)
**   core.file_kind(path) -> "missing", "folder", "idx", "npy", ...
**   core.check_writable(path [, who]): raises unless a file could be written there
**   core.list_folder(path) -> { name, ... } in byte order, without hidden ones
** Everything written is there as a whole or not at all.
*/
#include "bind/io.h"

#include "io/file.h"
#include "io/idx.h"
#include "io/npy.h"
#include "io/writer.h"

typedef ae_status (*read_fn)(ae_context *ctx, const char *who, const char *path, ae_tensor **out, ae_error *err);

static int read_tensor(lua_State *L, const char *who, read_fn fn) {
  ae_lua *lua = ae_bind_lua(L);
  const char *path = ae_bind_path(L, 1, who);
  ae_bind_relieve(L, lua);
  ae_box *box = ae_bind_box(L, lua);
  ae_tensor *t;
  ae_error err;
  ae_status status;
  AE_BIND_TWICE(L, lua, status, fn(lua->ctx, who, path, &t, &err));
  if (status != AE_OK) return ae_bind_raise(L, &err);
  ae_bind_put(lua, box, t);
  return 1;
}

static int read_idx(lua_State *L) {
  return read_tensor(L, "read_idx", ae_idx_read);
}
static int read_npy(lua_State *L) {
  return read_tensor(L, "read_npy", ae_npy_read);
}

static int write_npy(lua_State *L) {
  static const char who[] = "write_npy";
  ae_lua *lua = ae_bind_lua(L);
  const char *path = ae_bind_path(L, 1, who);
  const ae_tensor *t = ae_bind_check(L, lua, 2, who, "the tensor to write");
  ae_error err;
  if (ae_npy_write(lua->ctx, who, path, t, &err) != AE_OK) return ae_bind_raise(L, &err);
  return 0;
}

/* ---- Bytes ---- */

static void release_bytes(void *object) {
  ae_bytes_free(object);
}

static int read_file(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  const char *who = luaL_optstring(L, 3, "read_file");
  const char *path = ae_bind_path(L, 1, who);
  lua_Integer cap = luaL_optinteger(L, 2, (lua_Integer)1 << 30);
  if (cap < 0) return ae_bind_fail(L, AE_INVALID, "%s: cap wants at least 0 bytes, got %lld", who, (long long)cap);
  ae_bytes *bytes = ae_bind_hold(L, sizeof *bytes, release_bytes);
  ae_error err;
  ae_status status;
  AE_BIND_TWICE(L, lua, status, ae_file_read(lua->ctx->allocator, who, path, (size_t)cap, bytes, &err));
  if (status != AE_OK) return ae_bind_raise(L, &err);
  lua_pushlstring(L, bytes->data, bytes->size);
  ae_bytes_free(bytes);
  return 1;
}

static int write_file(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  const char *who = luaL_optstring(L, 3, "write_file");
  const char *path = ae_bind_path(L, 1, who);
  char got[AE_DESCRIBE_TEXT];
  if (lua_type(L, 2) != LUA_TSTRING)
    return ae_bind_fail(L, AE_INVALID, "%s: wants a string to write, got %s", who, ae_bind_describe(L, 2, got));
  size_t size;
  const char *text = lua_tolstring(L, 2, &size);
  ae_error err;
  if (ae_write_file(lua->ctx, who, path, text, size, &err) != AE_OK) return ae_bind_raise(L, &err);
  return 0;
}

/* ---- What is where ---- */

static int file_kind(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  const char *who = luaL_optstring(L, 2, "file_kind");
  const char *path = ae_bind_path(L, 1, who);
  ae_file_kind kind;
  ae_error err;
  if (ae_file_kind_of(lua->ctx->allocator, who, path, &kind, &err) != AE_OK) return ae_bind_raise(L, &err);
  lua_pushstring(L, ae_file_kind_name(kind));
  return 1;
}

static int check_writable(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  const char *who = luaL_optstring(L, 2, "check_writable");
  const char *path = ae_bind_path(L, 1, who);
  ae_error err;
  if (ae_check_writable(lua->ctx, who, path, &err) != AE_OK) return ae_bind_raise(L, &err);
  return 0;
}

static void release_names(void *object) {
  ae_names_free(object);
}

static int list_folder(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  const char *who = luaL_optstring(L, 2, "list_folder");
  const char *path = ae_bind_path(L, 1, who);
  ae_names *names = ae_bind_hold(L, sizeof *names, release_names);
  ae_error err;
  if (ae_folder_list(lua->ctx->allocator, who, path, names, &err) != AE_OK) return ae_bind_raise(L, &err);
  lua_newtable(L);
  for (size_t i = 0; i < names->n; i++) {
    lua_pushstring(L, names->at[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  ae_names_free(names);
  return 1;
}

void ae_bind_open_files(lua_State *L, ae_lua *lua) {
  static const luaL_Reg functions[] = {{"read_idx", read_idx},
                                       {"read_npy", read_npy},
                                       {"write_npy", write_npy},
                                       {"read_file", read_file},
                                       {"write_file", write_file},
                                       {"file_kind", file_kind},
                                       {"check_writable", check_writable},
                                       {"list_folder", list_folder},
                                       {NULL, NULL}};
  ae_bind_functions(L, lua, functions);
}
