/*
** tape: the graph that recorded calls leave behind, and the walk back through
** it. A node belongs to the tensors it made (each retains it) and retains its
** inputs' nodes, or the input itself where that is a leaf. It saves what its
** operation's backward reads, with the storage's version at the time: a tensor
** changed in place since is an error at backward that names the operation.
**
** Backward visits nodes in falling order of creation, and lets go of what each
** saved as soon as it is done, unless the graph is to be retained.
*/
#ifndef AE_CORE_TAPE_H
#define AE_CORE_TAPE_H

#include "core/op.h"

typedef struct ae_node ae_node;

/* An operation from outside (ae.Function): `run` gets the frame of backward and
** sets gradients as an operation does; `drop` lets go of user. */
typedef struct ae_custom {
  ae_status (*run)(void *user, ae_call *call);
  void (*drop)(void *user);
  void *user;
} ae_custom;

bool ae_tape_records(const ae_context *ctx, ae_tensor *const *in, int n_in);
/* Makes a node for a finished call and ties its outputs to it (ae_op_run does). */
ae_status ae_tape_record(ae_call *call);
/* Ties `out` to a node whose backward is `custom`'s. `name` is for messages and
** outlives the node. On failure custom is dropped. */
ae_status ae_tape_record_custom(ae_context *ctx, const char *name, ae_tensor *const *in, int n_in, ae_tensor **out,
                                int n_out, const ae_custom *custom, ae_error *err);

/* Both walks first look over the whole graph: where a part of it was consumed
** or changed in place they fail before anything has been computed. Where they
** fail later (memory, a callback), gradients that were complete stay, and what
** was walked is consumed. */

/* Gradients into leaves' (and retain_grad tensors') grad: added to what is there. */
ae_status ae_tape_backward(ae_context *ctx, ae_tensor *root, ae_tensor *gradient, bool retain_graph, ae_error *err);
/* Gradients of root with regard to each of `of`, returned (NULL where root does
** not depend on it) and not accumulated. */
ae_status ae_tape_gradients(ae_context *ctx, ae_tensor *root, ae_tensor *gradient, bool retain_graph,
                            ae_tensor *const *of, int n_of, ae_tensor **out, ae_error *err);

void ae_node_retain(ae_node *node);
/* The node's output is being freed (tensor.c says so). */
void ae_node_forget(ae_node *node, int output);
void ae_node_release(ae_node *node); /* lets go of a long chain without recursion */

#endif
