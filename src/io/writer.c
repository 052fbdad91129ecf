/*
** writer: temporary file, fsync, rename, fsync of the folder.
*/
#include "io/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/status.h"
#include "io/heap.h"

enum { NAME_TRIES = 1000 };

struct ae_writer {
  ae_context *ctx;
  const char *who;
  char *target;    /* links resolved */
  char *temporary; /* "" where none exists */
  int fd;
};

static ae_status fail(const ae_writer *w, const char *what, ae_error *err) {
  return ae_fail(err, AE_IO, "%s: %s: %s: %s", w->who, w->target, what, strerror(errno));
}

static void close_all(ae_writer *w) {
  if (w->fd >= 0) close(w->fd);
  if (w->temporary && w->temporary[0]) unlink(w->temporary);
  ae_heap_free(w->temporary);
  ae_heap_free(w->target);
  ae_free(w->ctx->allocator, w, sizeof *w);
}

static ae_status copy_text(ae_writer *w, const char *text, size_t room, char **out, ae_error *err) {
  size_t length = strlen(text);
  char *copy = ae_heap_allocate(w->ctx->allocator, length + room + 1);
  if (!copy) return ae_fail(err, AE_NO_MEMORY, "%s: no memory for a path", w->who);
  memcpy(copy, text, length + 1);
  *out = copy;
  return AE_OK;
}

/* The file that is to be there in the end, and its permissions where it exists. */
static ae_status find_target(ae_writer *w, const char *path, mode_t *mode, ae_error *err) {
  char *resolved = realpath(path, NULL);
  ae_status status = copy_text(w, resolved ? resolved : path, 0, &w->target, err);
  free(resolved);
  if (status != AE_OK) return status;
  struct stat info;
  *mode = 0;
  if (path[0] == '\0') return ae_fail(err, AE_IO, "%s: the path is empty", w->who);
  if (stat(w->target, &info) != 0) {
    if (errno == ENOENT) return AE_OK;
    return fail(w, "cannot be looked at", err);
  }
  if (S_ISDIR(info.st_mode)) return ae_fail(err, AE_IO, "%s: %s: wanted a file, this is a folder", w->who, w->target);
  if (!S_ISREG(info.st_mode)) return ae_fail(err, AE_IO, "%s: %s: wanted a regular file", w->who, w->target);
  *mode = info.st_mode & 07777;
  return AE_OK;
}

/* -1: it cannot be opened, errno says why. */
static int open_folder(ae_writer *w) {
  char *slash = strrchr(w->target, '/');
  const char kept = slash ? slash[1] : '\0';
  if (slash) slash[1] = '\0';
  const int fd = open(slash ? w->target : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (slash) slash[1] = kept;
  return fd;
}

/* Keeps errno. */
static bool has_folder(ae_writer *w) {
  const int reason = errno, fd = open_folder(w);
  const bool there = fd >= 0 || errno != ENOENT;
  if (fd >= 0) close(fd);
  errno = reason;
  return there;
}

/* mkstemp would give 0600 whatever the umask says. */
static ae_status open_temporary(ae_writer *w, ae_error *err) {
  enum { SUFFIX = 48 };
  char *name = NULL;
  AE_TRY(copy_text(w, w->target, SUFFIX, &name, err));
  w->temporary = name;
  size_t length = strlen(name);
  for (int i = 0; i < NAME_TRIES; i++) {
    snprintf(name + length, SUFFIX, ".%ld-%d.tmp", (long)getpid(), i);
    w->fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (w->fd >= 0) return AE_OK;
    if (errno != EEXIST && errno != EINTR) break;
  }
  name[0] = '\0';
  if (errno == ENOENT && !has_folder(w))
    return ae_fail(err, AE_IO, "%s: %s: its folder does not exist", w->who, w->target);
  return fail(w, "cannot be written", err);
}

ae_status ae_writer_open(ae_context *ctx, const char *who, const char *path, ae_writer **out, ae_error *err) {
  void *block;
  AE_TRY(ae_allocate(ctx->allocator, sizeof **out, &block, err));
  ae_writer *w = block;
  *w = (ae_writer){.ctx = ctx, .who = who, .fd = -1};
  mode_t mode;
  ae_status status = find_target(w, path, &mode, err);
  if (status == AE_OK) status = open_temporary(w, err);
  if (status == AE_OK && mode != 0 && fchmod(w->fd, mode) != 0) status = fail(w, "permissions cannot be kept", err);
  if (status != AE_OK) {
    close_all(w);
    return status;
  }
  *out = w;
  return AE_OK;
}

ae_status ae_writer_put(ae_writer *w, const void *bytes, size_t size, ae_error *err) {
  const char *at = bytes;
  while (size > 0) {
    ssize_t n = write(w->fd, at, size < (1u << 30) ? size : (1u << 30));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(w, "cannot be written", err);
    at += n;
    size -= (size_t)n;
  }
  return AE_OK;
}

/* So that the rename itself outlives a crash. Some file systems cannot. */
static ae_status sync_folder(ae_writer *w, ae_error *err) {
  const int fd = open_folder(w);
  if (fd < 0) return errno == EACCES ? AE_OK : fail(w, "its folder cannot be opened", err);
  ae_status status = AE_OK;
  if (fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP) status = fail(w, "its folder cannot be flushed", err);
  close(fd);
  return status;
}

static ae_status put_in_place(ae_writer *w, ae_error *err) {
  if (fsync(w->fd) != 0 && errno != EINVAL) return fail(w, "cannot be flushed to the disk", err);
  int fd = w->fd;
  w->fd = -1;
  if (close(fd) != 0 && errno != EINTR) return fail(w, "cannot be closed", err);
  if (rename(w->temporary, w->target) != 0) return fail(w, "cannot be put in place", err);
  w->temporary[0] = '\0';
  return sync_folder(w, err);
}

ae_status ae_writer_commit(ae_writer *w, ae_error *err) {
  ae_status status = put_in_place(w, err);
  close_all(w);
  return status;
}

void ae_writer_abandon(ae_writer *w) {
  if (w != NULL) close_all(w);
}

ae_status ae_write_file(ae_context *ctx, const char *who, const char *path, const void *bytes, size_t size,
                        ae_error *err) {
  ae_writer *w;
  AE_TRY(ae_writer_open(ctx, who, path, &w, err));
  ae_status status = ae_writer_put(w, bytes, size, err);
  if (status == AE_OK) return ae_writer_commit(w, err);
  ae_writer_abandon(w);
  return status;
}

ae_status ae_check_writable(ae_context *ctx, const char *who, const char *path, ae_error *err) {
  ae_writer *w;
  AE_TRY(ae_writer_open(ctx, who, path, &w, err));
  ae_writer_abandon(w);
  return AE_OK;
}
