/*
** io_pictures: folders of pictures as rows.
**   core.list_pictures(who, folder) -> { "cat/a.png", ... }, as tree.h orders them
**   core.open_pictures(who, folder, names) -> pictures; `who` begins every message
**     pictures:head(i) -> height, width, channels of the file
**     pictures:set_form(height, width, channels, fit, method), once; fit "same", "stretch", "crop" or "pad";
**                       method "nearest", "bilinear", "bicubic" or "area"
**     pictures:keep() -> u8 [N, H, W, C] that rows are put into as they are read
**     pictures:read(i)            now, on this thread
**     pictures:counts() -> files decoded so far, rows kept
**     pictures:ahead(order, ring) -> stream of rows in that order ([n] i32, from 1), read ahead by a thread into a
**                                    ring of so many slots, or into the rows that are kept
**       stream:slots() -> the ring u8 [ring, H, W, C], or the rows that are kept
**       stream:take(n) -> [n] i32: where in there the next n rows lie, until
**       stream:pass(n)
**       stream:close()
*/
#include "bind/io.h"

#include "io/ahead.h"
#include "io/heap.h"
#include "io/pictures.h"
#include "io/tree.h"

/* ---- Names ---- */

static void release_tree(void *object) {
  ae_tree_free(object);
}

static int list_pictures(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  const char *who = luaL_checkstring(L, 1), *path = ae_bind_path(L, 2, who);
  ae_tree *tree = ae_bind_hold(L, sizeof *tree, release_tree);
  ae_error err;
  if (ae_tree_list(lua->ctx->allocator, who, path, tree, &err) != AE_OK) return ae_bind_raise(L, &err);
  lua_createtable(L, (int)tree->n, 0);
  for (size_t i = 0; i < tree->n; i++) {
    lua_pushstring(L, tree->at[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  ae_tree_free(tree);
  return 1;
}

/* ---- Pictures ---- */

static const char pictures_name[] = "aelua.pictures", stream_name[] = "aelua.stream", thread_name[] = "aelua.ahead";
static const char thread_key[] = "aelua.ahead.thread"; /* in the registry */

typedef struct pictures_box {
  ae_pictures *pictures;
  lua_Integer n;
  ae_form form;
  ae_tensor *kept; /* retained; NULL: none */
} pictures_box;

static int release_pictures(lua_State *L) {
  pictures_box *b = luaL_checkudata(L, 1, pictures_name);
  ae_pictures_release(b->pictures);
  ae_tensor_release(b->kept);
  *b = (pictures_box){.pictures = NULL};
  return 0;
}

/* The names in the table at index, in a block that Lua owns, which is pushed. */
static const char **check_names(lua_State *L, int index, const char *who, size_t n) {
  const char **names = lua_newuserdatauv(L, (n + 1) * sizeof *names, 0);
  for (size_t i = 0; i < n; i++) {
    lua_rawgeti(L, index, (lua_Integer)i + 1);
    names[i] = ae_bind_path(L, -1, who);
    lua_pop(L, 1); /* the table holds it */
  }
  return names;
}

static int open_pictures(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  const char *who = luaL_checkstring(L, 1), *folder = ae_bind_path(L, 2, who);
  luaL_checktype(L, 3, LUA_TTABLE);
  size_t n = lua_rawlen(L, 3);
  if (n == 0 || n > INT32_MAX) return ae_bind_fail(L, AE_INVALID, "%s: wants 1 to %d pictures", who, INT32_MAX);
  pictures_box *b = lua_newuserdatauv(L, sizeof *b, 0);
  *b = (pictures_box){.n = (lua_Integer)n};
  luaL_setmetatable(L, pictures_name);
  const char **names = check_names(L, 3, who, n);
  ae_error err;
  if (ae_pictures_open(lua->ctx->allocator, who, folder, names, n, &b->pictures, &err) != AE_OK)
    return ae_bind_raise(L, &err);
  lua_pop(L, 1);
  return 1;
}

static size_t check_index(lua_State *L, const pictures_box *b) {
  lua_Integer i = luaL_checkinteger(L, 2);
  luaL_argcheck(L, i >= 1 && i <= b->n, 2, "no picture has this number");
  return (size_t)i - 1;
}

static int head(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  const pictures_box *b = luaL_checkudata(L, 1, pictures_name);
  size_t i = check_index(L, b);
  ae_picture p;
  ae_error err;
  ae_status status;
  AE_BIND_TWICE(L, lua, status, ae_pictures_head(b->pictures, i, &p, &err));
  if (status != AE_OK) return ae_bind_raise(L, &err);
  lua_pushinteger(L, p.height);
  lua_pushinteger(L, p.width);
  lua_pushinteger(L, p.channels);
  return 3;
}

/* As an int, in which the range is checked further on. */
static int check_size(lua_State *L, int index) {
  lua_Integer size = luaL_checkinteger(L, index);
  return size < 0 ? 0 : size > INT32_MAX ? INT32_MAX : (int)size;
}

static int set_form(lua_State *L) {
  static const char *const fits[] = {"same", "stretch", "crop", "pad", NULL};
  static const char *const methods[] = {"nearest", "bilinear", "bicubic", "area", NULL};
  pictures_box *b = luaL_checkudata(L, 1, pictures_name);
  ae_form form = {check_size(L, 2), check_size(L, 3), check_size(L, 4), (ae_fit)luaL_checkoption(L, 5, NULL, fits),
                  (ae_resampling)luaL_checkoption(L, 6, NULL, methods)};
  luaL_argcheck(L, b->form.height == 0, 1, "these have a form");
  ae_error err;
  if (ae_pictures_set_form(b->pictures, form, &err) != AE_OK) return ae_bind_raise(L, &err);
  b->form = form;
  return 0;
}

static pictures_box *check_formed(lua_State *L) {
  pictures_box *b = luaL_checkudata(L, 1, pictures_name);
  luaL_argcheck(L, b->form.height > 0, 1, "these have no form yet");
  return b;
}

static ae_status new_rows(ae_context *ctx, const pictures_box *b, int64_t n, ae_tensor **out, ae_error *err) {
  ae_shape shape;
  AE_TRY(ae_shape_make("pictures", 4, (int64_t[]){n, b->form.height, b->form.width, b->form.channels}, &shape, err));
  return ae_tensor_new(ctx, AE_U8, &shape, out, err);
}

static int keep(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  pictures_box *b = check_formed(L);
  luaL_argcheck(L, !b->kept, 1, "rows are kept already");
  ae_box *box = ae_bind_box(L, lua);
  ae_tensor *rows;
  ae_error err;
  ae_status status;
  AE_BIND_TWICE(L, lua, status, new_rows(lua->ctx, b, b->n, &rows, &err));
  if (status != AE_OK) return ae_bind_raise(L, &err);
  ae_bind_put(lua, box, rows);
  if (ae_pictures_keep(b->pictures, rows, &err) != AE_OK) return ae_bind_raise(L, &err);
  ae_tensor_retain(rows);
  b->kept = rows;
  return 1;
}

static int read_now(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  const pictures_box *b = check_formed(L);
  size_t i = check_index(L, b);
  void *row;
  ae_error err;
  ae_status status;
  AE_BIND_TWICE(L, lua, status, ae_allocate(lua->ctx->allocator, ae_pictures_row_bytes(b->pictures), &row, &err));
  if (status != AE_OK) return ae_bind_raise(L, &err);
  status = ae_pictures_read(b->pictures, i, row, &err);
  ae_free(lua->ctx->allocator, row, ae_pictures_row_bytes(b->pictures));
  return status == AE_OK ? 0 : ae_bind_raise(L, &err);
}

static int counts(lua_State *L) {
  const pictures_box *b = luaL_checkudata(L, 1, pictures_name);
  lua_Integer kept = 0;
  for (lua_Integer i = 0; i < b->n; i++) kept += ae_pictures_has(b->pictures, (size_t)i);
  lua_pushinteger(L, (lua_Integer)ae_pictures_count(b->pictures));
  lua_pushinteger(L, kept);
  return 2;
}

/* ---- Streams ---- */

typedef struct stream_box {
  ae_stream *stream; /* NULL: closed */
  ae_pictures *pictures;
  ae_tensor *slots; /* retained */
  int64_t ring;
} stream_box;

static void end_stream(stream_box *s) {
  ae_stream_close(s->stream);
  ae_pictures_release(s->pictures);
  ae_tensor_release(s->slots);
  *s = (stream_box){.stream = NULL};
}

static int close_stream(lua_State *L) {
  end_stream(luaL_checkudata(L, 1, stream_name));
  return 0;
}

static int release_thread(lua_State *L) {
  ae_ahead **thread = luaL_checkudata(L, 1, thread_name);
  ae_ahead_close(*thread);
  *thread = NULL;
  return 0;
}

/* The state's one thread, made before any stream of it, so that it is closed after them. */
static ae_ahead *get_thread(lua_State *L, const ae_lua *lua) {
  if (lua_getfield(L, LUA_REGISTRYINDEX, thread_key) == LUA_TNIL) {
    ae_ahead **made = lua_newuserdatauv(L, sizeof *made, 0);
    *made = NULL;
    luaL_setmetatable(L, thread_name);
    ae_error err;
    if (ae_ahead_open(lua->ctx->allocator, made, &err) != AE_OK) ae_bind_raise(L, &err);
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, thread_key);
  }
  ae_ahead **thread = luaL_checkudata(L, -1, thread_name);
  lua_pop(L, 1);
  return *thread;
}

static ae_status read_row(void *object, int64_t row, uint8_t *to, ae_error *err) {
  return ae_pictures_read(object, (size_t)row, to, err);
}

/* The order's rows from 0, a block of the heap. */
static ae_status copy_rows(const ae_lua *lua, const pictures_box *b, const ae_tensor *order, int32_t **out,
                           ae_error *err) {
  int32_t *rows = ae_heap_allocate(lua->ctx->allocator, ((size_t)order->count + 1) * sizeof *rows);
  if (!rows) return ae_fail(err, AE_NO_MEMORY, "pictures: no memory for an order of %lld", (long long)order->count);
  for (int64_t i = 0; i < order->count; i++) {
    const int32_t row = ae_i32s(order)[i];
    if (row < 1 || row > b->n) {
      ae_heap_free(rows);
      return ae_fail(err, AE_INVALID, "pictures: row %d of %lld", row, (long long)b->n);
    }
    rows[i] = row - 1;
  }
  *out = rows;
  return AE_OK;
}

static ae_status open_stream(ae_lua *lua, pictures_box *b, const ae_tensor *order, ae_ahead *thread, stream_box *s,
                             ae_error *err) {
  if (!s->slots && b->kept) {
    s->slots = b->kept;
    ae_tensor_retain(s->slots);
  } else if (!s->slots) {
    AE_TRY(new_rows(lua->ctx, b, s->ring, &s->slots, err));
  }
  ae_row_source source = {.object = b->pictures, .read = read_row};
  if (!b->kept) {
    source.slots = ae_u8s(s->slots);
    source.ring = s->ring;
    source.row_bytes = ae_pictures_row_bytes(b->pictures);
  }
  int32_t *rows = NULL;
  AE_TRY(copy_rows(lua, b, order, &rows, err));
  ae_status status = ae_stream_open(thread, &source, rows, order->count, &s->stream, err);
  if (status != AE_OK) ae_heap_free(rows);
  return status;
}

static int ahead(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  pictures_box *b = check_formed(L);
  lua_Integer ring = luaL_checkinteger(L, 3);
  luaL_argcheck(L, ring >= 1, 3, "at least one slot is wanted");
  ae_ahead *thread = get_thread(L, lua);
  stream_box *s = lua_newuserdatauv(L, sizeof *s, 0);
  *s = (stream_box){.ring = ring};
  luaL_setmetatable(L, stream_name);
  ae_tensor *order = ae_bind_check(L, lua, 2, "pictures", "the order");
  luaL_argcheck(L, order->type == AE_I32 && order->shape.ndim == 1, 2, "an i32 tensor [n] is wanted");
  ae_pictures_retain(b->pictures);
  s->pictures = b->pictures;
  ae_error err;
  ae_status status = open_stream(lua, b, order, thread, s, &err);
  if (status == AE_NO_MEMORY) {
    ae_tensor_retain(order); /* finalizers run in a collection */
    ae_bind_collect(L, lua);
    status = open_stream(lua, b, order, thread, s, &err);
    ae_tensor_release(order);
  }
  return status == AE_OK ? 1 : ae_bind_raise(L, &err);
}

static stream_box *check_stream(lua_State *L) {
  stream_box *s = luaL_checkudata(L, 1, stream_name);
  luaL_argcheck(L, s->stream != NULL, 1, "the stream is closed");
  return s;
}

static int slots(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  const stream_box *s = check_stream(L);
  ae_bind_keep(L, lua, s->slots);
  return 1;
}

static int64_t check_count(lua_State *L, const stream_box *s) {
  lua_Integer n = luaL_checkinteger(L, 2);
  luaL_argcheck(L, n >= 0 && n <= ae_stream_left(s->stream) && n <= s->ring, 2, "so many rows are not to be had");
  return n;
}

static int take(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  const stream_box *s = check_stream(L);
  int64_t n = check_count(L, s);
  ae_box *box = ae_bind_box(L, lua);
  ae_shape shape;
  ae_tensor *places;
  ae_error err;
  ae_status status;
  AE_BIND_TWICE(L, lua, status, ae_stream_wait(s->stream, n, &err));
  if (status == AE_OK) status = ae_shape_make("pictures", 1, &n, &shape, &err);
  if (status == AE_OK) status = ae_tensor_new(lua->ctx, AE_I32, &shape, &places, &err);
  if (status != AE_OK) return ae_bind_raise(L, &err);
  for (int64_t i = 0; i < n; i++) ae_i32s(places)[i] = (int32_t)ae_stream_slot(s->stream, i) + 1;
  ae_bind_put(lua, box, places);
  return 1;
}

static int pass(lua_State *L) {
  const stream_box *s = check_stream(L);
  ae_stream_pass(s->stream, check_count(L, s));
  return 0;
}

static void make_class(lua_State *L, ae_lua *lua, const char *name, lua_CFunction release, const luaL_Reg *methods) {
  luaL_newmetatable(L, name);
  if (methods) {
    lua_newtable(L);
    ae_bind_functions(L, lua, methods);
    lua_setfield(L, -2, "__index");
  }
  lua_pushcfunction(L, release);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
}

void ae_bind_open_pictures(lua_State *L, ae_lua *lua) {
  static const luaL_Reg functions[] = {
      {"list_pictures", list_pictures}, {"open_pictures", open_pictures}, {NULL, NULL}};
  static const luaL_Reg of_pictures[] = {{"head", head},     {"set_form", set_form}, {"keep", keep}, {"read", read_now},
                                         {"counts", counts}, {"ahead", ahead},       {NULL, NULL}};
  static const luaL_Reg of_stream[] = {
      {"slots", slots}, {"take", take}, {"pass", pass}, {"close", close_stream}, {NULL, NULL}};
  make_class(L, lua, pictures_name, release_pictures, of_pictures);
  make_class(L, lua, stream_name, close_stream, of_stream);
  make_class(L, lua, thread_name, release_thread, NULL);
  ae_bind_functions(L, lua, functions);
}
