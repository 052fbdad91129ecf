/*
** tape: nodes and their lives. The walk back is in backward.c.
*/
#include "core/tape.h"

#include <string.h>

#include "core/node.h"

bool ae_tape_records(const ae_context *ctx, ae_tensor *const *in, int n_in) {
  if (ctx->no_grad) return false;
  for (int i = 0; i < n_in; i++)
    if (in[i] && in[i]->requires_grad) return true;
  return false;
}

/* A node and its arrays in one block, all zero but the counts. */
static ae_status node_new(ae_context *ctx, int n_in, int n_out, size_t attrs_size, ae_node **out, ae_error *err) {
  struct {
    size_t in_spec, out_spec, edges, saved_in, saved_out, made, gout, attrs, end;
  } at;
  size_t in = (size_t)n_in, outs = (size_t)n_out;
  at.in_spec = sizeof(ae_node);
  at.out_spec = at.in_spec + in * sizeof(ae_spec);
  at.edges = at.out_spec + outs * sizeof(ae_spec);
  at.saved_in = at.edges + in * sizeof(ae_edge);
  at.saved_out = at.saved_in + in * sizeof(ae_saved);
  at.made = at.saved_out + outs * sizeof(ae_saved);
  at.gout = at.made + outs * sizeof(ae_tensor *);
  at.attrs = (at.gout + outs * sizeof(ae_tensor *) + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
  at.end = at.attrs + attrs_size;
  void *block;
  AE_TRY(ae_allocate(ctx->allocator, at.end, &block, err));
  memset(block, 0, at.end);
  char *base = block;
  ae_node *node = block;
  node->in_spec = (ae_spec *)(base + at.in_spec);
  node->out_spec = (ae_spec *)(base + at.out_spec);
  node->edges = (ae_edge *)(base + at.edges);
  node->saved_in = (ae_saved *)(base + at.saved_in);
  node->saved_out = (ae_saved *)(base + at.saved_out);
  node->made = (ae_tensor **)(base + at.made);
  node->gout = (ae_tensor **)(base + at.gout);
  node->attrs = base + at.attrs;
  node->allocator = ctx->allocator;
  node->bytes = at.end;
  node->n_in = n_in;
  node->n_out = n_out;
  atomic_init(&node->refs, 1);
  *out = node;
  return AE_OK;
}

/* What the inputs were, and where their gradients go. */
static void tie_inputs(ae_context *ctx, ae_node *node, ae_tensor *const *in) {
  /* Above every input's, also of nodes that another context made. */
  uint64_t sequence = ctx->sequence;
  for (int i = 0; i < node->n_in; i++) {
    if (!in[i]) {
      node->in_spec[i].shape.ndim = -1;
      continue;
    }
    node->in_spec[i] = (ae_spec){in[i]->type, in[i]->shape};
    if (!in[i]->requires_grad) continue;
    if (in[i]->node) {
      node->edges[i] = (ae_edge){.node = in[i]->node, .output = in[i]->output};
      ae_node_retain(in[i]->node);
      if (in[i]->node->sequence >= sequence) sequence = in[i]->node->sequence + 1;
    } else {
      node->edges[i] = (ae_edge){.leaf = in[i]};
      ae_tensor_retain(in[i]);
    }
  }
  node->sequence = sequence;
  ctx->sequence = sequence + 1;
}

/* A gradient flows into real outputs that are not inputs handed back. */
static bool differentiable(const ae_tensor *out, ae_tensor *const *in, int n_in) {
  if (!out || out->type != AE_REAL || out->node) return false;
  for (int i = 0; i < n_in; i++)
    if (in[i] == out) return false;
  return true;
}

static void tie_outputs(ae_node *node, ae_tensor *const *in, ae_tensor *const *out) {
  for (int k = 0; k < node->n_out; k++) {
    if (!out[k]) {
      node->out_spec[k].shape.ndim = -1;
      continue;
    }
    node->out_spec[k] = (ae_spec){out[k]->type, out[k]->shape};
    if (!differentiable(out[k], in, node->n_in)) continue;
    out[k]->node = node;
    out[k]->output = k;
    out[k]->requires_grad = true;
    node->made[k] = out[k];
    ae_node_retain(node);
  }
}

static void save(ae_saved *saved, ae_tensor *t) {
  saved->tensor = t;
  saved->version = atomic_load_explicit(&t->storage->version, memory_order_relaxed);
}

static bool saves_input(const ae_op *op, int i) {
  return (op->saves & AE_SAVES_INPUTS) == AE_SAVES_INPUTS || (i < 16 && (op->saves & AE_SAVES_IN(i)));
}

/* Outputs are saved without their node, which would hold itself alive. */
static ae_status save_outputs(ae_node *node, const ae_call *call) {
  for (int k = 0; k < call->n_out; k++) {
    if (!(call->op->saves & AE_SAVES_OUT(k)) || !call->out[k]) continue;
    ae_tensor *alias;
    AE_TRY(ae_tensor_alias(call->out[k], &alias, call->err));
    save(&node->saved_out[k], alias);
  }
  return AE_OK;
}

ae_status ae_tape_record(ae_call *call) {
  const ae_op *op = call->op;
  bool real_output = false;
  for (int k = 0; k < call->n_out; k++) real_output |= differentiable(call->out[k], call->in, call->n_in);
  if (!real_output) return AE_OK;
  ae_node *node;
  AE_TRY(node_new(call->ctx, call->n_in, call->n_out, op->attrs_size, &node, call->err));
  node->op = op;
  node->name = op->name;
  if (op->attrs_size) memcpy(node->attrs, call->attrs, op->attrs_size);
  ae_status status = save_outputs(node, call);
  if (status == AE_OK) {
    for (int i = 0; i < call->n_in; i++)
      if (call->in[i] && saves_input(op, i)) {
        ae_tensor_retain(call->in[i]);
        save(&node->saved_in[i], call->in[i]);
      }
    memcpy(node->saved, call->saved, sizeof node->saved);
    memset(call->saved, 0, sizeof call->saved);
    tie_inputs(call->ctx, node, call->in);
    tie_outputs(node, call->in, call->out);
  }
  ae_node_release(node); /* the outputs have it */
  return status;
}

ae_status ae_tape_record_custom(ae_context *ctx, const char *name, ae_tensor *const *in, int n_in, ae_tensor **out,
                                int n_out, const ae_custom *custom, ae_error *err) {
  ae_node *node;
  ae_status status = node_new(ctx, n_in, n_out, 0, &node, err);
  if (status != AE_OK) {
    if (custom->drop) custom->drop(custom->user);
    return status;
  }
  node->name = name;
  node->custom = *custom;
  tie_inputs(ctx, node, in);
  tie_outputs(node, in, out);
  ae_node_release(node);
  return AE_OK;
}

void ae_node_retain(ae_node *node) {
  atomic_fetch_add_explicit(&node->refs, 1, memory_order_relaxed);
}

void ae_node_forget(ae_node *node, int output) {
  node->made[output] = NULL;
}

/* The nodes still to be let go of, chained through `next`. */
struct doomed {
  ae_node *first;
};

static void unref_node(struct doomed *doomed, ae_node *node) {
  if (!node || atomic_fetch_sub_explicit(&node->refs, 1, memory_order_acq_rel) != 1) return;
  node->next = doomed->first;
  doomed->first = node;
}

static void unref_tensor(struct doomed *doomed, ae_tensor **t) {
  unref_node(doomed, ae_tensor_drop(*t));
  *t = NULL;
}

static void let_go(struct doomed *doomed, ae_node *node) {
  for (int i = 0; i < node->n_in; i++) {
    unref_tensor(doomed, &node->saved_in[i].tensor);
    unref_tensor(doomed, &node->edges[i].leaf);
    unref_node(doomed, node->edges[i].node);
    node->edges[i].node = NULL;
  }
  for (int k = 0; k < node->n_out; k++) {
    unref_tensor(doomed, &node->saved_out[k].tensor);
    unref_tensor(doomed, &node->gout[k]);
  }
  for (int i = 0; i < AE_MAX_SAVED; i++) unref_tensor(doomed, &node->saved[i]);
  if (node->custom.drop) node->custom.drop(node->custom.user);
  node->custom = (ae_custom){0};
}

static void bury(struct doomed *doomed) {
  while (doomed->first) {
    ae_node *node = doomed->first;
    doomed->first = node->next;
    let_go(doomed, node);
    ae_free(node->allocator, node, node->bytes);
  }
}

void ae_node_release(ae_node *node) {
  struct doomed doomed = {NULL};
  unref_node(&doomed, node);
  bury(&doomed);
}

void ae_node_consume(ae_node *node) {
  struct doomed doomed = {NULL};
  node->consumed = true;
  let_go(&doomed, node);
  bury(&doomed);
}
