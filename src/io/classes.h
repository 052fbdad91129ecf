/*
** classes: the different labels of a column, and which one a field is.
** Order: numbers by size, then texts by bytes; "1", "1.0" and "1e0" are one.
*/
#ifndef AE_IO_CLASSES_H
#define AE_IO_CLASSES_H

#include "io/number.h"
#include "io/table_text.h"

typedef struct ae_class {
  char *name; /* a block of the heap */
  bool numeric;
  double value;
} ae_class;

typedef struct ae_classes {
  ae_allocator *allocator;
  const ae_numbers *numbers;
  ae_class *at; /* in order */
  size_t n, capacity;
} ae_classes;

/* Puts the field among the classes. Errors: AE_NO_MEMORY, AE_FORMAT past `most` classes. */
ae_status ae_classes_add(ae_classes *c, const ae_reader *r, const ae_field *f, size_t most, ae_error *err);
/* Its place, from 0; the field has been added before. Errors: AE_NO_MEMORY. */
ae_status ae_classes_find(const ae_classes *c, const ae_reader *r, const ae_field *f, size_t *place, ae_error *err);
void ae_classes_free(ae_classes *c);

#endif
