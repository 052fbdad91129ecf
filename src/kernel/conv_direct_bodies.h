/*
** conv_direct_bodies: the loops of conv_direct_kernels.h for vectors of BYTES,
** included once for each. Their sizes are constants where they are called, so
** that arrays of sums become registers.
*/
#define VECTOR(name) VECTOR_NAME(name, BYTES)
#define VECTOR_NAME(name, bytes) VECTOR_JOIN(name, bytes)
#define VECTOR_JOIN(name, bytes) name##_##bytes
#define LANES (BYTES / REAL_BYTES)
#define vec VECTOR(vec)
#define indices VECTOR(indices)
#define indices_at VECTOR(indices_at)

/* Loaded from and stored to wherever a real may lie. */
typedef real vec __attribute__((vector_size(BYTES), aligned(sizeof(real)), may_alias));
typedef lane_index indices __attribute__((vector_size(BYTES)));
typedef lane_index indices_at __attribute__((vector_size(BYTES), aligned(sizeof(real)), may_alias));

/* Pixels are reached from every third's pointer by one step or two. */
AE_INLINE void VECTOR(across)(const ae_direct_sum *sum, const int pixels, const int vectors) {
  vec acc[AE_DIRECT_ROWS][MOST_VECTORS];
  const int64_t step = sum->in_step;
  UNROLL for (int p = 0; p < pixels; p++) UNROLL for (int v = 0; v < vectors; v++) acc[p][v] =
      *(const vec *)(sum->start + v * LANES);
  for (int64_t i = 0; i < sum->n_pieces; i++) {
    const ae_direct_piece *piece = &sum->pieces[i];
    const real *x0 = sum->in + piece->at, *x3 = x0 + 3 * step, *x6 = x3 + 3 * step, *x9 = x6 + 3 * step;
    const real *w = sum->w + piece->tap * (vectors * LANES), *end = w + piece->count * (vectors * LANES);
    for (; w != end; w += vectors * LANES) {
      vec b[MOST_VECTORS];
      UNROLL for (int v = 0; v < vectors; v++) b[v] = *(const vec *)(w + v * LANES);
      UNROLL for (int p = 0; p < pixels; p++) {
        const real a = (p < 3 ? x0 : p < 6 ? x3 : p < 9 ? x6 : x9)[p % 3 * step];
        UNROLL for (int v = 0; v < vectors; v++) acc[p][v] += a * b[v];
      }
      x0++, x3++, x6++, x9++;
    }
  }
  UNROLL for (int p = 0; p < pixels; p++) UNROLL for (int v = 0; v < vectors; v++) {
    const indices below = (indices)(acc[p][v] < sum->floor); /* this way round nan stays nan */
    *(vec *)(sum->out + p * sum->out_step + v * LANES) = (vec)((indices)acc[p][v] & ~below);
  }
}

/* Lane i of the result is the sum of a's lanes with i's bit d, and of b's, each with its neighbour across d. */
AE_INLINE void VECTOR(fold)(vec *a, const vec *b, const int d) {
  const indices lane = *(const indices_at *)lanes_counted, beside = (lane & d) * (LANES / d);
  *a = __builtin_shuffle(*a, *b, lane + beside) + __builtin_shuffle(*a, *b, (lane ^ d) + beside);
}

/* One round of LANES / 2d folds, so that lane i of acc[0] ends as the sum of acc[i]'s lanes. */
AE_INLINE void VECTOR(fold_all)(vec *acc, const int d) {
  UNROLL for (int i = 0; i < LANES; i += 2 * d) VECTOR(fold)(&acc[i], &acc[i + d], d);
}

/* acc += x w over the lanes that `mask` keeps. */
AE_INLINE void VECTOR(along_lanes)(const ae_direct_sum *sum, const real *x, const real *w, const indices *mask,
                                   const int pixels, const int k, vec *acc) {
  vec b[AE_DIRECT_FEW];
  UNROLL for (int j = 0; j < k; j++) b[j] = (vec)(*(const indices_at *)(w + j * sum->taps) & *mask);
  UNROLL for (int p = 0; p < pixels; p++) {
    const vec a = (vec)(*(const indices_at *)(x + p * sum->in_step) & *mask);
    UNROLL for (int j = 0; j < k; j++) acc[p * k + j] += a * b[j];
  }
}

AE_INLINE void VECTOR(along)(const ae_direct_sum *sum, const int pixels, const int k) {
  vec acc[MOST_LANES];
  real total[MOST_LANES];
  const indices all = ~(indices){0};
  UNROLL for (int i = 0; i < pixels * k; i++) acc[i] = (vec){0};
  for (int64_t i = 0; i < sum->n_pieces; i++) {
    const ae_direct_piece *piece = &sum->pieces[i];
    const real *x = sum->in + piece->at, *w = sum->w + piece->tap, *end = x + piece->count / LANES * LANES;
    for (; x != end; x += LANES, w += LANES) VECTOR(along_lanes)(sum, x, w, &all, pixels, k, acc);
    if (piece->count % LANES > 0) {
      const indices mask = *(const indices_at *)(lanes_kept + MOST_LANES - piece->count % LANES);
      VECTOR(along_lanes)(sum, x, w, &mask, pixels, k, acc);
    }
  }
  if (pixels * k <= LANES && CAN_SHUFFLE) {
    UNROLL for (int i = pixels * k; i < LANES; i++) acc[i] = (vec){0};
#if LANES > 2
    VECTOR(fold_all)(acc, 1);
#endif
#if LANES > 4
    VECTOR(fold_all)(acc, 2);
#endif
#if LANES > 8
    VECTOR(fold_all)(acc, 4);
#endif
    VECTOR(fold)(&acc[0], &acc[LANES / 2], LANES / 2);
    acc[0] += *(const vec *)sum->start;
    acc[0] = (vec)((indices)acc[0] & ~(indices)(acc[0] < sum->floor));
    if (pixels * k == LANES && sum->out_step == k) {
      *(vec *)sum->out = acc[0];
      return;
    }
    *(vec *)total = acc[0];
  } else {
    UNROLL for (int i = 0; i < pixels * k; i++) {
      total[i] = sum->start[i];
      UNROLL for (int l = 0; l < LANES; l++) total[i] += acc[i][l];
      total[i] = total[i] < sum->floor ? 0 : total[i];
    }
  }
  UNROLL for (int p = 0; p < pixels; p++) UNROLL for (int j = 0; j < k; j++) sum->out[p * sum->out_step + j] =
      total[p * k + j];
}

/* `lines` rows of the kernel, each `count` taps. */
AE_INLINE void VECTOR(outer)(const ae_direct_outer *sum, const int lines, const int count, const int vectors) {
  vec acc[AE_DIRECT_ROWS][MOST_VECTORS];
  const int taps = lines * count;
  UNROLL for (int t = 0; t < taps; t++) UNROLL for (int v = 0; v < vectors; v++) acc[t][v] =
      *(const vec *)(sum->sums + (t * vectors + v) * LANES);
  for (int64_t row = 0; row < sum->rows; row++) {
    const real *x = sum->in + row * sum->in_line, *y = sum->out + row * sum->out_line;
    for (int64_t i = 0; i < sum->columns; i++, x += sum->in_step, y += sum->out_step) {
      vec b[MOST_VECTORS];
      UNROLL for (int v = 0; v < vectors; v++) b[v] = *(const vec *)(y + v * LANES);
      UNROLL for (int t = 0; t < taps; t++) {
        const real a = x[t / count * sum->tap_line + t % count];
        UNROLL for (int v = 0; v < vectors; v++) acc[t][v] += a * b[v];
      }
    }
  }
  UNROLL for (int t = 0; t < taps; t++) UNROLL for (int v = 0; v < vectors; v++) *
      (vec *)(sum->sums + (t * vectors + v) * LANES) = acc[t][v];
}

#undef VECTOR
#undef VECTOR_NAME
#undef VECTOR_JOIN
#undef LANES
#undef vec
#undef indices
#undef indices_at
