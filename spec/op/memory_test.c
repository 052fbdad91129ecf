/*
** Operations that run out of memory: each is run forward and backward in a
** context of its own whose host refuses the k-th block, for every k up to the
** first that is never asked for. What fails must say so and leave nothing
** behind; what succeeds must too.
*/
#include <stdlib.h>

#include "../core/check.h"
#include "core/op.h"
#include "core/tape.h"

/* A host that counts, and says no once. */
typedef struct host {
  int64_t left; /* blocks to go before the refusal */
  int64_t out;  /* blocks that are out */
} host;

static void *host_allocate(void *user, size_t bytes) {
  host *h = user;
  if (h->left-- == 0) return NULL;
  h->out++;
  return aligned_alloc(64, (bytes + 63) / 64 * 64);
}

static void host_release(void *user, void *block, size_t bytes) {
  host *h = user;
  (void)bytes;
  if (block) h->out--;
  free(block);
}

enum { MOST_INPUTS = 3 };

typedef struct trial {
  const char *name;
  ae_shape in[MOST_INPUTS]; /* ends with ndim -1 */
  const char *integer;      /* an attribute to set, of kind INT or DIM; NULL: none */
  int64_t value;
  const char *list; /* one of kind DIMS or SHAPE */
  ae_dims dims;
} trial;

#define END                                                                                                            \
  { .ndim = -1 }

static const trial trials[] = {
    {.name = "sum", .in = {{2, {3, 4}}, END}, .list = "dims", .dims = {1, {1}}},
    {.name = "sum", .in = {{3, {3, 4, 5}}, END}, .list = "dims", .dims = {2, {1, 3}}},
    {.name = "sum", .in = {{1, {600000}}, END}},
    {.name = "mean", .in = {{2, {3, 4}}, END}},
    {.name = "var", .in = {{3, {3, 4, 5}}, END}, .list = "dims", .dims = {2, {1, 3}}},
    {.name = "std", .in = {{2, {3, 4}}, END}, .list = "dims", .dims = {1, {2}}},
    {.name = "max", .in = {{3, {3, 4, 5}}, END}, .list = "dims", .dims = {2, {1, 3}}},
    {.name = "prod", .in = {{2, {3, 4}}, END}},
    {.name = "norm", .in = {{3, {3, 4, 5}}, END}, .list = "dims", .dims = {2, {1, 3}}},
    {.name = "logsumexp", .in = {{3, {3, 4, 5}}, END}, .list = "dims", .dims = {2, {1, 3}}},
    {.name = "any", .in = {{2, {3, 4}}, END}},
    {.name = "argmax", .in = {{2, {3, 4}}, END}, .integer = "dim", .value = 1},
    {.name = "softmax", .in = {{2, {3, 4}}, END}},
    {.name = "cumsum", .in = {{2, {3, 4}}, END}},
    {.name = "sort", .in = {{2, {3, 4}}, END}},
    {.name = "topk", .in = {{2, {3, 4}}, END}, .integer = "k", .value = 2},
    {.name = "quantile", .in = {{3, {3, 4, 5}}, {1, {2}}, END}, .list = "dims", .dims = {2, {1, 3}}},
    {.name = "reshape", .in = {{2, {3, 4}}, END}, .list = "shape", .dims = {1, {12}}},
    {.name = "permute", .in = {{2, {3, 4}}, END}, .list = "dims", .dims = {2, {2, 1}}},
    {.name = "concat", .in = {{2, {3, 4}}, {2, {1, 4}}, END}},
    {.name = "stack", .in = {{1, {4}}, {1, {4}}, END}},
    {.name = "pad", .in = {{2, {3, 4}}, END}, .list = "before", .dims = {2, {1, 2}}},
    {.name = "expand", .in = {{2, {3, 1}}, END}, .list = "shape", .dims = {3, {2, 3, 4}}},
    {.name = "tile", .in = {{2, {3, 4}}, END}, .list = "counts", .dims = {2, {2, 3}}},
    {.name = "max_pool2d", .in = {{4, {1, 5, 4, 3}}, END}, .list = "size", .dims = {1, {2}}},
    {.name = "avg_pool2d", .in = {{4, {1, 5, 4, 3}}, END}, .list = "size", .dims = {1, {2}}},
    {.name = "upsample", .in = {{4, {1, 2, 3, 3}}, END}, .list = "factor", .dims = {1, {2}}},
    {.name = "batch_norm", .in = {{2, {5, 3}}, {1, {3}}, END}},
    {.name = "group_norm", .in = {{3, {2, 5, 4}}, {1, {4}}, END}, .integer = "groups", .value = 2},
    {.name = "layer_norm", .in = {{2, {5, 3}}, {1, {3}}, END}},
    {.name = "spatial_dropout", .in = {{3, {2, 5, 3}}, END}},
    {.name = "rand", .in = {END}, .list = "shape", .dims = {1, {12}}},
    {.name = "permutation", .in = {END}, .integer = "n", .value = 12},
};

static void *field(const ae_op *op, char *attrs, const char *name) {
  const ae_attr *a = op->attrs;
  while (strcmp(a->name, name) != 0) a++;
  return attrs + a->offset;
}

static ae_status backward(ae_context *ctx, ae_tensor *y, ae_error *err) {
  ae_tensor *g;
  AE_TRY(ae_tensor_new(ctx, AE_REAL, &y->shape, &g, err));
  ae_tensor_fill(ctx, g, 1);
  const ae_status status = ae_tape_backward(ctx, y, g, false, err);
  ae_tensor_release(g);
  return status;
}

static ae_status attempt(ae_context *ctx, const trial *t, ae_error *err) {
  const ae_op *op = ae_op_find(t->name);
  _Alignas(max_align_t) char attrs[AE_MAX_ATTRS_SIZE];
  ae_tensor *in[MOST_INPUTS] = {NULL}, *out[AE_MAX_OUTPUTS] = {NULL};
  int n = 0;
  ae_status status = AE_OK;
  ae_op_defaults(op, attrs);
  if (t->integer) *(int64_t *)field(op, attrs, t->integer) = t->value;
  if (t->list) *(ae_dims *)field(op, attrs, t->list) = t->dims;
  for (; status == AE_OK && t->in[n].ndim >= 0; n++) {
    status = ae_tensor_new(ctx, AE_REAL, &t->in[n], &in[n], err);
    if (status != AE_OK) break;
    for (int64_t i = 0; i < in[n]->count; i++) ae_reals(in[n])[i] = (real)(i % 5) / 8;
    ae_tensor_require_grad(in[n], true);
  }
  if (status == AE_OK) status = ae_op_run(ctx, op, in, n, attrs, out, err);
  if (status == AE_OK && !op->no_gradient) status = backward(ctx, out[0], err);
  for (int i = 0; i < n; i++) ae_tensor_release(in[i]);
  for (int k = 0; k < AE_MAX_OUTPUTS; k++) ae_tensor_release(out[k]);
  return status;
}

static void check(const trial *t) {
  ae_status status = AE_NO_MEMORY;
  for (int64_t k = 0; status != AE_OK; k++) {
    host h = {.left = k};
    const ae_host_memory memory = {host_allocate, host_release, &h};
    const ae_options options = {.memory = &memory, .threads = 2};
    ae_context *ctx;
    ae_error err = {.message = ""};
    status = ae_context_open(&options, &ctx, &err);
    if (status == AE_OK) {
      status = attempt(ctx, t, &err);
      ae_context_close(ctx);
    }
    if (h.out != 0) fprintf(stderr, "%s, block %lld: %lld left\n", t->name, (long long)k, (long long)h.out);
    CHECK(h.out == 0);
    CHECK(status == AE_OK || status == AE_NO_MEMORY);
    CHECK(status == AE_OK || err.message[0] != '\0');
    if (k > 1000) break;
  }
  if (status != AE_OK) fprintf(stderr, "%s: never succeeds\n", t->name);
  CHECK(status == AE_OK);
}

int main(void) {
  for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) check(&trials[i]);
  return check_result();
}
