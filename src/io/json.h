/*
** json: cJSON behind checks of its own, whatever the host's locale is.
** cJSON allocates from the system, so texts are capped.
*/
#ifndef AE_IO_JSON_H
#define AE_IO_JSON_H

#include <cjson/cJSON.h>

#include "aelua.h"

enum { AE_JSON_BYTES = 1 << 24 }; /* the longest text that is parsed */

/* One value and nothing after it but white space. `who` begins messages.
** Errors: AE_FORMAT (with the offset), AE_UNSUPPORTED (too long, zero bytes). */
ae_status ae_json_parse(const char *who, const char *text, size_t size, cJSON **out, ae_error *err);
/* Text from cJSON_malloc, to be freed with cJSON_free. Errors: AE_NO_MEMORY. */
ae_status ae_json_print(const char *who, const cJSON *value, bool indented, char **out, ae_error *err);
/* A number as a whole, 0..2^53, into *out; false: it is none. */
bool ae_json_whole(const cJSON *value, int64_t *out);
/* Puts `item` into `parent` (under `key` in an object; key NULL: an array). Where
** that fails, or either is NULL for lack of memory, item is deleted: false. */
bool ae_json_add(cJSON *parent, const char *key, cJSON *item);
bool ae_utf8_valid(const char *text, size_t size);

#endif
