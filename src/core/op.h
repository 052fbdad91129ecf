/*
** op: what an operation is to everyone else. One descriptor per operation, from
** which the registry, the Lua binding, the documentation and the tests are
** made; one frame (ae_call) that its functions are handed.
**
** The life of a call:
**   shape()    reads inputs and attributes, may normalise the attributes (a
**              dimension -1 becomes 1), states each output's type and shape
**   forward()  fills the outputs, which the frame has allocated; where
**              call->recording, also what backward needs in call->saved[]
**   backward() adds nothing up: for every input i with call->wants[i] it
**              gives the gradient through ae_call_gradient or _pass
*/
#ifndef AE_CORE_OP_H
#define AE_CORE_OP_H

#include "core/context.h"
#include "core/tensor.h"

enum { AE_MAX_OUTPUTS = 4, AE_MAX_SAVED = 4 };

typedef struct ae_op ae_op;

typedef struct ae_spec {
  ae_type type;
  ae_shape shape;
} ae_spec;

typedef struct ae_call {
  ae_context *ctx;
  const ae_op *op;        /* NULL in the backward of a custom node (tape.h) */
  const char *name;       /* of the operation, for messages */
  void *attrs;            /* op->attrs_size bytes, this call's own */
  int n_in;               /* at least as many as there are params: those left out are absent */
  ae_tensor *const *in;   /* NULL: absent; in backward also where the op does not save it */
  const ae_spec *in_spec; /* type and shape of every input, in backward too (ndim -1: absent) */
  int n_out;
  ae_tensor **out; /* in backward: NULL where the op does not save it */
  const ae_spec *out_spec;
  ae_tensor *saved[AE_MAX_SAVED]; /* private to the op; the frame releases them */
  bool recording;                 /* forward: backward may follow */
  /* backward only */
  ae_tensor **gout;  /* [n_out] gradients of the outputs; NULL: nobody asked */
  unsigned reused;   /* bit k: gout[k] was handed out to be overwritten */
  const bool *wants; /* [n_in] which input gradients anyone wants */
  ae_tensor **gin;   /* [n_in] set through the two functions below */
  ae_tensor **slot;  /* [n_in] where the tape would have the gradient written; NULL: anywhere */
  ae_error *err;
} ae_call;

/* The tensor to overwrite with the gradient of input i (real, the input's
** shape): the parameter's own gradient where that can be, else a fresh one. */
ae_status ae_call_gradient(ae_call *call, int i, ae_tensor **borrowed);
/* Hands t on as the gradient of input i (same count; retained, viewed in the
** input's shape), for reshape, add and the like. */
ae_status ae_call_pass(ae_call *call, int i, ae_tensor *t);
/* A tensor shaped like output k to write a new gradient into: gout[k] itself
** where nobody else will read it, else a fresh one. Yours to release. */
ae_status ae_call_scratch(ae_call *call, int k, ae_tensor **out);

typedef enum ae_attr_kind {
  AE_ATTR_INT,   /* int64_t */
  AE_ATTR_REAL,  /* double */
  AE_ATTR_BOOL,  /* bool */
  AE_ATTR_ENUM,  /* int: index into names */
  AE_ATTR_DIM,   /* int64_t as scripts write it; shape() resolves it with ae_shape_axis */
  AE_ATTR_DIMS,  /* ae_dims as scripts write them; none: all */
  AE_ATTR_SHAPE, /* ae_dims; a size of -1 is the operation's to infer */
  AE_ATTR_BORDER /* ae_border: one of the names, or whole numbers */
} ae_attr_kind;

typedef struct ae_dims {
  int n;
  int64_t at[AE_MAX_DIMS];
} ae_dims;

typedef struct ae_border {
  int choice;    /* index into names; -1: what sizes says */
  ae_dims sizes; /* none where a name was given */
} ae_border;

typedef struct ae_attr {
  const char *name;
  ae_attr_kind kind;
  size_t offset; /* in the attribute struct */
  bool required;
  double fallback;          /* INT, REAL, BOOL, ENUM, DIM, BORDER: value when not given */
  const char *const *names; /* ENUM, BORDER: ends with NULL */
  const char *doc;          /* what it is, unit, default */
} ae_attr;

/* AE_ATTR(struct softmax_attrs, dim, AE_ATTR_DIM, -1, "the dimension that sums to 1") */
#define AE_ATTR(type, field, kind, fallback, doc)                                                                      \
  { #field, kind, offsetof(type, field), false, fallback, NULL, doc }
#define AE_ATTR_REQUIRED(type, field, kind, doc)                                                                       \
  { #field, kind, offsetof(type, field), true, 0, NULL, doc }
#define AE_ATTR_CHOICE(type, field, names, fallback, doc)                                                              \
  { #field, AE_ATTR_ENUM, offsetof(type, field), false, fallback, names, doc }

/* Sets of types an input may have. */
enum { AE_TAKES_REAL = 1, AE_TAKES_U8 = 2, AE_TAKES_I32 = 4, AE_TAKES_ANY = 7 };

typedef struct ae_param {
  const char *name;
  unsigned takes;  /* AE_TAKES_... */
  const char *doc; /* begins with the shape: "[N, D] ..." */
  bool optional;   /* may be absent */
  bool list;       /* the last one: any number of tensors (at least one) */
  bool number;     /* a Lua number may stand for it (becomes a 0-dimensional real) */
} ae_param;

enum { AE_MAX_PARAMS = 8, AE_MAX_ATTRS = 12, AE_MAX_ATTRS_SIZE = 512 };

/* What one call did, for profiles. */
typedef struct ae_work {
  double flops; /* multiplications and additions, of products and convolutions; 0: not stated */
  double bytes; /* read and written */
} ae_work;

/* What backward reads; what is not named is let go after forward. */
#define AE_SAVES_IN(i) (1u << (i))
#define AE_SAVES_OUT(k) (1u << (16 + (k)))
#define AE_SAVES_INPUTS 0xffffu /* all of them */

struct ae_op {
  const char *name;
  const char *doc;                /* one sentence; then formula, what it is not, errors, source */
  const char *result;             /* the outputs: "[N, K]" and what they are */
  ae_param params[AE_MAX_PARAMS]; /* ends with a NULL name */
  ae_attr attrs[AE_MAX_ATTRS];    /* ends with a NULL name */
  size_t attrs_size;
  int n_out; /* 0 stands for 1 */
  unsigned saves;
  bool makes_outputs;      /* forward creates out[] itself: views */
  bool internal;           /* no function of this name in `ae` and no tensor method: called by Lua layers alone */
  bool no_method;          /* a function of `ae`, not a method of tensors */
  const char *no_gradient; /* why there is none; NULL: there is one. Real outputs are then recorded all the same
                              where an input requires a gradient: backward says this, rather than stop there silently */
  ae_status (*shape)(ae_call *call, ae_spec *out);
  ae_status (*forward)(ae_call *call);
  ae_status (*backward)(ae_call *call);
  /* NULL, or says what the call that has just run did; `work` comes with no
  ** flops and the bytes of all tensors that forward or backward had, once each. */
  void (*work)(const ae_call *call, bool back, ae_work *work);
};

/* The registry (op/registry.c, from ops.def). */
const ae_op *ae_op_find(const char *name);
const ae_op *ae_op_at(int i); /* NULL past the last */

/* Runs one call and records it where any input requires a gradient. `attrs`
** (attrs_size bytes) is copied; NULL: the defaults. Checks number, presence and
** types of the inputs first. */
ae_status ae_op_run(ae_context *ctx, const ae_op *op, ae_tensor *const *in, int n_in, const void *attrs,
                    ae_tensor **out, ae_error *err);
/* Writes the defaults into attrs. */
void ae_op_defaults(const ae_op *op, void *attrs);
/* Resolves the dims of a reduction against ndim; none given: all. */
ae_status ae_op_dimset(const char *who, const ae_dims *dims, int ndim, ae_dimset *out, ae_error *err);

#endif
