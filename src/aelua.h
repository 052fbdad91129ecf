/*
** aelua.h: tensors, reverse-mode gradients and an embedded Lua for training
** autoencoders, as a C library.
**
** A host that has a Lua state of its own:
**
**   lua_State *L = luaL_newstate();
**   luaL_openlibs(L);
**   luaL_requiref(L, "aelua", luaopen_aelua, 0);
**   lua_pop(L, 1);
**   ... luaL_dostring(L, "... return model:encode(x)") ...
**   ae_error err;
**   ae_tensor *codes;
**   if (ae_lua_tensor(L, -1, &codes, &err) != AE_OK) complain(err.message);
**   ae_tensor_read(codes, values, count, &err);
**   ae_tensor_release(codes);
**
** A host without Lua:
**
**   ae_context *ctx;
**   ae_context_open(NULL, &ctx, &err);
**   ae_tensor *x, *w, *y;
**   ae_tensor_from_reals(ctx, 2, (int64_t[]){ 2, 3 }, values, &x, &err);
**   ...
**   ae_op_apply(ctx, "matmul", (ae_tensor *[]){ x, w }, 2, &y, 1, &err);
**
** Ownership, everywhere: what arrives through an `out` parameter is yours,
** release it once; what is returned is borrowed; who keeps a pointer retains
** it; on failure `*out` is untouched.
**
** Errors, everywhere: a function that can fail returns a status and fills the
** caller's `ae_error` (NULL: the status is enough). Nothing here prints, exits,
** aborts or jumps.
**
** Threads: a context serves one thread at a time. Tensors may cross threads;
** their counts are atomic, their contents are the caller's to guard.
*/
#ifndef AELUA_H
#define AELUA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define AE_API __attribute__((visibility("default")))
#define AE_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define AE_API
#define AE_PRINTF(text, first)
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define AE_VERSION_MAJOR 0
#define AE_VERSION_MINOR 1
#define AE_VERSION_PATCH 0
#define AE_VERSION "0.1.0"

/* ---- Errors ---- */

typedef enum ae_status {
  AE_OK = 0,
  AE_INVALID,     /* an argument is outside what the function takes */
  AE_SHAPE,       /* shapes that do not fit each other or the function */
  AE_TYPE,        /* an element type that the function does not take */
  AE_OVERFLOW,    /* a size that no int64_t or size_t holds */
  AE_NO_MEMORY,   /* the allocator or the budget said no */
  AE_IO,          /* the system could not read or write a file */
  AE_FORMAT,      /* the bytes of a file are not what they claim to be */
  AE_STATE,       /* the object is not in a state for this (freed, consumed, changed) */
  AE_UNSUPPORTED, /* a thing that this build or operation does not do */
  AE_CALLBACK,    /* a function of the host or of a script failed */
  AE_STATUS_COUNT
} ae_status;

typedef struct ae_error {
  ae_status code;
  char message[504];
} ae_error;

/* The status as scripts see it: "shape", "memory", ... */
AE_API const char *ae_status_name(ae_status status);

/* ---- Contexts ---- */

typedef struct ae_context ae_context;

/* Memory from the host. `allocate` returns `bytes` bytes aligned to 64, or NULL;
** both may be called from any thread. */
typedef struct ae_host_memory {
  void *(*allocate)(void *user, size_t bytes);
  void (*release)(void *user, void *block, size_t bytes);
  void *user;
} ae_host_memory;

typedef struct ae_options {
  size_t real_size;             /* sizeof the host's idea of a real; 0: do not check */
  const ae_host_memory *memory; /* NULL: the system's */
  size_t budget;                /* most bytes to hold at a time; 0: no limit */
  int threads;                  /* 0: AELUA_THREADS, else the processors available */
  uint64_t seed;                /* of the random stream */
  bool keep_environment;        /* do not set OPENBLAS_CORETYPE, not even while OpenBLAS is loaded, and do not ask
                                ** the system for AMX's tiles; oneDNN asks at its first convolution */
} ae_options;

/* `options` may be NULL. Errors: AE_INVALID where real_size is the other
** build's, AE_NO_MEMORY. */
AE_API ae_status ae_context_open(const ae_options *options, ae_context **out, ae_error *err);
AE_API void ae_context_close(ae_context *ctx);

AE_API const char *ae_version(void);
AE_API size_t ae_real_size(void); /* 4, or 8 in the double build */
AE_API int ae_context_threads(const ae_context *ctx);
AE_API ae_status ae_context_set_threads(ae_context *ctx, int threads, ae_error *err);
AE_API void ae_context_seed(ae_context *ctx, uint64_t seed);
/* Bytes that live tensors, and packed forms of parameters, hold now, at most so far, and with the cache. */
typedef struct ae_memory_use {
  size_t live, peak, held, budget;
  uint64_t system_calls; /* blocks asked of the system or host so far */
} ae_memory_use;
AE_API ae_memory_use ae_context_memory(const ae_context *ctx);

/* ---- Tensors ---- */

enum { AE_MAX_DIMS = 8 };

/* 4 to 6 stand for f64's fellows to come: values are part of the interface. */
typedef enum ae_type { AE_F32 = 1, AE_U8 = 2, AE_I32 = 3, AE_F64 = 4, AE_BF16 = 5, AE_I64 = 6 } ae_type;

typedef struct ae_tensor ae_tensor;

/* Row-major, zero dimensions for a single number. `values` are copied. */
AE_API ae_status ae_tensor_from_reals(ae_context *ctx, int ndim, const int64_t *dims, const double *values,
                                      ae_tensor **out, ae_error *err);
AE_API ae_status ae_tensor_from_bytes(ae_context *ctx, int ndim, const int64_t *dims, const uint8_t *values,
                                      ae_tensor **out, ae_error *err);
/* Lends memory in place: `release(user, data)` is called once, when nobody
** uses it any more. */
AE_API ae_status ae_tensor_lend(ae_context *ctx, ae_type type, int ndim, const int64_t *dims, void *data,
                                void (*release)(void *user, void *data), void *user, ae_tensor **out, ae_error *err);
AE_API void ae_tensor_retain(ae_tensor *t);
AE_API void ae_tensor_release(ae_tensor *t); /* NULL is fine */

AE_API ae_type ae_tensor_type(const ae_tensor *t);
AE_API int ae_tensor_ndim(const ae_tensor *t);
AE_API int64_t ae_tensor_dim(const ae_tensor *t, int axis); /* axis from 0; 0 where there is none */
AE_API int64_t ae_tensor_count(const ae_tensor *t);
AE_API const void *ae_tensor_data(const ae_tensor *t);
/* Copies all elements as doubles. Errors: AE_SHAPE where count differs. */
AE_API ae_status ae_tensor_read(const ae_tensor *t, double *values, int64_t count, ae_error *err);

/* ---- Operations and gradients ---- */

/* Runs an operation by name with its default attributes. Absent inputs are NULL. */
AE_API ae_status ae_op_apply(ae_context *ctx, const char *name, ae_tensor *const *in, int n_in, ae_tensor **out,
                             int n_out, ae_error *err);
AE_API void ae_tensor_require_grad(ae_tensor *t, bool on);
/* Gradients of everything `t` was computed from. `gradient` may be NULL where t
** has one element. Errors: AE_STATE (consumed, changed in place), AE_SHAPE. */
AE_API ae_status ae_tensor_backward(ae_context *ctx, ae_tensor *t, ae_tensor *gradient, bool retain_graph,
                                    ae_error *err);
AE_API ae_tensor *ae_tensor_grad(const ae_tensor *t); /* borrowed; NULL: none yet */

/* ---- Lua ---- */

struct lua_State;
/* A lua_CFunction: returns the table that `require "aelua"` gives. */
AE_API int luaopen_aelua(struct lua_State *L);
/* For a host with a budget, memory or seed of its own: opens the context of a
** state before luaopen_aelua would with none of them. Errors: as
** ae_context_open; AE_STATE where the state has one already. */
AE_API ae_status ae_lua_open(struct lua_State *L, const ae_options *options, ae_error *err);
/* The context behind a state that has opened aelua; NULL: none. */
AE_API ae_context *ae_lua_context(struct lua_State *L);
/* The tensor at `index`. Errors: AE_TYPE where there is none there. */
AE_API ae_status ae_lua_tensor(struct lua_State *L, int index, ae_tensor **out, ae_error *err);
/* Pushes a tensor (retained). Errors: AE_NO_MEMORY, AE_STATE. */
AE_API ae_status ae_lua_push(struct lua_State *L, ae_tensor *t, ae_error *err);
/* Asks the training loop of this context to end after the batch in hand. False
** where no loop is running that heeds it (core.interruptible in Lua), or where
** it was asked already: the caller then stops the script by other means. Safe
** in a signal handler. */
AE_API bool ae_context_interrupt(ae_context *ctx);

#ifdef __cplusplus
}
#endif
#endif
