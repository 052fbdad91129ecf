/*
** print: a tensor as NumPy prints an array, with type and shape behind it:
**   [[0.5  1.  ]
**    [2.   3.25]] f32 [2, 2]
** Numbers have as many digits as tell them apart (8 decimals at most), are
** aligned, and turn to scientific notation where the largest is 1e6 (in the
** double build 1e8) or more, the smallest below 1e-4, or 1000 times smaller than
** the largest. Past 1000 elements, three at either end of each dimension stand
** for all. Lines wrap at 75 columns. A decimal point in every locale.
*/
#include "bind/tensor.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef AELUA_REAL_DOUBLE
#define SCIENTIFIC_FROM 1e8
#else
#define SCIENTIFIC_FROM 1e6
#endif

enum { THRESHOLD = 1000, EDGE = 3, COLUMNS = 75, DECIMALS = 8, NUMBER_TEXT = 48 };

typedef struct printer {
  luaL_Buffer text;
  const ae_tensor *t;
  bool abbreviated;
  bool scientific;
  int left, right; /* characters before and after the point; whole numbers have left alone */
  int exponent;    /* digits of the exponent */
  int column;
  int waiting; /* spaces that the next text on the line brings out */
} printer;

/* ---- Which elements are shown ---- */

typedef void (*visit_fn)(printer *p, double value);

static bool is_shown(const printer *p, int64_t i, int64_t n) {
  return !p->abbreviated || i < EDGE || i >= n - EDGE;
}

/* Skips from the last of the first elements to the first of the last ones. */
static int64_t after(const printer *p, int64_t i, int64_t n) {
  return is_shown(p, i + 1, n) || i + 1 >= n ? i + 1 : n - EDGE;
}

/* `first` counts positions in the dimensions before dim; past the last it is the element's number. */
static void visit(printer *p, int dim, int64_t first, visit_fn fn) {
  const ae_shape *s = &p->t->shape;
  if (dim == s->ndim) {
    fn(p, ae_tensor_get(p->t, first));
    return;
  }
  for (int64_t i = 0; i < s->dims[dim]; i = after(p, i, s->dims[dim])) visit(p, dim + 1, first * s->dims[dim] + i, fn);
}

/* ---- Numbers ---- */

static bool reads_back(const char *text, double value) {
#ifdef AELUA_REAL_DOUBLE
  return strtod(text, NULL) == value;
#else
  return strtof(text, NULL) == (float)value;
#endif
}

/* printf writes the locale's point, of any length; this writes '.'. */
static void point(char *text) {
  const char *local = localeconv()->decimal_point;
  char *at = strstr(text, local);
  if (!at || strcmp(local, ".") == 0) return;
  *at = '.';
  memmove(at + 1, at + strlen(local), strlen(at + strlen(local)) + 1);
}

/* The fewest significant digits, at most DECIMALS + 1, that read back as value: "d.ddde-xx". */
static void shortest(double value, char *text) {
  int precision = 0;
  do snprintf(text, NUMBER_TEXT, "%.*e", precision, value);
  while (precision++ < DECIMALS && !reads_back(text, value));
  point(text);
}

/* Decimals that value needs in positional notation. */
static int count_decimals(double value) {
  char text[NUMBER_TEXT];
  for (int decimals = 0; decimals < DECIMALS; decimals++) {
    snprintf(text, sizeof text, "%.*f", decimals, value);
    if (reads_back(text, value)) return decimals;
  }
  snprintf(text, sizeof text, "%.*f", DECIMALS, value);
  int decimals = DECIMALS;
  for (size_t end = strlen(text); decimals > 0 && text[end - 1] == '0'; end--) decimals--;
  return decimals;
}

static int larger(int a, int b) {
  return a > b ? a : b;
}

static void measure_whole(printer *p, double value) {
  char text[NUMBER_TEXT];
  p->left = larger(p->left, snprintf(text, sizeof text, "%.0f", value));
}

static void measure_scientific(printer *p, double value) {
  char text[NUMBER_TEXT];
  if (!isfinite(value)) return;
  shortest(value, text);
  const char *e = strchr(text, 'e'), *dot = strchr(text, '.');
  p->left = larger(p->left, (int)((dot ? dot : e) - text));
  p->right = larger(p->right, dot ? (int)(e - dot) - 1 : 0);
  p->exponent = larger(p->exponent, (int)strlen(e) - 2);
}

static void measure_positional(printer *p, double value) {
  char text[NUMBER_TEXT];
  if (!isfinite(value)) return;
  int decimals = count_decimals(value);
  int length = snprintf(text, sizeof text, "%.*f", decimals, value);
  p->left = larger(p->left, decimals ? length - decimals - (int)strlen(localeconv()->decimal_point) : length);
  p->right = larger(p->right, decimals);
}

static const char *special(double value) {
  return isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

static int width(const printer *p) {
  if (p->t->type != AE_REAL) return p->left;
  return p->left + 1 + p->right + (p->scientific ? p->exponent + 2 : 0);
}

/* Words that are no numbers make room on the left. */
static void measure_special(printer *p, double value) {
  if (isfinite(value)) return;
  int missing = (int)strlen(special(value)) - width(p);
  if (missing > 0) p->left += missing;
}

typedef struct extremes {
  double smallest, largest;
} extremes;

/* The smallest and the largest absolute value that is not 0. */
static void find_extremes(const printer *p, int dim, int64_t first, extremes *e) {
  const ae_shape *s = &p->t->shape;
  if (dim < s->ndim) {
    for (int64_t i = 0; i < s->dims[dim]; i = after(p, i, s->dims[dim]))
      find_extremes(p, dim + 1, first * s->dims[dim] + i, e);
    return;
  }
  double value = fabs(ae_tensor_get(p->t, first));
  if (value == 0 || !isfinite(value)) return;
  e->smallest = e->smallest == 0 || value < e->smallest ? value : e->smallest;
  e->largest = value > e->largest ? value : e->largest;
}

static void measure(printer *p) {
  if (p->t->type != AE_REAL) {
    visit(p, 0, 0, measure_whole);
    return;
  }
  extremes e = {0};
  find_extremes(p, 0, 0, &e);
  p->scientific =
      e.largest >= SCIENTIFIC_FROM || (e.smallest > 0 && (e.smallest < 1e-4 || e.largest / e.smallest > 1000));
  visit(p, 0, 0, p->scientific ? measure_scientific : measure_positional);
  visit(p, 0, 0, measure_special);
}

static void format_scientific(const printer *p, double value, char *text, size_t room) {
  char number[NUMBER_TEXT];
  snprintf(number, sizeof number, "%#.*e", p->right, value);
  point(number);
  const char *e = strchr(number, 'e');
  int left = (int)(strchr(number, '.') - number);
  snprintf(text, room, "%*s%.*s%.2s%0*d", p->left - left, "", (int)(e - number), number, e, p->exponent,
           abs(atoi(e + 1)));
}

static void format_positional(const printer *p, double value, char *text, size_t room) {
  char number[NUMBER_TEXT];
  int decimals = count_decimals(value);
  snprintf(number, sizeof number, "%#.*f", decimals, value);
  point(number);
  int left = (int)(strchr(number, '.') - number);
  snprintf(text, room, "%*s%s%*s", p->left - left, "", number, p->right - decimals, "");
}

/* One number, padded to the width of all. */
static void format_number(const printer *p, double value, char *text, size_t room) {
  if (p->t->type != AE_REAL)
    snprintf(text, room, "%*.0f", p->left, value);
  else if (!isfinite(value))
    snprintf(text, room, "%*s", width(p), special(value));
  else if (p->scientific)
    format_scientific(p, value, text, room);
  else
    format_positional(p, value, text, room);
}

/* ---- Layout ---- */

/* Spaces at the end of a text wait: a line ends without them. */
static void put(printer *p, const char *text) {
  size_t length = strlen(text), bare = length;
  while (bare > 0 && text[bare - 1] == ' ') bare--;
  for (; bare > 0 && p->waiting > 0; p->waiting--) luaL_addchar(&p->text, ' ');
  luaL_addlstring(&p->text, text, bare);
  p->waiting += (int)(length - bare);
  p->column += (int)length;
}

static void new_line(printer *p, int indent) {
  p->waiting = 0;
  luaL_addchar(&p->text, '\n');
  for (int i = 0; i < indent; i++) luaL_addchar(&p->text, ' ');
  p->column = indent;
}

static void put_word(printer *p, const char *word, bool first, int indent) {
  int needs = (int)strlen(word) + !first;
  if (!first && p->column + needs >= COLUMNS)
    new_line(p, indent);
  else if (!first)
    put(p, " ");
  put(p, word);
}

static void put_elements(printer *p, int dim, int64_t first) {
  int64_t n = p->t->shape.dims[dim];
  char text[2 * NUMBER_TEXT];
  for (int64_t i = 0, next; i < n; i = next) {
    format_number(p, ae_tensor_get(p->t, first * n + i), text, sizeof text);
    put_word(p, text, i == 0, dim + 1);
    next = after(p, i, n);
    if (next > i + 1) put_word(p, "...", false, dim + 1);
  }
}

static void put_dimension(printer *p, int dim, int64_t first) {
  int ndim = p->t->shape.ndim;
  int64_t n = p->t->shape.dims[dim];
  put(p, "[");
  if (dim == ndim - 1) {
    put_elements(p, dim, first);
    put(p, "]");
    return;
  }
  for (int64_t i = 0, next; i < n; i = next) {
    put_dimension(p, dim + 1, first * n + i);
    next = after(p, i, n);
    bool gap = next > i + 1;
    for (int times = gap ? 2 : 1; next < n && times > 0; times--) {
      for (int blank = dim + 2; blank < ndim; blank++) luaL_addchar(&p->text, '\n');
      new_line(p, dim + 1);
      if (gap && times == 2) put(p, "...");
    }
  }
  put(p, "]");
}

int ae_tensor_print(lua_State *L) {
  ae_lua *lua = ae_bind_lua(L);
  ae_box *box = ae_bind_test(L, lua, 1);
  if (box && !box->tensor) {
    lua_pushstring(L, box->released ? "tensor (released by its scope)" : "tensor (freed)");
    return 1;
  }
  ae_tensor *t = ae_bind_check(L, lua, 1, "tostring", NULL);
  ae_box *held = ae_bind_keep(L, lua, t);
  printer p = {.t = t, .abbreviated = t->count > THRESHOLD};
  char number[2 * NUMBER_TEXT], shape[AE_SHAPE_TEXT];
  luaL_buffinit(L, &p.text);
  if (t->count > 0) measure(&p);
  if (t->count == 0) {
    put(&p, "[]");
  } else if (t->shape.ndim == 0) {
    format_number(&p, ae_tensor_get(t, 0), number, sizeof number);
    put(&p, number);
  } else {
    put_dimension(&p, 0, 0);
  }
  put(&p, " ");
  put(&p, ae_type_name(t->type));
  put(&p, " ");
  put(&p, ae_shape_text(&t->shape, shape));
  luaL_pushresult(&p.text);
  ae_bind_drop(lua, held);
  return 1;
}
