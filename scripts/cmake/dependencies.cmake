# What aelua stands on. Linked: Lua 5.4, cJSON, zlib, OpenMP; libedit where found. Compiled in: stb. Loaded at first
# use, by the path or name written into the program: OpenBLAS and oneDNN.
#
# Sets STB_INCLUDE_DIR, ONEDNN_INCLUDE_DIRS, OPENBLAS_OTHER and kernel_definitions:
#   AELUA_OPENBLAS_LIBRARY="/full/path/libopenblas.so.0"   absent: none was found at build time
#   AELUA_ONEDNN_LIBRARY="libdnnl.so.2"                    absent: built without oneDNN

find_package(PkgConfig REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS C)
find_package(ZLIB REQUIRED)
pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
pkg_check_modules(EDIT IMPORTED_TARGET libedit)
pkg_search_module(LUA REQUIRED IMPORTED_TARGET lua5.4 lua-5.4 lua54 lua)
if(NOT LUA_VERSION MATCHES "^5\\.4")
  message(FATAL_ERROR "aelua wants Lua 5.4, found ${LUA_VERSION}")
endif()

find_path(STB_INCLUDE_DIR stb_image.h PATH_SUFFIXES stb REQUIRED)

set(kernel_definitions "")

# Debian keeps both flavours in folders of their own; Fedora calls the OpenMP one libopenblaso.
set(multiarch /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE})
if(NOT AELUA_OPENBLAS)
  find_file(openblas_found NO_CACHE
            NAMES openblas-openmp/libopenblas.so.0 libopenblaso.so.0 openblas-pthread/libopenblas.so.0 libopenblas.so.0
                  libopenblas.so
            PATHS ${multiarch} /usr/lib64 /usr/lib /usr/local/lib64 /usr/local/lib /opt/homebrew/opt/openblas/lib
            NO_DEFAULT_PATH)
  if(openblas_found)
    set(AELUA_OPENBLAS ${openblas_found})
  endif()
endif()
if(AELUA_OPENBLAS)
  list(APPEND kernel_definitions "AELUA_OPENBLAS_LIBRARY=\"${AELUA_OPENBLAS}\"")
  message(STATUS "OpenBLAS: ${AELUA_OPENBLAS}")
else()
  message(WARNING "OpenBLAS was not found: products run on aelua's own loops, or oneDNN's. "
                  "Debian has it as libopenblas0-openmp.")
endif()

# The other flavour, for the test of a host that is linked with it.
find_file(OPENBLAS_OTHER NO_CACHE NAMES openblas-pthread/libopenblas.so.0 PATHS ${multiarch} NO_DEFAULT_PATH)
if(NOT AELUA_OPENBLAS MATCHES openblas-openmp)
  set(OPENBLAS_OTHER "")
endif()

set(ONEDNN_INCLUDE_DIRS "")
if(NOT AELUA_ONEDNN STREQUAL OFF AND AELUA_REAL STREQUAL double)
  if(AELUA_ONEDNN STREQUAL ON)
    message(FATAL_ERROR "oneDNN has no double: build with AELUA_ONEDNN=OFF or AELUA_REAL=float")
  endif()
elseif(NOT AELUA_ONEDNN STREQUAL OFF)
  find_path(onednn_include oneapi/dnnl/dnnl.h NO_CACHE)
  find_library(onednn_library dnnl NO_CACHE)
  if(onednn_include AND onednn_library)
    file(STRINGS ${onednn_include}/oneapi/dnnl/dnnl_version.h onednn_line REGEX "define DNNL_VERSION_MAJOR")
    string(REGEX MATCH "[0-9]+" onednn_major "${onednn_line}")
    set(ONEDNN_INCLUDE_DIRS ${onednn_include})
    list(APPEND kernel_definitions "AELUA_ONEDNN_LIBRARY=\"libdnnl.so.${onednn_major}\"")
    message(STATUS "oneDNN: ${onednn_library}, version ${onednn_major}")
  elseif(AELUA_ONEDNN STREQUAL ON)
    message(FATAL_ERROR "oneDNN was not found; Debian has it as libdnnl-dev")
  endif()
endif()
