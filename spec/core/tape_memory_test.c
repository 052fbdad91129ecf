/*
** The tape and memory: long chains, no memory left, steady steps; and threads.
*/
#include <pthread.h>

#include "core/arena.h"
#include "tape_ops.h"

static void a_chain_of_a_million(void) {
  ae_tensor *x = leaf(1, (double[]){1}), *t = x;
  ae_tensor_retain(x);
  for (int i = 0; i < 1000000; i++) {
    ae_tensor *next = run(&add, t, NULL);
    ae_tensor_release(t);
    t = next;
  }
  ae_tensor *other = t;
  ae_tensor_retain(t);
  backward(t, true);
  CHECK(grad(x) == 1);
  ae_tensor_release(other);
  ae_tensor_release(t); /* one release lets go of all */
  ae_tensor_release(x);
}

/* Every allocation of a step fails once; nothing leaks, and the next step is right. */
static void running_out_of_memory(void) {
  size_t live = ae_context_memory(ctx).live;
  int failures = 0;
  ae_tensor *x = leaf(1000, (double[1000]){3});
  ae_node **order = ctx->order; /* of the shared allocator */
  size_t order_capacity = ctx->order_capacity;
  ctx->order = NULL;
  ctx->order_capacity = 0;
  for (size_t room = 64;; room += 64) {
    ae_allocator *own, *shared = ctx->allocator;
    CHECK_OK(ae_allocator_open(NULL, room, &own, &err), err);
    ctx->allocator = own;
    ae_tensor *steps[4] = {NULL};
    ae_status status = ae_op_run(ctx, &mul, (ae_tensor *[]){x, x}, 2, NULL, &steps[0], &err);
    if (status == AE_OK) status = ae_op_run(ctx, &halves, steps, 1, NULL, &steps[1], &err);
    if (status == AE_OK)
      status = ae_op_run(ctx, &add, (ae_tensor *[]){steps[1], steps[2], x}, 3, NULL, &steps[3], &err);
    ae_tensor *ones = NULL;
    if (status == AE_OK) status = ae_tensor_clone(ctx, x, &ones, &err);
    if (status == AE_OK) status = ae_tape_backward(ctx, steps[3], ones, false, &err);
    CHECK(status == AE_OK || status == AE_NO_MEMORY);
    for (int i = 0; i < 4; i++) ae_tensor_release(steps[i]);
    ae_tensor_release(ones);
    if (status == AE_OK) CHECK(fabs(grad(x) - 3 * (1.5 * 6 + 1)) < 1e-4);
    ae_tensor_release(x->grad);
    x->grad = NULL;
    ae_free(own, ctx->order, ctx->order_capacity * sizeof *ctx->order);
    ctx->order = NULL;
    ctx->order_capacity = 0;
    CHECK(ae_allocator_use(own).live == 0);
    ctx->allocator = shared;
    ae_allocator_release(own);
    if (status == AE_OK) break;
    failures++;
  }
  CHECK(failures > 10);
  ctx->order = order;
  ctx->order_capacity = order_capacity;
  ae_tensor_release(x);
  CHECK(ae_context_memory(ctx).live == live);
}

static void a_steady_step_asks_the_system_for_nothing(void) {
  ae_tensor *x = leaf(1000, (double[1000]){3}), *values, *grads;
  CHECK_OK(ae_arena_pack(ctx, &x, 1, &values, &grads, &err), err);
  uint64_t calls = 0;
  for (int step = 0; step < 20; step++) {
    ae_tensor *y = run(&mul, x, x), *z = run(&root, y, NULL), *ones;
    CHECK_OK(ae_tensor_clone(ctx, x, &ones, &err), err);
    x->grad_zeroed = true;
    CHECK_OK(ae_tape_backward(ctx, z, ones, false, &err), err);
    CHECK(x->grad->storage == grads->storage && fabs(grad(x) - 3) < 1e-5);
    ae_tensor_release(y);
    ae_tensor_release(z);
    ae_tensor_release(ones);
    if (step == 1) calls = ae_context_memory(ctx).system_calls;
  }
  CHECK(ae_context_memory(ctx).system_calls == calls);
  ae_tensor_release(values);
  ae_tensor_release(grads);
  ae_tensor_release(x);
}

static void *train(void *arg) {
  double *result = arg;
  ae_error mine;
  ae_context *own;
  if (ae_context_open(&(ae_options){.threads = 1}, &own, &mine) != AE_OK) return NULL;
  ae_tensor *w;
  int64_t n = 1;
  if (ae_tensor_from_reals(own, 1, &n, result, &w, &mine) != AE_OK) return NULL;
  ae_tensor_require_grad(w, true);
  for (int step = 0; step < 2000; step++) { /* w^2 downhill */
    ae_tensor *y;
    if (ae_op_run(own, &mul, (ae_tensor *[]){w, w}, 2, NULL, &y, &mine) != AE_OK) return NULL;
    w->grad_zeroed = true;
    if (ae_tensor_backward(own, y, NULL, false, &mine) != AE_OK) return NULL;
    ae_tensor_release(y);
    ae_tensor_set(w, 0, ae_tensor_get(w, 0) - 0.001 * ae_tensor_get(w->grad, 0));
    ae_storage_touch(w->storage);
  }
  *result = ae_tensor_get(w, 0);
  ae_tensor_release(w);
  ae_context_close(own);
  return NULL;
}

static void two_contexts_in_two_threads(void) {
  double results[2] = {1, 2};
  pthread_t threads[2];
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, train, &results[i]);
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  double want = pow(1 - 0.002, 2000);
  CHECK(fabs(results[0] - want) < 1e-5 && fabs(results[1] - 2 * want) < 1e-5);
}

int main(void) {
  CHECK_OK(ae_context_open(&(ae_options){.threads = 2}, &ctx, &err), err);
  a_steady_step_asks_the_system_for_nothing();
  running_out_of_memory();
  a_chain_of_a_million();
  two_contexts_in_two_threads();
  ae_context_close(ctx);
  return check_result();
}
