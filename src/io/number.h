/*
** number: decimal numbers in text, whatever the host's locale is.
*/
#ifndef AE_IO_NUMBER_H
#define AE_IO_NUMBER_H

#include <locale.h>

#include "aelua.h"

typedef struct ae_numbers {
  locale_t c; /* the C locale */
  char decimal;
} ae_numbers;

/* `decimal` is '.' or ','. Errors: AE_NO_MEMORY. */
ae_status ae_numbers_open(ae_numbers *n, char decimal, ae_error *err);
void ae_numbers_close(ae_numbers *n);
/* Whether the text is, as a whole, a decimal number: sign, digits, one decimal
** mark, exponent. Not: hexadecimal, "nan", "inf". May give infinity. */
bool ae_number_parse(const ae_numbers *n, const char *text, size_t length, double *out);

#endif
