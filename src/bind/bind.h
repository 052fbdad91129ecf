/*
** bind: what the files of this folder share: the state of aelua inside one
** lua_State, the userdata of a tensor, checked arguments, errors as values.
**
** Order in every binding, so that nothing leaks wherever Lua may jump out:
**   1. make the empty userdata of the results (ae_bind_box)
**   2. check the arguments; from here to 4 nothing calls Lua that may collect
**   3. let the runtime write a tensor, hand it to its userdata (ae_bind_put)
**   4. return, or raise (ae_bind_raise)
*/
#ifndef AE_BIND_BIND_H
#define AE_BIND_BIND_H

#include <lauxlib.h>
#include <lua.h>

#include "core/op.h"

/* Every function of this binding has the state as upvalue 1 (light userdata). */
typedef struct ae_lua ae_lua;
typedef struct ae_scope ae_scope;
typedef struct ae_link ae_link;

/* The userdata of a tensor. */
typedef struct ae_box ae_box;
struct ae_box {
  ae_tensor *tensor; /* retained; NULL: not made yet, freed or released */
  ae_scope *scope;   /* the one that releases it; NULL: none */
  ae_box *next;      /* in the scope's ring */
  ae_box *previous;
  bool released; /* by the end of a scope */
};

struct ae_lua {
  ae_context *ctx; /* NULL once the state is closing */
  bool open;       /* core is complete */
  const void *tensor_class;
  int tensor_class_ref; /* the metatable, in the registry */
  int error_class_ref;
  size_t limit;    /* live bytes past which the collector runs fully */
  size_t boxes;    /* that hold a tensor */
  size_t most;     /* boxes past which the collector runs fully */
  ae_scope *scope; /* the innermost; NULL: none */
  ae_link *link;   /* what recorded Lua functions know of this state */
};

/* ---- State (module.c) ---- */

/* The state behind the running function; raises where it is closing. */
ae_lua *ae_bind_lua(lua_State *L);
/* The same from the registry, NULL where aelua is not open. */
ae_lua *ae_bind_find(lua_State *L);
/* Adds functions, with the state as upvalue 1, to the table on top. */
void ae_bind_functions(lua_State *L, ae_lua *lua, const luaL_Reg *functions);

/* ---- Calls (call.c) ---- */

/* Calls the function under n_args arguments. True: its results are on top.
** False: the error value is, and the traceback is remembered for whoever
** reports it (core.traceback), as raising the value again would lose it. */
bool ae_bind_call(lua_State *L, int n_args);
/* Pushes the traceback of where the error value at index was first raised;
** false, and nothing, where it is not known. For main.c too. */
bool ae_bind_traceback(lua_State *L, int index);

/* ---- Errors (errors.c) ---- */

/* Raise {code, message, where, traceback}; the position is the script's. They do not return. */
int ae_bind_raise(lua_State *L, const ae_error *err);
int ae_bind_fail(lua_State *L, ae_status code, const char *format, ...) AE_PRINTF(3, 4);
/* What an argument is, for messages: "3.5", "'relu'", "a tensor f32 [2, 3]". */
enum { AE_DESCRIBE_TEXT = 96 };
const char *ae_bind_describe(lua_State *L, int index, char *buffer);

/* ---- Tensors as userdata (box.c) ---- */

/* Pushes an empty userdata. */
ae_box *ae_bind_box(lua_State *L, ae_lua *lua);
/* The box takes over the tensor. */
void ae_bind_put(ae_lua *lua, ae_box *box, ae_tensor *t);
/* Lets go of the tensor; an empty box is fine. */
void ae_bind_drop(ae_lua *lua, ae_box *box);
/* Pushes a box that holds t as well, so that no finalizer takes it away while
** Lua is called; drop it when done. */
ae_box *ae_bind_keep(lua_State *L, ae_lua *lua, ae_tensor *t);
/* The userdata at index, or NULL where it is no tensor. */
ae_box *ae_bind_test(lua_State *L, const ae_lua *lua, int index);
/* The tensor at index; raises "who: what wants a tensor, got ..." or "who: what
** has been freed". `what` NULL: the object of the method. */
ae_tensor *ae_bind_check(lua_State *L, ae_lua *lua, int index, const char *who, const char *what);
/* How an empty box lost its tensor: "freed", ... */
const char *ae_bind_fate(const ae_box *box);
/* The tensors of the list at index, 1 to 10^5 of them, into a block that Lua owns, which is pushed. */
ae_tensor **ae_bind_list(lua_State *L, ae_lua *lua, int index, const char *who, int *n);
/* Runs the collector where tensors, or their boxes, have grown past the soft limit. */
void ae_bind_relieve(lua_State *L, ae_lua *lua);
/* A full collection, and new limits. */
void ae_bind_collect(lua_State *L, ae_lua *lua);
/* Runs attempt, and where memory has run out once more after a full collection.
** Finalizers run in that, so the n tensors in `held` (NULLs are fine) are held. */
typedef ae_status (*ae_attempt_fn)(ae_lua *lua, void *arg, ae_error *err);
ae_status ae_bind_try(lua_State *L, ae_lua *lua, ae_attempt_fn attempt, void *arg, ae_tensor *const *held, int n,
                      ae_error *err);

/* ---- Arguments of operations (attributes.c) ---- */

/* A table without an array part whose keys are names. */
bool ae_bind_is_options(lua_State *L, int index);
bool ae_bind_is_empty(lua_State *L, int index); /* of a table */
/* Writes the attribute a of op from the value at index; raises where it does not fit. */
void ae_bind_attribute(lua_State *L, const ae_op *op, const ae_attr *a, int index, void *attrs);
/* Reads dims or a shape from the table or number at index. */
void ae_bind_dims(lua_State *L, const char *who, const char *what, int index, ae_dims *out);
/* The known name nearest to `name` (the first in the alphabet of several), or NULL; names ends with NULL. */
const char *ae_bind_nearest(const char *name, const char *const *names);

/* ---- Parts: each adds its functions to `core`, the table on top ---- */

void ae_bind_open_errors(lua_State *L, ae_lua *lua);
void ae_bind_open_call(lua_State *L, ae_lua *lua);
void ae_bind_open_kernels(lua_State *L, ae_lua *lua);
void ae_bind_open_tensor(lua_State *L, ae_lua *lua);
void ae_bind_open_operations(lua_State *L, ae_lua *lua);
void ae_bind_open_autograd(lua_State *L, ae_lua *lua);
void ae_bind_open_arena(lua_State *L, ae_lua *lua);
void ae_bind_open_scope(lua_State *L, ae_lua *lua);
void ae_bind_open_modes(lua_State *L, ae_lua *lua);
void ae_bind_open_runtime(lua_State *L, ae_lua *lua);
void ae_bind_open_profile(lua_State *L, ae_lua *lua);
void ae_bind_open_terminal(lua_State *L, ae_lua *lua);
void ae_bind_open_describe(lua_State *L, ae_lua *lua);
void ae_bind_open_io(lua_State *L, ae_lua *lua);

#endif
