/*
** io_json: Lua values to JSON and back.
**   core.json.encode(value, { indent = true }?) -> text
**   core.json.decode(text) -> value
**   core.json.null: stands for null, which a Lua table cannot hold
**   core.json.array(t): marks t, which may be empty, as an array
** A table whose keys are 1..n (n > 0) or that is marked is an array; any other
** is an object and wants string keys, written in byte order. Numbers: integers
** up to 2^53 either way stay integers, so a whole float comes back as one; nan
** and infinity, and larger integers, raise. Depth is limited to DEPTH.
*/
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/io.h"
#include "io/json.h"

enum { DEPTH = 100 };

#define INTEGER_MOST ((lua_Integer)1 << 53)

static const char array_name[] = "aelua.json.array";
static const char null_key;

static void push_null(lua_State *L) {
  lua_pushlightuserdata(L, (void *)(uintptr_t)&null_key);
}

static bool is_null(lua_State *L, int index) {
  return lua_islightuserdata(L, index) && lua_touserdata(L, index) == (const void *)&null_key;
}

static void mark_array(lua_State *L) {
  luaL_setmetatable(L, array_name);
}

static void release_tree(void *object) {
  cJSON **tree = object;
  cJSON_Delete(*tree);
  *tree = NULL;
}

static void release_text(void *object) {
  char **text = object;
  cJSON_free(*text);
  *text = NULL;
}

/* ---- Encoding ---- */

static const char *const encode_name = "json.encode";

static void out_of_memory(lua_State *L) {
  ae_bind_fail(L, AE_NO_MEMORY, "%s: no memory", encode_name);
}

static void add(lua_State *L, cJSON *parent, const char *key, cJSON *item) {
  if (!ae_json_add(parent, key, item)) out_of_memory(L);
}

static bool is_marked(lua_State *L, int index) {
  if (!lua_getmetatable(L, index)) return false;
  luaL_getmetatable(L, array_name);
  bool marked = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return marked;
}

/* Whether the table at index is an array; raises where it is neither that nor
** an object. */
static bool is_array(lua_State *L, int index) {
  lua_Integer n = (lua_Integer)lua_rawlen(L, index), keys = 0, texts = 0;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_pop(L, 1);
    keys++;
    char got[AE_DESCRIBE_TEXT];
    if (lua_type(L, -1) == LUA_TSTRING)
      texts++;
    else if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 1 || lua_tointeger(L, -1) > n)
      ae_bind_fail(L, AE_INVALID, "%s: a table wants keys 1..n or strings, got %s", encode_name,
                   ae_bind_describe(L, -1, got));
  }
  if (texts > 0 && texts < keys)
    ae_bind_fail(L, AE_INVALID, "%s: a table has both numbers and strings as keys", encode_name);
  bool array = is_marked(L, index) || keys > texts;
  if (array && (texts > 0 || keys != n))
    ae_bind_fail(L, AE_INVALID, "%s: an array has holes or string keys", encode_name);
  return array;
}

/* cJSON would print 15 digits and drop the sign of -0. */
static cJSON *make_number(lua_State *L, int index) {
  char text[40];
  if (lua_isinteger(L, index)) {
    lua_Integer value = lua_tointeger(L, index);
    if (value > INTEGER_MOST || value < -INTEGER_MOST)
      ae_bind_fail(L, AE_INVALID, "%s: the integer %lld is larger than 2^53; give it as text", encode_name,
                   (long long)value);
    snprintf(text, sizeof text, "%lld", (long long)value);
    return cJSON_CreateRaw(text);
  }
  double value = lua_tonumber(L, index);
  if (!isfinite(value))
    ae_bind_fail(L, AE_INVALID, "%s: JSON has no %s", encode_name, isnan(value) ? "nan" : "infinity");
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) break;
  }
  /* The host's decimal mark, of one byte or more, becomes a point. */
  char *mark = text + strspn(text, "+-0123456789");
  size_t bytes = strcspn(mark, "0123456789e");
  if (bytes > 0) {
    *mark = '.';
    memmove(mark + 1, mark + bytes, strlen(mark + bytes) + 1);
  } else if (*mark == '\0') {
    memcpy(mark, ".0", 3);
  }
  return cJSON_CreateRaw(text);
}

static const char *check_text(lua_State *L, int index) {
  size_t length;
  const char *text = lua_tolstring(L, index, &length);
  if (strlen(text) != length) ae_bind_fail(L, AE_INVALID, "%s: a text has a zero byte", encode_name);
  if (!ae_utf8_valid(text, length)) ae_bind_fail(L, AE_INVALID, "%s: '%.60s' is not valid UTF-8", encode_name, text);
  return text;
}

static void encode_value(lua_State *L, cJSON *parent, const char *key, int depth);

static void encode_array(lua_State *L, cJSON *array, int index, int depth) {
  lua_Integer n = (lua_Integer)lua_rawlen(L, index);
  for (lua_Integer i = 1; i <= n; i++) {
    lua_rawgeti(L, index, i);
    encode_value(L, array, NULL, depth);
    lua_pop(L, 1);
  }
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Pushes a block with the keys of the table at index, which keeps the strings
** alive, in byte order. */
static const char **push_names(lua_State *L, int index, size_t *n) {
  *n = 0;
  lua_pushnil(L);
  for (; lua_next(L, index); ++*n) lua_pop(L, 1);
  const char **names = lua_newuserdatauv(L, (*n + 1) * sizeof *names, 0);
  size_t i = 0;
  lua_pushnil(L);
  for (; lua_next(L, index); lua_pop(L, 1)) names[i++] = check_text(L, -2);
  qsort(names, *n, sizeof *names, compare_names);
  return names;
}

static void encode_object(lua_State *L, cJSON *object, int index, int depth) {
  size_t n;
  const char **names = push_names(L, index, &n);
  for (size_t i = 0; i < n; i++) {
    lua_pushstring(L, names[i]);
    lua_rawget(L, index);
    encode_value(L, object, names[i], depth);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

/* Adds the value on top to parent, which is in the tree already: whatever is
** raised below, the tree's holder frees it all. */
static void encode_value(lua_State *L, cJSON *parent, const char *key, int depth) {
  int index = lua_gettop(L);
  luaL_checkstack(L, 8, encode_name);
  char got[AE_DESCRIBE_TEXT];
  if (is_null(L, index)) {
    add(L, parent, key, cJSON_CreateNull());
    return;
  }
  switch (lua_type(L, index)) {
  case LUA_TBOOLEAN:
    add(L, parent, key, cJSON_CreateBool(lua_toboolean(L, index)));
    return;
  case LUA_TNUMBER:
    add(L, parent, key, make_number(L, index));
    return;
  case LUA_TSTRING:
    add(L, parent, key, cJSON_CreateString(check_text(L, index)));
    return;
  case LUA_TTABLE:
    break;
  default:
    ae_bind_fail(L, AE_INVALID, "%s: JSON has no %s", encode_name, ae_bind_describe(L, index, got));
  }
  if (depth == DEPTH) ae_bind_fail(L, AE_INVALID, "%s: tables within tables, more than %d deep", encode_name, DEPTH);
  bool array = is_array(L, index);
  cJSON *item = array ? cJSON_CreateArray() : cJSON_CreateObject();
  add(L, parent, key, item);
  if (array)
    encode_array(L, item, index, depth + 1);
  else
    encode_object(L, item, index, depth + 1);
}

static int encode(lua_State *L) {
  luaL_checkany(L, 1);
  bool indented = false;
  if (lua_istable(L, 2)) {
    lua_getfield(L, 2, "indent");
    indented = lua_toboolean(L, -1);
  }
  lua_settop(L, 1);
  cJSON **tree = ae_bind_hold(L, sizeof *tree, release_tree);
  char **text = ae_bind_hold(L, sizeof *text, release_text);
  *tree = cJSON_CreateArray();
  if (!*tree) out_of_memory(L);
  lua_pushvalue(L, 1);
  encode_value(L, *tree, NULL, 0);
  ae_error err;
  if (ae_json_print(encode_name, cJSON_GetArrayItem(*tree, 0), indented, text, &err) != AE_OK)
    return ae_bind_raise(L, &err);
  lua_pushstring(L, *text);
  release_text(text);
  release_tree(tree);
  return 1;
}

/* ---- Decoding ---- */

static const char *const decode_name = "json.decode";

static void push_number(lua_State *L, double value) {
  if (!isfinite(value)) ae_bind_fail(L, AE_FORMAT, "%s: a number is too large", decode_name);
  if (floor(value) == value && fabs(value) <= (double)INTEGER_MOST && !(value == 0 && signbit(value)))
    lua_pushinteger(L, (lua_Integer)value);
  else
    lua_pushnumber(L, value);
}

static void push_value(lua_State *L, const cJSON *value, int depth) {
  luaL_checkstack(L, 4, decode_name);
  if (depth > DEPTH) ae_bind_fail(L, AE_FORMAT, "%s: more than %d levels deep", decode_name, DEPTH);
  const cJSON *item;
  if (cJSON_IsNull(value)) {
    push_null(L);
  } else if (cJSON_IsBool(value)) {
    lua_pushboolean(L, cJSON_IsTrue(value));
  } else if (cJSON_IsNumber(value)) {
    push_number(L, value->valuedouble);
  } else if (cJSON_IsString(value)) {
    lua_pushstring(L, value->valuestring);
  } else if (cJSON_IsArray(value)) {
    lua_newtable(L);
    lua_Integer n = 0;
    cJSON_ArrayForEach(item, value) {
      push_value(L, item, depth + 1);
      lua_rawseti(L, -2, ++n);
    }
    if (n == 0) mark_array(L);
  } else {
    lua_newtable(L);
    cJSON_ArrayForEach(item, value) {
      lua_pushstring(L, item->string);
      lua_pushvalue(L, -1);
      if (lua_rawget(L, -3) != LUA_TNIL)
        ae_bind_fail(L, AE_FORMAT, "%s: the key '%.80s' is there twice", decode_name, item->string);
      lua_pop(L, 1);
      push_value(L, item, depth + 1);
      lua_rawset(L, -3);
    }
  }
}

static int decode(lua_State *L) {
  char got[AE_DESCRIBE_TEXT];
  if (lua_type(L, 1) != LUA_TSTRING)
    return ae_bind_fail(L, AE_INVALID, "%s: wants a string, got %s", decode_name, ae_bind_describe(L, 1, got));
  size_t size;
  const char *text = lua_tolstring(L, 1, &size);
  cJSON **tree = ae_bind_hold(L, sizeof *tree, release_tree);
  ae_error err;
  if (ae_json_parse(decode_name, text, size, tree, &err) != AE_OK) return ae_bind_raise(L, &err);
  push_value(L, *tree, 0);
  release_tree(tree);
  return 1;
}

/* ---- */

static int array(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  mark_array(L);
  return 1;
}

void ae_bind_open_json(lua_State *L, ae_lua *lua) {
  static const luaL_Reg functions[] = {{"encode", encode}, {"decode", decode}, {"array", array}, {NULL, NULL}};
  luaL_newmetatable(L, array_name);
  lua_pop(L, 1);
  lua_newtable(L);
  ae_bind_functions(L, lua, functions);
  push_null(L);
  lua_setfield(L, -2, "null");
  lua_setfield(L, -2, "json");
}
