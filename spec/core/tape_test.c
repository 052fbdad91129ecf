/*
** The tape with operations of its own: mul saves its inputs, square_out its
** output, add nothing; halves has two outputs, of which one may go unused.
*/
#include "core/tape.h"

#include <pthread.h>

#include "check.h"
#include "core/arena.h"

static ae_error err;
static ae_context *ctx;

/* ---- Operations ---- */

static ae_status same_shape(ae_call *call, ae_spec *out) {
  for (int k = 0; k < (call->op->n_out ? call->op->n_out : 1); k++) out[k] = call->in_spec[0];
  return AE_OK;
}

static ae_status mul_forward(ae_call *call) {
  for (int64_t i = 0; i < call->out[0]->count; i++)
    ae_reals(call->out[0])[i] = ae_reals(call->in[0])[i] * ae_reals(call->in[1])[i];
  return AE_OK;
}

static ae_status mul_backward(ae_call *call) {
  for (int i = 0; i < 2; i++) {
    ae_tensor *g;
    if (!call->wants[i]) continue;
    AE_TRY(ae_call_gradient(call, i, &g));
    for (int64_t j = 0; j < g->count; j++) ae_reals(g)[j] = ae_reals(call->gout[0])[j] * ae_reals(call->in[1 - i])[j];
  }
  return AE_OK;
}

static const ae_op mul = {
    .name = "mul",
    .params = {{"a", AE_TAKES_REAL, "", false, false, false}, {"b", AE_TAKES_REAL, "", false, false, false}},
    .saves = AE_SAVES_IN(0) | AE_SAVES_IN(1),
    .shape = same_shape,
    .forward = mul_forward,
    .backward = mul_backward};

static ae_status add_forward(ae_call *call) {
  for (int64_t i = 0; i < call->out[0]->count; i++) {
    ae_reals(call->out[0])[i] = 0;
    for (int j = 0; j < call->n_in; j++) ae_reals(call->out[0])[i] += ae_reals(call->in[j])[i];
  }
  return AE_OK;
}

static ae_status add_backward(ae_call *call) {
  for (int i = 0; i < call->n_in; i++)
    if (call->wants[i]) AE_TRY(ae_call_pass(call, i, call->gout[0]));
  return AE_OK;
}

static const ae_op add = {.name = "add",
                          .params = {{"terms", AE_TAKES_REAL, "", false, true, false}},
                          .shape = same_shape,
                          .forward = add_forward,
                          .backward = add_backward};

struct sqrt_attrs {
  double scale;
};

static ae_status root_forward(ae_call *call) {
  const struct sqrt_attrs *attrs = call->attrs;
  for (int64_t i = 0; i < call->out[0]->count; i++)
    ae_reals(call->out[0])[i] = (real)(attrs->scale * sqrt((double)ae_reals(call->in[0])[i]));
  return AE_OK;
}

static ae_status root_backward(ae_call *call) {
  const struct sqrt_attrs *attrs = call->attrs;
  ae_tensor *g;
  CHECK(call->in[0] == NULL && call->out[0] && call->saved[0] == NULL);
  AE_TRY(ae_call_scratch(call, 0, &g));
  for (int64_t i = 0; i < g->count; i++)
    ae_reals(g)[i] = (real)(attrs->scale * attrs->scale / 2) * ae_reals(call->gout[0])[i] / ae_reals(call->out[0])[i];
  ae_status status = ae_call_pass(call, 0, g);
  ae_tensor_release(g);
  return status;
}

static const ae_op root = {.name = "root",
                           .params = {{"x", AE_TAKES_REAL, "", false, false, false}},
                           .attrs = {AE_ATTR(struct sqrt_attrs, scale, AE_ATTR_REAL, 1, "")},
                           .attrs_size = sizeof(struct sqrt_attrs),
                           .saves = AE_SAVES_OUT(0),
                           .shape = same_shape,
                           .forward = root_forward,
                           .backward = root_backward};

static ae_status halves_forward(ae_call *call) {
  for (int k = 0; k < 2; k++)
    for (int64_t i = 0; i < call->out[k]->count; i++)
      ae_reals(call->out[k])[i] = ae_reals(call->in[0])[i] * (real)(k + 1) / 2;
  return call->recording ? ae_tensor_scalar(call->ctx, 0.5, &call->saved[0], call->err) : AE_OK;
}

static ae_status halves_backward(ae_call *call) {
  ae_tensor *g;
  double half = ae_tensor_get(call->saved[0], 0);
  AE_TRY(ae_call_gradient(call, 0, &g));
  for (int64_t i = 0; i < g->count; i++) {
    ae_reals(g)[i] = 0;
    for (int k = 0; k < 2; k++)
      if (call->gout[k]) ae_reals(g)[i] += ae_reals(call->gout[k])[i] * (real)(half * (k + 1));
  }
  return AE_OK;
}

static const ae_op halves = {.name = "halves",
                             .params = {{"x", AE_TAKES_REAL, "", false, false, false}},
                             .n_out = 2,
                             .shape = same_shape,
                             .forward = halves_forward,
                             .backward = halves_backward};

static const ae_op sign = {.name = "sign",
                           .params = {{"x", AE_TAKES_REAL, "", false, false, false}},
                           .no_gradient = "it is flat",
                           .shape = same_shape,
                           .forward = add_forward};

/* ---- Short forms ---- */

static ae_tensor *leaf(int64_t n, const double *values) {
  ae_tensor *t = NULL;
  CHECK_OK(ae_tensor_from_reals(ctx, 1, &n, values, &t, &err), err);
  ae_tensor_require_grad(t, true);
  return t;
}

static ae_tensor *run(const ae_op *op, ae_tensor *a, ae_tensor *b) {
  ae_tensor *out[2] = {NULL};
  CHECK_OK(ae_op_run(ctx, op, (ae_tensor *[]){a, b}, b ? 2 : 1, NULL, out, &err), err);
  ae_tensor_release(out[1]);
  return out[0];
}

static void backward(ae_tensor *t, bool retain) {
  CHECK_OK(ae_tensor_backward(ctx, t, NULL, retain, &err), err);
}

static double grad(const ae_tensor *t) {
  return t->grad ? ae_tensor_get(t->grad, 0) : (double)NAN;
}

/* ---- Tests ---- */

static void gradients_add_up(void) {
  ae_tensor *x = leaf(1, (double[]){3}), *y = leaf(1, (double[]){4});
  ae_tensor *xx = run(&mul, x, x), *xy = run(&mul, x, y), *sum = run(&add, xx, xy), *twice = run(&add, sum, sum);
  CHECK(twice->requires_grad && ae_tensor_get(twice, 0) == 42);
  backward(twice, false); /* d 2(x^2 + xy) */
  CHECK(grad(x) == 2 * (6 + 4) && grad(y) == 2 * 3);
  ae_tensor *again = run(&mul, x, y);
  backward(again, false);
  CHECK(grad(x) == 20 + 4 && grad(y) == 6 + 3);
  x->grad_zeroed = true;
  CHECK(ae_tensor_get(ae_tensor_grad(x), 0) == 0);
  ae_tensor *kept = x->grad, *third = run(&mul, x, x);
  backward(third, false);
  CHECK(x->grad == kept && grad(x) == 6 && !x->grad_zeroed); /* written in place, then added to */
  ae_tensor *all[] = {x, y, xx, xy, sum, twice, again, third};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) ae_tensor_release(all[i]);
}

static void the_graph_is_consumed(void) {
  ae_tensor *x = leaf(1, (double[]){3}), *y = run(&mul, x, x), *z = run(&add, y, y);
  backward(z, true);
  backward(z, false);
  CHECK(grad(x) == 24);
  CHECK_FAILS(ae_tensor_backward(ctx, z, NULL, false, &err), err, AE_STATE,
              "through add was consumed by an earlier backward");
  CHECK_FAILS(ae_tensor_backward(ctx, y, NULL, false, &err), err, AE_STATE, "through mul was consumed");
  CHECK(grad(x) == 24);
  ae_tensor_release(x);
  ae_tensor_release(y);
  ae_tensor_release(z);
}

static void changes_in_place_are_noticed(void) {
  ae_tensor *x = leaf(1, (double[]){3}), *y = leaf(1, (double[]){2}), *xy = run(&mul, x, y), *z = run(&root, xy, NULL);
  ae_tensor_fill(ctx, y, 5);
  CHECK_FAILS(ae_tensor_backward(ctx, z, NULL, false, &err), err, AE_STATE,
              "input b of mul was changed in place after it was recorded");
  CHECK(!x->grad && !y->grad);
  ae_tensor *w = run(&root, y, NULL);
  ae_tensor_fill(ctx, w, 1);
  CHECK_FAILS(ae_tensor_backward(ctx, w, NULL, false, &err), err, AE_STATE, "output 1 of root was changed in place");
  ae_tensor *all[] = {x, y, xy, z, w};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) ae_tensor_release(all[i]);
}

static void a_graph_wants_a_fitting_gradient(void) {
  ae_tensor *x = leaf(2, (double[]){3, 4}), *y = run(&mul, x, x), *one = leaf(1, (double[]){1}),
            *g = leaf(2, (double[]){1, 10});
  ae_tensor *bytes;
  CHECK_OK(ae_tensor_from_bytes(ctx, 1, (int64_t[]){2}, (uint8_t[]){1, 1}, &bytes, &err), err);
  CHECK_FAILS(ae_tensor_backward(ctx, y, NULL, false, &err), err, AE_SHAPE,
              "wants a gradient for a tensor of shape [2]");
  CHECK_FAILS(ae_tensor_backward(ctx, y, one, false, &err), err, AE_SHAPE, "wants a gradient of shape [2], got [1]");
  CHECK_FAILS(ae_tensor_backward(ctx, y, bytes, false, &err), err, AE_TYPE, "got u8");
  CHECK_FAILS(ae_tensor_backward(ctx, bytes, NULL, false, &err), err, AE_STATE, "depends on nothing");
  CHECK_OK(ae_tensor_backward(ctx, y, g, false, &err), err);
  CHECK(ae_tensor_get(x->grad, 0) == 6 && ae_tensor_get(x->grad, 1) == 80 && ae_tensor_get(g, 1) == 10);
  CHECK_OK(ae_tensor_backward(ctx, one, NULL, false, &err), err); /* a leaf's own */
  CHECK(grad(one) == 1);
  ae_tensor *all[] = {x, y, one, g, bytes};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) ae_tensor_release(all[i]);
}

static void attributes_outputs_and_private_tensors(void) {
  ae_tensor *x = leaf(1, (double[]){16}), *out[2], *y;
  struct sqrt_attrs attrs = {3};
  CHECK_OK(ae_op_run(ctx, &root, &x, 1, &attrs, &y, &err), err);
  CHECK(ae_tensor_get(y, 0) == 12);
  CHECK_OK(ae_op_run(ctx, &halves, &y, 1, NULL, out, &err), err);
  backward(out[1], false); /* d sqrt: 3 / (2 * 4) */
  CHECK(fabs(grad(x) - 0.375) < 1e-6);
  CHECK_FAILS(ae_tensor_backward(ctx, out[0], NULL, false, &err), err, AE_STATE, "consumed");
  ae_tensor *s = run(&sign, x, NULL);
  CHECK_FAILS(ae_tensor_backward(ctx, s, NULL, false, &err), err, AE_UNSUPPORTED, "sign: has no gradient: it is flat");
  ctx->no_grad++;
  ae_tensor *unrecorded = run(&mul, x, x);
  ctx->no_grad--;
  CHECK(!unrecorded->node && !unrecorded->requires_grad);
  ae_tensor *all[] = {x, y, out[0], out[1], s, unrecorded};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) ae_tensor_release(all[i]);
}

static void inputs_are_checked(void) {
  ae_tensor *x = leaf(1, (double[]){1}), *bytes, *out;
  CHECK_OK(ae_tensor_from_bytes(ctx, 1, (int64_t[]){1}, (uint8_t[]){1}, &bytes, &err), err);
  CHECK_FAILS(ae_op_run(ctx, &mul, &x, 1, NULL, &out, &err), err, AE_INVALID, "mul: wants the tensor b");
  CHECK_FAILS(ae_op_run(ctx, &mul, (ae_tensor *[]){x, x, x}, 3, NULL, &out, &err), err, AE_INVALID,
              "at most 2 tensors, got 3");
  CHECK_FAILS(ae_op_run(ctx, &mul, (ae_tensor *[]){x, bytes}, 2, NULL, &out, &err), err, AE_TYPE,
              "got u8; convert it with t:to");
  CHECK_FAILS(ae_op_run(ctx, &add, NULL, 0, NULL, &out, &err), err, AE_INVALID, "add: wants the tensor terms");
  ae_tensor_release(x);
  ae_tensor_release(bytes);
}

static void gradients_of_chosen_tensors(void) {
  ae_tensor *x = leaf(1, (double[]){3}), *y = leaf(1, (double[]){4}), *z = leaf(1, (double[]){5});
  ae_tensor *xy = run(&mul, x, y), *sum = run(&add, xy, x), *of[] = {x, xy, z, sum, x}, *got[5];
  CHECK_OK(ae_tape_gradients(ctx, sum, NULL, true, of, 5, got, &err), err);
  CHECK(ae_tensor_get(got[0], 0) == 5 && ae_tensor_get(got[1], 0) == 1 && !got[2] && ae_tensor_get(got[3], 0) == 1);
  CHECK(ae_tensor_get(got[4], 0) == 5 && got[4] != got[0] && got[1]->storage != got[3]->storage);
  CHECK(!x->grad && !y->grad);
  for (int i = 0; i < 5; i++) ae_tensor_release(got[i]);
  xy->retain_grad = true;
  backward(sum, false);
  CHECK(grad(xy) == 1 && grad(x) == 5 && grad(y) == 3);
  ae_tensor *all[] = {x, y, z, xy, sum};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) ae_tensor_release(all[i]);
}

static void frozen_leaves_get_none(void) {
  ae_tensor *x = leaf(1, (double[]){3}), *y = leaf(1, (double[]){4}), *xy = run(&mul, x, y);
  ae_tensor_require_grad(y, false);
  backward(xy, false);
  CHECK(grad(x) == 4 && !y->grad);
  ae_tensor_release(x);
  ae_tensor_release(y);
  ae_tensor_release(xy);
}

struct custom_state {
  int runs, drops;
  bool fails, walks;
};

static ae_status custom_run(void *user, ae_call *call) {
  struct custom_state *state = user;
  state->runs++;
  if (state->fails) return ae_fail(call->err, AE_CALLBACK, "%s: no", call->name);
  if (state->walks) { /* a backward of its own, inside */
    ctx->no_grad--;
    ae_tensor *x = leaf(1, (double[]){3}), *y = run(&mul, x, x);
    backward(y, false);
    CHECK(grad(x) == 6);
    ae_tensor_release(x);
    ae_tensor_release(y);
    ctx->no_grad++;
  }
  return ae_call_pass(call, 0, call->gout[0]);
}

static void custom_drop(void *user) {
  ((struct custom_state *)user)->drops++;
}

static ae_tensor *custom(struct custom_state *state, ae_tensor *x) {
  ae_tensor *out;
  CHECK_OK(ae_tensor_clone(ctx, x, &out, &err), err);
  CHECK_OK(ae_tape_record_custom(ctx, "mine", &x, 1, &out, 1, &(ae_custom){custom_run, custom_drop, state}, &err), err);
  return out;
}

static void custom_nodes(void) {
  struct custom_state good = {.walks = true}, bad = {.fails = true}, unused = {0};
  ae_tensor *x = leaf(1, (double[]){3}), *y = run(&mul, x, x), *z = custom(&good, y);
  backward(z, false);
  CHECK(grad(x) == 6 && good.runs == 1 && good.drops == 1);
  ae_tensor *a = run(&mul, x, x), *b = custom(&bad, a), *c = run(&add, b, a);
  CHECK_FAILS(ae_tensor_backward(ctx, c, NULL, false, &err), err, AE_CALLBACK, "mine: no");
  CHECK(grad(x) == 6 && bad.runs == 1 && bad.drops == 1);
  CHECK_FAILS(ae_tensor_backward(ctx, c, NULL, false, &err), err, AE_STATE, "consumed");
  ae_tensor_release(custom(&unused, x));
  CHECK(unused.runs == 0 && unused.drops == 1);
  ae_tensor *all[] = {x, y, z, a, b, c};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) ae_tensor_release(all[i]);
}

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

/* A graph over tensors of two contexts, whose counters of nodes differ. */
static void contexts_mix(void) {
  ae_context *second, *first = ctx;
  CHECK_OK(ae_context_open(NULL, &second, &err), err);
  ae_tensor *x = leaf(1, (double[]){3}), *y = run(&mul, x, x);
  ctx = second;
  ae_tensor *a = run(&add, y, x), *b = run(&mul, a, y); /* (x^2 + x) x^2 */
  backward(b, false);
  CHECK(grad(x) == 4 * 27 + 3 * 9);
  ctx = first;
  ae_tensor *all[] = {x, y, a, b};
  ae_context_close(second);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) ae_tensor_release(all[i]);
}

int main(void) {
  CHECK_OK(ae_context_open(&(ae_options){.threads = 2}, &ctx, &err), err);
  gradients_add_up(); /* also makes the list that the context keeps */
  size_t live = ae_context_memory(ctx).live;
  the_graph_is_consumed();
  changes_in_place_are_noticed();
  a_graph_wants_a_fitting_gradient();
  attributes_outputs_and_private_tensors();
  inputs_are_checked();
  gradients_of_chosen_tensors();
  frozen_leaves_get_none();
  custom_nodes();
  a_steady_step_asks_the_system_for_nothing();
  running_out_of_memory();
  contexts_mix();
  CHECK(ae_context_memory(ctx).live <= live);
  a_chain_of_a_million();
  two_contexts_in_two_threads();
  ae_context_close(ctx);
  return check_result();
}
