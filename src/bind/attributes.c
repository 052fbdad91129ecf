/*
** attributes: Lua values into the attribute struct of an operation, each
** checked against its declaration.
*/
#include <math.h>
#include <string.h>

#include "bind/bind.h"

bool ae_bind_is_empty(lua_State *L, int index) {
  index = lua_absindex(L, index);
  lua_pushnil(L);
  if (!lua_next(L, index)) return true;
  lua_pop(L, 2);
  return false;
}

bool ae_bind_is_options(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TTABLE || lua_rawlen(L, index) > 0) return false;
  index = lua_absindex(L, index);
  lua_pushnil(L);
  if (!lua_next(L, index)) return false;
  bool named = lua_type(L, -2) == LUA_TSTRING;
  lua_pop(L, 2);
  return named;
}

static void refuse(lua_State *L, const char *who, const char *what, const char *wants, int index) {
  char got[AE_DESCRIBE_TEXT];
  ae_bind_fail(L, AE_INVALID, "%s: %s wants %s, got %s", who, what, wants, ae_bind_describe(L, index, got));
}

static int64_t to_integer(lua_State *L, const char *who, const char *what, int index) {
  int exact = 0;
  lua_Integer value = lua_type(L, index) == LUA_TNUMBER ? lua_tointegerx(L, index, &exact) : 0;
  if (!exact) refuse(L, who, what, "an integer", index);
  return value;
}

void ae_bind_dims(lua_State *L, const char *who, const char *what, int index, ae_dims *out) {
  out->n = 0;
  if (lua_type(L, index) == LUA_TNUMBER) {
    out->n = 1;
    out->at[0] = to_integer(L, who, what, index);
    return;
  }
  if (lua_type(L, index) != LUA_TTABLE) refuse(L, who, what, "a table of integers", index);
  index = lua_absindex(L, index);
  lua_Unsigned n = lua_rawlen(L, index);
  if (n > AE_MAX_DIMS)
    ae_bind_fail(L, AE_INVALID, "%s: %s wants at most %d integers, got %llu", who, what, AE_MAX_DIMS,
                 (unsigned long long)n);
  for (int i = 0; i < (int)n; i++) {
    lua_rawgeti(L, index, i + 1);
    out->at[i] = to_integer(L, who, what, -1);
    lua_pop(L, 1);
  }
  out->n = (int)n;
}

static int to_choice(lua_State *L, const ae_op *op, const ae_attr *a, int index) {
  const char *given = lua_type(L, index) == LUA_TSTRING ? lua_tostring(L, index) : NULL;
  for (int i = 0; given && a->names[i]; i++)
    if (strcmp(given, a->names[i]) == 0) return i;
  luaL_Buffer wants;
  luaL_buffinit(L, &wants);
  luaL_addstring(&wants, "one of ");
  for (int i = 0; a->names[i]; i++) {
    if (i) luaL_addstring(&wants, ", ");
    luaL_addstring(&wants, a->names[i]);
  }
  luaL_pushresult(&wants);
  char got[AE_DESCRIBE_TEXT];
  const char *near = given ? ae_bind_nearest(given, a->names) : NULL;
  return ae_bind_fail(L, AE_INVALID, "%s: %s wants %s, got %s%s%s%s", op->name, a->name, lua_tostring(L, -1),
                      ae_bind_describe(L, index, got), near ? "; did you mean '" : "", near ? near : "",
                      near ? "'?" : "");
}

void ae_bind_attribute(lua_State *L, const ae_op *op, const ae_attr *a, int index, void *attrs) {
  void *field = (char *)attrs + a->offset;
  index = lua_absindex(L, index);
  switch (a->kind) {
  case AE_ATTR_INT:
  case AE_ATTR_DIM:
    *(int64_t *)field = to_integer(L, op->name, a->name, index);
    break;
  case AE_ATTR_REAL:
    if (lua_type(L, index) != LUA_TNUMBER) refuse(L, op->name, a->name, "a number", index);
    *(double *)field = lua_tonumber(L, index);
    break;
  case AE_ATTR_BOOL:
    if (!lua_isboolean(L, index)) refuse(L, op->name, a->name, "true or false", index);
    *(bool *)field = lua_toboolean(L, index);
    break;
  case AE_ATTR_ENUM:
    *(int *)field = to_choice(L, op, a, index);
    break;
  case AE_ATTR_DIMS:
  case AE_ATTR_SHAPE:
    ae_bind_dims(L, op->name, a->name, index, field);
    break;
  case AE_ATTR_BORDER: {
    ae_border *border = field;
    border->sizes.n = 0;
    border->choice = -1;
    if (lua_type(L, index) == LUA_TSTRING)
      border->choice = to_choice(L, op, a, index);
    else
      ae_bind_dims(L, op->name, a->name, index, &border->sizes);
    break;
  }
  }
}

/* ---- Nearest name ---- */

enum { NAME_MAX_LENGTH = 40 };

/* Edit distance with swaps of neighbours (restricted Damerau-Levenshtein). */
static int distance(const char *a, const char *b) {
  int rows[3][NAME_MAX_LENGTH + 1];
  int n = (int)strlen(a), m = (int)strlen(b);
  if (n > NAME_MAX_LENGTH || m > NAME_MAX_LENGTH) return NAME_MAX_LENGTH;
  int *before = rows[0], *previous = rows[1], *current = rows[2];
  for (int j = 0; j <= m; j++) previous[j] = j;
  for (int i = 1; i <= n; i++) {
    current[0] = i;
    for (int j = 1; j <= m; j++) {
      int best = previous[j - 1] + (a[i - 1] != b[j - 1]);
      if (previous[j] + 1 < best) best = previous[j] + 1;
      if (current[j - 1] + 1 < best) best = current[j - 1] + 1;
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped && before[j - 2] + 1 < best) best = before[j - 2] + 1;
      current[j] = best;
    }
    int *oldest = before;
    before = previous;
    previous = current;
    current = oldest;
  }
  return previous[m];
}

const char *ae_bind_nearest(const char *name, const char *const *names) {
  const char *best = NULL;
  int least = (int)strlen(name) / 3;
  if (least < 1) least = 1;
  for (; *names; names++) {
    int d = distance(name, *names);
    if (d > least || (best && d == least && strcmp(*names, best) > 0)) continue;
    best = *names;
    least = d;
  }
  return best;
}
