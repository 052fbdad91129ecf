/*
** status: messages of failures and the names scripts know them by.
*/
#include "core/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[AE_STATUS_COUNT] = {
    [AE_OK] = "ok",
    [AE_INVALID] = "invalid",
    [AE_SHAPE] = "shape",
    [AE_TYPE] = "type",
    [AE_OVERFLOW] = "overflow",
    [AE_NO_MEMORY] = "memory",
    [AE_IO] = "io",
    [AE_FORMAT] = "format",
    [AE_STATE] = "state",
    [AE_UNSUPPORTED] = "unsupported",
    [AE_CALLBACK] = "callback",
};

const char *ae_status_name(ae_status status) {
  return (unsigned)status < AE_STATUS_COUNT ? names[status] : "unknown";
}

ae_status ae_fail(ae_error *err, ae_status code, const char *format, ...) {
  if (err) {
    va_list args;
    va_start(args, format);
    err->code = code;
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
  }
  return code;
}

ae_status ae_fail_in(ae_error *err, const char *prefix) {
  if (!err) return AE_INVALID;
  char message[sizeof err->message];
  memcpy(message, err->message, sizeof message);
  /* A message too long for the buffer loses its end, not the prefix. */
  int written = snprintf(err->message, sizeof err->message, "%s: ", prefix);
  if (written >= 0 && (size_t)written < sizeof err->message) {
    size_t room = sizeof err->message - (size_t)written - 1;
    size_t length = strnlen(message, room);
    memcpy(err->message + written, message, length);
    err->message[(size_t)written + length] = '\0';
  }
  return err->code;
}
