/*
** walk: the nodes behind a root, for backward.c alone.
*/
#ifndef AE_CORE_WALK_H
#define AE_CORE_WALK_H

#include "core/node.h"

typedef struct ae_walk {
  ae_context *ctx;
  ae_node **nodes; /* retained */
  size_t count, capacity;
  bool retain_graph;
  /* where found is not NULL: gradients of these and no others, else of every leaf that requires one */
  ae_tensor *const *of;
  int n_of;
  ae_tensor **found; /* [n_of] */
  ae_error *err;
} ae_walk;

/* Fills walk->nodes with the root and all behind it, in falling order of
** creation, each checked. The list is the context's, so a steady step allocates
** nothing for it; a walk inside a walk (a custom backward) makes its own. On
** failure, too, the nodes listed are the caller's to leave. */
ae_status ae_walk_collect(ae_walk *walk, ae_node *root);
/* Errors: AE_STATE where the node was consumed or what it saved has changed. */
ae_status ae_walk_check(const ae_node *node, ae_error *err);
/* Hands the list back to the context. */
void ae_walk_close(ae_walk *walk);

#endif
