/*
** reduce: how a reduction over [outer, reduced, inner] is cut into tasks, and
** the views that it wants.
**
**   inner = 1: a task is a batch of rows (or, where rows are few and long, a
**   chunk of one); otherwise a block of columns of one outer index, and of its
**   rows a chunk. Chunks leave partial results that are combined in order.
**
** The loops themselves: reduce_sum.c, reduce_extreme.c.
*/
#include "kernel/reduce_cut.h"

#include <string.h>

#include "core/parallel.h"
#include "kernel/copy.h"

/* Elements of a chunk; tasks from which on nothing is chunked; elements that a
** task without chunks has about; columns that a block has at least, a cache
** line's of the largest type twice. */
enum { CHUNK_ELEMENTS = 131072, ENOUGH_TASKS = 64, TASK_ELEMENTS = 32768, LEAST_WIDTH = 16 };

bool ae_reduce_plan(const ae_shape *shape, ae_dimset set, ae_reduce_view *view) {
  int last = -1, first = AE_MAX_DIMS; /* reduced dimensions, those of size 1 aside */
  for (int d = 0; d < shape->ndim; d++) {
    if ((set >> d & 1) == 0 || shape->dims[d] == 1) continue;
    if (first == AE_MAX_DIMS) first = d;
    last = d;
  }
  bool copies = false;
  for (int d = first; d <= last; d++) copies = copies || ((set >> d & 1) == 0 && shape->dims[d] != 1);

  int n = 0;
  view->outer = view->reduced = view->inner = 1;
  for (int d = 0; d < last; d++) {
    if ((set >> d & 1) != 0 && shape->dims[d] != 1) continue;
    view->outer *= shape->dims[d];
    view->perm[n++] = d;
  }
  for (int d = 0; d <= last; d++) {
    if ((set >> d & 1) == 0 || shape->dims[d] == 1) continue;
    view->reduced *= shape->dims[d];
    view->perm[n++] = d;
  }
  for (int d = last + 1; d < shape->ndim; d++) {
    view->inner *= shape->dims[d];
    view->perm[n++] = d;
  }
  return copies && view->outer * view->reduced * view->inner > 0;
}

ae_status ae_reduce_open(ae_context *ctx, const ae_tensor *x, ae_dimset set, ae_reduce_view *out, ae_error *err) {
  ae_reduce_view view = {.type = x->type, .data = ae_tensor_bytes(x)};
  if (ae_reduce_plan(&x->shape, set, &view)) {
    AE_TRY(ae_tensor_new(ctx, x->type, &x->shape, &view.copy, err));
    view.data = ae_tensor_bytes(view.copy);
    ae_copy_permuted(ctx, ae_type_size(x->type), &x->shape, view.perm, ae_tensor_bytes(view.copy), ae_tensor_bytes(x));
  }
  *out = view;
  return AE_OK;
}

void ae_reduce_close(ae_reduce_view *view) {
  ae_tensor_release(view->copy);
  view->copy = NULL;
}

void ae_reduce_restore(ae_context *ctx, const ae_reduce_view *view, const ae_shape *shape, real *to, const real *from) {
  ae_shape turned = {.ndim = shape->ndim};
  int back[AE_MAX_DIMS];
  for (int d = 0; d < shape->ndim; d++) {
    turned.dims[d] = shape->dims[view->perm[d]];
    back[view->perm[d]] = d;
  }
  ae_copy_permuted(ctx, sizeof(real), &turned, back, to, from);
}

typedef struct job {
  const ae_reduce_view *view;
  const ae_reduce_loops *loops;
  int what;
  const double *center;
  double scale;
  char *out;
  char *partial; /* [outer, chunks, inner] accumulators; NULL: one chunk */
  size_t element;
  int64_t chunks, chunk_rows;
  int64_t width, blocks; /* outputs of a task; tasks side by side: over outer where inner is 1, else over inner */
} job;

static const char *at(const job *j, int64_t outer, int64_t row, int64_t column) {
  const ae_reduce_view *v = j->view;
  return (const char *)v->data + (size_t)((outer * v->reduced + row) * v->inner + column) * j->element;
}

static void job_finish(const job *j, const void *acc, int64_t n, int64_t output) {
  char *out = j->out + (size_t)output * j->loops->out_size;
  if (j->loops->finish)
    j->loops->finish(acc, n, j->scale, out);
  else
    memcpy(out, acc, (size_t)n * j->loops->out_size);
}

static void job_range(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const ae_reduce_view *v = j->view;
  double acc[AE_REDUCE_WIDTH];
  for (int64_t task = begin; task < end; task++) {
    const int64_t chunk = task % j->chunks, place = task / j->chunks;
    const int64_t row = chunk * j->chunk_rows;
    const int64_t rows = v->reduced - row < j->chunk_rows ? v->reduced - row : j->chunk_rows;
    const int64_t outer = v->inner == 1 ? place * j->width : place / j->blocks;
    const int64_t column = v->inner == 1 ? 0 : place % j->blocks * j->width;
    const int64_t left = v->inner == 1 ? v->outer - outer : v->inner - column;
    const int64_t n = left < j->width ? left : j->width;
    const int64_t output = outer * v->inner + column;
    const double *center = j->center ? j->center + output : NULL;
    if (v->inner == 1) {
      j->loops->rows(v->type, j->what, at(j, outer, row, 0), n, rows, center, acc);
    } else {
      j->loops->columns(v->type, j->what, at(j, outer, row, column), rows, v->inner, n, center, acc);
    }
    if (j->partial) {
      memcpy(j->partial + (size_t)((outer * j->chunks + chunk) * v->inner + column) * j->loops->size, acc,
             (size_t)n * j->loops->size);
    } else {
      job_finish(j, acc, n, output);
    }
  }
}

/* Adds the chunks up in order; the first one's place holds the total. */
static void job_combine(const job *j) {
  const ae_reduce_view *v = j->view;
  const size_t row = (size_t)v->inner * j->loops->size;
  for (int64_t outer = 0; outer < v->outer; outer++) {
    char *total = j->partial + (size_t)(outer * j->chunks) * row;
    for (int64_t chunk = 1; chunk < j->chunks; chunk++) {
      j->loops->combine(v->type, j->what, total, total + (size_t)chunk * row, v->inner);
    }
    job_finish(j, total, v->inner, outer * v->inner);
  }
}

/* Chunks, where there are few tasks without them and `columns` of them are long. */
static void cut_chunks(job *j, int64_t tasks, int64_t columns) {
  j->chunks = 1;
  j->chunk_rows = j->view->reduced > 0 ? j->view->reduced : 1;
  if (tasks >= ENOUGH_TASKS || j->view->reduced / 2 <= CHUNK_ELEMENTS / columns) return;
  j->chunk_rows = CHUNK_ELEMENTS / columns;
  j->chunks = (j->view->reduced + j->chunk_rows - 1) / j->chunk_rows;
}

static void cut_rows(job *j) {
  cut_chunks(j, j->view->outer, 1);
  const int64_t fitting = j->chunks > 1 ? 1 : TASK_ELEMENTS / j->chunk_rows + 1;
  j->width = fitting < AE_REDUCE_WIDTH ? fitting : AE_REDUCE_WIDTH;
  if (j->width > j->view->outer) j->width = j->view->outer;
  j->blocks = (j->view->outer + j->width - 1) / j->width;
}

static void cut_columns(job *j) {
  const ae_reduce_view *v = j->view;
  j->width = v->inner < AE_REDUCE_WIDTH ? v->inner : AE_REDUCE_WIDTH;
  j->blocks = (v->inner + j->width - 1) / j->width;
  cut_chunks(j, v->outer * j->blocks, j->width);
  const int64_t wanted = j->chunks > 1 ? 1 : v->reduced * v->inner / TASK_ELEMENTS; /* blocks, for many threads */
  if (v->outer >= wanted || j->blocks >= wanted || v->inner <= LEAST_WIDTH) return;
  j->width = (v->inner / wanted + LEAST_WIDTH) / LEAST_WIDTH * LEAST_WIDTH;
  j->blocks = (v->inner + j->width - 1) / j->width;
}

ae_status ae_reduce_run(ae_context *ctx, const ae_reduce_view *v, const ae_reduce_loops *loops, int what,
                        const double *center, double scale, void *out, ae_error *err) {
  if (v->outer == 0 || v->inner == 0) return AE_OK;
  job j = {.view = v, .loops = loops, .what = what, .center = center, .scale = scale, .out = out};
  j.element = ae_type_size(v->type);
  if (v->inner == 1)
    cut_rows(&j);
  else
    cut_columns(&j);
  const int64_t count = (v->inner == 1 ? j.blocks : v->outer * j.blocks) * j.chunks;
  const size_t bytes = (size_t)(v->outer * j.chunks * v->inner) * loops->size;
  void *partial = NULL;
  if (j.chunks > 1) AE_TRY(ae_allocate(ctx->allocator, bytes, &partial, err));
  j.partial = partial;
  ae_parallel(ctx, count, AE_GRAIN_CHEAP / (j.width * j.chunk_rows) + 1, job_range, &j);
  if (j.partial) job_combine(&j);
  ae_free(ctx->allocator, partial, bytes);
  return AE_OK;
}
