/*
** kernels: what computes, and who is asked for convolutions.
*/
#include <string.h>

#include "bind/bind.h"
#include "kernel/conv_choice.h"
#include "kernel/gemm.h"
#include "kernel/peak.h"

/* core.peak() -> multiply-adds' operations a second with all threads, measured in a tenth of a second */
static int peak(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  lua_pushnumber(L, ae_kernel_peak(lua->ctx));
  return 1;
}

/* ---- Convolutions ---- */

static void set_integers(lua_State *L, const char *name, int n, const int64_t *values) {
  lua_createtable(L, n, 0);
  for (int i = 0; i < n; i++) {
    lua_pushinteger(L, values[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, name);
}

static void set_text(lua_State *L, const char *name, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

static void push_choice(lua_State *L, const ae_conv_choice *choice) {
  const ae_conv *c = &choice->conv;
  lua_createtable(L, 0, 9);
  set_integers(L, "input", 4, (const int64_t[]){c->n, c->h, c->w, c->c});
  set_integers(L, "kernel", 4, (const int64_t[]){c->r, c->s, c->c / c->groups, c->k});
  set_integers(L, "output", 4, (const int64_t[]){c->n, c->p, c->q, c->k});
  set_integers(L, "stride", 2, (const int64_t[]){c->stride_h, c->stride_w});
  set_text(L, "direction", ae_conv_direction_names[choice->direction]);
  set_text(L, "way", ae_conv_way_names[choice->way]);
  lua_pushinteger(L, choice->threads);
  lua_setfield(L, -2, "threads");
  if (!choice->measured) return;
  lua_createtable(L, 0, AE_CONV_WAYS);
  for (int way = 0; way < AE_CONV_WAYS; way++) {
    if (choice->seconds[way] <= 0) continue;
    lua_pushnumber(L, choice->seconds[way] * 1e3);
    lua_setfield(L, -2, ae_conv_way_names[way]);
  }
  lua_setfield(L, -2, "ms");
}

/* core.kernels() -> {blas, onednn, amx, isa, convolutions}: what computes here; loads the libraries */
static int kernels(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  ae_kernel_report report;
  ae_conv_choices *choices;
  ae_error err;
  ae_kernel_describe(lua->ctx, &report);
  lua_createtable(L, 0, 5);
  set_text(L, "blas", report.blas);
  set_text(L, "onednn", report.onednn);
  set_text(L, "amx", report.amx);
  set_text(L, "isa", report.isa);
  if (ae_conv_choices_of(lua->ctx, &choices, &err) != AE_OK) return ae_bind_raise(L, &err);
  lua_createtable(L, choices->n, 0);
  for (int i = 0; i < choices->n; i++) {
    push_choice(L, &choices->list[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "convolutions");
  return 1;
}

static int refuse_way(lua_State *L, const char *name) {
  luaL_Buffer names;
  luaL_buffinit(L, &names);
  for (int way = 0; way < AE_CONV_WAYS; way++) {
    lua_pushfstring(L, way == AE_CONV_WAYS - 1 ? " or \"%s\"" : ", \"%s\"", ae_conv_way_names[way]);
    luaL_addvalue(&names);
  }
  luaL_pushresult(&names);
  return ae_bind_fail(L, AE_INVALID, "tune: wants a function, \"table\"%s, got \"%.40s\"", lua_tostring(L, -1), name);
}

/* core.fix_convolutions(way): a name of kernels(), or "table" */
static int fix_convolutions(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  const char *name = luaL_checkstring(L, 1);
  ae_error err;
  int way = 0;
  while (way < AE_CONV_WAYS && strcmp(name, ae_conv_way_names[way]) != 0) way++;
  if (way == AE_CONV_WAYS && strcmp(name, "table") != 0) return refuse_way(L, name);
  if (ae_conv_fix(lua->ctx, way, &err) != AE_OK) return ae_bind_raise(L, &err);
  return 0;
}

/* core.measure_convolutions(boolean) -> whether they were measured until now */
static int measure_convolutions(lua_State *L) {
  const ae_lua *lua = ae_bind_lua(L);
  ae_conv_choices *choices;
  ae_error err;
  if (ae_conv_choices_of(lua->ctx, &choices, &err) != AE_OK) return ae_bind_raise(L, &err);
  lua_pushboolean(L, choices->measuring);
  if (ae_conv_measure(lua->ctx, lua_toboolean(L, 1), &err) != AE_OK) return ae_bind_raise(L, &err);
  return 1;
}

static const luaL_Reg functions[] = {{"kernels", kernels},
                                     {"peak", peak},
                                     {"fix_convolutions", fix_convolutions},
                                     {"measure_convolutions", measure_convolutions},
                                     {NULL, NULL}};

void ae_bind_open_kernels(lua_State *L, ae_lua *lua) {
  ae_bind_functions(L, lua, functions);
}
