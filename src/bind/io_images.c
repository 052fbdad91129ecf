/*
** io_images: pictures.
**   core.read_image(path, channels?, dtype?), core.decode_image(string, channels?, dtype?) -> tensor [H, W, C]
**     channels 1..4, dtype "u8" or "f32"; nil: as in the file
**   core.write_png(path, t)
*/
#include "bind/io.h"
#include "bind/tensor.h"
#include "io/image.h"

static ae_image_wish check_wish(lua_State *L, const char *who) {
  lua_Integer channels = luaL_optinteger(L, 2, 0);
  if (channels < 0 || channels > 4)
    ae_bind_fail(L, AE_INVALID, "%s: channels wants 1 to 4, got %lld", who, (long long)channels);
  ae_image_wish wish = {.channels = (int)channels};
  if (lua_isnoneornil(L, 3)) return wish;
  wish.type = ae_bind_check_type(L, 3, who);
  if (wish.type == AE_I32) ae_bind_fail(L, AE_INVALID, "%s: dtype wants u8 or f32, got i32", who);
  return wish;
}

static int read_image(lua_State *L) {
  static const char who[] = "image.load";
  ae_lua *lua = ae_bind_lua(L);
  const char *path = ae_bind_path(L, 1, who);
  ae_image_wish wish = check_wish(L, who);
  ae_bind_relieve(L, lua);
  ae_box *box = ae_bind_box(L, lua);
  ae_tensor *t;
  ae_error err;
  ae_status status;
  AE_BIND_TWICE(L, lua, status, ae_image_read(lua->ctx, who, path, wish, &t, &err));
  if (status != AE_OK) return ae_bind_raise(L, &err);
  ae_bind_put(lua, box, t);
  return 1;
}

static int decode_image(lua_State *L) {
  static const char who[] = "image.decode";
  ae_lua *lua = ae_bind_lua(L);
  char got[AE_DESCRIBE_TEXT];
  if (lua_type(L, 1) != LUA_TSTRING)
    return ae_bind_fail(L, AE_TYPE, "%s: wants a string of bytes, got %s", who, ae_bind_describe(L, 1, got));
  ae_encoded file = {.who = who};
  file.bytes = (const uint8_t *)lua_tolstring(L, 1, &file.size);
  ae_image_wish wish = check_wish(L, who);
  ae_bind_relieve(L, lua);
  ae_box *box = ae_bind_box(L, lua);
  ae_tensor *t;
  ae_error err;
  ae_status status;
  AE_BIND_TWICE(L, lua, status, ae_image_decode(lua->ctx, &file, wish, &t, &err));
  if (status != AE_OK) return ae_bind_raise(L, &err);
  ae_bind_put(lua, box, t);
  return 1;
}

static int write_png(lua_State *L) {
  static const char who[] = "write_png";
  ae_lua *lua = ae_bind_lua(L);
  const char *path = ae_bind_path(L, 1, who);
  const ae_tensor *t = ae_bind_check(L, lua, 2, who, "the tensor to write");
  ae_error err;
  if (ae_png_write(lua->ctx, who, path, t, &err) != AE_OK) return ae_bind_raise(L, &err);
  return 0;
}

void ae_bind_open_images(lua_State *L, ae_lua *lua) {
  static const luaL_Reg functions[] = {
      {"read_image", read_image}, {"decode_image", decode_image}, {"write_png", write_png}, {NULL, NULL}};
  ae_bind_functions(L, lua, functions);
}
