/*
** index: reading t[key]. What lies in one piece shares t's storage; the rest is
** a copy. Where t takes part in a graph the same is made of operations (narrow,
** reshape, index), so that gradients flow.
*/
#include "bind/index.h"

#include <string.h>

#include "core/tape.h"
#include "kernel/copy.h"

/* ---- Keys ---- */

/* An index from 1, or from -1 backwards, to one from 0. */
static int64_t read_position(lua_State *L, const char *who, int dim, int64_t size, int index) {
  char got[AE_DESCRIBE_TEXT];
  int exact = 0;
  lua_Integer i = lua_type(L, index) == LUA_TNUMBER ? lua_tointegerx(L, index, &exact) : 0;
  if (!exact)
    ae_bind_fail(L, AE_INVALID, "%s: dimension %d wants an integer, a range {first, last} or {}, got %s", who, dim + 1,
                 ae_bind_describe(L, index, got));
  if (i == 0 || i > size || i < -size)
    ae_bind_fail(L, AE_INVALID, "%s: dimension %d has the indices 1 to %lld (or -1 to -%lld), got %lld", who, dim + 1,
                 (long long)size, (long long)size, (long long)i);
  return i > 0 ? i - 1 : size + i;
}

/* {first, last}; {n + 1, n} and the like are empty. */
static void read_range(lua_State *L, const char *who, int dim, int64_t size, ae_region *out) {
  int table = lua_gettop(L);
  lua_Unsigned n = lua_rawlen(L, table);
  if (n == 0) return;
  if (n != 2)
    ae_bind_fail(L, AE_INVALID, "%s: the range of dimension %d wants {first, last}, got %llu numbers", who, dim + 1,
                 (unsigned long long)n);
  lua_rawgeti(L, table, 1);
  lua_rawgeti(L, table, 2);
  lua_Integer first = lua_tointeger(L, -2), last = lua_tointeger(L, -1);
  bool empty = lua_isinteger(L, -2) && lua_isinteger(L, -1) && first >= 1 && first <= size + 1 && last == first - 1;
  out->start[dim] = empty ? first - 1 : read_position(L, who, dim, size, table + 1);
  out->length[dim] = empty ? 0 : read_position(L, who, dim, size, table + 2) - out->start[dim] + 1;
  if (out->length[dim] < 0)
    ae_bind_fail(L, AE_INVALID, "%s: the range {%lld, %lld} of dimension %d runs backwards", who, (long long)first,
                 (long long)last, dim + 1);
  lua_settop(L, table);
}

static void read_entry(lua_State *L, const char *who, const ae_tensor *t, int dim, ae_region *out) {
  if (lua_type(L, -1) == LUA_TTABLE) {
    read_range(L, who, dim, t->shape.dims[dim], out);
    return;
  }
  out->start[dim] = read_position(L, who, dim, t->shape.dims[dim], lua_gettop(L));
  out->length[dim] = 1;
  out->dropped |= 1u << dim;
}

void ae_region_read(lua_State *L, const char *who, const ae_tensor *t, int index, ae_region *out) {
  char shape[AE_SHAPE_TEXT], got[AE_DESCRIBE_TEXT];
  bool table = lua_type(L, index) == LUA_TTABLE;
  if (!table && lua_type(L, index) != LUA_TNUMBER)
    ae_bind_fail(L, AE_TYPE, "%s: wants an integer, a table of indices and ranges, or a tensor, got %s", who,
                 ae_bind_describe(L, index, got));
  lua_Unsigned n = table ? lua_rawlen(L, index) : 1;
  if (n > (lua_Unsigned)t->shape.ndim)
    ae_bind_fail(L, AE_SHAPE, "%s: %llu indices into a tensor %s", who, (unsigned long long)n,
                 ae_shape_text(&t->shape, shape));
  out->dropped = 0;
  for (int d = 0; d < t->shape.ndim; d++) {
    out->start[d] = 0;
    out->length[d] = t->shape.dims[d];
  }
  for (int d = 0; d < (int)n; d++) {
    if (table)
      lua_rawgeti(L, index, d + 1);
    else
      lua_pushvalue(L, index);
    read_entry(L, who, t, d, out);
    lua_pop(L, 1);
  }
}

ae_shape ae_region_shape(const ae_tensor *t, const ae_region *region) {
  ae_shape shape = {0};
  for (int d = 0; d < t->shape.ndim; d++)
    if (!(region->dropped >> d & 1u)) shape.dims[shape.ndim++] = region->length[d];
  return shape;
}

/* ---- Rows and masks ---- */

static ae_status rows_of_mask(ae_context *ctx, const ae_tensor *mask, ae_tensor **rows, ae_error *err) {
  const uint8_t *m = ae_u8s(mask);
  int64_t n = 0;
  for (int64_t i = 0; i < mask->count; i++) n += m[i] != 0;
  if (mask->count > INT32_MAX) return ae_fail(err, AE_OVERFLOW, "index: a mask of more than 2^31 elements");
  AE_TRY(ae_tensor_new(ctx, AE_I32, &(ae_shape){.ndim = 1, .dims = {n}}, rows, err));
  int32_t *out = ae_i32s(*rows);
  for (int64_t i = 0; i < mask->count; i++)
    if (m[i]) *out++ = (int32_t)i + 1;
  return AE_OK;
}

/* Copies the indices, negative ones resolved. */
static ae_status rows_of_indices(ae_context *ctx, const char *who, const ae_tensor *key, int64_t size, ae_tensor **rows,
                                 ae_error *err) {
  for (int64_t i = 0; i < key->count; i++) {
    int64_t at = ae_i32s(key)[i];
    if (at == 0 || at > size || at < -size)
      return ae_fail(err, AE_INVALID, "%s: dimension 1 has the indices 1 to %lld, element %lld of the rows is %lld",
                     who, (long long)size, (long long)i + 1, (long long)at);
  }
  AE_TRY(ae_tensor_new(ctx, AE_I32, &key->shape, rows, err));
  for (int64_t i = 0; i < key->count; i++) {
    int32_t at = ae_i32s(key)[i];
    ae_i32s(*rows)[i] = at > 0 ? at : (int32_t)(size + at + 1);
  }
  return AE_OK;
}

ae_status ae_rows_read(ae_context *ctx, const char *who, const ae_tensor *t, ae_tensor *key, ae_tensor **rows,
                       bool *flat, ae_error *err) {
  char a[AE_SHAPE_TEXT], b[AE_SHAPE_TEXT];
  int64_t size = ae_tensor_dim(t, 0);
  *flat = false;
  if (key->type == AE_REAL)
    return ae_fail(err, AE_TYPE, "%s: wants rows as an i32 tensor or a mask as a u8 one, got %s", who,
                   ae_type_name(key->type));
  if (t->shape.ndim == 0) return ae_fail(err, AE_SHAPE, "%s: the tensor has no dimensions", who);
  if (key->type == AE_U8) {
    *flat = t->shape.ndim > 1 && ae_shape_equal(&key->shape, &t->shape);
    if (!*flat && (key->shape.ndim != 1 || key->count != size))
      return ae_fail(err, AE_SHAPE, "%s: a mask wants the shape [%lld] or %s, got %s", who, (long long)size,
                     ae_shape_text(&t->shape, a), ae_shape_text(&key->shape, b));
    return rows_of_mask(ctx, key, rows, err);
  }
  if (key->shape.ndim != 1)
    return ae_fail(err, AE_SHAPE, "%s: rows want the shape [n], got %s", who, ae_shape_text(&key->shape, b));
  return rows_of_indices(ctx, who, key, size, rows, err);
}

/* ---- Operations by name ---- */

static const ae_attr *find_attr(const ae_op *op, const char *name) {
  for (const ae_attr *a = op->attrs; a < op->attrs + AE_MAX_ATTRS && a->name; a++)
    if (strcmp(a->name, name) == 0) return a;
  return NULL;
}

typedef struct prepared {
  const ae_op *op;
  _Alignas(max_align_t) char attrs[AE_MAX_ATTRS_SIZE];
} prepared;

static ae_status prepare(const char *name, prepared *out, ae_error *err) {
  out->op = ae_op_find(name);
  if (!out->op) return ae_fail(err, AE_UNSUPPORTED, "index: this build has no operation '%s'", name);
  ae_op_defaults(out->op, out->attrs);
  return AE_OK;
}

static void *field(prepared *p, const char *name) {
  return p->attrs + find_attr(p->op, name)->offset;
}

static ae_status narrow(ae_context *ctx, ae_tensor *t, int dim, int64_t start, int64_t length, ae_tensor **out,
                        ae_error *err) {
  prepared p;
  AE_TRY(prepare("narrow", &p, err));
  *(int64_t *)field(&p, "dim") = dim + 1;
  *(int64_t *)field(&p, "start") = start + 1;
  *(int64_t *)field(&p, "length") = length;
  return ae_op_run(ctx, p.op, &t, 1, p.attrs, out, err);
}

static ae_status reshape(ae_context *ctx, ae_tensor *t, const ae_shape *shape, ae_tensor **out, ae_error *err) {
  prepared p;
  AE_TRY(prepare("reshape", &p, err));
  ae_dims *dims = field(&p, "shape");
  dims->n = shape->ndim;
  memcpy(dims->at, shape->dims, sizeof dims->at);
  return ae_op_run(ctx, p.op, &t, 1, p.attrs, out, err);
}

static ae_status take_rows(ae_context *ctx, ae_tensor *t, ae_tensor *rows, ae_tensor **out, ae_error *err) {
  prepared p;
  AE_TRY(prepare("index", &p, err));
  return ae_op_run(ctx, p.op, (ae_tensor *[]){t, rows}, 2, p.attrs, out, err);
}

/* ---- Reading ---- */

/* Whether the region is one piece of t: single ones, then a range, then all. */
static bool is_one_piece(const ae_tensor *t, const ae_region *r) {
  int d = 0;
  while (d < t->shape.ndim && r->length[d] == 1) d++;
  for (d++; d < t->shape.ndim; d++)
    if (r->length[d] != t->shape.dims[d]) return false;
  return true;
}

static int64_t first_element(const ae_tensor *t, const ae_region *r) {
  int64_t at = 0;
  for (int d = 0; d < t->shape.ndim; d++) at = at * t->shape.dims[d] + r->start[d];
  return at;
}

static ae_status read_recorded(ae_context *ctx, ae_tensor *t, const ae_region *r, const ae_shape *shape,
                               ae_tensor **out, ae_error *err) {
  ae_tensor *at = t;
  ae_tensor_retain(at);
  ae_status status = AE_OK;
  for (int d = 0; status == AE_OK && d < t->shape.ndim; d++) {
    if (r->length[d] == t->shape.dims[d]) continue;
    ae_tensor *next;
    status = narrow(ctx, at, d, r->start[d], r->length[d], &next, err);
    if (status != AE_OK) break;
    ae_tensor_release(at);
    at = next;
  }
  if (status == AE_OK) status = reshape(ctx, at, shape, out, err);
  ae_tensor_release(at);
  return status;
}

static ae_status read_region(ae_context *ctx, ae_tensor *t, const ae_region *r, ae_tensor **out, ae_error *err) {
  ae_shape shape = ae_region_shape(t, r);
  if (ae_tape_records(ctx, &t, 1)) return read_recorded(ctx, t, r, &shape, out, err);
  if (is_one_piece(t, r)) return ae_tensor_view(t, &shape, ae_shape_count(&shape) ? first_element(t, r) : 0, out, err);
  ae_tensor *copy;
  AE_TRY(ae_tensor_new(ctx, t->type, &shape, &copy, err));
  ae_shape box = {.ndim = t->shape.ndim};
  memcpy(box.dims, r->length, sizeof box.dims);
  ae_copy_box_out(ctx, ae_type_size(t->type), &t->shape, r->start, &box, ae_tensor_bytes(copy), ae_tensor_bytes(t));
  *out = copy;
  return AE_OK;
}

/* Where a mask is not 0: rows, or elements of t laid flat. */
static ae_status read_mask(ae_context *ctx, ae_tensor *t, ae_tensor *mask, ae_tensor **out, ae_error *err) {
  ae_tensor *rows, *from = t;
  bool flat;
  AE_TRY(ae_rows_read(ctx, "index", t, mask, &rows, &flat, err));
  ae_status status = AE_OK;
  if (flat)
    status = reshape(ctx, t, &(ae_shape){.ndim = 1, .dims = {t->count}}, &from, err);
  else
    ae_tensor_retain(from);
  if (status == AE_OK) {
    status = take_rows(ctx, from, rows, out, err);
    ae_tensor_release(from);
  }
  ae_tensor_release(rows);
  return status;
}

typedef struct access {
  ae_tensor *t, *key; /* key NULL: the region */
  ae_region region;
  ae_tensor *out;
} access;

static ae_status attempt(ae_lua *lua, void *arg, ae_error *err) {
  access *a = arg;
  if (!a->key) return read_region(lua->ctx, a->t, &a->region, &a->out, err);
  return (a->key->type == AE_U8 ? read_mask : take_rows)(lua->ctx, a->t, a->key, &a->out, err);
}

int ae_index_get(lua_State *L, ae_lua *lua) {
  ae_box *box = ae_bind_box(L, lua);
  access a = {.t = ae_bind_check(L, lua, 1, "index", NULL)};
  if (ae_bind_test(L, lua, 2))
    a.key = ae_bind_check(L, lua, 2, "index", "the key");
  else
    ae_region_read(L, "index", a.t, 2, &a.region);
  ae_error err;
  ae_status status = ae_bind_try(L, lua, attempt, &a, (ae_tensor *[]){a.t, a.key}, 2, &err);
  if (status != AE_OK) return ae_bind_raise(L, &err);
  ae_bind_put(lua, box, a.out);
  ae_bind_relieve(L, lua);
  return 1;
}
