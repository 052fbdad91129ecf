/*
** index_assign: t[key] = value, in place. The value is a number or a tensor of
** t's type that broadcasts to what the key names. It is not recorded: a value
** that requires gradients, or a t that takes part in a graph, is an error.
*/
#include <string.h>

#include "bind/index.h"
#include "kernel/copy.h"

/* The value at index as a tensor (yours to release): a number becomes one of t's type. */
static ae_tensor *read_value(lua_State *L, ae_lua *lua, const ae_tensor *t, int index, const char *who) {
  ae_tensor *value;
  if (lua_type(L, index) == LUA_TNUMBER) {
    double number = lua_tonumber(L, index);
    ae_bind_check_fits(L, who, t->type, number);
    ae_error err;
    if (ae_tensor_new(lua->ctx, t->type, &(ae_shape){0}, &value, &err) != AE_OK) ae_bind_raise(L, &err);
    ae_tensor_set(value, 0, number);
    return value;
  }
  value = ae_bind_check(L, lua, index, who, "the value");
  if (value->requires_grad && !lua->ctx->no_grad)
    ae_bind_fail(L, AE_STATE,
                 "%s: the value requires gradients, and %s is not recorded; detach it, or build the whole with "
                 "ae.where, ae.concat or ae.stack",
                 who, who);
  ae_tensor_retain(value);
  return value;
}

/* Row k of the value, where it has one for each row: it is then `whole`'s k-th piece. */
static ae_status assign_rows(ae_context *ctx, ae_tensor *t, const ae_tensor *rows, ae_tensor *value, ae_error *err) {
  char text[AE_SHAPE_TEXT];
  bool each = value->shape.ndim == t->shape.ndim && value->shape.dims[0] != 1;
  if (each && value->shape.dims[0] != rows->count)
    return ae_fail(err, AE_SHAPE, "assignment: %lld rows are named, the value has the shape %s", (long long)rows->count,
                   ae_shape_text(&value->shape, text));
  ae_shape row = {.ndim = value->shape.ndim - 1};
  if (each) memcpy(row.dims, value->shape.dims + 1, (size_t)row.ndim * sizeof *row.dims);
  int64_t start[AE_MAX_DIMS] = {0}, length[AE_MAX_DIMS];
  memcpy(length, t->shape.dims, sizeof length);
  length[0] = 1;
  for (int64_t k = 0; k < rows->count; k++) {
    start[0] = ae_i32s(rows)[k] - 1;
    ae_tensor *from = value;
    if (each)
      AE_TRY(ae_tensor_view(value, &row, k * ae_shape_count(&row), &from, err));
    else
      ae_tensor_retain(from);
    ae_status status = ae_tensor_assign(ctx, "assignment", t, start, length, each ? 1u : 0u, from, err);
    ae_tensor_release(from);
    AE_TRY(status);
  }
  return AE_OK;
}

static ae_status assign_tensor(ae_context *ctx, ae_tensor *t, ae_tensor *key, ae_tensor *value, ae_error *err) {
  ae_tensor *rows, *flat_view = NULL;
  bool flat;
  AE_TRY(ae_rows_read(ctx, "assignment", t, key, &rows, &flat, err));
  ae_status status = AE_OK;
  if (flat) status = ae_tensor_view(t, &(ae_shape){.ndim = 1, .dims = {t->count}}, 0, &flat_view, err);
  if (status == AE_OK) status = assign_rows(ctx, flat ? flat_view : t, rows, value, err);
  ae_tensor_release(flat_view);
  ae_tensor_release(rows);
  return status;
}

typedef struct assignment {
  const char *who;
  ae_tensor *t, *key, *value; /* key NULL: the region */
  ae_region region;
} assignment;

static ae_status attempt(ae_lua *lua, void *arg, ae_error *err) {
  const assignment *a = arg;
  if (a->key) return assign_tensor(lua->ctx, a->t, a->key, a->value, err);
  return ae_tensor_assign(lua->ctx, a->who, a->t, a->region.start, a->region.length, a->region.dropped, a->value, err);
}

static void assign(lua_State *L, ae_lua *lua, assignment *a) {
  ae_error err;
  ae_status status = ae_bind_try(L, lua, attempt, a, (ae_tensor *[]){a->t, a->key}, 2, &err);
  ae_tensor_release(a->value);
  if (status != AE_OK) ae_bind_raise(L, &err);
}

int ae_index_set(lua_State *L, ae_lua *lua) {
  assignment a = {.who = "assignment", .t = ae_bind_check(L, lua, 1, "assignment", NULL)};
  ae_bind_check_in_place(L, lua, a.t, "assignment");
  if (ae_bind_test(L, lua, 2))
    a.key = ae_bind_check(L, lua, 2, "assignment", "the key");
  else
    ae_region_read(L, "assignment", a.t, 2, &a.region);
  a.value = read_value(L, lua, a.t, 3, "assignment");
  assign(L, lua, &a);
  return 0;
}

int ae_index_copy(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  assignment a = {.who = "copy_", .t = ae_bind_check(L, lua, 1, "copy_", NULL)};
  ae_bind_check_in_place(L, lua, a.t, "copy_");
  for (int d = 0; d < a.t->shape.ndim; d++) a.region.length[d] = a.t->shape.dims[d];
  a.value = read_value(L, lua, a.t, 2, "copy_");
  assign(L, lua, &a);
  lua_settop(L, 1);
  return 1;
}
