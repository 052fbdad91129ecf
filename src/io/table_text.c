/*
** table_text: splits a text table into rows and fields.
*/
#include "io/table_text.h"

#include <string.h>

#include "core/status.h"

static bool line_break(char c) {
  return c == '\n' || c == '\r';
}

static bool blank(const ae_rows *rows, char c) {
  return c == ' ' || (c == '\t' && rows->delimiter != '\t');
}

static void skip_blanks(ae_rows *rows) {
  while (rows->at < rows->end && blank(rows, *rows->at)) rows->at++;
}

/* Past one line break, which may be CR LF. */
static void skip_break(ae_rows *rows) {
  if (rows->at == rows->end) return;
  if (*rows->at++ == '\r' && rows->at < rows->end && *rows->at == '\n') rows->at++;
  rows->line++;
}

static bool at_row_end(const ae_rows *rows) {
  return rows->at == rows->end || line_break(*rows->at);
}

bool ae_rows_next(ae_rows *rows) {
  while (rows->at < rows->end) {
    const char *start = rows->at;
    skip_blanks(rows);
    bool comment = rows->at < rows->end && *rows->at == '#';
    if (!comment && !at_row_end(rows)) {
      rows->at = start;
      return true;
    }
    while (!at_row_end(rows)) rows->at++;
    skip_break(rows);
  }
  return false;
}

static ae_status quoted_field(ae_rows *rows, ae_field *f, ae_error *err) {
  f->quoted = true;
  f->text = ++rows->at;
  for (;;) {
    if (rows->at == rows->end)
      return ae_reader_fail(rows->r, err, AE_FORMAT, "line %lld: a quote begins that never ends", (long long)f->line);
    char c = *rows->at++;
    if (c == '"') {
      if (rows->at == rows->end || *rows->at != '"') break;
      rows->at++;
    } else if (line_break(c)) {
      if (c == '\r' && rows->at < rows->end && *rows->at == '\n') rows->at++;
      rows->line++;
    }
  }
  f->length = (size_t)(rows->at - f->text) - 1;
  return AE_OK;
}

static void plain_field(ae_rows *rows, ae_field *f) {
  f->text = rows->at;
  while (!at_row_end(rows) && *rows->at != rows->delimiter && !(rows->delimiter == ' ' && *rows->at == '\t'))
    rows->at++;
  const char *end = rows->at;
  while (end > f->text && blank(rows, end[-1])) end--;
  f->length = (size_t)(end - f->text);
}

ae_status ae_rows_field(ae_rows *rows, ae_field *out, bool *last, ae_error *err) {
  skip_blanks(rows);
  *out = (ae_field){.line = rows->line};
  if (rows->at < rows->end && *rows->at == '"')
    AE_TRY(quoted_field(rows, out, err));
  else
    plain_field(rows, out);
  const char *end = rows->at;
  skip_blanks(rows);
  *last = at_row_end(rows);
  if (*last) {
    skip_break(rows);
    return AE_OK;
  }
  if (rows->delimiter == ' ' ? rows->at == end : *rows->at != rows->delimiter)
    return ae_reader_fail(rows->r, err, AE_FORMAT, "line %lld: text goes on after a closing quote",
                          (long long)out->line);
  if (rows->delimiter != ' ') rows->at++;
  return AE_OK;
}

void ae_field_copy(const ae_field *f, char *to) {
  size_t n = 0;
  for (size_t i = 0; i < f->length; i++) {
    to[n++] = f->text[i];
    if (f->quoted && f->text[i] == '"') i++;
  }
  to[n] = '\0';
}

/* ---- The delimiter ---- */

/* How often `mark` stands outside quotes in the row at hand; goes past the row. */
static int64_t count_marks(ae_rows *rows, char mark) {
  int64_t count = 0;
  bool quoted = false;
  for (; rows->at < rows->end && (quoted || !line_break(*rows->at)); rows->at++) {
    if (*rows->at == '"') quoted = !quoted;
    if (!quoted && *rows->at == mark) count++;
  }
  skip_break(rows);
  return count;
}

/* The mark that stands equally often in each of the first rows; where there is
** none, the most frequent one of the first row, so that the row that does not
** fit is named later; else white space. Semicolons come before commas, which
** may be decimal ones. */
static char find_delimiter(const ae_rows *start) {
  static const char marks[] = {';', ',', '\t', '|'};
  enum { ROWS = 32 };
  char most_frequent = ' ';
  int64_t most = 0;
  for (size_t m = 0; m < sizeof marks; m++) {
    ae_rows rows = *start;
    rows.delimiter = marks[m];
    if (!ae_rows_next(&rows)) return ' ';
    int64_t first = count_marks(&rows, marks[m]);
    bool equal = first > 0;
    for (int i = 1; i < ROWS && equal && ae_rows_next(&rows); i++) equal = count_marks(&rows, marks[m]) == first;
    if (equal) return marks[m];
    if (first > most) {
      most = first;
      most_frequent = marks[m];
    }
  }
  return most_frequent == '\t' ? ' ' : most_frequent;
}

ae_rows ae_rows_begin(const ae_reader *r, const char *text, size_t size, char delimiter) {
  static const char byte_order_mark[] = "\xef\xbb\xbf";
  if (size >= 3 && memcmp(text, byte_order_mark, 3) == 0) {
    text += 3;
    size -= 3;
  }
  ae_rows rows = {r, text, text + size, delimiter, 1};
  if (delimiter == '\0') rows.delimiter = find_delimiter(&rows);
  return rows;
}
