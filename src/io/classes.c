/*
** classes: a sorted list of the different labels of a column.
*/
#include "io/classes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/status.h"
#include "io/heap.h"

enum { SHORT = 64 };

/* A field made comparable; its name is in `small` where it fits there. */
typedef struct probe {
  ae_class class;
  char small[SHORT];
} probe;

static ae_status probe_open(const ae_classes *c, const ae_reader *r, const ae_field *f, probe *p, ae_error *err) {
  p->class.name = f->length < SHORT ? p->small : ae_heap_allocate(c->allocator, f->length + 1);
  if (!p->class.name) return ae_reader_fail(r, err, AE_NO_MEMORY, "no memory for a label of %zu bytes", f->length);
  ae_field_copy(f, p->class.name);
  size_t length = strlen(p->class.name);
  p->class.numeric = ae_number_parse(c->numbers, p->class.name, length, &p->class.value) && isfinite(p->class.value);
  /* A whole number has one name however the file spells it. */
  double whole = p->class.numeric ? p->class.value : 0.5;
  if (floor(whole) == whole && fabs(whole) < 1e15) {
    if (p->class.name != p->small) ae_heap_free(p->class.name);
    p->class.name = p->small;
    snprintf(p->small, SHORT, "%lld", (long long)whole);
  }
  return AE_OK;
}

static void probe_close(probe *p) {
  if (p->class.name != p->small) ae_heap_free(p->class.name);
}

static int compare(const ae_class *a, const ae_class *b) {
  if (a->numeric != b->numeric) return a->numeric ? -1 : 1;
  if (!a->numeric) return strcmp(a->name, b->name);
  return (a->value > b->value) - (a->value < b->value);
}

/* The first class that is not below `wanted`. */
static size_t place_of(const ae_classes *c, const ae_class *wanted, bool *there) {
  size_t low = 0, high = c->n;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (compare(&c->at[middle], wanted) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  *there = low < c->n && compare(&c->at[low], wanted) == 0;
  return low;
}

static bool insert(ae_classes *c, size_t place, const ae_class *class) {
  if (c->n == c->capacity) {
    size_t larger = c->capacity ? 2 * c->capacity : 32;
    ae_class *moved = ae_heap_reallocate(c->allocator, c->at, larger * sizeof *moved);
    if (!moved) return false;
    c->at = moved;
    c->capacity = larger;
  }
  size_t bytes = strlen(class->name) + 1;
  char *name = ae_heap_allocate(c->allocator, bytes);
  if (!name) return false;
  memcpy(name, class->name, bytes);
  memmove(&c->at[place + 1], &c->at[place], (c->n - place) * sizeof *c->at);
  c->at[place] = (ae_class){name, class->numeric, class->value};
  c->n++;
  return true;
}

ae_status ae_classes_add(ae_classes *c, const ae_reader *r, const ae_field *f, size_t most, ae_error *err) {
  probe p;
  AE_TRY(probe_open(c, r, f, &p, err));
  bool there;
  size_t place = place_of(c, &p.class, &there);
  ae_status status = AE_OK;
  if (!there && c->n == most)
    status = ae_reader_fail(r, err, AE_FORMAT,
                            "the label column has more than %zu different values: it does not look like classes", most);
  else if (!there && !insert(c, place, &p.class))
    status = ae_reader_fail(r, err, AE_NO_MEMORY, "no memory for the classes");
  probe_close(&p);
  return status;
}

ae_status ae_classes_find(const ae_classes *c, const ae_reader *r, const ae_field *f, size_t *place, ae_error *err) {
  probe p;
  bool there;
  AE_TRY(probe_open(c, r, f, &p, err));
  *place = place_of(c, &p.class, &there);
  probe_close(&p);
  return AE_OK;
}

void ae_classes_free(ae_classes *c) {
  for (size_t i = 0; i < c->n; i++) ae_heap_free(c->at[i].name);
  ae_heap_free(c->at);
  c->at = NULL;
  c->n = c->capacity = 0;
}
