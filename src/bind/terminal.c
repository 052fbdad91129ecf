/*
** terminal: what standard output is.
**   core.terminal() -> {tty, columns}: whether it is a terminal, and how many
**   characters a line holds (COLUMNS or 80 where nobody knows)
*/
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bind/bind.h"

enum { DEFAULT_COLUMNS = 80, MAX_COLUMNS = 10000 };

static long asked_columns(void) {
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char *text = getenv("COLUMNS");
  long columns = text ? strtol(text, NULL, 10) : 0;
  return columns > 0 && columns <= MAX_COLUMNS ? columns : DEFAULT_COLUMNS;
}

static int terminal(lua_State *L) {
  lua_createtable(L, 0, 2);
  lua_pushboolean(L, isatty(STDOUT_FILENO));
  lua_setfield(L, -2, "tty");
  lua_pushinteger(L, asked_columns());
  lua_setfield(L, -2, "columns");
  return 1;
}

static const luaL_Reg functions[] = {{"terminal", terminal}, {NULL, NULL}};

void ae_bind_open_terminal(lua_State *L, ae_lua *lua) {
  ae_bind_functions(L, lua, functions);
}
