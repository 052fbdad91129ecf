/*
** normal_log_prob: logarithms of densities of normal distributions, m the mean and
** v the logarithm of the variance, summed over the last `event` dimensions D
**   y = -1/2 sum_D ((x - m)^2 e^-v + v + log 2 pi)
**   dL/dx = -g (x - m) e^-v     dL/dm = g (x - m) e^-v
**   dL/dv = g ((x - m)^2 e^-v - 1) / 2, each summed over what broadcasting repeats
**   x, m, v [..., D], the leading dimensions broadcasting -> y [the leading ones]
** so that x [N, 1, D] with m, v [K, D] gives all pairs, [N, K], without an [N, K, D].
**
** Not here: the distribution (dist/normal.lua), mixtures (dist/mixture.lua).
*/
#include <math.h>
#include <string.h>

#include "core/op.h"
#include "core/parallel.h"
#include "kernel/lanes.h"
#include "kernel/vmath.h"

enum { X, MEAN, LOGVAR, INPUTS, LEAD = INPUTS, TRACKS };
enum { RATE }; /* saved: e^-v, of v's shape */

#define LOG_2PI 1.8378770664093454836

typedef struct attrs {
  int64_t event;
} attrs;

/* ---- Shapes ---- */

static ae_shape leading(const ae_shape *s, int event) {
  ae_shape lead = *s;
  for (lead.ndim = s->ndim - event; event > 0; event--) lead.dims[s->ndim - event] = 0;
  return lead;
}

static int64_t width_of(const ae_shape *s, int event) {
  int64_t width = 1;
  for (int d = s->ndim - event; d < s->ndim; d++) width *= s->dims[d];
  return width;
}

static ae_status normal_log_prob_shape(ae_call *call, ae_spec *out) {
  const attrs *a = call->attrs;
  const ae_shape *x = &call->in_spec[X].shape;
  char one[AE_SHAPE_TEXT], other[AE_SHAPE_TEXT];
  for (int i = 0; i < INPUTS; i++) {
    const ae_shape *s = &call->in_spec[i].shape;
    if (a->event < 0 || a->event > s->ndim)
      return ae_fail(call->err, AE_INVALID, "normal_log_prob: event wants 0 to %d dimensions of %s, got %lld", s->ndim,
                     call->op->params[i].name, (long long)a->event);
    for (int d = 1; d <= (int)a->event; d++)
      if (s->dims[s->ndim - d] != x->dims[x->ndim - d])
        return ae_fail(call->err, AE_SHAPE, "normal_log_prob: %s wants the last %lld dimensions of x, %s, got %s",
                       call->op->params[i].name, (long long)a->event, ae_shape_text(x, one), ae_shape_text(s, other));
  }
  const int event = (int)a->event;
  const ae_shape lx = leading(x, event), lm = leading(&call->in_spec[MEAN].shape, event),
                 lv = leading(&call->in_spec[LOGVAR].shape, event);
  ae_shape both;
  AE_TRY(ae_shape_broadcast("normal_log_prob", &lx, &lm, &both, call->err));
  out->type = AE_REAL;
  return ae_shape_broadcast("normal_log_prob", &both, &lv, &out->shape, call->err);
}

/* ---- Walks over rows ---- */

/* Some of the leading dimensions, and how far a step in each is for the rows of every input and of y. */
typedef struct walk {
  int n;
  int64_t count, dims[AE_MAX_DIMS], steps[TRACKS][AE_MAX_DIMS];
} walk;

typedef struct place {
  int64_t at[AE_MAX_DIMS], row[TRACKS];
} place;

static void add_dim(walk *w, int64_t size, const int64_t steps[TRACKS]) {
  w->dims[w->n] = size;
  for (int t = 0; t < TRACKS; t++) w->steps[t][w->n] = steps[t];
  w->n++;
  w->count *= size;
}

/* The walks over the leading dimensions along which input `of` moves, and along which it repeats; LEAD moves along all.
 */
static void plan(const ae_call *call, int event, int of, walk *moves, walk *repeats) {
  const ae_shape *lead = &call->out_spec[0].shape;
  int64_t steps[AE_MAX_DIMS][TRACKS], next[TRACKS] = {1, 1, 1, 1};
  for (int d = lead->ndim - 1; d >= 0; d--) {
    for (int t = 0; t < INPUTS; t++) {
      const ae_shape *s = &call->in_spec[t].shape;
      const int own = d - (lead->ndim - (s->ndim - event));
      const int64_t size = own >= 0 ? s->dims[own] : 1;
      steps[d][t] = size == lead->dims[d] && size > 1 ? next[t] : 0;
      next[t] *= size;
    }
    steps[d][LEAD] = next[LEAD];
    next[LEAD] *= lead->dims[d];
  }
  *moves = *repeats = (walk){.count = 1};
  for (int d = 0; d < lead->ndim; d++)
    add_dim(of == LEAD || steps[d][of] > 0 ? moves : repeats, lead->dims[d], steps[d]);
}

static place start(const walk *w, int64_t index) {
  place p = {{0}, {0}};
  for (int d = w->n - 1; d >= 0; d--) {
    p.at[d] = index % w->dims[d];
    index /= w->dims[d];
    for (int t = 0; t < TRACKS; t++) p.row[t] += p.at[d] * w->steps[t][d];
  }
  return p;
}

AE_INLINE void advance(const walk *w, place *p) {
  for (int d = w->n - 1; d >= 0; d--) {
    for (int t = 0; t < TRACKS; t++) p->row[t] += w->steps[t][d];
    if (++p->at[d] < w->dims[d]) return;
    for (int t = 0; t < TRACKS; t++) p->row[t] -= w->dims[d] * w->steps[t][d];
    p->at[d] = 0;
  }
}

/* ---- Rows ---- */

AE_SIMD static void rates(int64_t n, const real *restrict v, real *restrict rate) {
  for (int64_t i = 0; i < n; i++) rate[i] = ae_exp(-v[i]);
}

AE_SIMD static double sum_of(int64_t n, const real *v) {
  return ae_lanes_sum(n, v);
}

AE_INLINE double long_distance(int64_t n, const real *x, const real *m, const real *rate) {
  AE_LANES_SUM(n, i, (x[i] - m[i]) * (x[i] - m[i]) * rate[i]);
}

/* Of few elements the lanes are added up in real, as a tree: one after the other they would cost more than the row. */
AE_INLINE double short_distance(int64_t n, const real *x, const real *m, const real *rate) {
  real lane[AE_LANES] = {0};
  int64_t at = 0;
  for (; at + AE_LANES <= n; at += AE_LANES)
    for (int l = 0; l < AE_LANES; l++) lane[l] += (x[at + l] - m[at + l]) * (x[at + l] - m[at + l]) * rate[at + l];
  for (int l = 0; at + l < n; l++) lane[l] += (x[at + l] - m[at + l]) * (x[at + l] - m[at + l]) * rate[at + l];
  for (int half = AE_LANES / 2; half > 0; half /= 2)
    for (int l = 0; l < half; l++) lane[l] += lane[l + half];
  return lane[0];
}

/* `rows` results from rows that are `step` apart; constant is of the rows of rate. */
AE_SIMD static void densities(int64_t rows, int64_t w, const int64_t step[INPUTS], const real *x, const real *m,
                              const real *rate, const double *constant, real *restrict y) {
  for (int64_t r = 0; r < rows; r++) {
    const double away = w <= AE_LANES_BLOCK ? short_distance(w, x, m, rate) : long_distance(w, x, m, rate);
    y[r] = (real)(-0.5 * (away + *constant));
    x += step[X] * w, m += step[MEAN] * w, rate += step[LOGVAR] * w, constant += step[LOGVAR];
  }
}

AE_SIMD static void add_slope(int64_t n, real g, const real *restrict x, const real *restrict m,
                              const real *restrict rate, real *restrict to) {
  for (int64_t i = 0; i < n; i++) to[i] += g * (x[i] - m[i]) * rate[i];
}

AE_SIMD static void add_logvar_slope(int64_t n, real g, const real *restrict x, const real *restrict m,
                                     const real *restrict rate, real *restrict to) {
  for (int64_t i = 0; i < n; i++) to[i] += (real)0.5 * g * ((x[i] - m[i]) * (x[i] - m[i]) * rate[i] - 1);
}

typedef struct job {
  int64_t width;
  walk moves, repeats;
  const real *x, *m, *v, *rate;
  real *rate_out;   /* forward */
  double *constant; /* forward: [rows of v] sum v + D log 2 pi */
  real *y;          /* forward */
  const real *g;    /* backward */
  int of;           /* the input whose gradient `to` is */
  real *to;
} job;

static void rate_range(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const int64_t w = j->width;
  rates((end - begin) * w, j->v + begin * w, j->rate_out + begin * w);
  for (int64_t r = begin; r < end; r++) j->constant[r] = sum_of(w, j->v + r * w) + (double)w * LOG_2PI;
}

/* Row after row along the last of the leading dimensions. */
static void forward_range(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const walk *all = &j->moves;
  const int last = all->n - 1;
  const int64_t w = j->width;
  int64_t step[INPUTS] = {0};
  for (int t = 0; t < INPUTS && last >= 0; t++) step[t] = all->steps[t][last];
  for (int64_t i = begin, run; i < end; i += run) {
    const place p = start(all, i);
    run = last >= 0 ? all->dims[last] - p.at[last] : 1;
    if (run > end - i) run = end - i;
    densities(run, w, step, j->x + p.row[X] * w, j->m + p.row[MEAN] * w, j->rate + p.row[LOGVAR] * w,
              j->constant + p.row[LOGVAR], j->y + i);
  }
}

static void backward_range(void *arg, int64_t begin, int64_t end) {
  const job *j = arg;
  const int64_t w = j->width;
  place own = start(&j->moves, begin);
  for (int64_t r = begin; r < end; r++, advance(&j->moves, &own)) {
    real *to = j->to + r * w;
    memset(to, 0, (size_t)w * sizeof *to);
    place other = {{0}, {0}};
    for (int64_t k = 0; k < j->repeats.count; k++, advance(&j->repeats, &other)) {
      const real g = j->g[own.row[LEAD] + other.row[LEAD]];
      const real *x = j->x + (own.row[X] + other.row[X]) * w, *m = j->m + (own.row[MEAN] + other.row[MEAN]) * w;
      const real *rate = j->rate + (own.row[LOGVAR] + other.row[LOGVAR]) * w;
      if (j->of == LOGVAR)
        add_logvar_slope(w, g, x, m, rate, to);
      else
        add_slope(w, j->of == X ? -g : g, x, m, rate, to);
    }
  }
}

static int64_t grain(int64_t elements) {
  return AE_GRAIN_COSTLY / (elements > 0 ? elements : 1) + 1;
}

static job job_of(const ae_call *call) {
  const int event = (int)((const attrs *)call->attrs)->event;
  return (job){.width = width_of(&call->in_spec[X].shape, event),
               .x = ae_reals(call->in[X]),
               .m = ae_reals(call->in[MEAN]),
               .v = ae_reals(call->in[LOGVAR]),
               .rate = call->saved[RATE] ? ae_reals(call->saved[RATE]) : NULL};
}

static ae_status normal_log_prob_forward(ae_call *call) {
  const attrs *a = call->attrs;
  const ae_shape *v = &call->in_spec[LOGVAR].shape;
  const ae_shape rows_of = leading(v, (int)a->event);
  const int64_t rows = ae_shape_count(&rows_of);
  const size_t bytes = (size_t)rows * sizeof(double);
  void *block;
  AE_TRY(ae_tensor_new(call->ctx, AE_REAL, v, &call->saved[RATE], call->err));
  AE_TRY(ae_allocate(call->ctx->allocator, bytes, &block, call->err));
  job j = job_of(call);
  j.rate_out = ae_reals(call->saved[RATE]);
  j.constant = block;
  j.y = ae_reals(call->out[0]);
  plan(call, (int)a->event, LEAD, &j.moves, &j.repeats);
  ae_parallel(call->ctx, rows, grain(j.width), rate_range, &j);
  ae_parallel(call->ctx, call->out[0]->count, grain(j.width), forward_range, &j);
  ae_free(call->ctx->allocator, block, bytes);
  return AE_OK;
}

static ae_status normal_log_prob_backward(ae_call *call) {
  const attrs *a = call->attrs;
  job j = job_of(call);
  j.g = ae_reals(call->gout[0]);
  for (j.of = 0; j.of < INPUTS; j.of++) {
    if (!call->wants[j.of]) continue;
    ae_tensor *gradient;
    AE_TRY(ae_call_gradient(call, j.of, &gradient));
    j.to = ae_reals(gradient);
    if (gradient->count == 0) continue;
    plan(call, (int)a->event, j.of, &j.moves, &j.repeats);
    ae_parallel(call->ctx, gradient->count / j.width, grain(j.width * j.repeats.count), backward_range, &j);
  }
  return AE_OK;
}

const ae_op ae_op_normal_log_prob = {
    .name = "normal_log_prob",
    .doc = "Logarithms of the densities of normal distributions, given by mean and logarithm of the variance, summed "
           "over an event.\nThe dimensions before the event broadcast. Errors: events that differ.",
    .result = "[the leading dimensions]",
    .params = {{.name = "x", .takes = AE_TAKES_REAL, .doc = "[..., D] values"},
               {.name = "mean", .takes = AE_TAKES_REAL, .doc = "[..., D], leading dimensions that broadcast with x's"},
               {.name = "logvar",
                .takes = AE_TAKES_REAL,
                .doc = "[..., D], leading dimensions that broadcast with x's"}},
    .attrs = {AE_ATTR(attrs, event, AE_ATTR_INT, 1, "how many of the last dimensions are summed over; default 1")},
    .attrs_size = sizeof(attrs),
    .saves = AE_SAVES_INPUTS,
    .internal = true,
    .shape = normal_log_prob_shape,
    .forward = normal_log_prob_forward,
    .backward = normal_log_prob_backward,
};
