#include "core/parallel.h"

#include "check.h"
#include "core/context.h"

static ae_error err;

enum { COUNT = 10000 };
static unsigned char touched[COUNT];
static int64_t parts_seen[64];

static void touch(void *arg, int64_t begin, int64_t end) {
  (void)arg;
  for (int64_t i = begin; i < end; i++) touched[i]++;
}

static void touch_part(void *arg, int part, int64_t begin, int64_t end) {
  touch(arg, begin, end);
  parts_seen[part] = end - begin;
}

static bool all_once(int64_t count) {
  for (int64_t i = 0; i < COUNT; i++)
    if (touched[i] != (i < count)) return false;
  return true;
}

static void nested(void *arg, int64_t begin, int64_t end) {
  ae_context *ctx = arg;
  CHECK(ae_parallel_count(ctx, 1000, 1) == 1 || end - begin == COUNT);
  ae_parallel(ctx, end - begin, 1, touch, NULL);
}

int main(void) {
  for (int threads = 1; threads <= 5; threads++) {
    ae_context *ctx;
    CHECK_OK(ae_context_open(&(ae_options){.threads = threads}, &ctx, &err), err);
    CHECK(ae_parallel_count(ctx, 0, 10) == 1 && ae_parallel_count(ctx, 19, 10) == 1);
    CHECK(ae_parallel_count(ctx, 1000, 10) == threads);
    for (int64_t count = 0; count <= COUNT; count = count * 3 + 1) {
      memset(touched, 0, sizeof touched);
      ae_parallel(ctx, count, 7, touch, NULL);
      CHECK(all_once(count));
      for (int parts = 1; parts <= 64; parts += 21) {
        memset(touched, 0, sizeof touched);
        ae_parallel_parts(ctx, count, parts, touch_part, NULL);
        CHECK(all_once(count));
        int64_t sum = 0;
        for (int part = 0; part < parts; part++) sum += parts_seen[part];
        CHECK(sum == count);
      }
    }
    ae_parallel(ctx, COUNT, COUNT / threads, nested, ctx);
    ae_context_close(ctx);
  }
  return check_result();
}
