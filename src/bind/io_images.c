/*
** io_images: pictures.
**   core.read_image(path, channels?, dtype?), core.decode_image(string, channels?, dtype?) -> tensor [H, W, C]
**     channels 1..4, dtype "u8" or "f32"; nil: as in the file
**   core.write_image(path, t, kind, quality?), core.encode_image(t, kind, quality?) -> string
**     kind "png" (of 8 bits a sample where t is u8, of 16 where it is real) or "jpeg" (quality 1..100)
*/
#include "bind/io.h"
#include "bind/tensor.h"
#include "io/heap.h"
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

/* Kind and quality at index and behind. */
static ae_image_form check_form(lua_State *L, int index, const char *who) {
  static const char *const kinds[] = {"png", "jpeg", NULL};
  lua_Integer quality = luaL_optinteger(L, index + 1, 90);
  if (quality < 1 || quality > 100)
    ae_bind_fail(L, AE_INVALID, "%s: quality wants 1 to 100, got %lld", who, (long long)quality);
  return (ae_image_form){.jpeg = luaL_checkoption(L, index, NULL, kinds) == 1, .quality = (int)quality};
}

static int write_image(lua_State *L) {
  static const char who[] = "image.save";
  ae_lua *lua = ae_bind_lua(L);
  const char *path = ae_bind_path(L, 1, who);
  const ae_tensor *t = ae_bind_check(L, lua, 2, who, "the picture");
  ae_image_form form = check_form(L, 3, who);
  ae_error err;
  if (ae_image_write(lua->ctx, who, path, t, form, &err) != AE_OK) return ae_bind_raise(L, &err);
  return 0;
}

typedef struct encoded {
  uint8_t *bytes;
  size_t size;
} encoded;

static void release_encoded(void *object) {
  encoded *e = object;
  ae_heap_free(e->bytes);
  e->bytes = NULL;
}

static int encode_image(lua_State *L) {
  static const char who[] = "image.encode";
  ae_lua *lua = ae_bind_lua(L);
  lua_settop(L, 3);
  encoded *e = ae_bind_hold(L, sizeof *e, release_encoded);
  const ae_tensor *t = ae_bind_check(L, lua, 1, who, "the picture");
  ae_image_form form = check_form(L, 2, who);
  ae_error err;
  if (ae_image_encode(lua->ctx, who, t, form, &e->bytes, &e->size, &err) != AE_OK) return ae_bind_raise(L, &err);
  lua_pushlstring(L, (const char *)e->bytes, e->size);
  release_encoded(e);
  return 1;
}

void ae_bind_open_images(lua_State *L, ae_lua *lua) {
  static const luaL_Reg functions[] = {{"read_image", read_image},
                                       {"decode_image", decode_image},
                                       {"write_image", write_image},
                                       {"encode_image", encode_image},
                                       {NULL, NULL}};
  ae_bind_functions(L, lua, functions);
}
