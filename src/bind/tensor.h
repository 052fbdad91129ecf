/*
** tensor: what the files of the tensor class share.
*/
#ifndef AE_BIND_TENSOR_H
#define AE_BIND_TENSOR_H

#include "bind/bind.h"

/* Raises unless t may be changed in place: inside no_grad, or where it takes no part in a graph. */
void ae_bind_check_in_place(lua_State *L, const ae_lua *lua, const ae_tensor *t, const char *who);
/* Raises unless the type holds the value exactly (a real holds any). */
void ae_bind_check_fits(lua_State *L, const char *who, ae_type type, double value);
/* The type named at index ("f32" names the computing type in both builds). */
ae_type ae_bind_check_type(lua_State *L, int index, const char *who);

/* index.c: t[key] with the tensor at 1 and the key at 2 */
int ae_index_get(lua_State *L, ae_lua *lua);
/* index_assign.c: t[key] = value */
int ae_index_set(lua_State *L, ae_lua *lua);
int ae_index_copy(lua_State *L); /* t:copy_(src) */
/* table.c: core.tensor(nested, {dtype=}) and t:totable() */
int ae_tensor_from_table(lua_State *L);
int ae_tensor_to_table(lua_State *L);
/* print.c: tostring(t) */
int ae_tensor_print(lua_State *L);

#endif
