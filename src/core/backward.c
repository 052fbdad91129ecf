/*
** backward: the walk back through the tape.
**
**   collect   the nodes behind the root, checked, in falling order (walk.c)
**   mark      which of them lead to a gradient that someone wants
**   visit     each: run its backward, hand its input gradients on, let go
**
** A gradient on its way belongs to the node it will enter (node->gout), one of
** a leaf to the leaf.
*/
#include "core/walk.h"

#include <string.h>

#include "core/profile.h"

/* ---- Who wants a gradient ---- */

static int place_in_of(const ae_walk *walk, int from, const ae_tensor *leaf, const ae_node *node, int output) {
  for (int j = from; j < walk->n_of; j++) {
    if (leaf ? walk->of[j] == leaf : walk->of[j]->node == node && walk->of[j]->output == output) return j;
  }
  return -1;
}

static bool wants_leaf(const ae_walk *walk, const ae_tensor *leaf) {
  return walk->found ? place_in_of(walk, 0, leaf, NULL, 0) >= 0 : leaf->requires_grad;
}

static bool wants_output(const ae_walk *walk, const ae_node *node, int k) {
  if (walk->found) return place_in_of(walk, 0, NULL, node, k) >= 0;
  return node->made[k] && node->made[k]->retain_grad;
}

static bool wants_input(const ae_walk *walk, const ae_edge *edge) {
  return edge->node ? edge->node->needed : edge->leaf && wants_leaf(walk, edge->leaf);
}

static void mark(ae_walk *walk) {
  for (size_t at = walk->count; at-- > 0;) { /* inputs first */
    ae_node *node = walk->nodes[at];
    node->needed = false;
    for (int i = 0; i < node->n_in && !node->needed; i++) node->needed = wants_input(walk, &node->edges[i]);
    for (int k = 0; k < node->n_out && !node->needed; k++) node->needed = wants_output(walk, node, k);
  }
}

/* ---- Gradients on their way ---- */

/* to += g, which profiles show beside the operations. */
static void accumulate(ae_context *ctx, ae_tensor *to, const ae_tensor *g) {
  ae_timing timing = ae_profile_enter(ctx);
  ae_tensor_accumulate(ctx, to, g);
  if (ctx->profile) ae_profile_end_pass(ctx->profile, "gradient sum", to, 3, timing);
}

/* *sum += g, where *sum is a reference of ours or NULL and g one of the
** caller's: its only one is not read again, its memory may become the sum's. */
static ae_status add_to(ae_context *ctx, ae_tensor **sum, ae_tensor *g, ae_error *err) {
  if (!*sum) {
    ae_tensor_retain(g);
    *sum = g;
    return AE_OK;
  }
  if (!ae_tensor_unique(*sum)) {
    ae_tensor *fresh = g;
    if (ae_tensor_unique(g)) {
      ae_tensor_retain(g);
      accumulate(ctx, fresh, *sum);
    } else {
      AE_TRY(ae_tensor_clone(ctx, *sum, &fresh, err));
      accumulate(ctx, fresh, g);
    }
    ae_tensor_release(*sum);
    *sum = fresh;
    return AE_OK;
  }
  accumulate(ctx, *sum, g);
  return AE_OK;
}

/* t->grad += g. */
static ae_status add_to_grad(ae_context *ctx, ae_tensor *t, ae_tensor *g, ae_error *err) {
  if (!t->grad) {
    if (ae_tensor_unique(g) && ae_shape_equal(&g->shape, &t->shape)) {
      ae_tensor_retain(g);
      t->grad = g;
    } else {
      ae_tensor *copy;
      AE_TRY(ae_tensor_new(ctx, AE_REAL, &t->shape, &copy, err));
      ae_tensor_copy(ctx, copy, g);
      t->grad = copy;
    }
  } else if (t->grad_zeroed) {
    ae_tensor_copy(ctx, t->grad, g); /* does no more than touch where g was written in its place */
  } else {
    accumulate(ctx, t->grad, g);
  }
  t->grad_zeroed = false;
  return AE_OK;
}

static ae_status keep_found(ae_walk *walk, const ae_tensor *leaf, const ae_node *node, int output, ae_tensor *g) {
  ae_status status = AE_OK;
  ae_tensor_retain(g); /* so that the first sum does not reuse what the second one reads */
  for (int j = place_in_of(walk, 0, leaf, node, output); j >= 0 && status == AE_OK;
       j = place_in_of(walk, j + 1, leaf, node, output))
    status = add_to(walk->ctx, &walk->found[j], g, walk->err);
  ae_tensor_release(g);
  return status;
}

static ae_status reach_leaf(ae_walk *walk, ae_tensor *leaf, ae_tensor *g) {
  return walk->found ? keep_found(walk, leaf, NULL, 0, g) : add_to_grad(walk->ctx, leaf, g, walk->err);
}

static ae_status reach_outputs(ae_walk *walk, ae_node *node) {
  for (int k = 0; k < node->n_out; k++) {
    ae_tensor *g = node->gout[k];
    if (!g || !wants_output(walk, node, k)) continue;
    AE_TRY(walk->found ? keep_found(walk, NULL, node, k, g) : add_to_grad(walk->ctx, node->made[k], g, walk->err));
  }
  return AE_OK;
}

/* ---- One node ---- */

/* What the frame of one backward call points into. */
struct frame {
  ae_tensor **in, **gin, **slot; /* [n_in] */
  ae_tensor **out;               /* [n_out] */
  bool *wants;                   /* [n_in] */
  void *block;                   /* where there are more inputs than few */
  size_t bytes;
  void *few[64];
};

static size_t frame_bytes(size_t n_in, size_t n_out) {
  return (3 * n_in + n_out) * sizeof(ae_tensor *) + n_in;
}

static ae_status frame_open(ae_walk *walk, struct frame *f, const ae_node *node) {
  size_t n_in = (size_t)node->n_in, n_out = (size_t)node->n_out;
  f->block = NULL;
  f->bytes = frame_bytes(n_in, n_out);
  void *at = f->few;
  if (f->bytes > sizeof f->few) {
    AE_TRY(ae_allocate(walk->ctx->allocator, f->bytes, &f->block, walk->err));
    at = f->block;
  }
  memset(at, 0, f->bytes);
  f->in = at;
  f->gin = f->in + n_in;
  f->slot = f->gin + n_in;
  f->out = f->slot + n_in;
  f->wants = (bool *)(f->out + n_out);
  return AE_OK;
}

static void frame_close(ae_walk *walk, struct frame *f, const ae_node *node) {
  for (int i = 0; i < node->n_in; i++) ae_tensor_release(f->gin[i]);
  ae_free(walk->ctx->allocator, f->block, f->bytes);
}

/* A leaf's own gradient may be written by the operation where it counts as
** zero, once in a node: the next gradient in the same node is added. */
static ae_tensor *find_slot(const ae_walk *walk, const ae_node *node, int i) {
  ae_tensor *leaf = node->edges[i].leaf;
  if (walk->found || !leaf || !leaf->grad || !leaf->grad_zeroed) return NULL;
  for (int j = 0; j < i; j++)
    if (node->edges[j].leaf == leaf) return NULL;
  return leaf->grad;
}

static void frame_fill(const ae_walk *walk, struct frame *f, const ae_node *node) {
  for (int i = 0; i < node->n_in; i++) {
    f->in[i] = node->saved_in[i].tensor;
    f->wants[i] = wants_input(walk, &node->edges[i]);
    if (f->wants[i]) f->slot[i] = find_slot(walk, node, i);
  }
  for (int k = 0; k < node->n_out; k++) f->out[k] = node->saved_out[k].tensor;
}

static ae_status run(ae_walk *walk, struct frame *f, ae_node *node) {
  ae_call call = {.ctx = walk->ctx,
                  .op = node->op,
                  .name = node->name,
                  .attrs = node->attrs,
                  .n_in = node->n_in,
                  .in = f->in,
                  .in_spec = node->in_spec,
                  .n_out = node->n_out,
                  .out = f->out,
                  .out_spec = node->out_spec,
                  .gout = node->gout,
                  .wants = f->wants,
                  .gin = f->gin,
                  .slot = f->slot,
                  .err = walk->err};
  memcpy(call.saved, node->saved, sizeof call.saved);
  if (node->op && !node->op->backward)
    return ae_fail(walk->err, AE_UNSUPPORTED, "%s: has no gradient: %s", node->name,
                   node->op->no_gradient ? node->op->no_gradient : "none is defined");
  ae_timing timing = ae_profile_enter(walk->ctx);
  ae_status status = node->op ? node->op->backward(&call) : node->custom.run(node->custom.user, &call);
  ae_profile_leave(&call, true, status == AE_OK, timing);
  return status;
}

static ae_status hand_on(ae_walk *walk, const struct frame *f, const ae_node *node) {
  for (int i = 0; i < node->n_in; i++) {
    const ae_edge *edge = &node->edges[i];
    if (!f->gin[i] || !f->wants[i]) continue;
    if (edge->leaf)
      AE_TRY(reach_leaf(walk, edge->leaf, f->gin[i]));
    else
      AE_TRY(add_to(walk->ctx, &edge->node->gout[edge->output], f->gin[i], walk->err));
    ae_tensor_release(f->gin[i]); /* the next one may be of the same size */
    f->gin[i] = NULL;
  }
  return AE_OK;
}

static void release_gradients(ae_node *node) {
  for (int k = 0; k < node->n_out; k++) {
    ae_tensor_release(node->gout[k]);
    node->gout[k] = NULL;
  }
}

static bool any_gradient(const ae_node *node) {
  for (int k = 0; k < node->n_out; k++)
    if (node->gout[k]) return true;
  return false;
}

static ae_status visit(ae_walk *walk, ae_node *node) {
  if (!node->needed || !any_gradient(node)) return AE_OK;
  AE_TRY(reach_outputs(walk, node));
  AE_TRY(ae_walk_check(node, walk->err)); /* a custom backward may have run since */
  struct frame f;
  AE_TRY(frame_open(walk, &f, node));
  frame_fill(walk, &f, node);
  ae_status status = run(walk, &f, node);
  release_gradients(node);
  if (status == AE_OK) status = hand_on(walk, &f, node);
  frame_close(walk, &f, node);
  return status;
}

/* ---- The walk ---- */

static void leave(ae_node *node) {
  release_gradients(node);
  node->walk = NULL;
  ae_node_release(node);
}

/* Walks back from root, whose gradient is `gradient`; takes over the caller's
** reference, so that operations may reuse it. */
static ae_status walk_back(ae_walk *walk, const ae_tensor *root, ae_tensor *gradient) {
  ae_context *ctx = walk->ctx;
  ae_status status = ae_walk_collect(walk, root->node);
  size_t done = 0;
  if (status == AE_OK) {
    mark(walk);
    root->node->gout[root->output] = gradient;
    gradient = NULL;
    ctx->no_grad++;
    for (; done < walk->count && status == AE_OK; done++) {
      ae_node *node = walk->nodes[done];
      status = visit(walk, node);
      if (!walk->retain_graph) ae_node_consume(node);
      leave(node);
    }
    ctx->no_grad--;
  }
  ae_tensor_release(gradient);
  for (; done < walk->count; done++) leave(walk->nodes[done]);
  ae_walk_close(walk);
  return status;
}

/* The gradient to begin with: a tensor of our own, which no leaf's can overlap. */
static ae_status first_gradient(ae_context *ctx, const ae_tensor *root, ae_tensor *given, ae_tensor **out,
                                ae_error *err) {
  char text[AE_SHAPE_TEXT], other[AE_SHAPE_TEXT];
  if (!root->requires_grad)
    return ae_fail(err, AE_STATE, "backward: the tensor depends on nothing that requires a gradient");
  if (!given) {
    if (root->count != 1)
      return ae_fail(err, AE_SHAPE, "backward: wants a gradient for a tensor of shape %s; only one element needs none",
                     ae_shape_text(&root->shape, text));
    AE_TRY(ae_tensor_new(ctx, AE_REAL, &root->shape, out, err));
    ae_reals(*out)[0] = 1;
    return AE_OK;
  }
  if (given->type != AE_REAL)
    return ae_fail(err, AE_TYPE, "backward: wants a gradient of type %s, got %s", ae_type_name(AE_REAL),
                   ae_type_name(given->type));
  if (!ae_shape_equal(&given->shape, &root->shape))
    return ae_fail(err, AE_SHAPE, "backward: wants a gradient of shape %s, got %s", ae_shape_text(&root->shape, text),
                   ae_shape_text(&given->shape, other));
  return ae_tensor_clone(ctx, given, out, err);
}

ae_status ae_tape_backward(ae_context *ctx, ae_tensor *root, ae_tensor *gradient, bool retain_graph, ae_error *err) {
  ae_tensor *g;
  AE_TRY(first_gradient(ctx, root, gradient, &g, err));
  if (root->node) {
    ae_walk walk = {.ctx = ctx, .retain_graph = retain_graph, .err = err};
    return walk_back(&walk, root, g);
  }
  ae_status status = add_to_grad(ctx, root, g, err);
  ae_tensor_release(g);
  return status;
}

/* What was found, each a tensor of its own. */
static ae_status separate(ae_walk *walk) {
  for (int j = 0; j < walk->n_of; j++) {
    ae_tensor *found = walk->found[j];
    if (!found || ae_tensor_unique(found)) continue;
    AE_TRY(ae_tensor_clone(walk->ctx, found, &walk->found[j], walk->err));
    ae_tensor_release(found);
  }
  return AE_OK;
}

ae_status ae_tape_gradients(ae_context *ctx, ae_tensor *root, ae_tensor *gradient, bool retain_graph,
                            ae_tensor *const *of, int n_of, ae_tensor **out, ae_error *err) {
  size_t bytes = (size_t)n_of * sizeof(ae_tensor *);
  void *found;
  AE_TRY(ae_allocate(ctx->allocator, bytes, &found, err));
  memset(found, 0, bytes);
  ae_walk walk = {.ctx = ctx, .retain_graph = retain_graph, .of = of, .n_of = n_of, .found = found, .err = err};
  ae_tensor *g;
  ae_status status = first_gradient(ctx, root, gradient, &g, err);
  if (status == AE_OK && root->node) {
    status = walk_back(&walk, root, g);
  } else if (status == AE_OK) {
    status = keep_found(&walk, root, NULL, 0, g);
    ae_tensor_release(g);
  }
  if (status == AE_OK) status = separate(&walk);
  for (int j = 0; j < n_of; j++) {
    if (status == AE_OK)
      out[j] = walk.found[j];
    else
      ae_tensor_release(walk.found[j]);
  }
  ae_free(ctx->allocator, found, bytes);
  return status;
}

ae_status ae_tensor_backward(ae_context *ctx, ae_tensor *t, ae_tensor *gradient, bool retain_graph, ae_error *err) {
  return ae_tape_backward(ctx, t, gradient, retain_graph, err);
}
