/*
** function: operations recorded from Lua (ae.Function). A node of the tape
** holds a Lua function through the registry:
**   fn(wants, gy1, gy2, ...) -> gx1, gx2, ...
** wants[i]: whether input i's gradient is asked for; gyk: nil where nobody
** needs output k. Nodes are let go of in places where no lua_State is at hand
** (another thread, a host), so the references of the dead wait in a list until
** the next call here.
*/
#include "bind/function.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/tape.h"

typedef struct record record;
struct record {
  ae_link *link; /* retained */
  int ref;       /* the function, in the registry */
  record *next;  /* among the dead */
};

struct ae_link {
  atomic_int refs;
  lua_State *L; /* the thread in which functions run; NULL: the state has closed */
  atomic_bool closed;
  ae_context *ctx;
  ae_allocator *allocator; /* retained */
  _Atomic(record *) dead;
};

static const char error_key; /* its address, in the registry, leads to the value that a function raised */

/* ---- The link ---- */

ae_status ae_link_open(lua_State *L, ae_context *ctx, ae_link **out, ae_error *err) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  lua_State *main_thread = lua_tothread(L, -1);
  lua_pop(L, 1);
  lua_pushboolean(L, false); /* so that a later write finds the slot there and needs no memory */
  lua_rawsetp(L, LUA_REGISTRYINDEX, &error_key);
  void *block;
  AE_TRY(ae_allocate(ctx->allocator, sizeof(ae_link), &block, err));
  ae_link *link = block;
  *link = (ae_link){.L = main_thread, .ctx = ctx, .allocator = ctx->allocator};
  atomic_init(&link->refs, 1);
  atomic_init(&link->closed, false);
  atomic_init(&link->dead, NULL);
  ae_allocator_retain(ctx->allocator);
  *out = link;
  return AE_OK;
}

static void release_link(ae_link *link) {
  if (atomic_fetch_sub(&link->refs, 1) > 1) return;
  ae_allocator *allocator = link->allocator;
  ae_free(allocator, link, sizeof *link);
  ae_allocator_release(allocator);
}

/* Frees what the dead held; L: also their references. */
static void sweep(ae_link *link, lua_State *L) {
  record *r = atomic_exchange(&link->dead, NULL);
  while (r) {
    record *next = r->next;
    if (L) luaL_unref(L, LUA_REGISTRYINDEX, r->ref);
    ae_free(link->allocator, r, sizeof *r);
    release_link(link);
    r = next;
  }
}

void ae_link_close(ae_link *link) {
  if (!link) return;
  link->L = NULL;
  atomic_store(&link->closed, true);
  sweep(link, NULL);
  release_link(link);
}

lua_State *ae_link_enter(ae_link *link, lua_State *L) {
  lua_State *before = link->L;
  link->L = L;
  sweep(link, L);
  return before;
}

void ae_link_leave(ae_link *link, lua_State *before) {
  sweep(link, link->L);
  link->L = before;
}

bool ae_link_error(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &error_key) != LUA_TTABLE) {
    lua_pop(L, 1);
    return false;
  }
  lua_rawgeti(L, -1, 1);
  lua_remove(L, -2);
  lua_pushboolean(L, false);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &error_key);
  return true;
}

/* Keeps the error value on top for ae_link_error, and its text in err. Runs protected. */
static int keep_error(lua_State *L) {
  ae_error *err = lua_touserdata(L, 2);
  lua_createtable(L, 1, 0);
  lua_pushvalue(L, 1);
  lua_rawseti(L, -2, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &error_key);
  if (err) ae_fail(err, AE_CALLBACK, "%s", luaL_tolstring(L, 1, NULL));
  return 0;
}

/* ---- Backward ---- */

/* Takes the gradient at index for input i. */
static ae_status take_gradient(lua_State *L, ae_lua *lua, ae_call *call, int i, int index) {
  if (lua_isnil(L, index)) return AE_OK;
  const ae_box *box = ae_bind_test(L, lua, index);
  char got[AE_DESCRIBE_TEXT], shape[AE_SHAPE_TEXT];
  if (!box || !box->tensor || box->tensor->type != AE_REAL)
    return ae_fail(call->err, AE_TYPE, "Function: backward's result %d wants a tensor %s or nil, got %s", i + 1,
                   ae_type_name(AE_REAL), ae_bind_describe(L, index, got));
  if (call->in_spec[i].shape.ndim < 0)
    return ae_fail(call->err, AE_INVALID, "Function: backward gave a gradient for input %d, which is no tensor", i + 1);
  if (!ae_shape_equal(&box->tensor->shape, &call->in_spec[i].shape))
    return ae_fail(call->err, AE_SHAPE, "Function: backward's result %d wants the shape of input %d, %s, got %s", i + 1,
                   i + 1, ae_shape_text(&call->in_spec[i].shape, shape), ae_bind_describe(L, index, got));
  return call->wants[i] ? ae_call_pass(call, i, box->tensor) : AE_OK;
}

static ae_status take_gradients(lua_State *L, ae_lua *lua, ae_call *call, int first) {
  int given = lua_gettop(L) - first + 1;
  int wanted = call->n_in;
  while (wanted > given && call->in_spec[wanted - 1].shape.ndim < 0) wanted--; /* no tensor, no gradient */
  if (given != wanted)
    return ae_fail(call->err, AE_INVALID, "Function: backward wants to give %d gradient%s, one an input, gave %d",
                   wanted, wanted == 1 ? "" : "s", given);
  for (int i = 0; i < given; i++) AE_TRY(take_gradient(L, lua, call, i, first + i));
  return AE_OK;
}

/* (record, call) -> status; raises what the function raises. Runs protected. */
static int run_protected(lua_State *L) {
  const record *r = lua_touserdata(L, 1);
  ae_call *call = lua_touserdata(L, 2);
  ae_lua *lua = ae_bind_find(L);
  luaL_checkstack(L, call->n_in + call->n_out + 10, NULL);
  lua_rawgeti(L, LUA_REGISTRYINDEX, r->ref);
  lua_createtable(L, call->n_in, 0);
  for (int i = 0; i < call->n_in; i++) {
    lua_pushboolean(L, call->wants[i]);
    lua_rawseti(L, -2, i + 1);
  }
  for (int k = 0; k < call->n_out; k++) {
    if (!call->gout[k]) {
      lua_pushnil(L);
      continue;
    }
    ae_box *box = ae_bind_box(L, lua);
    ae_tensor_retain(call->gout[k]);
    ae_bind_put(lua, box, call->gout[k]);
  }
  lua_call(L, call->n_out + 1, LUA_MULTRET);
  lua_pushinteger(L, take_gradients(L, lua, call, 3));
  return 1;
}

static ae_status run(void *user, ae_call *call) {
  const record *r = user;
  lua_State *L = r->link->L;
  if (!L) return ae_fail(call->err, AE_STATE, "Function: the Lua state that recorded it has closed");
  if (!lua_checkstack(L, 8)) return ae_fail(call->err, AE_NO_MEMORY, "Function: Lua is out of memory");
  int top = lua_gettop(L);
  int no_grad = call->ctx->no_grad;
  call->ctx->no_grad = no_grad + 1;
  lua_pushcfunction(L, run_protected);
  lua_pushlightuserdata(L, user);
  lua_pushlightuserdata(L, call);
  bool fine = ae_bind_call(L, 2);
  call->ctx->no_grad = no_grad;
  ae_status status = fine ? (ae_status)lua_tointeger(L, -1) : AE_CALLBACK;
  if (!fine) {
    ae_fail(call->err, AE_CALLBACK, "Function: backward failed");
    lua_pushcfunction(L, keep_error);
    lua_insert(L, -2);
    lua_pushlightuserdata(L, call->err);
    lua_pcall(L, 2, 0, 0);
  }
  lua_settop(L, top);
  return status;
}

/* Where the state has closed nobody comes by to sweep. */
static void drop(void *user) {
  record *r = user;
  ae_link *link = r->link;
  atomic_fetch_add(&link->refs, 1);
  record *head = atomic_load(&link->dead);
  do r->next = head;
  while (!atomic_compare_exchange_weak(&link->dead, &head, r));
  if (atomic_load(&link->closed)) sweep(link, NULL);
  release_link(link);
}

/* ---- Recording ---- */

enum { INPUTS_AT_HAND = 32 };

static ae_status new_record(ae_link *link, int ref, record **out, ae_error *err) {
  void *block;
  AE_TRY(ae_allocate(link->allocator, sizeof(record), &block, err));
  *out = block;
  **out = (record){.link = link, .ref = ref};
  atomic_fetch_add(&link->refs, 1);
  return AE_OK;
}

/* Ties aliases of the n_out tensors in `out` to a node and puts them in out. On failure ref is let go of. */
static ae_status tie(lua_State *L, ae_lua *lua, int ref, ae_tensor *const *in, int n_in, ae_tensor **out, int n_out,
                     ae_error *err) {
  ae_tensor *aliases[AE_MAX_OUTPUTS];
  int n = 0;
  ae_status status = AE_OK;
  while (status == AE_OK && n < n_out) {
    status = ae_tensor_alias(out[n], &aliases[n], err);
    if (status == AE_OK) n++;
  }
  record *r = NULL;
  if (status == AE_OK) status = new_record(lua->link, ref, &r, err);
  if (!r) luaL_unref(L, LUA_REGISTRYINDEX, ref);
  if (status == AE_OK)
    status = ae_tape_record_custom(lua->ctx, "Function", in, n_in, aliases, n_out, &(ae_custom){run, drop, r}, err);
  for (int k = 0; k < n; k++) {
    if (status == AE_OK)
      out[k] = aliases[k];
    else
      ae_tensor_release(aliases[k]);
  }
  return status;
}

int ae_function_record(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  luaL_checktype(L, 1, LUA_TFUNCTION);
  int n_in = (int)luaL_checkinteger(L, 2);
  int n_out = lua_gettop(L) - 2 - n_in;
  if (n_in < 1 || n_in > INPUTS_AT_HAND)
    return ae_bind_fail(L, AE_UNSUPPORTED, "Function: takes 1 to %d inputs, got %d", INPUTS_AT_HAND, n_in);
  if (n_out < 1 || n_out > AE_MAX_OUTPUTS)
    return ae_bind_fail(L, AE_UNSUPPORTED, "Function: forward gives 1 to %d tensors, gave %d", AE_MAX_OUTPUTS,
                        n_out < 0 ? 0 : n_out);
  int first_out = 3 + n_in, first_box = first_out + n_out;
  luaL_checkstack(L, n_out + 8, NULL);
  ae_box *boxes[AE_MAX_OUTPUTS];
  for (int k = 0; k < n_out; k++) boxes[k] = ae_bind_box(L, lua);
  lua_pushvalue(L, 1);
  int ref = luaL_ref(L, LUA_REGISTRYINDEX);
  ae_link_leave(lua->link, ae_link_enter(lua->link, L)); /* lets go of the dead */
  ae_tensor *in[INPUTS_AT_HAND] = {NULL}, *out[AE_MAX_OUTPUTS];
  for (int i = 0; i < n_in; i++) {
    const ae_box *box = ae_bind_test(L, lua, 3 + i);
    in[i] = box ? box->tensor : NULL;
  }
  for (int k = 0; k < n_out; k++) {
    const ae_box *box = ae_bind_test(L, lua, first_out + k);
    out[k] = box ? box->tensor : NULL;
    if (out[k]) continue;
    char got[AE_DESCRIBE_TEXT];
    luaL_unref(L, LUA_REGISTRYINDEX, ref);
    return ae_bind_fail(L, AE_TYPE, "Function: forward's result %d wants a tensor, got %s", k + 1,
                        ae_bind_describe(L, first_out + k, got));
  }
  if (!ae_tape_records(lua->ctx, in, n_in)) {
    luaL_unref(L, LUA_REGISTRYINDEX, ref);
    lua_settop(L, first_box - 1);
    return n_out;
  }
  ae_error err;
  ae_status status = tie(L, lua, ref, in, n_in, out, n_out, &err);
  if (status != AE_OK) return ae_bind_raise(L, &err);
  for (int k = 0; k < n_out; k++) ae_bind_put(lua, boxes[k], out[k]);
  return n_out;
}
