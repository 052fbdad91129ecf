/*
** function: operations recorded from Lua (ae.Function), as the tape sees them.
*/
#ifndef AE_BIND_FUNCTION_H
#define AE_BIND_FUNCTION_H

#include "bind/bind.h"

/* Made with the state and counted: recorded functions may outlive the state. */
ae_status ae_link_open(lua_State *L, ae_context *ctx, ae_link **out, ae_error *err);
void ae_link_close(ae_link *link); /* the state is going; NULL is fine */
/* While backward runs, recorded functions run in L; returns the thread before. */
lua_State *ae_link_enter(ae_link *link, lua_State *L);
void ae_link_leave(ae_link *link, lua_State *before);
/* Pushes the value that a recorded function raised and forgets it, or pushes nothing: false. */
bool ae_link_error(lua_State *L);

/* core.record(fn, n_in, inputs..., outputs...) -> outputs tied to the tape */
int ae_function_record(lua_State *L);

#endif
