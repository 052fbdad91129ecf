/*
** main: the program, an interpreter that takes what `lua` 5.4 takes and behaves
** as it does, with aelua preloaded: `require "aelua"` finds it, and costs
** nothing until then.
**
** Four things differ: the collector stays incremental (`lua` turns on the
** generational mode); aelua's errors, which are values, are shown with their
** traceback; Ctrl-C in a training loop ends the loop after the batch in hand,
** where a second one interrupts the script, as `lua` does at once; and at the
** terminal no Ctrl-C ends the program: while nothing runs it drops what was typed.
*/
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "core/context.h"
#include "kernel/gemm.h"
#include "program/command_line.h"
#include "program/terminal.h"

static const char *program = "aelua"; /* what messages begin with; NULL at the terminal */

/* ---- Messages ---- */

static void complain(const char *message) {
  if (program) fprintf(stderr, "%s: ", program);
  fprintf(stderr, "%s\n", message);
  fflush(stderr);
}

/* Prints and pops the message of a failed call. */
static bool report(lua_State *L, int status) {
  if (status == LUA_OK) return true;
  const char *message = lua_tostring(L, -1);
  complain(message ? message : "(error message not a string)");
  lua_pop(L, 1);
  return false;
}

static void print_version(void) {
  printf("%s\naelua %s (%s)\n", LUA_COPYRIGHT, ae_version(), ae_real_size() == sizeof(double) ? "double" : "float");
}

/* Loads the kernels to be able to name them. */
static void print_kernels(void) {
  ae_context *ctx;
  ae_error err;
  if (ae_context_open(NULL, &ctx, &err) != AE_OK) {
    complain(err.message);
    return;
  }
  ae_kernel_report kernels;
  ae_kernel_describe(ctx, &kernels);
  printf("  instructions: %s\n  threads: %d\n  BLAS: %s\n  oneDNN: %s\n  AMX: %s\n", kernels.isa,
         ae_context_threads(ctx), kernels.blas, kernels.onednn[0] ? kernels.onednn : "none",
         kernels.amx[0] ? kernels.amx : "none");
  ae_context_close(ctx);
}

/* ---- Running ---- */

/* Read by the signal handler. */
static lua_State *volatile running;
static ae_context *volatile context;
/* What an interrupt meets while nothing runs that could be stopped. */
static void (*volatile idle)(int) = SIG_DFL;

static void stop_script(lua_State *L, lua_Debug *event) {
  (void)event;
  lua_sethook(L, NULL, 0, 0);
  luaL_error(L, "interrupted!");
}

static void on_interrupt(int signal_number) {
  if (context && ae_context_interrupt(context)) return;
  signal(signal_number, idle);
  lua_sethook(running, stop_script, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

static void catch_interrupts(lua_State *L, bool on) {
  struct sigaction action = {.sa_handler = on ? on_interrupt : idle};
  sigemptyset(&action.sa_mask);
  running = L;
  sigaction(SIGINT, &action, NULL);
  /* One that came as the function returned is not to stop the next. */
  if (!on && idle != SIG_DFL && lua_gethook(L) == stop_script) lua_sethook(L, NULL, 0, 0);
}

/* Message handler: text and numbers get a traceback, values that print
** themselves become their text, with the traceback that aelua keeps of them. */
static int explain(lua_State *L) {
  const char *message = lua_tostring(L, 1);
  bool kept = ae_bind_traceback(L, 1);
  if (!message) {
    if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING) {
      if (!kept) return 1;
      message = lua_tostring(L, -1);
    } else {
      message = lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
    }
  }
  if (kept)
    lua_pushfstring(L, "%s\n%s", message, lua_tostring(L, 2));
  else
    luaL_traceback(L, L, message, 1);
  return 1;
}

/* Calls the function under n_args arguments. */
static int call(lua_State *L, int n_args, int n_results) {
  int base = lua_gettop(L) - n_args;
  lua_pushcfunction(L, explain);
  lua_insert(L, base);
  catch_interrupts(L, true);
  int status = lua_pcall(L, n_args, n_results, base);
  catch_interrupts(L, false);
  lua_remove(L, base);
  return status;
}

static bool run_chunk(lua_State *L, int load_status) {
  if (load_status == LUA_OK) load_status = call(L, 0, 0);
  return report(L, load_status);
}

static bool run_string(lua_State *L, const char *text, const char *name) {
  return run_chunk(L, luaL_loadbuffer(L, text, strlen(text), name));
}

static bool run_file(lua_State *L, const char *path) {
  return run_chunk(L, luaL_loadfile(L, path));
}

/* -l mod, -l global=mod */
static bool run_require(lua_State *L, const char *what) {
  const char *equals = strchr(what, '=');
  const char *module = equals ? equals + 1 : what;
  lua_getglobal(L, "require");
  lua_pushstring(L, module);
  int status = call(L, 1, 1);
  if (status == LUA_OK) {
    lua_pushlstring(L, what, equals ? (size_t)(equals - what) : strlen(what));
    lua_insert(L, -2);
    lua_pushglobaltable(L);
    lua_insert(L, -3);
    lua_settable(L, -3);
    lua_pop(L, 1);
  }
  return report(L, status);
}

static bool run_environment(lua_State *L) {
  const char *name = "=LUA_INIT_5_4";
  const char *init = getenv(name + 1);
  if (!init) init = getenv((name = "=LUA_INIT") + 1);
  if (!init) return true;
  return init[0] == '@' ? run_file(L, init + 1) : run_string(L, init, name);
}

/* ---- The command line ---- */

static bool run_option(void *user, char option, const char *text) {
  lua_State *L = user;
  if (option == 'W') lua_warning(L, "@on", 0);
  return option == 'W' || (option == 'e' ? run_string(L, text, "=(command line)") : run_require(L, text));
}

/* The script at 0, its arguments after it, what stands before it below. */
static void set_arg(lua_State *L, const command_line *line) {
  int zero = command_line_has_script(line) ? line->script : 0;
  lua_createtable(L, line->argc - zero, zero + 1);
  for (int i = 0; i < line->argc; i++) {
    lua_pushstring(L, line->argv[i]);
    lua_rawseti(L, -2, i - zero);
  }
  lua_setglobal(L, "arg");
}

/* Scripts may have changed `arg`; they are called with what it holds now. */
static int push_arg(lua_State *L) {
  if (lua_getglobal(L, "arg") != LUA_TTABLE) luaL_error(L, "'arg' is not a table");
  int n = (int)luaL_len(L, -1);
  luaL_checkstack(L, n + 3, "too many arguments to script");
  for (int i = 1; i <= n; i++) lua_rawgeti(L, -i, i);
  lua_remove(L, -n - 1);
  return n;
}

static bool run_script(lua_State *L, const command_line *line) {
  int status = luaL_loadfile(L, command_line_from_input(line) ? NULL : line->argv[line->script]);
  if (status == LUA_OK) {
    int n = push_arg(L);
    status = call(L, n, LUA_MULTRET);
  }
  return report(L, status);
}

/* ---- At the terminal ---- */

typedef enum { READ, INTERRUPTED, ENDED } reading;

/* Pushes the next line, without its end, where it is READ. */
static reading read_line(lua_State *L, bool first) {
  int top = lua_gettop(L);
  if (lua_getglobal(L, first ? "_PROMPT" : "_PROMPT2") == LUA_TNIL) lua_pushstring(L, first ? "> " : ">> ");
  const char *prompt = luaL_tolstring(L, -1, NULL);
  bool interrupted;
  char *line = terminal_read(prompt, &interrupted);
  lua_settop(L, top);
  if (!line) return interrupted ? INTERRUPTED : ENDED;
  lua_pushstring(L, line);
  free(line);
  return READ;
}

/* Whether the compiler wanted more text than there was. */
static bool is_incomplete(lua_State *L, int status) {
  if (status != LUA_ERRSYNTAX) return false;
  static const char mark[] = "<eof>";
  size_t length;
  const char *message = lua_tolstring(L, -1, &length);
  return length >= sizeof mark - 1 && strcmp(message + length - (sizeof mark - 1), mark) == 0;
}

/* Leaves a function or a message alone on the stack, where it is READ. */
static reading read_statement(lua_State *L, int *status) {
  lua_settop(L, 0);
  reading first = read_line(L, true);
  if (first != READ) return first;
  const char *line = lua_tostring(L, 1);
  if (line[0] == '=') {
    lua_pushfstring(L, "return %s", line + 1);
    lua_replace(L, 1);
    line = lua_tostring(L, 1);
  }
  const char *expression = lua_pushfstring(L, "return %s", line);
  *status = luaL_loadbuffer(L, expression, strlen(expression), "=stdin");
  if (*status != LUA_OK) {
    lua_settop(L, 1);
    for (;;) {
      size_t length;
      line = lua_tolstring(L, 1, &length);
      *status = luaL_loadbuffer(L, line, length, "=stdin");
      if (!is_incomplete(L, *status)) break;
      lua_pushstring(L, "\n");
      reading next = read_line(L, false);
      if (next == INTERRUPTED) return next;
      if (next == ENDED) {
        lua_pop(L, 1);
        break;
      }
      lua_remove(L, 2);
      lua_concat(L, 3);
    }
  }
  terminal_remember(lua_tostring(L, 1));
  lua_replace(L, 1);
  lua_settop(L, 1);
  return READ;
}

static void print_results(lua_State *L) {
  int n = lua_gettop(L);
  if (n == 0) return;
  luaL_checkstack(L, LUA_MINSTACK, "too many results to print");
  lua_getglobal(L, "print");
  lua_insert(L, 1);
  catch_interrupts(L, true);
  int status = lua_pcall(L, n, 0, 0);
  catch_interrupts(L, false);
  if (status != LUA_OK) complain(lua_pushfstring(L, "error calling 'print' (%s)", lua_tostring(L, -1)));
}

static void converse(lua_State *L) {
  const char *name = program;
  program = NULL;
  if (terminal_is_input()) idle = terminal_interrupt;
  catch_interrupts(L, false);
  for (;;) {
    int status;
    reading got = read_statement(L, &status);
    if (got == ENDED) break;
    if (got == INTERRUPTED) continue;
    if (status == LUA_OK) status = call(L, 0, LUA_MULTRET);
    if (report(L, status)) print_results(L);
  }
  idle = SIG_DFL;
  catch_interrupts(L, false);
  lua_settop(L, 0);
  putchar('\n');
  fflush(stdout);
  program = name;
}

/* ---- Start ---- */

static int forget_context(lua_State *L) {
  (void)L;
  context = NULL;
  return 0;
}

/* What `require "aelua"` calls. The handler must not ask a context that the
** state has closed: the object below is collected before it, as it is newer. */
static int open_aelua(lua_State *L) {
  luaopen_aelua(L);
  if (!context) {
    lua_newuserdatauv(L, 0, 0);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, forget_context);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    luaL_ref(L, LUA_REGISTRYINDEX);
    context = ae_lua_context(L);
  }
  return 1;
}

static void open_libraries(lua_State *L) {
  luaL_openlibs(L);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_pushcfunction(L, open_aelua);
  lua_setfield(L, -2, "aelua");
  lua_pop(L, 1);
}

static bool run(lua_State *L, const command_line *line) {
  bool script = command_line_has_script(line);
  bool talk = !script && !line->statements && !line->version && !line->interactive;
  if (line->no_environment) {
    lua_pushboolean(L, true);
    lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
  }
  open_libraries(L);
  set_arg(L, line);
  if (!line->no_environment && !run_environment(L)) return false;
  if (!command_line_each(line, run_option, L)) return false;
  if (script && !run_script(L, line)) return false;
  if (talk && !terminal_is_input()) {
    run_file(L, NULL); /* `lua` leaves the exit status alone here */
    return true;
  }
  if (talk) print_version();
  if (talk || line->interactive) converse(L);
  return true;
}

static int run_protected(lua_State *L) {
  lua_pushboolean(L, run(L, lua_touserdata(L, 1)));
  return 1;
}

int main(int argc, char **argv) {
  command_line line = {.argc = argc, .argv = argv};
  int bad;
  if (argc > 0 && argv[0][0] != '\0') program = argv[0];
  if (!command_line_parse(&line, &bad)) {
    command_line_usage(program, argv[bad]);
    return EXIT_FAILURE;
  }
  if (line.version || line.interactive) print_version();
  if (line.version) print_kernels();
  fflush(stdout);
  lua_State *L = luaL_newstate();
  if (!L) {
    complain("cannot create state: not enough memory");
    return EXIT_FAILURE;
  }
  lua_pushcfunction(L, run_protected);
  lua_pushlightuserdata(L, &line);
  bool done = report(L, lua_pcall(L, 1, 1, 0)) && lua_toboolean(L, -1);
  lua_close(L);
  return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
