/*
** profile: where the time of a function goes, operation by operation
** (core/profile.h). What Lua makes of it is lua/aelua/profile/.
**
**   core.profile(fn, events) -> { seconds =, lost =, rows =, events = }
**     rows     { { name =, back =, shapes =, calls =, seconds =, flops =, bytes = }, ... }
**     events   where they are asked for: row, begin, seconds, row, ...
**
** What fn raises comes through, and ends the profile.
*/
#define _POSIX_C_SOURCE 200809L

#include "core/profile.h"
#include "bind/bind.h"
#include "core/clock.h"

static void set_number(lua_State *L, const char *name, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

static void push_row(lua_State *L, const ae_profile_row *row) {
  lua_createtable(L, 0, 7);
  lua_pushstring(L, row->name);
  lua_setfield(L, -2, "name");
  lua_pushboolean(L, row->back);
  lua_setfield(L, -2, "back");
  lua_pushstring(L, row->shapes);
  lua_setfield(L, -2, "shapes");
  lua_pushinteger(L, (lua_Integer)row->calls);
  lua_setfield(L, -2, "calls");
  set_number(L, "seconds", row->seconds);
  set_number(L, "flops", row->work.flops);
  set_number(L, "bytes", row->work.bytes);
}

static void push_events(lua_State *L, const ae_profile_report *report) {
  lua_createtable(L, report->n_events < 1 << 24 ? (int)(3 * report->n_events) : 0, 0);
  for (size_t i = 0; i < report->n_events; i++) {
    const ae_profile_event *event = &report->events[i];
    lua_Integer at = (lua_Integer)(3 * i);
    lua_pushinteger(L, event->row + 1);
    lua_rawseti(L, -2, at + 1);
    lua_pushnumber(L, event->begin);
    lua_rawseti(L, -2, at + 2);
    lua_pushnumber(L, event->seconds);
    lua_rawseti(L, -2, at + 3);
  }
}

/* Protected, as Lua may run out of memory. Arguments: the state, seconds, whether events are wanted. */
static int push_report(lua_State *L) {
  const ae_lua *lua = lua_touserdata(L, 1);
  ae_profile_report report = ae_profile_read(lua->ctx);
  lua_createtable(L, 0, 4);
  lua_pushvalue(L, 2);
  lua_setfield(L, -2, "seconds");
  lua_pushinteger(L, (lua_Integer)report.lost);
  lua_setfield(L, -2, "lost");
  lua_createtable(L, report.n_rows, 0);
  for (int i = 0; i < report.n_rows; i++) {
    push_row(L, &report.rows[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "rows");
  if (!lua_toboolean(L, 3)) return 1;
  push_events(L, &report);
  lua_setfield(L, -2, "events");
  return 1;
}

static int profile(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  bool events = lua_toboolean(L, 2);
  lua_settop(L, 1);
  ae_error err;
  if (ae_profile_open(lua->ctx, events, &err) != AE_OK) return ae_bind_raise(L, &err);
  double began = ae_clock_seconds();
  bool fine = ae_bind_call(L, 0);
  double seconds = ae_clock_seconds() - began;
  if (fine && lua->ctx) {
    lua_settop(L, 0);
    lua_pushcfunction(L, push_report);
    lua_pushlightuserdata(L, lua);
    lua_pushnumber(L, seconds);
    lua_pushboolean(L, events);
    fine = lua_pcall(L, 3, 1, 0) == LUA_OK;
  }
  if (lua->ctx) ae_profile_close(lua->ctx);
  return fine ? lua_gettop(L) : lua_error(L);
}

static const luaL_Reg functions[] = {{"profile", profile}, {NULL, NULL}};

void ae_bind_open_profile(lua_State *L, ae_lua *lua) {
  ae_bind_functions(L, lua, functions);
}
