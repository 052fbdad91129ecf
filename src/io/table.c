/*
** table: reads a text table. Three passes over the text in memory: its form
** (columns, header, label), its rows and classes, its values.
*/
#include "io/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/context.h"
#include "core/status.h"
#include "io/classes.h"
#include "io/file.h"
#include "io/heap.h"

typedef struct job {
  ae_context *ctx;
  const ae_reader *r;
  const ae_table_options *options;
  ae_numbers numbers;
  ae_rows start;  /* at the first row */
  ae_rows body;   /* at the first row of data */
  int64_t fields; /* in each row */
  int64_t label;  /* from 0; -1: none */
  bool header;
  int64_t rows;
  ae_classes classes;
  ae_table out;
} job;

/* ---- Fields ---- */

static bool is_missing(const ae_field *f) {
  static const char *const marks[] = {"?", "NA", "N/A", "NaN", "-NaN", "null", "none", "-", "."};
  if (f->length == 0) return true;
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (f->length == strlen(marks[i]) && strncasecmp(f->text, marks[i], f->length) == 0) return true;
  return false;
}

static bool is_number(const job *j, const ae_field *f) {
  double value;
  return ae_number_parse(&j->numbers, f->text, f->length, &value);
}

static bool is_text(const job *j, const ae_field *f) {
  return !is_missing(f) && !is_number(j, f);
}

static char *copy_field(const job *j, const ae_field *f) {
  char *copy = ae_heap_allocate(j->ctx->allocator, f->length + 1);
  if (copy) ae_field_copy(f, copy);
  return copy;
}

/* "line 3, column 2 ('age'): " */
static const char *where(const job *j, const ae_field *f, int64_t column, char buffer[96]) {
  int64_t place = j->label >= 0 && column > j->label ? column - 1 : column;
  const char *name = column == j->label ? j->out.label : j->out.columns ? j->out.columns[place] : NULL;
  int n = snprintf(buffer, 96, "line %lld, column %lld", (long long)f->line, (long long)column + 1);
  if (name) snprintf(buffer + n, 96 - (size_t)n, " ('%.40s')", name);
  return buffer;
}

static ae_status fail_field(const job *j, const ae_field *f, int64_t column, const char *what, ae_error *err) {
  char place[96];
  int shown = f->length < 40 ? (int)f->length : 40;
  where(j, f, column, place);
  if (is_missing(f))
    return ae_reader_fail(j->r, err, AE_FORMAT, "%s: the value is missing ('%.*s')", place, shown, f->text);
  return ae_reader_fail(j->r, err, AE_FORMAT, "%s: wanted %s, got '%.*s'", place, what, shown, f->text);
}

/* ---- First pass: the form ---- */

/* The place of a label column that is given by number; -1: there is none. */
static int64_t numbered_label(const job *j) {
  int64_t c = j->options->label_column;
  if (j->options->label != AE_LABEL_COLUMN) return -1;
  return c > 0 ? c - 1 : j->fields + c;
}

/* The first row names columns where it holds no number and has text above one;
** a lone row, where it is text throughout. Labels may be either: a column that
** is known to hold them says nothing. */
static ae_status detect_header(job *j, ae_error *err) {
  ae_rows first = j->start, second = j->start;
  ae_field a, b;
  bool last = false, numbers = false, texts = true;
  int64_t label = numbered_label(j);
  ae_rows_next(&first);
  ae_rows_next(&second);
  for (int64_t i = 0; !last; i++) {
    AE_TRY(ae_rows_field(&second, &a, &last, err));
    numbers = numbers || (i != label && is_number(j, &a));
    texts = texts && is_text(j, &a);
  }
  if (!ae_rows_next(&second)) {
    j->header = texts;
    return AE_OK;
  }
  bool last_a = false, last_b = false;
  for (int64_t i = 0; !last_a && !last_b && !j->header; i++) {
    AE_TRY(ae_rows_field(&first, &a, &last_a, err));
    AE_TRY(ae_rows_field(&second, &b, &last_b, err));
    j->header = i != label && is_text(j, &a) && is_number(j, &b);
  }
  if (j->header && numbers)
    return ae_reader_fail(
        j->r, err, AE_FORMAT,
        "line %lld may be a header or data: it has numbers, and '%.*s' above a number; say which with header",
        (long long)a.line, a.length < 40 ? (int)a.length : 40, a.text);
  return AE_OK;
}

static ae_status count_fields(ae_rows rows, int64_t *out, ae_error *err) {
  ae_field f;
  bool last = false;
  for (*out = 0; !last; ++*out) AE_TRY(ae_rows_field(&rows, &f, &last, err));
  return AE_OK;
}

/* The place of the column that the header calls `name`; -1: none. */
static ae_status find_name(const job *j, const char *name, bool any_case, int64_t *out, ae_error *err) {
  ae_rows rows = j->start;
  ae_field f;
  bool last = false;
  *out = -1;
  ae_rows_next(&rows);
  for (int64_t i = 0; !last; i++) {
    AE_TRY(ae_rows_field(&rows, &f, &last, err));
    char *text = copy_field(j, &f);
    if (!text) return ae_reader_fail(j->r, err, AE_NO_MEMORY, "no memory for a column's name");
    bool same = (any_case ? strcasecmp(text, name) : strcmp(text, name)) == 0;
    ae_heap_free(text);
    if (same) {
      *out = i;
      return AE_OK;
    }
  }
  return AE_OK;
}

/* The only column whose first value is text; -1: none. */
static ae_status find_text(const job *j, int64_t *out, ae_error *err) {
  ae_rows rows = j->body;
  ae_field f;
  bool last = false;
  *out = -1;
  for (int64_t i = 0; !last && i < j->fields; i++) {
    AE_TRY(ae_rows_field(&rows, &f, &last, err));
    if (!is_text(j, &f)) continue;
    if (*out >= 0)
      return ae_reader_fail(j->r, err, AE_FORMAT,
                            "columns %lld and %lld both hold text ('%.*s'): wanted numbers, and at most one label",
                            (long long)*out + 1, (long long)i + 1, f.length < 40 ? (int)f.length : 40, f.text);
    *out = i;
  }
  return AE_OK;
}

static ae_status find_label(job *j, ae_error *err) {
  const ae_table_options *o = j->options;
  j->label = -1;
  if (o->label == AE_LABEL_NONE) return AE_OK;
  if (o->label == AE_LABEL_COLUMN) {
    int64_t c = o->label_column;
    if (c == 0 || c > j->fields || c < -j->fields)
      return ae_reader_fail(j->r, err, AE_INVALID, "wanted column %lld as the label, there are %lld", (long long)c,
                            (long long)j->fields);
    j->label = numbered_label(j);
    return AE_OK;
  }
  if (o->label == AE_LABEL_NAME) {
    if (!j->header)
      return ae_reader_fail(j->r, err, AE_INVALID, "wanted column '%s' as the label, but no header names columns",
                            o->label_name);
    AE_TRY(find_name(j, o->label_name, false, &j->label, err));
    if (j->label < 0) return ae_reader_fail(j->r, err, AE_INVALID, "no column is called '%s'", o->label_name);
    return AE_OK;
  }
  if (j->header) AE_TRY(find_name(j, "label", true, &j->label, err));
  if (j->header && j->label < 0) AE_TRY(find_name(j, "class", true, &j->label, err));
  return j->label < 0 ? find_text(j, &j->label, err) : AE_OK;
}

static ae_status take_names(job *j, ae_error *err) {
  ae_rows rows = j->start;
  ae_field f;
  bool last = false;
  ae_rows_next(&rows);
  size_t bytes = (size_t)(j->fields + 1) * sizeof(char *);
  j->out.columns = ae_heap_allocate(j->ctx->allocator, bytes);
  if (!j->out.columns) return ae_reader_fail(j->r, err, AE_NO_MEMORY, "no memory for the columns' names");
  memset(j->out.columns, 0, bytes);
  for (int64_t i = 0, n = 0; !last; i++) {
    AE_TRY(ae_rows_field(&rows, &f, &last, err));
    char **to = i == j->label ? &j->out.label : &j->out.columns[n++];
    *to = copy_field(j, &f);
    if (!*to) return ae_reader_fail(j->r, err, AE_NO_MEMORY, "no memory for the columns' names");
  }
  return AE_OK;
}

static ae_status find_form(job *j, ae_error *err) {
  ae_rows rows = j->start;
  if (!ae_rows_next(&rows)) return ae_reader_fail(j->r, err, AE_FORMAT, "the table is empty");
  AE_TRY(count_fields(rows, &j->fields, err));
  j->header = j->options->header == AE_HEADER_YES;
  if (j->options->header == AE_HEADER_AUTO) AE_TRY(detect_header(j, err));
  ae_field f;
  for (bool last = !j->header; !last;) AE_TRY(ae_rows_field(&rows, &f, &last, err));
  if (j->header && !ae_rows_next(&rows))
    return ae_reader_fail(j->r, err, AE_FORMAT, "the table has a header and no rows");
  j->body = rows;
  AE_TRY(find_label(j, err));
  j->out.n_columns = j->fields - (j->label >= 0);
  if (j->out.n_columns == 0) return ae_reader_fail(j->r, err, AE_FORMAT, "the label is the table's only column");
  return j->header ? take_names(j, err) : AE_OK;
}

/* ---- Second pass: rows and classes ---- */

static ae_status check_width(const job *j, int64_t line, int64_t fields, ae_error *err) {
  if (fields == j->fields) return AE_OK;
  return ae_reader_fail(j->r, err, AE_FORMAT, "line %lld: wanted %lld fields as in the first row, got %lld",
                        (long long)line, (long long)j->fields, (long long)fields);
}

static ae_status count_rows(job *j, ae_error *err) {
  ae_rows rows = j->body;
  while (ae_rows_next(&rows)) {
    int64_t line = rows.line, i = 0;
    ae_field f;
    for (bool last = false; !last; i++) {
      AE_TRY(ae_rows_field(&rows, &f, &last, err));
      if (i != j->label) continue;
      if (is_missing(&f)) return fail_field(j, &f, i, "a label", err);
      AE_TRY(ae_classes_add(&j->classes, j->r, &f, AE_TABLE_CLASSES, err));
    }
    AE_TRY(check_width(j, line, i, err));
    j->rows++;
  }
  return AE_OK;
}

static ae_status take_classes(job *j, ae_error *err) {
  j->out.classes = ae_heap_allocate(j->ctx->allocator, (j->classes.n + 1) * sizeof(char *));
  if (!j->out.classes) return ae_reader_fail(j->r, err, AE_NO_MEMORY, "no memory for the classes");
  for (size_t i = 0; i < j->classes.n; i++) {
    j->out.classes[i] = j->classes.at[i].name;
    j->classes.at[i].name = NULL;
  }
  j->out.n_classes = (int64_t)j->classes.n;
  return AE_OK;
}

/* ---- Third pass: values ---- */

static ae_status put_value(const job *j, const ae_field *f, int64_t column, int64_t at, ae_error *err) {
  double value;
  if (is_missing(f) || !ae_number_parse(&j->numbers, f->text, f->length, &value))
    return fail_field(j, f, column, "a number", err);
  if (j->options->bytes) {
    if (!(value >= 0 && value <= 255) || floor(value) != value)
      return fail_field(j, f, column, "a whole number 0..255 for u8", err);
    ae_u8s(j->out.values)[at] = (uint8_t)value;
    return AE_OK;
  }
  real number = (real)value;
  if (!isfinite(number)) return fail_field(j, f, column, "a number within range", err);
  ae_reals(j->out.values)[at] = number;
  return AE_OK;
}

static ae_status make_tensors(job *j, ae_error *err) {
  ae_shape values, labels;
  const char *who = ae_reader_who(j->r);
  AE_TRY(ae_shape_make(who, 2, (int64_t[]){j->rows, j->out.n_columns}, &values, err));
  AE_TRY(ae_tensor_new(j->ctx, j->options->bytes ? AE_U8 : AE_REAL, &values, &j->out.values, err));
  if (j->label < 0) return AE_OK;
  AE_TRY(ae_shape_make(who, 1, (int64_t[]){j->rows}, &labels, err));
  return ae_tensor_new(j->ctx, AE_I32, &labels, &j->out.labels, err);
}

static ae_status fill_tensors(job *j, ae_error *err) {
  ae_rows rows = j->body;
  int64_t at = 0;
  for (int64_t row = 0; ae_rows_next(&rows); row++) {
    ae_field f;
    bool last = false;
    for (int64_t i = 0; !last; i++) {
      AE_TRY(ae_rows_field(&rows, &f, &last, err));
      if (i != j->label) {
        AE_TRY(put_value(j, &f, i, at++, err));
        continue;
      }
      size_t place;
      AE_TRY(ae_classes_find(&j->classes, j->r, &f, &place, err));
      ae_i32s(j->out.labels)[row] = (int32_t)place + 1;
    }
  }
  return AE_OK;
}

/* ---- All of it ---- */

static ae_status run(job *j, const ae_bytes *text, ae_error *err) {
  if (memchr(text->data, '\0', text->size))
    return ae_reader_fail(j->r, err, AE_FORMAT, "not a text file: it has zero bytes");
  j->start = ae_rows_begin(j->r, text->data, text->size, j->options->delimiter);
  j->classes = (ae_classes){j->ctx->allocator, &j->numbers, NULL, 0, 0};
  AE_TRY(find_form(j, err));
  AE_TRY(count_rows(j, err));
  AE_TRY(make_tensors(j, err));
  AE_TRY(fill_tensors(j, err));
  return j->label >= 0 ? take_classes(j, err) : AE_OK;
}

ae_status ae_table_read(ae_context *ctx, ae_reader *r, const ae_table_options *options, ae_table *out, ae_error *err) {
  ae_bytes text;
  job j = {.ctx = ctx, .r = r, .options = options, .label = -1};
  AE_TRY(ae_numbers_open(&j.numbers, options->decimal, err));
  ae_status status = ae_reader_rest(r, AE_TABLE_BYTES, &text, err);
  if (status == AE_OK) {
    status = run(&j, &text, err);
    ae_classes_free(&j.classes);
    ae_bytes_free(&text);
  }
  ae_numbers_close(&j.numbers);
  if (status == AE_OK)
    *out = j.out;
  else
    ae_table_free(&j.out);
  return status;
}

static void free_list(char **list, int64_t n) {
  for (int64_t i = 0; list && i < n; i++) ae_heap_free(list[i]);
  ae_heap_free(list);
}

void ae_table_free(ae_table *t) {
  ae_tensor_release(t->values);
  ae_tensor_release(t->labels);
  free_list(t->columns, t->n_columns);
  free_list(t->classes, t->n_classes);
  ae_heap_free(t->label);
  *t = (ae_table){.values = NULL};
}
