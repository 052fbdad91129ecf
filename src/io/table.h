/*
** table: a text table (CSV, or columns parted by white space) as tensors.
**   values [rows, columns] real (u8 on demand): every column but the label's
**   labels [rows] i32, from 1: which class; the classes' names as the file has
**   them, in order: numbers by size, then texts by bytes
** A field that is missing ("", "?", NA, NaN, null, ...), is no number or is not
** finite is an error that names line and column.
**
** Not here: filling missing values in, dates, columns of text other than the label.
*/
#ifndef AE_IO_TABLE_H
#define AE_IO_TABLE_H

#include "core/tensor.h"
#include "io/reader.h"

typedef enum ae_label_choice {
  AE_LABEL_AUTO,   /* a column named "label" or "class", else the one that holds text, else none */
  AE_LABEL_NONE,   /* every column holds numbers */
  AE_LABEL_COLUMN, /* column label_column: from 1, or from the end if negative */
  AE_LABEL_NAME    /* the column that the header calls label_name */
} ae_label_choice;

typedef enum ae_header_choice { AE_HEADER_AUTO, AE_HEADER_NO, AE_HEADER_YES } ae_header_choice;

typedef struct ae_table_options {
  char delimiter; /* '\0': find out; ' ': white space */
  char decimal;   /* '.' or ',' */
  ae_header_choice header;
  ae_label_choice label;
  int64_t label_column;
  const char *label_name;
  bool bytes; /* values are whole numbers 0..255 and become u8 */
} ae_table_options;

enum { AE_TABLE_CLASSES = 65536 };       /* more different labels than this are an error */
#define AE_TABLE_BYTES ((size_t)1 << 32) /* the longest text that is read, unpacked */

typedef struct ae_table {
  ae_tensor *values, *labels; /* labels NULL: no label column */
  int64_t n_columns, n_classes;
  char **columns; /* names of the values' columns, NULL without a header */
  char **classes;
  char *label; /* the label column's name, NULL without a header */
} ae_table;

/* Errors: AE_FORMAT (with line and column), AE_INVALID (no such label column),
** AE_UNSUPPORTED (too long), AE_IO, AE_NO_MEMORY. */
ae_status ae_table_read(ae_context *ctx, ae_reader *r, const ae_table_options *options, ae_table *out, ae_error *err);
void ae_table_free(ae_table *t);

#endif
