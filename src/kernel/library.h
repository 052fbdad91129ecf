/*
** library: how other people's libraries are opened.
*/
#ifndef AE_KERNEL_LIBRARY_H
#define AE_KERNEL_LIBRARY_H

#include <dlfcn.h>
#include <stdbool.h>

/* Whether the process runs under a sanitizer, ours or its host's: they end it
** at RTLD_DEEPBIND. */
static inline bool ae_library_sanitized(void) {
  void *process = dlopen(NULL, RTLD_NOW);
  bool sanitized = process && (dlsym(process, "__asan_init") || dlsym(process, "__tsan_init"));
  if (process) dlclose(process);
  return sanitized;
}

/* Its symbols stay its own, and it finds its own before the host's. */
static inline void *ae_library_open(const char *path) {
  int flags = RTLD_NOW | RTLD_LOCAL;
#ifdef RTLD_DEEPBIND
  if (!ae_library_sanitized()) flags |= RTLD_DEEPBIND;
#endif
  return dlopen(path, flags);
}

#endif
