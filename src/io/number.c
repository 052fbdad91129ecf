/*
** number: decimal text to the nearest double.
** Up to 15 digits with a small power of ten are exact in double arithmetic
** (W. Clinger, "How to read floating point numbers accurately", 1990): one
** multiplication or division. Everything else goes to strtod in the C locale.
*/
#include "io/number.h"

#include <stdlib.h>
#include <string.h>

#include "core/status.h"

ae_status ae_numbers_open(ae_numbers *n, char decimal, ae_error *err) {
  locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (c == (locale_t)0) return ae_fail(err, AE_NO_MEMORY, "no memory for the C locale");
  n->c = c;
  n->decimal = decimal;
  return AE_OK;
}

void ae_numbers_close(ae_numbers *n) {
  freelocale(n->c);
}

static bool digit(char c) {
  return c >= '0' && c <= '9';
}

typedef struct parts {
  bool negative;
  uint64_t digits; /* the first 19 */
  int significant; /* how many there are, leading zeros aside */
  int exponent;    /* of ten, to go with `digits` */
} parts;

/* Checks the form and takes the number apart. */
static bool split(const char *at, const char *end, char decimal, parts *p) {
  enum { EXPONENT_MOST = 100000 };
  *p = (parts){false, 0, 0, 0};
  bool any = false, fraction = false;
  if (at < end && (*at == '-' || *at == '+')) p->negative = *at++ == '-';
  for (; at < end && (digit(*at) || (*at == decimal && !fraction)); at++) {
    if (*at == decimal) {
      fraction = true;
      continue;
    }
    any = true;
    if (p->digits == 0 && *at == '0') {
      p->exponent -= fraction;
      continue;
    }
    if (p->significant++ < 19) {
      p->digits = 10 * p->digits + (uint64_t)(*at - '0');
      p->exponent -= fraction;
    } else {
      p->exponent += !fraction;
    }
  }
  if (!any) return false;
  if (at == end) return true;
  if (*at != 'e' && *at != 'E') return false;
  at++;
  bool down = false;
  int exponent = 0;
  if (at < end && (*at == '-' || *at == '+')) down = *at++ == '-';
  if (at == end) return false;
  for (; at < end && digit(*at); at++)
    if (exponent < EXPONENT_MOST) exponent = 10 * exponent + (*at - '0');
  p->exponent += down ? -exponent : exponent;
  return at == end;
}

/* The text has the right form; only its decimal mark may have to be replaced.
** No double needs more digits than fit here. */
static bool parse_slowly(const ae_numbers *n, const char *text, size_t length, double *out) {
  char copy[1200];
  if (length >= sizeof copy) return false;
  memcpy(copy, text, length);
  copy[length] = '\0';
  char *mark = n->decimal == '.' ? NULL : strchr(copy, n->decimal);
  if (mark) *mark = '.';
  locale_t host = uselocale(n->c);
  *out = strtod(copy, NULL);
  uselocale(host);
  return true;
}

bool ae_number_parse(const ae_numbers *n, const char *text, size_t length, double *out) {
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  parts p;
  if (!split(text, text + length, n->decimal, &p)) return false;
  if (p.significant > 15 || p.exponent < -22 || p.exponent > 22) return parse_slowly(n, text, length, out);
  double value = (double)p.digits;
  value = p.exponent < 0 ? value / powers[-p.exponent] : value * powers[p.exponent];
  *out = p.negative ? -value : value;
  return true;
}
