/*
** status: filling the caller's error.
*/
#ifndef AE_CORE_STATUS_H
#define AE_CORE_STATUS_H

#include "aelua.h"

/* Writes code and message (err may be NULL) and returns the code, so that a
** failure is one line: return ae_fail(err, AE_SHAPE, "matmul: ..."). */
ae_status ae_fail(ae_error *err, ae_status code, const char *format, ...) AE_PRINTF(3, 4);

/* Puts "prefix: " before the message already there. */
ae_status ae_fail_in(ae_error *err, const char *prefix);

/* Returns the status of a failed call at once. */
#define AE_TRY(call)                                                                                                   \
  do {                                                                                                                 \
    ae_status try_status_ = (call);                                                                                    \
    if (try_status_ != AE_OK) return try_status_;                                                                      \
  } while (0)

#endif
