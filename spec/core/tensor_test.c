#include "core/tensor.h"

#include <stdlib.h>

#include "check.h"
#include "core/arena.h"
#include "core/context.h"

static ae_error err;
static ae_context *ctx;

static ae_tensor *reals(int ndim, const int64_t *dims, const double *values) {
  ae_tensor *t = NULL;
  CHECK_OK(ae_tensor_from_reals(ctx, ndim, dims, values, &t, &err), err);
  return t;
}

static void views_share_storage(void) {
  ae_tensor *t = reals(2, (int64_t[]){3, 2}, (double[]){1, 2, 3, 4, 5, 6}), *view, *alias;
  CHECK_OK(ae_tensor_view(t, &(ae_shape){1, {2}}, 2, &view, &err), err);
  CHECK(ae_tensor_get(view, 0) == 3 && ae_tensor_get(view, 1) == 4 && view->storage == t->storage);
  CHECK(!ae_tensor_unique(t) && !ae_tensor_unique(view));
  ae_tensor_set(view, 1, 40);
  CHECK(ae_tensor_get(t, 3) == 40);
  CHECK_FAILS(ae_tensor_view(t, &(ae_shape){1, {2}}, 5, &alias, &err), err, AE_SHAPE, "view: [2] from element 5");
  CHECK_OK(ae_tensor_alias(t, &alias, &err), err);
  ae_tensor_release(t); /* the views keep the storage */
  CHECK(ae_tensor_get(alias, 5) == 6);
  ae_tensor_release(alias);
  CHECK(ae_tensor_unique(view));
  ae_tensor_release(view);
}

static void elements_of_every_type(void) {
  ae_tensor *bytes, *ints, *copy;
  double values[3];
  CHECK_OK(ae_tensor_from_bytes(ctx, 1, (int64_t[]){3}, (uint8_t[]){0, 128, 255}, &bytes, &err), err);
  CHECK_OK(ae_tensor_read(bytes, values, 3, &err), err);
  CHECK(values[0] == 0 && values[1] == 128 && values[2] == 255);
  CHECK_FAILS(ae_tensor_read(bytes, values, 2, &err), err, AE_SHAPE, "has 3 elements, wanted 2");
  CHECK_OK(ae_tensor_new(ctx, AE_I32, &(ae_shape){1, {3}}, &ints, &err), err);
  unsigned version = ints->storage->version;
  ae_tensor_fill(ctx, ints, -7);
  CHECK(ints->storage->version == version + 1);
  ae_tensor_set(ints, 1, 2147483647);
  CHECK(ae_i32s(ints)[0] == -7 && ae_i32s(ints)[1] == 2147483647);
  CHECK_OK(ae_tensor_clone(ctx, ints, &copy, &err), err);
  CHECK(copy->storage != ints->storage && ae_i32s(copy)[1] == 2147483647);
  ae_tensor_release(copy);
  ae_tensor_release(ints);
  ae_tensor_release(bytes);
  CHECK_OK(ae_tensor_new(ctx, AE_REAL, &(ae_shape){2, {0, 3}}, &copy, &err), err);
  ae_tensor_fill(ctx, copy, 1);
  CHECK(ae_tensor_count(copy) == 0 && ae_tensor_dim(copy, 1) == 3 && ae_tensor_dim(copy, 2) == 0);
  ae_tensor_release(copy);
  CHECK_FAILS(ae_tensor_new(ctx, AE_BF16, &(ae_shape){0}, &copy, &err), err, AE_TYPE, "no tensors of type bf16");
}

static int returned;
static void take_back(void *user, void *data) {
  CHECK(user == &returned);
  returned++;
  free(data);
}

static void lent_memory_comes_back_once(void) {
  float *data = malloc(6 * sizeof(real));
  ae_tensor *t, *view;
  CHECK_OK(ae_tensor_lend(ctx, AE_REAL, 2, (int64_t[]){2, 3}, data, take_back, &returned, &t, &err), err);
  CHECK(ae_tensor_data(t) == data);
  CHECK_OK(ae_tensor_view(t, &(ae_shape){1, {3}}, 3, &view, &err), err);
  ae_tensor_release(t);
  CHECK(returned == 0);
  ae_tensor_release(view);
  CHECK(returned == 1);
  char raw[16];
  CHECK_FAILS(ae_tensor_lend(ctx, AE_REAL, 1, (int64_t[]){2}, NULL, NULL, NULL, &t, &err), err, AE_INVALID, "got NULL");
  CHECK_FAILS(ae_tensor_lend(ctx, AE_I32, 1, (int64_t[]){2}, (char *)((uintptr_t)raw | 1), NULL, NULL, &t, &err), err,
              AE_INVALID, "aligned");
}

static void large_copies_and_sums(void) {
  const ae_shape shape = {1, {1000003}};
  ae_tensor *a, *b;
  CHECK_OK(ae_tensor_new(ctx, AE_REAL, &shape, &a, &err), err);
  CHECK_OK(ae_tensor_new(ctx, AE_REAL, &shape, &b, &err), err);
  for (int64_t i = 0; i < a->count; i++) ae_reals(a)[i] = (real)(i % 1000);
  ae_tensor_copy(ctx, b, a);
  ae_tensor_accumulate(ctx, b, a);
  bool right = true;
  for (int64_t i = 0; i < a->count; i++) right &= ae_reals(b)[i] == (real)(2 * (i % 1000));
  CHECK(right);
  ae_tensor_fill(ctx, a, 2.5);
  right = true;
  for (int64_t i = 0; i < a->count; i++) right &= ae_reals(a)[i] == (real)2.5;
  CHECK(right);
  ae_tensor_release(a);
  ae_tensor_release(b);
}

static void an_arena_holds_leaves_and_gradients(void) {
  ae_tensor *leaves[3] = {reals(2, (int64_t[]){3, 7}, (double[21]){1, 2, 3}), reals(0, NULL, (double[]){9}),
                          reals(1, (int64_t[]){5}, (double[]){4, 5, 6, 7, 8})};
  ae_tensor *grad = leaves[2]->grad = reals(1, (int64_t[]){5}, (double[]){10, 20, 30, 40, 50});
  ae_tensor *values, *grads, *view;
  unsigned version = leaves[0]->storage->version;
  CHECK_OK(ae_arena_pack(ctx, leaves, 3, &values, &grads, &err), err);
  CHECK(values->storage->version > version);
  for (int i = 0; i < 3; i++) {
    CHECK(ae_arena_holds(values, leaves[i]) && leaves[i]->grad->storage == grads->storage);
    CHECK((uintptr_t)ae_tensor_data(leaves[i]) % 64 == 0 && leaves[i]->offset == leaves[i]->grad->offset);
  }
  CHECK(ae_tensor_get(leaves[0], 2) == 3 && ae_tensor_get(leaves[1], 0) == 9 && ae_tensor_get(leaves[2], 4) == 8);
  CHECK(leaves[2]->grad == grad && !leaves[2]->grad_zeroed && ae_tensor_get(grad, 4) == 50);
  CHECK(leaves[0]->grad_zeroed && ae_tensor_get(ae_tensor_grad(leaves[0]), 0) == 0);
  double sum = 0, used = 1 + 2 + 3 + 9 + 4 + 5 + 6 + 7 + 8;
  for (int64_t i = 0; i < values->count; i++) sum += ae_tensor_get(values, i);
  CHECK(sum == used && values->count == grads->count);

  ae_tensor *again, *again_grads; /* a second arena takes them over */
  CHECK_OK(ae_arena_pack(ctx, leaves + 1, 2, &again, &again_grads, &err), err);
  CHECK(ae_arena_holds(again, leaves[1]) && !ae_arena_holds(values, leaves[1]) && ae_arena_holds(values, leaves[0]));
  CHECK(ae_tensor_get(leaves[2], 4) == 8 && ae_tensor_get(leaves[2]->grad, 4) == 50);

  CHECK_FAILS(ae_arena_pack(ctx, (ae_tensor *[]){leaves[0], leaves[0]}, 2, &values, &grads, &err), err, AE_INVALID,
              "tensors 1 and 2 share memory");
  CHECK_OK(ae_tensor_view(leaves[0], &(ae_shape){1, {4}}, 17, &view, &err), err);
  CHECK_FAILS(ae_arena_pack(ctx, (ae_tensor *[]){view, leaves[0]}, 2, &values, &grads, &err), err, AE_INVALID,
              "share memory");
  ae_tensor_release(view);
  ae_tensor_release(again);
  ae_tensor_release(again_grads);
  ae_tensor_release(values);
  ae_tensor_release(grads);
  for (int i = 0; i < 3; i++) ae_tensor_release(leaves[i]);
}

static void contexts_check_what_they_are_given(void) {
  ae_context *other;
  CHECK_FAILS(ae_context_open(&(ae_options){.real_size = 3}, &other, &err), err, AE_INVALID, "reals of 3 bytes");
  CHECK_FAILS(ae_context_open(&(ae_options){.threads = -1}, &other, &err), err, AE_INVALID, "got -1");
  setenv("AELUA_THREADS", "many", 1);
  CHECK_FAILS(ae_context_open(NULL, &other, &err), err, AE_INVALID,
              "AELUA_THREADS wants a number of 1 to 1024, got 'many'");
  setenv("AELUA_THREADS", "3", 1);
  CHECK_OK(ae_context_open(NULL, &other, &err), err);
  CHECK(ae_context_threads(other) == 3);
  CHECK_FAILS(ae_context_set_threads(other, 0, &err), err, AE_INVALID, "threads: ");
  CHECK_OK(ae_context_set_threads(other, 2, &err), err);
  ae_tensor *t;
  CHECK_OK(ae_tensor_from_reals(other, 0, NULL, (double[]){5}, &t, &err), err);
  ae_context_close(other);
  CHECK(ae_tensor_get(t, 0) == 5); /* tensors outlive their context */
  ae_tensor_release(t);
}

int main(void) {
  CHECK_OK(ae_context_open(&(ae_options){.threads = 2}, &ctx, &err), err);
  size_t live = ae_context_memory(ctx).live;
  views_share_storage();
  elements_of_every_type();
  lent_memory_comes_back_once();
  large_copies_and_sums();
  an_arena_holds_leaves_and_gradients();
  CHECK(ae_context_memory(ctx).live == live);
  contexts_check_what_they_are_given();
  ae_context_close(ctx);
  return check_result();
}
