/*
** Several threads without a context decode at once, from one allocator: each gets
** the pixels of its own picture or its own error.
*/
#include "io/picture.h"

#include <pthread.h>

#include "../core/check.h"
#include "io/heap.h"
#include "io/png.h"

enum { THREADS = 4, ROUNDS = 200, SIDE = 24 };

typedef struct job {
  ae_allocator *allocator;
  uint8_t *png;
  size_t size;
  int channels, wrong;
} job;

static uint8_t sample(int channels, int i) {
  return (uint8_t)(i * 37 + channels * 11);
}

static void *decode(void *arg) {
  job *j = arg;
  uint8_t pixels[SIDE * SIDE * 4];
  for (int round = 0; round < ROUNDS; round++) {
    ae_encoded file = {"test", "picture", j->png, j->size};
    ae_picture head;
    ae_error err;
    bool fine = ae_picture_head(j->allocator, &file, &head, &err) == AE_OK && head.channels == j->channels &&
                ae_picture_decode(j->allocator, &file, &head, j->channels, AE_U8, pixels, &err) == AE_OK;
    for (int i = 0; fine && i < SIDE * SIDE * j->channels; i++) fine = pixels[i] == sample(j->channels, i);
    file.size = 40;
    fine = fine && ae_picture_decode(j->allocator, &file, &head, j->channels, AE_U8, pixels, &err) == AE_FORMAT &&
           strstr(err.message, "test: picture: ") == err.message;
    if (!fine) j->wrong++;
  }
  return NULL;
}

int main(void) {
  ae_allocator *a;
  ae_error err;
  CHECK_OK(ae_allocator_open(NULL, 0, &a, &err), err);
  job jobs[THREADS];
  pthread_t threads[THREADS];
  for (int t = 0; t < THREADS; t++) {
    uint8_t pixels[SIDE * SIDE * 4];
    job *j = &jobs[t];
    *j = (job){.allocator = a, .channels = t + 1};
    for (int i = 0; i < SIDE * SIDE * j->channels; i++) pixels[i] = sample(j->channels, i);
    ae_png_pixels p = {SIDE, SIDE, j->channels, pixels, NULL};
    CHECK_OK(ae_png_encode(a, "test", &p, &j->png, &j->size, &err), err);
    pthread_create(&threads[t], NULL, decode, j);
  }
  for (int t = 0; t < THREADS; t++) {
    pthread_join(threads[t], NULL);
    CHECK(jobs[t].wrong == 0);
    ae_heap_free(jobs[t].png);
  }
  CHECK(ae_allocator_use(a).live == 0);
  ae_allocator_release(a);
  return check_result();
}
