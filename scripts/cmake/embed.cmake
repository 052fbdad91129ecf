# Puts the Lua sources, and the data beside them, into the library: sets embedded_source, a C file for src/bind/embedded.h.
# lua/aelua/nn/dense.lua becomes "aelua.nn.dense"; any other file keeps its path: "aelua/data/digits.csv.gz".
# The assembler reads the files themselves, so that changing one rebuilds one object.

file(GLOB_RECURSE embedded_files CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/lua
     ${PROJECT_SOURCE_DIR}/lua/aelua/*.lua ${PROJECT_SOURCE_DIR}/lua/aelua/*.gz)
list(SORT embedded_files)

set(blocks "")
set(rows "")
set(depends "")
set(i 0)
foreach(file ${embedded_files})
  set(name ${file})
  if(file MATCHES "\\.lua$")
    string(REGEX REPLACE "\\.lua$" "" name ${file})
    string(REPLACE "/" "." name ${name})
  endif()
  string(APPEND blocks "BLOCK(${i}, \"${PROJECT_SOURCE_DIR}/lua/${file}\")\n")
  string(APPEND rows "    {\"${name}\", block_${i}, &size_${i}},\n")
  list(APPEND depends ${PROJECT_SOURCE_DIR}/lua/${file})
  math(EXPR i "${i} + 1")
endforeach()

set(embedded_source ${PROJECT_BINARY_DIR}/embedded.c)
configure_file(${PROJECT_SOURCE_DIR}/scripts/cmake/embedded.c.in ${embedded_source} @ONLY)
set_source_files_properties(${embedded_source} PROPERTIES OBJECT_DEPENDS "${depends}")
