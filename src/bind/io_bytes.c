/*
** io_bytes: strings of bytes.
**   core.deflate(string, level) -> string, core.inflate(string, cap) -> string
**   core.tensor_bytes(t) -> string: the elements in row order, little-endian
**   core.bytes_tensor(string, shape, dtype) -> tensor
** Real numbers are 4 bytes (f32) there in either build, so that each reads the
** other's.
*/
#include <string.h>

#include "bind/io.h"
#include "bind/tensor.h"
#include "io/deflate.h"
#include "io/element.h"

static void release_bytes(void *object) {
  ae_bytes_free(object);
}

static const char *check_string(lua_State *L, int index, const char *who, size_t *size) {
  char got[AE_DESCRIBE_TEXT];
  if (lua_type(L, index) != LUA_TSTRING)
    ae_bind_fail(L, AE_TYPE, "%s: wants a string of bytes, got %s", who, ae_bind_describe(L, index, got));
  return lua_tolstring(L, index, size);
}

static int push_bytes(lua_State *L, ae_bytes *bytes) {
  lua_pushlstring(L, bytes->data, bytes->size);
  ae_bytes_free(bytes);
  return 1;
}

/* ---- Smaller, and back ---- */

static int deflate_string(lua_State *L) {
  static const char who[] = "io.deflate";
  ae_lua *lua = ae_bind_lua(L);
  size_t size;
  const char *text = check_string(L, 1, who, &size);
  const int level = (int)luaL_checkinteger(L, 2);
  ae_bytes *bytes = ae_bind_hold(L, sizeof *bytes, release_bytes);
  ae_error err;
  ae_status status;
  AE_BIND_TWICE(L, lua, status, ae_deflate(lua->ctx->allocator, who, level, text, size, bytes, &err));
  return status == AE_OK ? push_bytes(L, bytes) : ae_bind_raise(L, &err);
}

static int inflate_string(lua_State *L) {
  static const char who[] = "io.inflate";
  ae_lua *lua = ae_bind_lua(L);
  size_t size;
  const char *text = check_string(L, 1, who, &size);
  const lua_Integer cap = luaL_checkinteger(L, 2);
  ae_bytes *bytes = ae_bind_hold(L, sizeof *bytes, release_bytes);
  ae_error err;
  ae_status status;
  AE_BIND_TWICE(L, lua, status, ae_inflate(lua->ctx->allocator, who, (size_t)cap, text, size, bytes, &err));
  return status == AE_OK ? push_bytes(L, bytes) : ae_bind_raise(L, &err);
}

/* ---- Tensors ---- */

static size_t stored_size(ae_type type) {
  return type == AE_REAL ? sizeof(float) : ae_type_size(type);
}

static int tensor_bytes(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  const ae_tensor *t = ae_bind_check(L, lua, 1, "io.bytes", "t");
  const size_t size = (size_t)t->count * stored_size(t->type);
  luaL_Buffer buffer;
  char *to = luaL_buffinitsize(L, &buffer, size);
  if (t->type != AE_REAL) {
    if (size > 0) memcpy(to, ae_tensor_bytes(t), size);
  } else {
    for (int64_t i = 0; i < t->count; i++) {
      const float value = (float)ae_reals(t)[i];
      memcpy(to + (size_t)i * sizeof value, &value, sizeof value);
    }
  }
  luaL_pushresultsize(&buffer, size);
  return 1;
}

static void fill(ae_tensor *t, const char *from, size_t size) {
  if (t->type != AE_REAL) {
    if (size > 0) memcpy(ae_tensor_bytes(t), from, size);
    return;
  }
  for (int64_t i = 0; i < t->count; i++) {
    float value;
    memcpy(&value, from + (size_t)i * sizeof value, sizeof value);
    ae_reals(t)[i] = (real)value;
  }
}

static int bytes_tensor(lua_State *L) {
  static const char who[] = "io.tensor";
  ae_lua *lua = ae_bind_lua(L);
  size_t size;
  const char *text = check_string(L, 1, who, &size);
  ae_dims dims;
  ae_bind_dims(L, who, "shape", 2, &dims);
  const ae_type type = ae_bind_check_type(L, 3, who);
  ae_shape shape;
  ae_error err;
  if (ae_shape_make(who, dims.n, dims.at, &shape, &err) != AE_OK) return ae_bind_raise(L, &err);
  char wanted[AE_SHAPE_TEXT];
  if (size % stored_size(type) != 0 || size / stored_size(type) != (size_t)ae_shape_count(&shape))
    return ae_bind_fail(L, AE_SHAPE, "%s: %s %s wants %lld numbers of %zu bytes, got %zu bytes", who,
                        type == AE_REAL ? "f32" : ae_type_name(type), ae_shape_text(&shape, wanted),
                        (long long)ae_shape_count(&shape), stored_size(type), size);
  ae_bind_relieve(L, lua);
  ae_box *box = ae_bind_box(L, lua);
  ae_tensor *t;
  ae_status status;
  AE_BIND_TWICE(L, lua, status, ae_tensor_new(lua->ctx, type, &shape, &t, &err));
  if (status != AE_OK) return ae_bind_raise(L, &err);
  fill(t, text, size);
  ae_bind_put(lua, box, t);
  return 1;
}

void ae_bind_open_bytes(lua_State *L, ae_lua *lua) {
  static const luaL_Reg functions[] = {{"deflate", deflate_string},
                                       {"inflate", inflate_string},
                                       {"tensor_bytes", tensor_bytes},
                                       {"bytes_tensor", bytes_tensor},
                                       {NULL, NULL}};
  ae_bind_functions(L, lua, functions);
}
