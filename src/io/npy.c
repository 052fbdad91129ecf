/*
** npy: reads and writes NumPy's array files. The header is a Python dictionary:
**   {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
*/
#include "io/npy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/context.h"
#include "core/status.h"
#include "io/element.h"
#include "io/writer.h"

enum { MAGIC = 6, HEADER_MOST = 65536, ALIGNMENT = 64 };
static const char magic[MAGIC + 1] = "\x93NUMPY";

/* ---- The header's text ---- */

typedef struct header {
  ae_element element;
  bool big_endian, fortran;
  int ndim;
  int64_t dims[AE_MAX_DIMS];
} header;

typedef struct cursor {
  const char *at, *end;
  const ae_reader *r;
} cursor;

static void skip_blanks(cursor *c) {
  while (c->at < c->end && (*c->at == ' ' || *c->at == '\n' || *c->at == '\t')) c->at++;
}

static bool accept(cursor *c, char wanted) {
  skip_blanks(c);
  if (c->at == c->end || *c->at != wanted) return false;
  c->at++;
  return true;
}

static ae_status expect(cursor *c, char wanted, ae_error *err) {
  if (accept(c, wanted)) return AE_OK;
  if (c->at == c->end) return ae_reader_fail(c->r, err, AE_FORMAT, "the NPY header ends where '%c' was wanted", wanted);
  return ae_reader_fail(c->r, err, AE_FORMAT, "the NPY header has byte %d where '%c' was wanted", (uint8_t)*c->at,
                        wanted);
}

/* A quoted string without escapes. */
static ae_status take_string(cursor *c, char *to, size_t size, ae_error *err) {
  skip_blanks(c);
  char quote = c->at < c->end && *c->at == '"' ? '"' : '\'';
  AE_TRY(expect(c, quote, err));
  size_t length = 0;
  while (c->at < c->end && *c->at != quote && length + 1 < size) to[length++] = *c->at++;
  to[length] = '\0';
  return expect(c, quote, err);
}

static ae_status take_bool(cursor *c, bool *out, ae_error *err) {
  skip_blanks(c);
  size_t left = (size_t)(c->end - c->at);
  if (left >= 4 && memcmp(c->at, "True", 4) == 0) {
    *out = true;
    c->at += 4;
    return AE_OK;
  }
  if (left >= 5 && memcmp(c->at, "False", 5) == 0) {
    *out = false;
    c->at += 5;
    return AE_OK;
  }
  return ae_reader_fail(c->r, err, AE_FORMAT, "the NPY header wants True or False for fortran_order");
}

static ae_status take_size(cursor *c, int64_t *out, ae_error *err) {
  skip_blanks(c);
  const char *first = c->at;
  int64_t value = 0;
  for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
    if (value > (INT64_MAX - 9) / 10)
      return ae_reader_fail(c->r, err, AE_OVERFLOW, "a size in the NPY header overflows");
    value = 10 * value + (*c->at - '0');
  }
  if (c->at == first) return ae_reader_fail(c->r, err, AE_FORMAT, "the NPY header wants sizes in its shape");
  *out = value;
  return AE_OK;
}

static ae_status take_shape(cursor *c, header *h, ae_error *err) {
  AE_TRY(expect(c, '(', err));
  h->ndim = 0;
  while (!accept(c, ')')) {
    if (h->ndim == AE_MAX_DIMS)
      return ae_reader_fail(c->r, err, AE_UNSUPPORTED, "more than %d dimensions", AE_MAX_DIMS);
    AE_TRY(take_size(c, &h->dims[h->ndim++], err));
    if (!accept(c, ',')) return expect(c, ')', err);
  }
  return AE_OK;
}

static ae_status take_type(cursor *c, header *h, ae_error *err) {
  static const struct {
    const char *code;
    ae_element element;
  } known[] = {{"b1", AE_ELEMENT_BOOL}, {"u1", AE_ELEMENT_U8},  {"i1", AE_ELEMENT_I8},  {"i2", AE_ELEMENT_I16},
               {"i4", AE_ELEMENT_I32},  {"i8", AE_ELEMENT_I64}, {"f4", AE_ELEMENT_F32}, {"f8", AE_ELEMENT_F64}};
  char text[16];
  skip_blanks(c);
  if (c->at < c->end && *c->at == '[')
    return ae_reader_fail(c->r, err, AE_UNSUPPORTED, "structured arrays are not read");
  AE_TRY(take_string(c, text, sizeof text, err));
  bool order = text[0] != '\0' && strchr("<>=|", text[0]) != NULL;
  h->big_endian = text[0] == '>';
  for (size_t i = 0; order && i < sizeof known / sizeof *known; i++)
    if (strcmp(text + 1, known[i].code) == 0) {
      h->element = known[i].element;
      return AE_OK;
    }
  return ae_reader_fail(c->r, err, AE_UNSUPPORTED, "wanted elements of type b1, u1, i1, i2, i4, i8, f4 or f8, got '%s'",
                        text);
}

static ae_status take_header(cursor *c, header *h, ae_error *err) {
  static const char *const names[] = {"descr", "fortran_order", "shape"};
  bool seen[3] = {false, false, false};
  AE_TRY(expect(c, '{', err));
  while (!accept(c, '}')) {
    char key[32];
    AE_TRY(take_string(c, key, sizeof key, err));
    AE_TRY(expect(c, ':', err));
    int k = 0;
    while (k < 3 && strcmp(key, names[k]) != 0) k++;
    if (k == 3 || seen[k]) return ae_reader_fail(c->r, err, AE_FORMAT, "the NPY header has '%s' once too often", key);
    seen[k] = true;
    AE_TRY(k == 0 ? take_type(c, h, err) : k == 1 ? take_bool(c, &h->fortran, err) : take_shape(c, h, err));
    if (!accept(c, ',')) {
      AE_TRY(expect(c, '}', err));
      break;
    }
  }
  for (int k = 0; k < 3; k++)
    if (!seen[k]) return ae_reader_fail(c->r, err, AE_FORMAT, "the NPY header lacks '%s'", names[k]);
  skip_blanks(c);
  if (c->at != c->end) return ae_reader_fail(c->r, err, AE_FORMAT, "the NPY header goes on past its end");
  return AE_OK;
}

static ae_status read_header(ae_context *ctx, ae_reader *r, header *h, ae_error *err) {
  uint8_t start[MAGIC + 2], size[4] = {0, 0, 0, 0};
  AE_TRY(ae_reader_read(r, start, sizeof start, err));
  if (memcmp(start, magic, MAGIC) != 0) return ae_reader_fail(r, err, AE_FORMAT, "not an NPY file");
  int version = start[MAGIC];
  if (version < 1 || version > 3) return ae_reader_fail(r, err, AE_UNSUPPORTED, "NPY version %d is not read", version);
  AE_TRY(ae_reader_read(r, size, version == 1 ? 2 : 4, err));
  size_t length = (size_t)size[0] | (size_t)size[1] << 8 | (size_t)size[2] << 16 | (size_t)size[3] << 24;
  if (length > HEADER_MOST) return ae_reader_fail(r, err, AE_FORMAT, "an NPY header of %zu bytes is too long", length);
  void *text;
  AE_TRY(ae_allocate(ctx->allocator, length, &text, err));
  ae_status status = ae_reader_read(r, text, length, err);
  cursor c = {text, (const char *)text + length, r};
  if (status == AE_OK) status = take_header(&c, h, err);
  ae_free(ctx->allocator, text, length);
  return status;
}

/* ---- Elements ---- */

/* to [d0, ..., dn] row-major from the same numbers in column-major order. */
static void turn(const ae_tensor *from, ae_tensor *to) {
  const ae_shape *s = &to->shape;
  size_t size = ae_type_size(to->type);
  const char *source = ae_tensor_bytes(from);
  char *target = ae_tensor_bytes(to);
  int64_t stride[AE_MAX_DIMS], at[AE_MAX_DIMS] = {0}, offset = 0;
  for (int i = 0; i < s->ndim; i++) stride[i] = i == 0 ? 1 : stride[i - 1] * s->dims[i - 1];
  for (int64_t n = 0; n < to->count; n++) {
    memcpy(target + size * (size_t)n, source + size * (size_t)offset, size);
    for (int i = s->ndim - 1; i >= 0; i--) {
      offset += stride[i];
      if (++at[i] < s->dims[i]) break;
      offset -= stride[i] * s->dims[i];
      at[i] = 0;
    }
  }
}

static ae_status to_c_order(ae_context *ctx, const ae_shape *shape, ae_tensor **t, ae_error *err) {
  ae_tensor *turned;
  AE_TRY(ae_tensor_new(ctx, (*t)->type, shape, &turned, err));
  turn(*t, turned);
  ae_tensor_release(*t);
  *t = turned;
  return AE_OK;
}

static ae_status read_all(ae_context *ctx, ae_reader *r, ae_tensor **out, ae_error *err) {
  header h;
  ae_shape shape;
  ae_tensor *t;
  AE_TRY(read_header(ctx, r, &h, err));
  AE_TRY(ae_shape_make(ae_reader_who(r), h.ndim, h.dims, &shape, err));
  AE_TRY(ae_element_read(ctx, r, h.element, h.big_endian, &shape, &t, err));
  ae_status status = ae_reader_end(r, err);
  if (status == AE_OK && h.fortran && h.ndim > 1) status = to_c_order(ctx, &shape, &t, err);
  if (status == AE_OK)
    *out = t;
  else
    ae_tensor_release(t);
  return status;
}

ae_status ae_npy_read(ae_context *ctx, const char *who, const char *path, ae_tensor **out, ae_error *err) {
  ae_reader *r;
  AE_TRY(ae_reader_open(ctx->allocator, who, path, &r, err));
  ae_status status = read_all(ctx, r, out, err);
  ae_reader_close(r);
  return status;
}

/* ---- Writing ---- */

static ae_status put_all(ae_writer *w, const ae_tensor *t, ae_error *err) {
  /* Magic, version, length and dictionary together take whole ALIGNMENTs. */
  enum { ROOM = 4 * ALIGNMENT, START = MAGIC + 4 };
  const char *descr = t->type == AE_U8 ? "|u1" : t->type == AE_I32 ? "<i4" : t->type == AE_F64 ? "<f8" : "<f4";
  char text[ROOM];
  memset(text, ' ', sizeof text);
  int n = START + snprintf(text + START, ROOM - START, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr);
  for (int i = 0; i < t->shape.ndim; i++)
    n += snprintf(text + n, (size_t)(ROOM - n), i == 0 ? "%" PRId64 : ", %" PRId64, t->shape.dims[i]);
  n += snprintf(text + n, (size_t)(ROOM - n), t->shape.ndim == 1 ? ",), }" : "), }");
  text[n] = ' ';
  int whole = (n + ALIGNMENT) / ALIGNMENT * ALIGNMENT, dictionary = whole - START;
  memcpy(text, magic, MAGIC);
  text[MAGIC] = 1;
  text[MAGIC + 1] = 0;
  text[MAGIC + 2] = (char)(dictionary & 0xff);
  text[MAGIC + 3] = (char)(dictionary >> 8);
  text[whole - 1] = '\n';
  AE_TRY(ae_writer_put(w, text, (size_t)whole, err));
  return ae_writer_put(w, ae_tensor_bytes(t), (size_t)t->count * ae_type_size(t->type), err);
}

ae_status ae_npy_write(ae_context *ctx, const char *who, const char *path, const ae_tensor *t, ae_error *err) {
  ae_writer *w;
  AE_TRY(ae_writer_open(ctx, who, path, &w, err));
  ae_status status = put_all(w, t, err);
  if (status == AE_OK) return ae_writer_commit(w, err);
  ae_writer_abandon(w);
  return status;
}
