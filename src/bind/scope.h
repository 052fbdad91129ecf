/*
** scope: the tensors that one ae.scope has made, in a ring through their boxes.
*/
#ifndef AE_BIND_SCOPE_H
#define AE_BIND_SCOPE_H

#include "bind/bind.h"

void ae_scope_add(ae_scope *scope, ae_box *box);
/* Takes box out of its scope, where it is in one. */
void ae_scope_remove(ae_box *box);

#endif
