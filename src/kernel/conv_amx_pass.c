/*
** conv_amx_pass: the phases of a pass and its packed weights (conv_amx_pass.h).
** Neighbouring taps of a kernel row are one run of channels where the image has
** them side by side, and channels do not fill steps by themselves.
*/
#include "kernel/conv_amx_pass.h"

#ifdef AELUA_AMX

#include <string.h>

/* ---- Phases ---- */

/* What the phases' taps read, of one dimension. */
static ae_amx_axis read_axis(const ae_amx_pass *p, ae_direct_axis_fn axis_of, int64_t phases, int64_t size) {
  const ae_direct_axis first = axis_of(p->conv, p->back, 0);
  ae_amx_axis axis = ae_amx_axis_of(size, first.in_step, first.count);
  for (int64_t i = 0; i < phases; i++) {
    const ae_direct_axis a = axis_of(p->conv, p->back, i);
    for (int64_t j = 0; j < a.taps; j++) ae_amx_axis_take(&axis, a.offset + j * a.offset_step);
  }
  if (axis.images == 0) ae_amx_axis_take(&axis, 0);
  return axis;
}

/* The pieces of a phase, at most one for each tap; the steps that they take. */
static void lay_phase(ae_amx_pass *p, ae_amx_phase *f, ae_amx_piece *pieces) {
  const int64_t together = p->joined && f->v.taps > 0 ? f->v.taps : 1;
  f->pieces = pieces;
  for (int64_t j = 0; j < f->h.taps; j++)
    for (int64_t k = 0; k < f->v.taps; k += together) {
      const ae_amx_tap h = ae_amx_axis_take(&p->images.h, f->h.offset + j * f->h.offset_step);
      const ae_amx_tap v = ae_amx_axis_take(&p->images.v, f->v.offset + k * f->v.offset_step);
      const int64_t run = together * p->images.channels;
      pieces[f->n_pieces++] = (ae_amx_piece){.offset = ae_amx_offset(&p->images, h, v),
                                             .run = run,
                                             .r = f->h.tap + j * f->h.tap_step,
                                             .s = f->v.tap + k * f->v.tap_step};
      f->steps += ae_amx_ceiling(run, AE_AMX_DEPTH);
    }
}

void ae_amx_lay_phases(ae_amx_pass *p, ae_amx_piece *pieces) {
  for (int64_t i = 0; i < p->n_phases; i++) {
    ae_amx_phase *f = &p->phases[i];
    *f = (ae_amx_phase){.h = ae_direct_axis_h(p->conv, p->back, i / p->phases_v),
                        .v = ae_direct_axis_w(p->conv, p->back, i % p->phases_v),
                        .first = p->steps * p->blocks};
    lay_phase(p, f, pieces);
    pieces += f->n_pieces;
    p->steps += f->steps;
  }
}

void ae_amx_lay_pass(ae_amx_pass *p, const float *source) {
  const ae_conv *c = p->conv;
  const bool back = p->back;
  ae_amx_images *x = &p->images;
  p->rows = back ? c->h : c->p, p->columns = back ? c->w : c->q, p->channels = back ? c->c : c->k;
  p->blocks = ae_amx_ceiling(p->channels, AE_AMX_WIDE);
  p->phases_v = back ? ae_direct_phase_count(c->stride_w, c->w) : 1;
  p->n_phases = (back ? ae_direct_phase_count(c->stride_h, c->h) : 1) * p->phases_v;
  *x = (ae_amx_images){.data = source, .n = c->n, .channels = back ? c->k : c->c};
  x->h = read_axis(p, ae_direct_axis_h, p->n_phases / p->phases_v, back ? c->p : c->h);
  x->v = read_axis(p, ae_direct_axis_w, p->phases_v, back ? c->q : c->w);
  x->pitch = x->v.count + x->v.high - x->v.low;
  p->joined = x->channels % AE_AMX_DEPTH != 0 && x->v.step == 1 && c->s > 1 && c->dilation_w == 1;
}

/* ---- Weights ---- */

/* Rows of w that a piece reads for targets [column, column + columns): [run, columns], or transposed backwards. */
static bool pack_piece(const ae_amx_pass *p, const ae_amx_phase *f, const ae_amx_piece *a, const real *w,
                       int64_t column, int64_t columns, float *room, ae_amx_step *to) {
  const ae_conv *c = p->conv;
  const real *tap = w + (a->r * c->s + a->s) * c->c * c->k;
  if (!p->back) return ae_amx_pack_b((ae_matrix){tap + column, c->k, false}, a->run, columns, to);
  if (a->run == c->k) return ae_amx_pack_b((ae_matrix){tap + column * c->k, c->k, true}, a->run, columns, to);
  for (int64_t j = 0; j < f->v.taps; j++, tap += f->v.tap_step * c->c * c->k)
    for (int64_t i = 0; i < columns; i++)
      memcpy(room + i * a->run + j * c->k, tap + (column + i) * c->k, (size_t)c->k * sizeof *room);
  return ae_amx_pack_b((ae_matrix){room, a->run, true}, a->run, columns, to);
}

typedef struct packing {
  ae_context *ctx;
  const ae_amx_pass *p;
  const real *w;
  ae_amx_step *to;
  float *room; /* [blocks, WIDE, the longest run], where taps that lie apart are joined; else NULL */
  atomic_bool odd;
} packing;

/* Behind the packed weights: whether some are no sums of parts. */
static bool *flag_of(const ae_amx_pass *p, void *packed) {
  return (bool *)((ae_amx_step *)packed + p->blocks * p->steps);
}

/* Elements of a block's room: none where weights are packed from where they lie. */
static int64_t room_of(const ae_amx_pass *p) {
  return p->back && p->joined ? AE_AMX_WIDE * p->conv->s * p->images.channels : 0;
}

/* Blocks [begin, end) of the target's channels. */
static void pack_blocks(void *arg, int64_t begin, int64_t end) {
  packing *pack = arg;
  const ae_amx_pass *p = pack->p;
  for (int64_t block = begin; block < end; block++) {
    const int64_t column = block * AE_AMX_WIDE, columns = ae_amx_least(p->channels - column, AE_AMX_WIDE);
    float *room = pack->room ? pack->room + block * room_of(p) : NULL;
    for (int64_t i = 0; i < p->n_phases; i++) {
      const ae_amx_phase *f = &p->phases[i];
      ae_amx_step *to = pack->to + f->first + block * f->steps;
      for (int64_t j = 0; j < f->n_pieces; j++) {
        if (!pack_piece(p, f, &f->pieces[j], pack->w, column, columns, room, to))
          atomic_store_explicit(&pack->odd, true, memory_order_relaxed);
        to += ae_amx_ceiling(f->pieces[j].run, AE_AMX_DEPTH);
      }
    }
  }
}

static bool pack_all(void *arg, const real *w, void *to) {
  packing *pack = arg;
  const ae_amx_pass *p = pack->p;
  const size_t bytes = (size_t)(p->blocks * room_of(p)) * sizeof *pack->room;
  void *room = NULL;
  if (bytes > 0 && ae_allocate(pack->ctx->allocator, bytes, &room, NULL) != AE_OK) return false;
  pack->room = room, pack->w = w, pack->to = to;
  ae_parallel(pack->ctx, p->blocks, AE_GRAIN_CHEAP / (p->steps * AE_AMX_TILE + 1) + 1, pack_blocks, pack);
  ae_free(pack->ctx->allocator, room, bytes);
  *flag_of(p, to) = pack->odd;
  return true;
}

ae_status ae_amx_pack_weights(ae_context *ctx, const ae_amx_pass *p, ae_conv_weights w, ae_kept **out, bool *odd,
                              ae_error *err) {
  const int64_t bytes = p->blocks * p->steps * (int64_t)sizeof(ae_amx_step) + 1;
  ae_conv_form form = ae_conv_form_of(p->conv, AE_CONV_AMX, p->back, bytes);
  form.conv.groups = p->joined; /* there is always one */
  packing pack = {.ctx = ctx, .p = p};
  AE_TRY(ae_conv_packed(ctx, w, form, pack_all, &pack, out, err));
  *odd = *flag_of(p, (*out)->data);
  return AE_OK;
}

#endif
