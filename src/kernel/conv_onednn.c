/*
** conv_onednn: convolution by oneDNN's primitives, channels last, for groups = 1.
** A context keeps the primitives it has made (making one costs milliseconds),
** with the forms in which they want the weights; weights are brought into that
** form, and their gradient out of it, at every call. Bias and activation follow
** in a pass of our own.
**
** The interfaces of oneDNN 2.x and 3.x differ in how descriptors are made: that
** is the first part of the file. oneDNN computes in float: the double build has
** only the stub at the end.
*/
#include "kernel/backend.h"
#include "kernel/conv_paths.h"
#include "kernel/signals.h"

typedef enum kind { FORWARD, DATA, WEIGHTS } kind;

#if defined(AELUA_ONEDNN_LIBRARY) && !defined(AELUA_REAL_DOUBLE)

#include <dlfcn.h>
#include <limits.h>
#include <oneapi/dnnl/dnnl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#endif

/* ---- The library ---- */

#define COMMON(each)                                                                                                   \
  each(engine_create) each(engine_destroy) each(stream_create) each(stream_destroy) each(stream_wait)                  \
      each(memory_create) each(memory_destroy) each(memory_set_data_handle) each(memory_desc_get_size)                 \
          each(primitive_create) each(primitive_execute) each(primitive_destroy) each(primitive_desc_destroy)          \
              each(primitive_desc_query_md) each(reorder_primitive_desc_create) each(primitive_attr_create)            \
                  each(primitive_attr_destroy) each(primitive_attr_set_scratchpad_mode)
#if DNNL_VERSION_MAJOR >= 3
#define FUNCTIONS(each)                                                                                                \
  COMMON(each)                                                                                                         \
  each(memory_desc_create_with_strides) each(memory_desc_create_with_tag) each(memory_desc_destroy)                    \
      each(convolution_forward_primitive_desc_create) each(convolution_backward_data_primitive_desc_create)            \
          each(convolution_backward_weights_primitive_desc_create)
#else
#define FUNCTIONS(each)                                                                                                \
  COMMON(each)                                                                                                         \
  each(memory_desc_init_by_strides) each(memory_desc_init_by_tag) each(primitive_desc_create)                          \
      each(dilated_convolution_forward_desc_init) each(dilated_convolution_backward_data_desc_init)                    \
          each(dilated_convolution_backward_weights_desc_init)
#endif

#define MEMBER(name) __typeof__(dnnl_##name) *name;
static struct { FUNCTIONS(MEMBER) } of;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool loaded;

static bool find(void *library, const char *name, void *function) {
  void *address = dlsym(library, name);
  memcpy(function, &address, sizeof address);
  return address != NULL;
}

/* LeakSanitizer (GCC 12) crashes at exit in the thread-local storage of these
** primitives: under AddressSanitizer they are used only where they are forced. */
static bool is_wanted(void) {
#ifdef __SANITIZE_ADDRESS__
  const char *name = getenv("AELUA_BACKEND");
  return name && strcmp(name, "onednn") == 0;
#else
  return true;
#endif
}

static void load_once(void) {
  void *library = is_wanted() ? ae_onednn_library() : NULL;
  bool all = library != NULL;
#define FIND(name) all = all && find(library, "dnnl_" #name, &of.name);
  FUNCTIONS(FIND)
  loaded = all;
}

/* ---- Descriptors ---- */

#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t layout;
typedef const_dnnl_memory_desc_t borrowed_layout;
static borrowed_layout borrow(const layout *l) {
  return *l;
}
static bool make_layout(layout *l, const dnnl_dims_t dims, const dnnl_dim_t *strides) {
  *l = NULL;
  return (strides ? of.memory_desc_create_with_strides(l, 4, dims, dnnl_f32, strides)
                  : of.memory_desc_create_with_tag(l, 4, dims, dnnl_f32, dnnl_format_tag_any)) == dnnl_success;
}
static void free_layout(layout *l) {
  if (*l) of.memory_desc_destroy(*l);
}
#else
typedef dnnl_memory_desc_t layout;
typedef const dnnl_memory_desc_t *borrowed_layout;
static borrowed_layout borrow(const layout *l) {
  return l;
}
static bool make_layout(layout *l, const dnnl_dims_t dims, const dnnl_dim_t *strides) {
  return (strides ? of.memory_desc_init_by_strides(l, 4, dims, dnnl_f32, strides)
                  : of.memory_desc_init_by_tag(l, 4, dims, dnnl_f32, dnnl_format_tag_any)) == dnnl_success;
}
static void free_layout(layout *l) {
  (void)l;
}
#endif

typedef struct sides {
  dnnl_dims_t stride, dilation, before, after;
} sides;

/* The primitive descriptor; the gradients want the forward one beside. */
static dnnl_status_t describe(kind what, const layout *x, const layout *w, const layout *y, const sides *s,
                              dnnl_engine_t engine, dnnl_primitive_attr_t attr, dnnl_primitive_desc_t hint,
                              dnnl_primitive_desc_t *out) {
#if DNNL_VERSION_MAJOR >= 3
  if (what == FORWARD)
    return of.convolution_forward_primitive_desc_create(out, engine, dnnl_forward_training, dnnl_convolution_direct, *x,
                                                        *w, NULL, *y, s->stride, s->dilation, s->before, s->after,
                                                        attr);
  if (what == DATA)
    return of.convolution_backward_data_primitive_desc_create(out, engine, dnnl_convolution_direct, *x, *w, *y,
                                                              s->stride, s->dilation, s->before, s->after, hint, attr);
  return of.convolution_backward_weights_primitive_desc_create(out, engine, dnnl_convolution_direct, *x, *w, NULL, *y,
                                                               s->stride, s->dilation, s->before, s->after, hint, attr);
#else
  dnnl_convolution_desc_t d;
  dnnl_status_t status;
  if (what == FORWARD)
    status = of.dilated_convolution_forward_desc_init(&d, dnnl_forward_training, dnnl_convolution_direct, x, w, NULL, y,
                                                      s->stride, s->dilation, s->before, s->after);
  else if (what == DATA)
    status = of.dilated_convolution_backward_data_desc_init(&d, dnnl_convolution_direct, x, w, y, s->stride,
                                                            s->dilation, s->before, s->after);
  else
    status = of.dilated_convolution_backward_weights_desc_init(&d, dnnl_convolution_direct, x, w, NULL, y, s->stride,
                                                               s->dilation, s->before, s->after);
  return status == dnnl_success ? of.primitive_desc_create(out, &d, attr, engine, hint) : status;
#endif
}

/* ---- Primitives ---- */

enum { SLOTS = 64 };
enum { IN_X, IN_W, IN_PACKED, IN_Y, IN_SCRATCH, MEMORIES };

/* One convolution in one direction on one number of threads. */
typedef struct plan {
  ae_conv conv;
  kind what;
  int threads;
  bool made; /* false: oneDNN has none for it */
  dnnl_primitive_t primitive, reorder;
  dnnl_memory_t memory[MEMORIES];
  size_t packed_bytes, scratch_bytes;
} plan;

typedef struct cache {
  ae_allocator *allocator;
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  int n, next; /* plans; which is replaced when there are SLOTS */
  plan plans[SLOTS];
} cache;

static void free_plan(plan *p) {
  if (p->primitive) of.primitive_destroy(p->primitive);
  if (p->reorder) of.primitive_destroy(p->reorder);
  for (int i = 0; i < MEMORIES; i++)
    if (p->memory[i]) of.memory_destroy(p->memory[i]);
}

static void close_cache(void *kept) {
  cache *c = kept;
  for (int i = 0; i < c->n; i++) free_plan(&c->plans[i]);
  if (c->stream) of.stream_destroy(c->stream);
  if (c->engine) of.engine_destroy(c->engine);
  ae_free(c->allocator, c, sizeof *c);
}

static sides sides_of(const ae_conv *c) {
  const int64_t reach_h = c->dilation_h * (c->r - 1) + 1, reach_w = c->dilation_w * (c->s - 1) + 1;
  return (sides){
      {c->stride_h, c->stride_w},
      {c->dilation_h - 1, c->dilation_w - 1},
      {c->top, c->left},
      {(c->p - 1) * c->stride_h + reach_h - c->h - c->top, (c->q - 1) * c->stride_w + reach_w - c->w - c->left}};
}

/* The primitive `from` described, and the reordering between our weights and its own. */
static bool finish_plan(cache *c, plan *p, dnnl_primitive_desc_t from, const layout *x, const layout *w,
                        const layout *y) {
  const bool gradient = p->what == WEIGHTS;
  borrowed_layout packed =
      of.primitive_desc_query_md(from, gradient ? dnnl_query_diff_weights_md : dnnl_query_weights_md, 0);
  borrowed_layout scratch = of.primitive_desc_query_md(from, dnnl_query_scratchpad_md, 0);
  dnnl_primitive_desc_t reorder = NULL;
  bool fine = packed && scratch && of.primitive_create(&p->primitive, from) == dnnl_success &&
              of.reorder_primitive_desc_create(&reorder, gradient ? packed : borrow(w), c->engine,
                                               gradient ? borrow(w) : packed, c->engine, NULL) == dnnl_success &&
              of.primitive_create(&p->reorder, reorder) == dnnl_success;
  if (reorder) of.primitive_desc_destroy(reorder);
  if (!fine) return false;
  p->packed_bytes = of.memory_desc_get_size(packed);
  p->scratch_bytes = of.memory_desc_get_size(scratch);
  borrowed_layout layouts[MEMORIES] = {borrow(x), borrow(w), packed, borrow(y), scratch};
  for (int i = 0; i < MEMORIES; i++)
    if (of.memory_create(&p->memory[i], layouts[i], c->engine, DNNL_MEMORY_NONE) != dnnl_success) return false;
  return true;
}

static bool make_plan(cache *c, plan *p) {
  const ae_conv *v = &p->conv;
  const dnnl_dims_t x_dims = {v->n, v->c, v->h, v->w}, w_dims = {v->k, v->c, v->r, v->s},
                    y_dims = {v->n, v->k, v->p, v->q};
  const dnnl_dims_t x_strides = {v->h * v->w * v->c, 1, v->w * v->c, v->c};
  const dnnl_dims_t w_strides = {1, v->k, v->s * v->c * v->k, v->c * v->k};
  const dnnl_dims_t y_strides = {v->p * v->q * v->k, 1, v->q * v->k, v->k};
  const sides s = sides_of(v);
  layout x = {0}, w = {0}, any = {0}, y = {0};
  dnnl_primitive_attr_t attr = NULL;
  dnnl_primitive_desc_t forward = NULL, own = NULL;
  bool fine = make_layout(&x, x_dims, x_strides) && make_layout(&w, w_dims, w_strides) &&
              make_layout(&any, w_dims, NULL) && make_layout(&y, y_dims, y_strides) &&
              of.primitive_attr_create(&attr) == dnnl_success &&
              of.primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user) == dnnl_success &&
              describe(FORWARD, &x, &any, &y, &s, c->engine, attr, NULL, &forward) == dnnl_success;
  if (fine && p->what != FORWARD)
    fine = describe(p->what, &x, &any, &y, &s, c->engine, attr, forward, &own) == dnnl_success;
  fine = fine && finish_plan(c, p, own ? own : forward, &x, &w, &y);
  if (own) of.primitive_desc_destroy(own);
  if (forward) of.primitive_desc_destroy(forward);
  if (attr) of.primitive_attr_destroy(attr);
  free_layout(&x), free_layout(&w), free_layout(&any), free_layout(&y);
  if (fine) return true;
  free_plan(p);
  return false;
}

static ae_status open_cache(ae_context *ctx, cache **out, ae_error *err) {
  ae_kernel_state *state;
  AE_TRY(ae_kernel_state_of(ctx, &state, err));
  if (!state->conv) {
    void *block;
    AE_TRY(ae_allocate(ctx->allocator, sizeof(cache), &block, err));
    cache *c = block;
    memset(c, 0, sizeof *c);
    c->allocator = ctx->allocator;
    if (of.engine_create(&c->engine, dnnl_cpu, 0) != dnnl_success ||
        of.stream_create(&c->stream, c->engine, dnnl_stream_default_flags) != dnnl_success) {
      close_cache(c);
      return ae_fail(err, AE_NO_MEMORY, "convolution: oneDNN gives no engine");
    }
    state->conv = c;
    state->conv_close = close_cache;
  }
  *out = state->conv;
  return AE_OK;
}

static bool same(const plan *p, const ae_conv *conv, kind what, int threads) {
  return p->what == what && p->threads == threads && memcmp(&p->conv, conv, sizeof *conv) == 0;
}

static plan *plan_for(cache *c, const ae_conv *conv, kind what, int threads) {
  for (int i = 0; i < c->n; i++)
    if (same(&c->plans[i], conv, what, threads)) return &c->plans[i];
  plan *p = &c->plans[c->n < SLOTS ? c->n : c->next];
  if (c->n < SLOTS) {
    c->n++;
  } else {
    free_plan(p);
    c->next = (c->next + 1) % SLOTS;
  }
  memset(p, 0, sizeof *p);
  p->conv = *conv, p->what = what, p->threads = threads;
  p->made = make_plan(c, p);
  return p;
}

/* ---- Runs ---- */

static bool execute(const cache *c, const plan *p) {
  static const int of_x[] = {DNNL_ARG_SRC, DNNL_ARG_DIFF_SRC, DNNL_ARG_SRC};
  static const int of_w[] = {DNNL_ARG_WEIGHTS, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_WEIGHTS};
  static const int of_y[] = {DNNL_ARG_DST, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_DST};
  const bool gradient = p->what == WEIGHTS;
  const dnnl_exec_arg_t run[] = {{of_x[p->what], p->memory[IN_X]},
                                 {of_w[p->what], p->memory[IN_PACKED]},
                                 {of_y[p->what], p->memory[IN_Y]},
                                 {DNNL_ARG_SCRATCHPAD, p->memory[IN_SCRATCH]}};
  const dnnl_exec_arg_t reorder[] = {{DNNL_ARG_FROM, p->memory[gradient ? IN_PACKED : IN_W]},
                                     {DNNL_ARG_TO, p->memory[gradient ? IN_W : IN_PACKED]}};
  if (!gradient && of.primitive_execute(p->reorder, c->stream, 2, reorder) != dnnl_success) return false;
  if (of.primitive_execute(p->primitive, c->stream, 4, run) != dnnl_success) return false;
  if (gradient && of.primitive_execute(p->reorder, c->stream, 2, reorder) != dnnl_success) return false;
  return of.stream_wait(c->stream) == dnnl_success;
}

static bool set_memory(const plan *p, int which, const void *data) {
  return of.memory_set_data_handle(p->memory[which], (void *)(uintptr_t)data) == dnnl_success;
}

static bool fits_int(const ae_conv *c) {
  return c->n * c->h * c->w * c->c <= INT_MAX && c->n * c->p * c->q * c->k <= INT_MAX &&
         c->r * c->s * c->c * c->k <= INT_MAX && c->top <= INT_MAX && c->left <= INT_MAX;
}

/* AE_UNSUPPORTED, without a message: another way is to be taken. */
static ae_status run(ae_context *ctx, const ae_conv *conv, kind what, const real *x, const real *w, const real *y,
                     ae_error *err) {
  pthread_once(&once, load_once);
  if (!loaded || conv->groups != 1 || !fits_int(conv)) return AE_UNSUPPORTED;
  cache *c = NULL;
  AE_TRY(open_cache(ctx, &c, err));
  const int threads = ae_conv_parts(ctx, conv, INT_MAX);
#ifdef _OPENMP
  const int before = omp_get_max_threads();
  omp_set_num_threads(threads);
#endif
  const plan *p = plan_for(c, conv, what, threads);
  ae_status status = p->made ? AE_OK : AE_UNSUPPORTED;
  if (status == AE_OK) {
    const size_t packed = (p->packed_bytes + 63) / 64 * 64, bytes = packed + p->scratch_bytes;
    void *block;
    status = ae_allocate(ctx->allocator, bytes, &block, err);
    if (status == AE_OK) {
      sigset_t signals;
      ae_signals_hold(&signals);
      const bool fine = set_memory(p, IN_X, x) && set_memory(p, IN_W, w) && set_memory(p, IN_Y, y) &&
                        set_memory(p, IN_PACKED, block) && set_memory(p, IN_SCRATCH, (char *)block + packed) &&
                        execute(c, p);
      ae_signals_let(&signals);
      if (!fine) status = ae_fail(err, AE_NO_MEMORY, "convolution: oneDNN had no memory for its buffers");
      ae_free(ctx->allocator, block, bytes);
    }
  }
#ifdef _OPENMP
  omp_set_num_threads(before);
#endif
  return status;
}

#else

static ae_status run(ae_context *ctx, const ae_conv *conv, kind what, const real *x, const real *w, const real *y,
                     ae_error *err) {
  (void)ctx, (void)conv, (void)what, (void)x, (void)w, (void)y, (void)err;
  return AE_UNSUPPORTED;
}

#endif

/* ---- The path ---- */

typedef struct finishing {
  const ae_conv_finish *finish;
  int64_t channels;
  real *y;
} finishing;

static void finish_rows(void *arg, int64_t begin, int64_t end) {
  const finishing *f = arg;
  ae_conv_finish_rows(f->finish, f->channels, begin, end - begin, f->y);
}

static void finish_all(ae_context *ctx, const ae_conv_finish *finish, int64_t rows, int64_t channels, real *y) {
  finishing f = {finish, channels, y};
  if (finish) ae_parallel(ctx, rows, ae_activation_grain(finish->f.kind) / channels + 1, finish_rows, &f);
}

static ae_status onednn_forward(ae_context *ctx, const ae_conv *conv, const real *x, const real *w,
                                const ae_conv_finish *finish, real *y, ae_error *err) {
  AE_TRY(run(ctx, conv, FORWARD, x, w, y, err));
  finish_all(ctx, finish, conv->n * conv->p * conv->q, conv->k, y);
  return AE_OK;
}

static ae_status onednn_data_gradient(ae_context *ctx, const ae_conv *conv, const real *dy, const real *w,
                                      const ae_conv_finish *finish, real *dx, ae_error *err) {
  AE_TRY(run(ctx, conv, DATA, dx, w, dy, err));
  finish_all(ctx, finish, conv->n * conv->h * conv->w, conv->c, dx);
  return AE_OK;
}

static ae_status onednn_weight_gradient(ae_context *ctx, const ae_conv *conv, const real *x, const real *dy, real *dw,
                                        ae_error *err) {
  return run(ctx, conv, WEIGHTS, x, dw, dy, err);
}

const ae_conv_path ae_conv_onednn = {onednn_forward, onednn_data_gradient, onednn_weight_gradient};
