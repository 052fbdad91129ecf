/*
** safetensors_write: deterministic order, atomic file.
*/
#include <stdlib.h>
#include <string.h>

#include "core/status.h"
#include "io/json.h"
#include "io/safetensors.h"
#include "io/writer.h"

/* Larger elements first: then everyone begins at a multiple of its own size. */
static int compare_tensors(const void *a, const void *b) {
  const ae_named_tensor *x = a, *y = b;
  size_t i = ae_type_size(x->tensor->type), j = ae_type_size(y->tensor->type);
  if (i != j) return i > j ? -1 : 1;
  return strcmp(x->name, y->name);
}

static int compare_texts(const void *a, const void *b) {
  return strcmp(((const ae_named_text *)a)->name, ((const ae_named_text *)b)->name);
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *dtype_of(ae_type type) {
  if (type == AE_U8) return "U8";
  if (type == AE_I32) return "I32";
  return type == AE_F64 ? "F64" : "F32";
}

static size_t bytes_of(const ae_tensor *t) {
  return (size_t)t->count * ae_type_size(t->type);
}

static ae_status check_text(const char *who, const char *what, const char *text, ae_error *err) {
  if (ae_utf8_valid(text, strlen(text))) return AE_OK;
  return ae_fail(err, AE_INVALID, "%s: %s '%.80s' is not valid UTF-8", who, what, text);
}

static ae_status check_unique(ae_context *ctx, const char *who, const ae_safetensors *s, ae_error *err) {
  void *block;
  size_t bytes = (s->n_tensors + 1) * sizeof(char *);
  AE_TRY(ae_allocate(ctx->allocator, bytes, &block, err));
  const char **names = block;
  for (size_t i = 0; i < s->n_tensors; i++) names[i] = s->tensors[i].name;
  qsort(names, s->n_tensors, sizeof *names, compare_names);
  ae_status status = AE_OK;
  for (size_t i = 1; i < s->n_tensors && status == AE_OK; i++)
    if (strcmp(names[i - 1], names[i]) == 0)
      status = ae_fail(err, AE_INVALID, "%s: two tensors are called '%.80s'", who, names[i]);
  ae_free(ctx->allocator, block, bytes);
  return status;
}

static ae_status check(ae_context *ctx, const char *who, const ae_safetensors *s, ae_error *err) {
  for (size_t i = 0; i < s->n_tensors; i++) {
    AE_TRY(check_text(who, "the name", s->tensors[i].name, err));
    if (strcmp(s->tensors[i].name, "__metadata__") == 0)
      return ae_fail(err, AE_INVALID, "%s: a tensor cannot be called '__metadata__'", who);
  }
  for (size_t i = 0; i < s->n_metadata; i++) {
    AE_TRY(check_text(who, "the metadata name", s->metadata[i].name, err));
    AE_TRY(check_text(who, "the metadata", s->metadata[i].text, err));
  }
  return check_unique(ctx, who, s, err);
}

static bool add_metadata(cJSON *header, const ae_safetensors *s) {
  cJSON *texts = cJSON_CreateObject();
  bool fine = texts != NULL;
  for (size_t i = 0; i < s->n_metadata && fine; i++)
    fine = ae_json_add(texts, s->metadata[i].name, cJSON_CreateString(s->metadata[i].text));
  if (fine) return ae_json_add(header, "__metadata__", texts);
  cJSON_Delete(texts);
  return false;
}

static bool add_tensor(cJSON *header, const ae_named_tensor *t, size_t begin) {
  cJSON *entry = cJSON_CreateObject(), *shape = cJSON_CreateArray(), *offsets = cJSON_CreateArray();
  const ae_shape *s = &t->tensor->shape;
  bool fine = ae_json_add(entry, "dtype", cJSON_CreateString(dtype_of(t->tensor->type)));
  for (int i = 0; i < s->ndim; i++) fine = ae_json_add(shape, NULL, cJSON_CreateNumber((double)s->dims[i])) && fine;
  fine = ae_json_add(offsets, NULL, cJSON_CreateNumber((double)begin)) && fine;
  fine = ae_json_add(offsets, NULL, cJSON_CreateNumber((double)(begin + bytes_of(t->tensor)))) && fine;
  fine = ae_json_add(entry, "shape", shape) && fine;
  fine = ae_json_add(entry, "data_offsets", offsets) && fine;
  return ae_json_add(header, t->name, entry) && fine;
}

static ae_status header_text(const char *who, const ae_safetensors *s, char **out, ae_error *err) {
  cJSON *header = cJSON_CreateObject();
  bool fine = header != NULL;
  if (s->n_metadata > 0) fine = fine && add_metadata(header, s);
  size_t begin = 0;
  for (size_t i = 0; i < s->n_tensors && fine; i++) {
    fine = add_tensor(header, &s->tensors[i], begin);
    begin += bytes_of(s->tensors[i].tensor);
  }
  ae_status status = fine ? ae_json_print(who, header, false, out, err)
                          : ae_fail(err, AE_NO_MEMORY, "%s: no memory for the header", who);
  cJSON_Delete(header);
  return status;
}

static ae_status put_all(ae_writer *w, const char *who, const ae_safetensors *s, const char *header, ae_error *err) {
  static const char blanks[8] = "        ";
  size_t length = strlen(header), padding = (8 - length % 8) % 8;
  uint64_t size = length + padding;
  if (size > AE_JSON_BYTES)
    return ae_fail(err, AE_UNSUPPORTED, "%s: names and metadata take %llu bytes; %d could be read again", who,
                   (unsigned long long)size, AE_JSON_BYTES);
  AE_TRY(ae_writer_put(w, &size, sizeof size, err));
  AE_TRY(ae_writer_put(w, header, length, err));
  AE_TRY(ae_writer_put(w, blanks, padding, err));
  for (size_t i = 0; i < s->n_tensors; i++)
    AE_TRY(ae_writer_put(w, ae_tensor_bytes(s->tensors[i].tensor), bytes_of(s->tensors[i].tensor), err));
  return AE_OK;
}

ae_status ae_safetensors_write(ae_context *ctx, const char *who, const char *path, ae_safetensors *s, ae_error *err) {
  AE_TRY(check(ctx, who, s, err));
  if (s->n_tensors > 1) qsort(s->tensors, s->n_tensors, sizeof *s->tensors, compare_tensors);
  if (s->n_metadata > 1) qsort(s->metadata, s->n_metadata, sizeof *s->metadata, compare_texts);
  char *header;
  AE_TRY(header_text(who, s, &header, err));
  ae_writer *w = NULL;
  ae_status status = ae_writer_open(ctx, who, path, &w, err);
  if (status == AE_OK) status = put_all(w, who, s, header, err);
  cJSON_free(header);
  if (status == AE_OK) return ae_writer_commit(w, err);
  ae_writer_abandon(w);
  return status;
}
