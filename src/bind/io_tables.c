/*
** io_tables: text tables.
**   core.read_table(path, options?) -> { values, labels?, classes?, columns?, label? }
**     values [rows, columns], labels [rows] i32 from 1; classes: the labels'
**     names; columns, label: names of columns, where the file has a header
**   core.embedded_table(name, options?): the same of a file inside the library
**   options: delimiter (one character; " ": white space; nil: find out),
**     decimal ("." or ","), header (true, false; nil: find out), label (a
**     column's number, from the end if negative; its name; false: none; nil:
**     find out), dtype ("f32", or "u8" for whole numbers 0..255)
*/
#include <string.h>

#include "bind/embedded.h"
#include "bind/io.h"
#include "io/table.h"

/* ---- Options ---- */

static int refuse(lua_State *L, const char *who, const char *name, const char *wants) {
  char got[AE_DESCRIBE_TEXT];
  return ae_bind_fail(L, AE_INVALID, "%s: %s wants %s, got %s", who, name, wants, ae_bind_describe(L, -1, got));
}

static bool is_character(lua_State *L, size_t *length) {
  return lua_type(L, -1) == LUA_TSTRING && (lua_tolstring(L, -1, length), *length == 1);
}

static void take_delimiter(lua_State *L, const char *who, ae_table_options *o) {
  size_t length;
  if (!is_character(L, &length)) refuse(L, who, "delimiter", "one character");
  o->delimiter = lua_tostring(L, -1)[0];
  if (strchr("\"\n\r#.+-", o->delimiter) || (o->delimiter >= '0' && o->delimiter <= '9'))
    refuse(L, who, "delimiter", "a character that parts fields");
}

static void take_decimal(lua_State *L, const char *who, ae_table_options *o) {
  size_t length;
  if (!is_character(L, &length) || !strchr(".,", lua_tostring(L, -1)[0])) refuse(L, who, "decimal", "'.' or ','");
  o->decimal = lua_tostring(L, -1)[0];
}

static void take_header(lua_State *L, const char *who, ae_table_options *o) {
  if (!lua_isboolean(L, -1)) refuse(L, who, "header", "true or false");
  o->header = lua_toboolean(L, -1) ? AE_HEADER_YES : AE_HEADER_NO;
}

static void take_label(lua_State *L, const char *who, ae_table_options *o) {
  if (lua_isboolean(L, -1) && !lua_toboolean(L, -1)) {
    o->label = AE_LABEL_NONE;
  } else if (lua_isinteger(L, -1)) {
    o->label = AE_LABEL_COLUMN;
    o->label_column = lua_tointeger(L, -1);
  } else if (lua_type(L, -1) == LUA_TSTRING) {
    o->label = AE_LABEL_NAME;
    o->label_name = lua_tostring(L, -1); /* the options' table keeps it */
  } else {
    refuse(L, who, "label", "a column's number or name, or false");
  }
}

static void take_dtype(lua_State *L, const char *who, ae_table_options *o) {
  const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
  o->bytes = strcmp(name, "u8") == 0;
  if (!o->bytes && strcmp(name, "f32") != 0 && strcmp(name, ae_type_name(AE_REAL)) != 0)
    refuse(L, who, "dtype", "'f32' or 'u8'");
}

static ae_table_options take_options(lua_State *L, int index, const char *who) {
  static const char *const names[] = {"delimiter", "decimal", "header", "label", "dtype", NULL};
  static void (*const take[])(lua_State *, const char *, ae_table_options *) = {take_delimiter, take_decimal,
                                                                                take_header, take_label, take_dtype};
  ae_table_options o = {.decimal = '.'};
  if (lua_isnoneornil(L, index)) return o;
  char got[AE_DESCRIBE_TEXT];
  if (lua_type(L, index) != LUA_TTABLE)
    ae_bind_fail(L, AE_INVALID, "%s: options want a table, got %s", who, ae_bind_describe(L, index, got));
  lua_pushnil(L);
  while (lua_next(L, index)) {
    const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
    int i = 0;
    while (names[i] && strcmp(key, names[i]) != 0) i++;
    const char *near = names[i] ? NULL : ae_bind_nearest(key, names);
    if (!names[i])
      ae_bind_fail(L, AE_INVALID, "%s has no option %s%s%s%s", who, ae_bind_describe(L, -2, got),
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    take[i](L, who, &o);
    lua_pop(L, 1);
  }
  if (o.delimiter == ',' && o.decimal == ',')
    ae_bind_fail(L, AE_INVALID, "%s: a comma cannot be both delimiter and decimal mark", who);
  return o;
}

/* ---- Reading ---- */

typedef struct held {
  ae_reader *reader;
  ae_table table;
} held;

static void release_held(void *object) {
  held *h = object;
  ae_reader_close(h->reader);
  h->reader = NULL;
  ae_table_free(&h->table);
}

static void push_names(lua_State *L, char *const *names, int64_t n) {
  lua_newtable(L);
  for (int64_t i = 0; i < n; i++) {
    lua_pushstring(L, names[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

static void move_tensor(lua_State *L, ae_lua *lua, ae_tensor **t, const char *key) {
  ae_box *box = ae_bind_box(L, lua);
  ae_bind_put(lua, box, *t);
  *t = NULL;
  lua_setfield(L, -2, key);
}

static int push_table(lua_State *L, ae_lua *lua, ae_table *t) {
  lua_newtable(L);
  move_tensor(L, lua, &t->values, "values");
  if (t->columns) {
    push_names(L, t->columns, t->n_columns);
    lua_setfield(L, -2, "columns");
  }
  if (t->labels) {
    move_tensor(L, lua, &t->labels, "labels");
    push_names(L, t->classes, t->n_classes);
    lua_setfield(L, -2, "classes");
  }
  if (t->label) {
    lua_pushstring(L, t->label);
    lua_setfield(L, -2, "label");
  }
  return 1;
}

static ae_status open_reader(ae_context *ctx, const char *who, const char *path, const ae_embedded_source *source,
                             held *h, ae_error *err) {
  if (!source) return ae_reader_open(ctx->allocator, who, path, &h->reader, err);
  return ae_reader_open_memory(ctx->allocator, who, path, source->text, source->size, &h->reader, err);
}

static ae_status read_once(ae_context *ctx, const char *who, const char *path, const ae_embedded_source *source,
                           const ae_table_options *options, held *h, ae_error *err) {
  ae_status status = open_reader(ctx, who, path, source, h, err);
  if (status == AE_OK) status = ae_table_read(ctx, h->reader, options, &h->table, err);
  ae_reader_close(h->reader);
  h->reader = NULL;
  return status;
}

static int read_either(lua_State *L, const char *who, const ae_embedded_source *source) {
  ae_lua *lua = ae_bind_lua(L);
  const char *path = ae_bind_path(L, 1, who);
  ae_table_options options = take_options(L, 2, who);
  ae_bind_relieve(L, lua);
  held *h = ae_bind_hold(L, sizeof *h, release_held);
  ae_error err;
  ae_status status;
  AE_BIND_TWICE(L, lua, status, read_once(lua->ctx, who, path, source, &options, h, &err));
  if (status != AE_OK) return ae_bind_raise(L, &err);
  push_table(L, lua, &h->table);
  release_held(h);
  return 1;
}

static int read_table(lua_State *L) {
  return read_either(L, "read_table", NULL);
}

static int embedded_table(lua_State *L) {
  ae_embedded_source source;
  const char *name = ae_bind_path(L, 1, "embedded_table");
  if (!ae_embedded_find(name, &source)) return ae_bind_fail(L, AE_IO, "embedded_table: there is no '%s' inside", name);
  return read_either(L, "embedded_table", &source);
}

void ae_bind_open_tables(lua_State *L, ae_lua *lua) {
  static const luaL_Reg functions[] = {{"read_table", read_table}, {"embedded_table", embedded_table}, {NULL, NULL}};
  ae_bind_functions(L, lua, functions);
}
