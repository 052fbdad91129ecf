/*
** embedded: the Lua sources and data files that the build put inside the
** library (scripts/cmake/embed.cmake makes the C file from lua/aelua).
**   lua/aelua/nn/dense.lua          "aelua.nn.dense"
**   lua/aelua/init.lua              "aelua.init"
**   lua/aelua/data/digits.csv.gz    "aelua/data/digits.csv.gz"
*/
#ifndef AE_BIND_EMBEDDED_H
#define AE_BIND_EMBEDDED_H

#include "aelua.h"

typedef struct ae_embedded_source {
  const char *name;
  const char *text; /* a zero byte follows the last */
  size_t size;
} ae_embedded_source;

int ae_embedded_count(void);
ae_embedded_source ae_embedded_at(int i); /* in order of file name */
bool ae_embedded_find(const char *name, ae_embedded_source *out);

#endif
