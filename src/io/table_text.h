/*
** table_text: rows and fields of a text table: CSV (RFC 4180: quotes, doubled
** quotes, line breaks within quotes) or columns parted by white space. Blank
** lines and lines that begin with '#' are passed over.
** Not here: what the fields mean (table.h).
*/
#ifndef AE_IO_TABLE_TEXT_H
#define AE_IO_TABLE_TEXT_H

#include "io/reader.h"

typedef struct ae_rows {
  const ae_reader *r; /* for messages */
  const char *at, *end;
  char delimiter; /* ' ' stands for runs of blanks and tabs */
  int64_t line;   /* from 1 */
} ae_rows;

typedef struct ae_field {
  const char *text; /* into the table's text; between the quotes where quoted */
  size_t length;
  bool quoted; /* "" may stand for " in it */
  int64_t line;
} ae_field;

/* At the start of `text`; delimiter '\0' is to be found out from the first rows. */
ae_rows ae_rows_begin(const ae_reader *r, const char *text, size_t size, char delimiter);
/* Goes to the next row; false: there is none. */
bool ae_rows_next(ae_rows *rows);
/* The next field of the row, and whether it is the row's last. Errors:
** AE_FORMAT (a quote that does not end, text after a quote). */
ae_status ae_rows_field(ae_rows *rows, ae_field *out, bool *last, ae_error *err);
/* Copies a field without doubled quotes into `to` (length + 1 bytes). */
void ae_field_copy(const ae_field *f, char *to);

#endif
