#include "core/status.h"

#include "check.h"

int main(void) {
  ae_error err;
  CHECK(ae_fail(&err, AE_SHAPE, "%s: wants %d", "matmul", 3) == AE_SHAPE);
  CHECK(err.code == AE_SHAPE && strcmp(err.message, "matmul: wants 3") == 0);
  CHECK(ae_fail_in(&err, "decoder[2] Dense") == AE_SHAPE);
  CHECK(strcmp(err.message, "decoder[2] Dense: matmul: wants 3") == 0);
  CHECK(ae_fail(NULL, AE_IO, "nobody listens") == AE_IO);

  /* Too long a message loses its end and keeps its zero. */
  char longest[2 * sizeof err.message];
  memset(longest, 'x', sizeof longest);
  longest[sizeof longest - 1] = '\0';
  ae_fail(&err, AE_IO, "%s", longest);
  CHECK(strlen(err.message) == sizeof err.message - 1);
  ae_fail_in(&err, "save");
  CHECK(strlen(err.message) == sizeof err.message - 1 && strncmp(err.message, "save: xxx", 9) == 0);
  ae_fail_in(&err, longest);
  CHECK(strlen(err.message) == sizeof err.message - 1);

  for (int status = 0; status < AE_STATUS_COUNT; status++) CHECK(*ae_status_name((ae_status)status));
  CHECK(strcmp(ae_status_name(AE_NO_MEMORY), "memory") == 0);
  CHECK(strcmp(ae_status_name((ae_status)99), "unknown") == 0);
  return check_result();
}
