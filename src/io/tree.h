/*
** tree: the pictures in a folder and in the folders under it, told by the ends
** of their names: .png, .jpg, .jpeg in any case. Names that begin with a dot are
** passed over, and so is what has another ending. Links are followed; a folder
** that a link leads back into is not entered again from within itself.
*/
#ifndef AE_IO_TREE_H
#define AE_IO_TREE_H

#include "core/allocator.h"

enum { AE_TREE_FOLDERS = 1 << 20 }; /* more are links that lead in circles */

typedef struct ae_tree {
  const char **at; /* paths from the folder on, "cat/a.png", in the order of their bytes, '/' before all others */
  size_t n;
  char *text; /* where they lie */
} ae_tree;

/* Errors: AE_IO (a folder that cannot be read), AE_UNSUPPORTED (too many folders), AE_NO_MEMORY. */
ae_status ae_tree_list(ae_allocator *a, const char *who, const char *path, ae_tree *out, ae_error *err);
void ae_tree_free(ae_tree *t);

#endif
