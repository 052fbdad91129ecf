/*
** safetensors_read: the header is checked as a whole before any element is read.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/context.h"
#include "core/status.h"
#include "io/element.h"
#include "io/heap.h"
#include "io/json.h"
#include "io/safetensors.h"

static const char metadata_name[] = "__metadata__";

typedef struct entry {
  const char *name; /* in the JSON tree */
  ae_element element;
  ae_shape shape;
  int64_t begin, end;
} entry;

typedef struct job {
  ae_context *ctx;
  ae_reader *r;
  cJSON *header;
  entry *entries;
  size_t n;
  ae_safetensors out;
} job;

/* ---- The header ---- */

static ae_status read_header(job *j, ae_error *err) {
  uint8_t bytes[8];
  uint64_t size = 0;
  AE_TRY(ae_reader_read(j->r, bytes, sizeof bytes, err));
  for (int i = 7; i >= 0; i--) size = size << 8 | bytes[i];
  if (size > ae_reader_most(j->r))
    return ae_reader_fail(j->r, err, AE_FORMAT,
                          "not a safetensors file: a header of %llu bytes is longer than the file",
                          (unsigned long long)size);
  if (size > AE_JSON_BYTES)
    return ae_reader_fail(j->r, err, AE_UNSUPPORTED, "a header of %llu bytes; at most %d are read",
                          (unsigned long long)size, AE_JSON_BYTES);
  char *text = ae_heap_allocate(j->ctx->allocator, (size_t)size + 1);
  if (!text) return ae_reader_fail(j->r, err, AE_NO_MEMORY, "no memory for the header");
  char who[sizeof err->message];
  snprintf(who, sizeof who, "%s: %s: header", ae_reader_who(j->r), ae_reader_path(j->r));
  ae_status status = ae_reader_read(j->r, text, (size_t)size, err);
  if (status == AE_OK && (size == 0 || text[0] != '{'))
    status = ae_reader_fail(j->r, err, AE_FORMAT, "not a safetensors file: the header does not begin with '{'");
  if (status == AE_OK) status = ae_json_parse(who, text, (size_t)size, &j->header, err);
  ae_heap_free(text);
  return status;
}

static int compare_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static ae_status check_unique(const job *j, const cJSON *object, ae_error *err) {
  size_t n = 0, size = (size_t)cJSON_GetArraySize(object);
  const char **names = ae_heap_allocate(j->ctx->allocator, size * sizeof *names);
  if (!names) return ae_reader_fail(j->r, err, AE_NO_MEMORY, "no memory for the header");
  const cJSON *item;
  cJSON_ArrayForEach(item, object) names[n++] = item->string;
  qsort(names, n, sizeof *names, compare_text);
  ae_status status = AE_OK;
  for (size_t i = 1; i < n && status == AE_OK; i++)
    if (strcmp(names[i - 1], names[i]) == 0)
      status = ae_reader_fail(j->r, err, AE_FORMAT, "the header has '%.80s' twice", names[i]);
  ae_heap_free(names);
  return status;
}

static ae_status take_dtype(const job *j, const cJSON *item, entry *e, ae_error *err) {
  static const struct {
    const char *name;
    ae_element element;
  } known[] = {{"BOOL", AE_ELEMENT_BOOL}, {"U8", AE_ELEMENT_U8},   {"I8", AE_ELEMENT_I8},   {"I16", AE_ELEMENT_I16},
               {"I32", AE_ELEMENT_I32},   {"I64", AE_ELEMENT_I64}, {"F32", AE_ELEMENT_F32}, {"F64", AE_ELEMENT_F64}};
  const cJSON *dtype = cJSON_GetObjectItemCaseSensitive(item, "dtype");
  if (!cJSON_IsString(dtype)) return ae_reader_fail(j->r, err, AE_FORMAT, "'%.80s' has no dtype", e->name);
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(dtype->valuestring, known[i].name) == 0) {
      e->element = known[i].element;
      return AE_OK;
    }
  return ae_reader_fail(j->r, err, AE_UNSUPPORTED,
                        "'%.80s' has dtype '%.20s'; read are F32, F64, BOOL, U8, I8, I16, I32, I64", e->name,
                        dtype->valuestring);
}

static ae_status take_shape(const job *j, const cJSON *item, entry *e, ae_error *err) {
  const cJSON *shape = cJSON_GetObjectItemCaseSensitive(item, "shape"), *size;
  int64_t dims[AE_MAX_DIMS];
  int n = 0;
  if (!cJSON_IsArray(shape)) return ae_reader_fail(j->r, err, AE_FORMAT, "'%.80s' has no shape", e->name);
  cJSON_ArrayForEach(size, shape) {
    if (n == AE_MAX_DIMS)
      return ae_reader_fail(j->r, err, AE_UNSUPPORTED, "'%.80s' has more than %d dimensions", e->name, AE_MAX_DIMS);
    if (!ae_json_whole(size, &dims[n++]))
      return ae_reader_fail(j->r, err, AE_FORMAT, "'%.80s' has a size that is no whole number", e->name);
  }
  ae_error inner;
  ae_status status = ae_shape_make("shape", n, dims, &e->shape, &inner);
  return status == AE_OK ? AE_OK : ae_reader_fail(j->r, err, status, "'%.80s': %s", e->name, inner.message);
}

static ae_status take_offsets(const job *j, const cJSON *item, entry *e, ae_error *err) {
  const cJSON *offsets = cJSON_GetObjectItemCaseSensitive(item, "data_offsets");
  if (!cJSON_IsArray(offsets) || cJSON_GetArraySize(offsets) != 2 ||
      !ae_json_whole(cJSON_GetArrayItem(offsets, 0), &e->begin) ||
      !ae_json_whole(cJSON_GetArrayItem(offsets, 1), &e->end) || e->end < e->begin)
    return ae_reader_fail(j->r, err, AE_FORMAT, "'%.80s' wants data_offsets [begin, end]", e->name);
  int64_t wanted = ae_shape_count(&e->shape) * (int64_t)ae_element_size(e->element);
  char text[AE_SHAPE_TEXT];
  if (e->end - e->begin != wanted)
    return ae_reader_fail(j->r, err, AE_FORMAT, "'%.80s' is %s %s, %lld bytes, but its offsets hold %lld", e->name,
                          ae_element_name(e->element), ae_shape_text(&e->shape, text), (long long)wanted,
                          (long long)(e->end - e->begin));
  return AE_OK;
}

static ae_status take_entry(job *j, const cJSON *item, ae_error *err) {
  entry *e = &j->entries[j->n];
  e->name = item->string;
  if (!cJSON_IsObject(item)) return ae_reader_fail(j->r, err, AE_FORMAT, "'%.80s' is no object", e->name);
  AE_TRY(check_unique(j, item, err));
  AE_TRY(take_dtype(j, item, e, err));
  AE_TRY(take_shape(j, item, e, err));
  AE_TRY(take_offsets(j, item, e, err));
  j->n++;
  return AE_OK;
}

static int compare_entries(const void *a, const void *b) {
  const entry *x = a, *y = b;
  if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
  if (x->end != y->end) return x->end < y->end ? -1 : 1;
  return strcmp(x->name, y->name);
}

/* Sorted by place, the tensors follow each other from 0 to the end. */
static ae_status check_cover(job *j, ae_error *err) {
  int64_t at = 0;
  qsort(j->entries, j->n, sizeof *j->entries, compare_entries);
  for (size_t i = 0; i < j->n; i++) {
    const entry *e = &j->entries[i];
    if (e->begin != at)
      return ae_reader_fail(j->r, err, AE_FORMAT, "'%.80s' begins at byte %lld: it %s", e->name, (long long)e->begin,
                            e->begin < at ? "overlaps the tensor before it" : "leaves a hole before it");
    at = e->end;
  }
  uint64_t most = ae_reader_most(j->r);
  if ((uint64_t)at > most)
    return ae_reader_fail(j->r, err, AE_FORMAT, "the header says %lld bytes of data, the file has %llu", (long long)at,
                          (unsigned long long)most);
  return AE_OK;
}

static ae_status check_header(job *j, ae_error *err) {
  AE_TRY(check_unique(j, j->header, err));
  j->entries = ae_heap_allocate(j->ctx->allocator, ((size_t)cJSON_GetArraySize(j->header) + 1) * sizeof *j->entries);
  if (!j->entries) return ae_reader_fail(j->r, err, AE_NO_MEMORY, "no memory for the header");
  const cJSON *item;
  cJSON_ArrayForEach(item, j->header) {
    if (strcmp(item->string, metadata_name) != 0) AE_TRY(take_entry(j, item, err));
  }
  return check_cover(j, err);
}

/* ---- What it gives ---- */

static const char *keep(char **room, const char *text) {
  size_t bytes = strlen(text) + 1;
  char *kept = memcpy(*room, text, bytes);
  *room += bytes;
  return kept;
}

/* Names and texts move from the JSON tree into one block. */
static ae_status make_room(job *j, const cJSON *metadata, char **room, ae_error *err) {
  size_t bytes = 1, n = (size_t)cJSON_GetArraySize(metadata);
  const cJSON *item;
  cJSON_ArrayForEach(item, metadata) {
    if (!cJSON_IsString(item)) return ae_reader_fail(j->r, err, AE_FORMAT, "metadata '%.80s' is no text", item->string);
    bytes += strlen(item->string) + strlen(item->valuestring) + 2;
  }
  for (size_t i = 0; i < j->n; i++) bytes += strlen(j->entries[i].name) + 1;
  ae_allocator *a = j->ctx->allocator;
  j->out.strings = ae_heap_allocate(a, bytes);
  j->out.metadata = ae_heap_allocate(a, (n + 1) * sizeof *j->out.metadata);
  j->out.tensors = ae_heap_allocate(a, (j->n + 1) * sizeof *j->out.tensors);
  if (!j->out.strings || !j->out.metadata || !j->out.tensors)
    return ae_reader_fail(j->r, err, AE_NO_MEMORY, "no memory for the header");
  *room = j->out.strings;
  return AE_OK;
}

static ae_status take_all(job *j, ae_error *err) {
  const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(j->header, metadata_name), *item;
  if (metadata && !cJSON_IsObject(metadata)) return ae_reader_fail(j->r, err, AE_FORMAT, "__metadata__ is no object");
  if (metadata) AE_TRY(check_unique(j, metadata, err));
  char *room = NULL;
  AE_TRY(make_room(j, metadata, &room, err));
  cJSON_ArrayForEach(item, metadata) {
    ae_named_text *m = &j->out.metadata[j->out.n_metadata++];
    m->name = keep(&room, item->string);
    m->text = keep(&room, item->valuestring);
  }
  for (size_t i = 0; i < j->n; i++) {
    const entry *e = &j->entries[i];
    ae_named_tensor *t = &j->out.tensors[i];
    t->name = keep(&room, e->name);
    AE_TRY(ae_element_read(j->ctx, j->r, e->element, false, &e->shape, &t->tensor, err));
    j->out.n_tensors++;
  }
  return ae_reader_end(j->r, err);
}

ae_status ae_safetensors_read(ae_context *ctx, const char *who, const char *path, ae_safetensors *out, ae_error *err) {
  job j = {.ctx = ctx};
  AE_TRY(ae_reader_open(ctx->allocator, who, path, &j.r, err));
  ae_status status = read_header(&j, err);
  if (status == AE_OK) status = check_header(&j, err);
  if (status == AE_OK) status = take_all(&j, err);
  cJSON_Delete(j.header);
  ae_heap_free(j.entries);
  ae_reader_close(j.r);
  if (status == AE_OK)
    *out = j.out;
  else
    ae_safetensors_free(&j.out);
  return status;
}

void ae_safetensors_free(ae_safetensors *s) {
  for (size_t i = 0; i < s->n_tensors; i++) ae_tensor_release(s->tensors[i].tensor);
  ae_heap_free(s->tensors);
  ae_heap_free(s->metadata);
  ae_heap_free(s->strings);
  *s = (ae_safetensors){.n_tensors = 0};
}
