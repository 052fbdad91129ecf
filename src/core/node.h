/*
** node: what the tape keeps of one call; tape.c makes and ends them, walk.c and
** backward.c read them. Nobody else includes this.
*/
#ifndef AE_CORE_NODE_H
#define AE_CORE_NODE_H

#include "core/tape.h"

/* Where the gradient of an input goes: to a node, to a leaf, or (both NULL) nowhere. */
typedef struct ae_edge {
  ae_node *node; /* retained */
  int output;
  ae_tensor *leaf; /* retained */
} ae_edge;

typedef struct ae_saved {
  ae_tensor *tensor; /* retained; NULL: not saved */
  unsigned version;  /* of its storage when it was saved */
} ae_saved;

struct ae_walk;

struct ae_node {
  atomic_int refs;
  int n_in, n_out;
  bool consumed;    /* backward has been here and let go of what was saved */
  bool needed;      /* in a walk: a gradient that someone wants lies behind it */
  const ae_op *op;  /* NULL: custom */
  const char *name; /* outlives the node */
  ae_custom custom;
  uint64_t sequence;          /* above that of every node it has an edge to */
  const struct ae_walk *walk; /* the walk it is part of at the moment */
  ae_node *next;              /* in the list of those being let go of */
  ae_allocator *allocator;
  size_t bytes; /* of this block, which holds the arrays too */
  ae_spec *in_spec, *out_spec;
  ae_edge *edges;
  ae_saved *saved_in, *saved_out;
  ae_tensor *saved[AE_MAX_SAVED]; /* the operation's own */
  ae_tensor **made;               /* the outputs, as long as they live: not retained */
  ae_tensor **gout;               /* in a walk: gradients that have come in so far; retained */
  void *attrs;
};

/* Lets go of all that the node keeps but its name. */
void ae_node_consume(ae_node *node);

#endif
