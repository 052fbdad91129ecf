/*
** The tape: gradients, and what it refuses.
*/
#include "tape_ops.h"

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
  contexts_mix();
  CHECK(ae_context_memory(ctx).live == live);
  ae_context_close(ctx);
  return check_result();
}
