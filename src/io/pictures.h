/*
** pictures: the files of a list as rows u8 [H, W, C] of one form, each read when
** it is asked for, or kept once it has been read. A thread of its own may read
** (ahead.h); then no other does at the same time.
** What the file holds becomes the form so:
**   channels   as picture.h says; 16 bits are rounded to 8
**   size       as fit.h says; where it is to be the same and is not, reading fails
** Not here: which files (tree.h), labels, when (ahead.h).
*/
#ifndef AE_IO_PICTURES_H
#define AE_IO_PICTURES_H

#include "core/tensor.h"
#include "io/fit.h"
#include "io/picture.h"

typedef struct ae_pictures ae_pictures;

/* `names` are paths from `folder` on; they are copied, and so is `who`, with
** which messages begin. Errors: AE_NO_MEMORY. */
ae_status ae_pictures_open(ae_allocator *a, const char *who, const char *folder, const char *const *names, size_t n,
                           ae_pictures **out, ae_error *err);
void ae_pictures_retain(ae_pictures *p);
void ae_pictures_release(ae_pictures *p);

/* What the header of file i says; the first bytes of the file are read. Errors:
** those of ae_picture_head, AE_IO; all name the file. */
ae_status ae_pictures_head(const ae_pictures *p, size_t i, ae_picture *out, ae_error *err);

/* The form of every row, once, before any is read. Errors: AE_INVALID. */
ae_status ae_pictures_set_form(ae_pictures *p, ae_form form, ae_error *err);
size_t ae_pictures_row_bytes(const ae_pictures *p);

/* From now on rows are kept as they are read, in `rows` [N, H, W, C], which p retains. Errors: AE_SHAPE, AE_NO_MEMORY.
 */
ae_status ae_pictures_keep(ae_pictures *p, ae_tensor *rows, ae_error *err);
/* Whether row i is there without reading. */
bool ae_pictures_has(const ae_pictures *p, size_t i);
/* Row i into `to`, or, where rows are kept, into its place there unless it is
** there already (`to` is then not looked at). Errors: AE_IO, AE_FORMAT,
** AE_UNSUPPORTED, AE_SHAPE (another size than the form), AE_NO_MEMORY; all name
** the file. */
ae_status ae_pictures_read(ae_pictures *p, size_t i, uint8_t *to, ae_error *err);
/* Files decoded so far, the same one as often as it was. */
uint64_t ae_pictures_count(const ae_pictures *p);

#endif
