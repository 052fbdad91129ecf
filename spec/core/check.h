/*
** check: what the C tests share. CHECK says what failed and where and goes on,
** CHECK_SAYS in words of the test's; main ends with `return check_result();`.
*/
#ifndef AE_SPEC_CHECK_H
#define AE_SPEC_CHECK_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "aelua.h"

static int check_failures;

static inline void check_at(bool ok, const char *what, const char *file, int line) {
  if (ok) return;
  check_failures++;
  fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
}

#define CHECK(condition) check_at((condition), #condition, __FILE__, __LINE__)

#define CHECK_SAYS(condition, ...)                                                                                     \
  do {                                                                                                                 \
    bool says_ = (condition);                                                                                          \
    check_at(says_, #condition, __FILE__, __LINE__);                                                                   \
    if (!says_) fprintf(stderr, "  " __VA_ARGS__), fprintf(stderr, "\n");                                              \
  } while (0)

/* A call that must succeed; its message is printed where it does not. */
#define CHECK_OK(call, err)                                                                                            \
  do {                                                                                                                 \
    bool ok_ = (call) == AE_OK;                                                                                        \
    check_at(ok_, #call, __FILE__, __LINE__);                                                                          \
    if (!ok_) fprintf(stderr, "  %s\n", (err).message);                                                                \
  } while (0)

/* A call that must fail with `code` and a message that contains `text`. */
#define CHECK_FAILS(call, err, wanted, text)                                                                           \
  do {                                                                                                                 \
    (err).message[0] = '\0';                                                                                           \
    ae_status status_ = (call);                                                                                        \
    bool ok_ = status_ == (wanted) && (err).code == (wanted) && strstr((err).message, text);                           \
    check_at(ok_, #call " fails with " #wanted ": " text, __FILE__, __LINE__);                                         \
    if (!ok_) fprintf(stderr, "  got status %s: %s\n", ae_status_name(status_), (err).message);                        \
  } while (0)

static inline int check_result(void) {
  return check_failures ? 1 : 0;
}

#endif
