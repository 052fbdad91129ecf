/*
** tree: folders are put into a list and read one after the other, so that neither
** the stack nor the number of open files grows with their depth.
*/
#define _DEFAULT_SOURCE
#include "io/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "core/status.h"
#include "io/heap.h"

typedef struct folder {
  size_t name; /* in text: from the root on, "" for itself */
  size_t parent;
  dev_t device;
  ino_t node;
} folder;

typedef struct walk {
  ae_allocator *allocator;
  const char *who, *root;
  char *text; /* names, each with its '\0' */
  size_t used, text_room;
  folder *folders;
  size_t n_folders, folder_room;
  size_t *files; /* where their names are in text */
  size_t n_files, file_room;
} walk;

static ae_status no_memory(const walk *w, ae_error *err) {
  return ae_fail(err, AE_NO_MEMORY, "%s: %s: no memory for the names in the folder", w->who, w->root);
}

/* Room for `wanted` elements of `size` bytes in *block. */
static bool make_room(const walk *w, void **block, size_t *room, size_t wanted, size_t size) {
  if (wanted <= *room) return true;
  size_t larger = 2 * *room > wanted ? 2 * *room : wanted + 64;
  void *moved = ae_heap_reallocate(w->allocator, *block, larger * size);
  if (!moved) return false;
  *block = moved;
  *room = larger;
  return true;
}

/* Puts "folder/name" into the text. */
static bool add_name(walk *w, size_t in, const char *name, size_t *place) {
  size_t before = strlen(w->text + in), length = strlen(name);
  if (!make_room(w, (void **)&w->text, &w->text_room, w->used + before + length + 2, 1)) return false;
  char *to = w->text + w->used;
  memcpy(to, w->text + in, before);
  if (before > 0) to[before++] = '/';
  memcpy(to + before, name, length + 1);
  *place = w->used;
  w->used += before + length + 1;
  return true;
}

static bool is_picture(const char *name) {
  const char *ending = strrchr(name, '.');
  return ending &&
         (strcasecmp(ending, ".png") == 0 || strcasecmp(ending, ".jpg") == 0 || strcasecmp(ending, ".jpeg") == 0);
}

/* What cannot be looked at is no folder; reading it will say why. */
static bool is_folder(DIR *in, const struct dirent *entry) {
  if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN) return entry->d_type == DT_DIR;
  struct stat info;
  return fstatat(dirfd(in), entry->d_name, &info, 0) == 0 && S_ISDIR(info.st_mode);
}

static ae_status add_entry(walk *w, size_t in, DIR *opened, const struct dirent *entry, ae_error *err) {
  if (entry->d_name[0] == '.') return AE_OK;
  size_t place;
  if (is_folder(opened, entry)) {
    if (w->n_folders == AE_TREE_FOLDERS)
      return ae_fail(err, AE_UNSUPPORTED, "%s: %s holds more than %d folders, or links that lead in circles", w->who,
                     w->root, AE_TREE_FOLDERS);
    if (!make_room(w, (void **)&w->folders, &w->folder_room, w->n_folders + 1, sizeof *w->folders) ||
        !add_name(w, w->folders[in].name, entry->d_name, &place))
      return no_memory(w, err);
    w->folders[w->n_folders++] = (folder){.name = place, .parent = in};
  } else if (is_picture(entry->d_name)) {
    if (!make_room(w, (void **)&w->files, &w->file_room, w->n_files + 1, sizeof *w->files) ||
        !add_name(w, w->folders[in].name, entry->d_name, &place))
      return no_memory(w, err);
    w->files[w->n_files++] = place;
  }
  return AE_OK;
}

/* Whether folder i is one of those that it lies in. */
static bool is_circle(const walk *w, size_t i) {
  const folder *f = &w->folders[i], *outer = f;
  while (outer->name != 0) {
    outer = &w->folders[outer->parent];
    if (outer->device == f->device && outer->node == f->node) return true;
  }
  return false;
}

static ae_status read_entries(walk *w, size_t i, DIR *opened, const char *path, ae_error *err) {
  struct stat info;
  if (fstat(dirfd(opened), &info) != 0) return ae_fail(err, AE_IO, "%s: %s: %s", w->who, path, strerror(errno));
  w->folders[i].device = info.st_dev;
  w->folders[i].node = info.st_ino;
  if (is_circle(w, i)) return AE_OK;
  for (;;) {
    errno = 0;
    const struct dirent *entry = readdir(opened);
    if (!entry && errno != 0) return ae_fail(err, AE_IO, "%s: %s: %s", w->who, path, strerror(errno));
    if (!entry) return AE_OK;
    AE_TRY(add_entry(w, i, opened, entry, err));
  }
}

static ae_status read_folder(walk *w, size_t i, ae_error *err) {
  const char *name = w->text + w->folders[i].name;
  size_t root = strlen(w->root), length = strlen(name);
  char *path = ae_heap_allocate(w->allocator, root + length + 2);
  if (!path) return no_memory(w, err);
  memcpy(path, w->root, root);
  path[root] = '/';
  memcpy(path + root + 1, name, length + 1);
  if (length == 0) path[root] = '\0';
  DIR *opened = opendir(path);
  ae_status status =
      opened ? read_entries(w, i, opened, path, err) : ae_fail(err, AE_IO, "%s: %s: %s", w->who, path, strerror(errno));
  if (opened) closedir(opened);
  ae_heap_free(path);
  return status;
}

static ae_status read_all(walk *w, ae_error *err) {
  if (!make_room(w, (void **)&w->text, &w->text_room, 1, 1) ||
      !make_room(w, (void **)&w->folders, &w->folder_room, 1, sizeof *w->folders))
    return no_memory(w, err);
  w->text[w->used++] = '\0';
  w->folders[w->n_folders++] = (folder){.name = 0};
  for (size_t i = 0; i < w->n_folders; i++) AE_TRY(read_folder(w, i, err));
  return AE_OK;
}

static int compare(const void *a, const void *b) {
  const unsigned char *x = *(const unsigned char *const *)a, *y = *(const unsigned char *const *)b;
  while (*x && *x == *y) x++, y++;
  int p = *x == '/' ? 1 : *x, q = *y == '/' ? 1 : *y;
  return p - q;
}

static ae_status finish(walk *w, ae_tree *out, ae_error *err) {
  const char **at = ae_heap_allocate(w->allocator, (w->n_files + 1) * sizeof *at);
  if (!at) return no_memory(w, err);
  for (size_t i = 0; i < w->n_files; i++) at[i] = w->text + w->files[i];
  if (w->n_files > 1) qsort(at, w->n_files, sizeof *at, compare);
  *out = (ae_tree){at, w->n_files, w->text};
  w->text = NULL;
  return AE_OK;
}

ae_status ae_tree_list(ae_allocator *a, const char *who, const char *path, ae_tree *out, ae_error *err) {
  walk w = {.allocator = a, .who = who, .root = path};
  ae_status status = read_all(&w, err);
  if (status == AE_OK) status = finish(&w, out, err);
  ae_heap_free(w.text);
  ae_heap_free(w.folders);
  ae_heap_free(w.files);
  return status;
}

void ae_tree_free(ae_tree *t) {
  ae_heap_free(t->at);
  ae_heap_free(t->text);
  *t = (ae_tree){NULL, 0, NULL};
}
