/*
** table: nested Lua tables to tensors and back. Where a table is ragged or holds
** something else than numbers, the message says where: tensor: [2][3] ...
*/
#include "bind/tensor.h"

#include <stdio.h>
#include <string.h>

typedef struct reader {
  ae_tensor *into;
  ae_type type;
  ae_shape shape;
  int64_t at[AE_MAX_DIMS]; /* where it is, from 1 */
  int64_t next;            /* the element to write */
} reader;

enum { PATH_TEXT = 24 * AE_MAX_DIMS };

/* "[2][3]" for the first `depth` indices; "the table" for none. */
static const char *path(const reader *r, int depth, char *buffer) {
  int used = snprintf(buffer, PATH_TEXT, depth ? "" : "the table");
  for (int d = 0; d < depth; d++)
    used += snprintf(buffer + used, (size_t)(PATH_TEXT - used), "[%lld]", (long long)r->at[d]);
  return buffer;
}

/* The shape that the first elements suggest, of the table at index. */
static void infer_shape(lua_State *L, int index, ae_shape *shape) {
  int64_t dims[AE_MAX_DIMS];
  int ndim = 0, top = lua_gettop(L);
  lua_pushvalue(L, index);
  while (lua_type(L, -1) == LUA_TTABLE) {
    if (ndim == AE_MAX_DIMS)
      ae_bind_fail(L, AE_SHAPE, "tensor: tables are nested deeper than %d dimensions", AE_MAX_DIMS);
    dims[ndim++] = (int64_t)lua_rawlen(L, -1);
    lua_rawgeti(L, -1, 1);
    lua_remove(L, -2);
  }
  lua_settop(L, top);
  ae_error err;
  if (ae_shape_make("tensor", ndim, dims, shape, &err) != AE_OK) ae_bind_raise(L, &err);
}

static void read_number(lua_State *L, reader *r, int depth) {
  char where[PATH_TEXT], got[AE_DESCRIBE_TEXT];
  if (lua_type(L, -1) != LUA_TNUMBER)
    ae_bind_fail(L, AE_TYPE, "tensor: %s wants a number, got %s%s", path(r, depth, where), ae_bind_describe(L, -1, got),
                 lua_isuserdata(L, -1) ? "; ae.stack joins tensors" : "");
  double value = lua_tonumber(L, -1);
  ae_bind_check_fits(L, "tensor", r->type, value);
  ae_tensor_set(r->into, r->next++, value);
}

static void read_table(lua_State *L, reader *r, int depth) {
  char where[PATH_TEXT], got[AE_DESCRIBE_TEXT];
  if (lua_type(L, -1) != LUA_TTABLE)
    ae_bind_fail(L, AE_SHAPE, "tensor: %s wants a table of %lld, got %s", path(r, depth, where),
                 (long long)r->shape.dims[depth], ae_bind_describe(L, -1, got));
  int64_t n = (int64_t)lua_rawlen(L, -1);
  if (n != r->shape.dims[depth])
    ae_bind_fail(L, AE_SHAPE, "tensor: %s has %lld elements, the first of its kind has %lld", path(r, depth, where),
                 (long long)n, (long long)r->shape.dims[depth]);
  for (int64_t i = 1; i <= n; i++) {
    r->at[depth] = i;
    lua_rawgeti(L, -1, i);
    if (depth + 1 < r->shape.ndim)
      read_table(L, r, depth + 1);
    else
      read_number(L, r, depth + 1);
    lua_pop(L, 1);
  }
}

static ae_type option_type(lua_State *L, int index) {
  ae_type type = AE_REAL;
  if (lua_isnoneornil(L, index)) return type;
  luaL_checktype(L, index, LUA_TTABLE);
  lua_pushnil(L);
  while (lua_next(L, index)) {
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "(no name)";
    if (strcmp(name, "dtype") != 0) ae_bind_fail(L, AE_INVALID, "tensor: has no option '%s'; there is 'dtype'", name);
    type = ae_bind_check_type(L, -1, "tensor");
    lua_pop(L, 1);
  }
  return type;
}

static ae_status attempt(ae_lua *lua, void *arg, ae_error *err) {
  reader *r = arg;
  return ae_tensor_new(lua->ctx, r->type, &r->shape, &r->into, err);
}

int ae_tensor_from_table(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  luaL_checkstack(L, AE_MAX_DIMS + 8, NULL);
  lua_settop(L, 2);
  ae_box *box = ae_bind_box(L, lua);
  char got[AE_DESCRIBE_TEXT];
  if (lua_type(L, 1) != LUA_TTABLE && lua_type(L, 1) != LUA_TNUMBER)
    return ae_bind_fail(L, AE_TYPE, "tensor: wants numbers in (nested) tables, got %s", ae_bind_describe(L, 1, got));
  reader r = {0};
  r.type = option_type(L, 2);
  infer_shape(L, 1, &r.shape);
  ae_error err;
  if (ae_bind_try(L, lua, attempt, &r, NULL, 0, &err) != AE_OK) return ae_bind_raise(L, &err);
  ae_bind_put(lua, box, r.into);
  lua_pushvalue(L, 1);
  if (r.shape.ndim == 0)
    read_number(L, &r, 0);
  else
    read_table(L, &r, 0);
  lua_pop(L, 1);
  ae_bind_relieve(L, lua);
  return 1;
}

/* ---- Back ---- */

static void write_table(lua_State *L, const ae_tensor *t, int depth, int64_t *next) {
  if (depth == t->shape.ndim) {
    double value = ae_tensor_get(t, (*next)++);
    if (t->type == AE_REAL)
      lua_pushnumber(L, value);
    else
      lua_pushinteger(L, (lua_Integer)value);
    return;
  }
  int64_t n = t->shape.dims[depth];
  lua_createtable(L, n < INT32_MAX ? (int)n : 0, 0);
  for (int64_t i = 1; i <= n; i++) {
    write_table(L, t, depth + 1, next);
    lua_rawseti(L, -2, i);
  }
}

int ae_tensor_to_table(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  luaL_checkstack(L, AE_MAX_DIMS + 4, NULL);
  ae_tensor *t = ae_bind_check(L, lua, 1, "totable", NULL);
  ae_box *held = ae_bind_keep(L, lua, t);
  int64_t next = 0;
  write_table(L, t, 0, &next);
  ae_bind_drop(lua, held);
  return 1;
}
