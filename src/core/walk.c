/*
** walk: collecting the graph behind a root, checking and sorting it.
*/
#include "core/walk.h"

#include <string.h>

static ae_status grow(ae_walk *walk) {
  size_t capacity = walk->capacity ? 2 * walk->capacity : 64;
  void *block;
  AE_TRY(ae_allocate(walk->ctx->allocator, capacity * sizeof(ae_node *), &block, walk->err));
  if (walk->count) memcpy(block, walk->nodes, walk->count * sizeof(ae_node *));
  ae_free(walk->ctx->allocator, walk->nodes, walk->capacity * sizeof(ae_node *));
  walk->nodes = block;
  walk->capacity = capacity;
  return AE_OK;
}

static ae_status push(ae_walk *walk, ae_node *node) {
  if (walk->count == walk->capacity) AE_TRY(grow(walk));
  walk->nodes[walk->count++] = node;
  node->walk = walk;
  ae_node_retain(node);
  return AE_OK;
}

static ae_status check_saved(const ae_node *node, const ae_saved *saved, const char *kind, const char *param, int i,
                             ae_error *err) {
  if (!saved->tensor) return AE_OK;
  if (atomic_load_explicit(&saved->tensor->storage->version, memory_order_relaxed) == saved->version) return AE_OK;
  if (param)
    return ae_fail(err, AE_STATE, "backward: %s %s of %s was changed in place after it was recorded", kind, param,
                   node->name);
  return ae_fail(err, AE_STATE, "backward: %s %d of %s was changed in place after it was recorded", kind, i + 1,
                 node->name);
}

/* The name of input i; NULL where it is one of a list. */
static const char *input_name(const ae_op *op, int i) {
  if (i >= AE_MAX_PARAMS || op->params[i].list) return NULL;
  return op->params[i].name;
}

ae_status ae_walk_check(const ae_node *node, ae_error *err) {
  if (node->consumed)
    return ae_fail(err, AE_STATE,
                   "backward: the graph through %s was consumed by an earlier backward; ask that one for retain_graph",
                   node->name);
  if (!node->op) return AE_OK;
  for (int i = 0; i < node->n_in; i++)
    AE_TRY(check_saved(node, &node->saved_in[i], "input", input_name(node->op, i), i, err));
  for (int k = 0; k < node->n_out; k++) AE_TRY(check_saved(node, &node->saved_out[k], "output", NULL, k, err));
  return AE_OK;
}

static ae_status collect(ae_walk *walk, ae_node *root) {
  AE_TRY(push(walk, root));
  for (size_t at = 0; at < walk->count; at++) {
    ae_node *node = walk->nodes[at];
    AE_TRY(ae_walk_check(node, walk->err));
    for (int i = 0; i < node->n_in; i++) {
      ae_node *behind = node->edges[i].node;
      if (!behind || behind->walk == walk) continue;
      if (behind->walk)
        return ae_fail(walk->err, AE_STATE, "backward: another backward is walking through %s", behind->name);
      AE_TRY(push(walk, behind));
    }
  }
  return AE_OK;
}

static void sift_down(ae_node **heap, size_t at, size_t count) {
  for (;;) {
    size_t child = 2 * at + 1;
    if (child >= count) return;
    if (child + 1 < count && heap[child + 1]->sequence < heap[child]->sequence) child++;
    if (heap[at]->sequence <= heap[child]->sequence) return;
    ae_node *swapped = heap[at];
    heap[at] = heap[child];
    heap[child] = swapped;
    at = child;
  }
}

/* Falling sequence: heapsort with the smallest on top, needless for a plain chain. */
static void sort(ae_node **nodes, size_t count) {
  size_t sorted = 1;
  while (sorted < count && nodes[sorted - 1]->sequence > nodes[sorted]->sequence) sorted++;
  if (sorted >= count) return;
  for (size_t at = count / 2; at-- > 0;) sift_down(nodes, at, count);
  for (size_t end = count; end-- > 1;) {
    ae_node *smallest = nodes[0];
    nodes[0] = nodes[end];
    nodes[end] = smallest;
    sift_down(nodes, 0, end);
  }
}

static void take_list(ae_walk *walk) {
  walk->nodes = walk->ctx->order;
  walk->capacity = walk->ctx->order_capacity;
  walk->ctx->order = NULL;
  walk->ctx->order_capacity = 0;
}

ae_status ae_walk_collect(ae_walk *walk, ae_node *root) {
  take_list(walk);
  AE_TRY(collect(walk, root));
  sort(walk->nodes, walk->count);
  return AE_OK;
}

void ae_walk_close(ae_walk *walk) {
  ae_context *ctx = walk->ctx;
  ae_free(ctx->allocator, ctx->order, ctx->order_capacity * sizeof *ctx->order);
  ctx->order = walk->nodes;
  ctx->order_capacity = walk->capacity;
}
