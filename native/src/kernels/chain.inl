// The canonical chain: `a = fma(w[k], v[k], a)` for k in order, for a tile of rows and weight
// vectors at once.
//
// A sum is never split: the accumulators of a tile are different outputs (rows, gates, units), and
// they are what keeps the multiply-add units busy. One broadcast per row and term serves all weight
// vectors; one weight vector all rows.

// Maps the j-th weight vector of a term to its accumulator column. The plain chain uses every
// column in order.
struct AllColumns {
  static constexpr int at(int j) { return j; }
};

template <int kRows, int kColumns>
struct Tile {
  Vec v[static_cast<size_t>(kRows)][static_cast<size_t>(kColumns)];
};

// Weights of a tile, in the format that W reads: kVectors vectors for as many terms as a vector
// has, `stride` bytes from these terms to the next. The stride is larger than that where the tile
// is a part of its group.
template <class W>
struct Weights {
  WeightBytes at;
  int64_t stride;
};

// What the rows of a tile multiply.
struct Inputs {
  const float* at;
  int64_t stride;
};

// The last chain of an accumulator: weights, what they multiply, and how many there are.
template <class W, class X>
struct LastChain {
  W weights;
  X inputs;
  int64_t terms;
};
// Clang deduces aggregates from version 17 on.
template <class W, class X>
LastChain(W, X, int64_t) -> LastChain<W, X>;

// Of a call, from a row on: the inputs, the states, and what a reset gate leaves of them.
template <class Args>
RECURRENT_INLINE Inputs inputs_of(const Args& args, int64_t row) {
  return {args.x + row * args.x_stride, args.x_stride};
}
template <class Args>
RECURRENT_INLINE Inputs states_of(const Args& args, int64_t row) {
  return {args.h + row * args.h_stride, args.h_stride};
}
template <class Args>
RECURRENT_INLINE Inputs reset_states_of(const Args& args, int64_t row) {
  return {args.reset_state + row * args.scratch_stride, args.scratch_stride};
}

// Bytes of a cache line: what one prefetch brings.
constexpr int kLineBytes = 64;

// One term of all chains, the one of number kTerm of those that a vector has. Beside the
// accumulators either the inputs or the weights of the term stay in registers: those that are
// fewer, or the largest tiles would not fit.
template <class W, int kTerm, int kVectors, class Columns, int kRows, int kColumns>
RECURRENT_INLINE void term(Tile<kRows, kColumns>& acc, WeightBytes w, const float* x,
                           int64_t x_stride) {
  if constexpr (kRows <= kVectors) {
    Vec value[static_cast<size_t>(kRows)];
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) value[r] = Vec::broadcast(x[r * x_stride]);
#pragma GCC unroll 16
    for (int j = 0; j < kVectors; ++j) {
      const Vec weight = W::template load<kTerm, kRows>(w + j * W::kVectorBytes);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        Vec& a = acc.v[r][Columns::at(j)];
        a = fma(weight, value[r], a);
      }
    }
  } else {
    Vec weight[static_cast<size_t>(kVectors)];
#pragma GCC unroll 16
    for (int j = 0; j < kVectors; ++j)
      weight[j] = W::template load<kTerm, kRows>(w + j * W::kVectorBytes);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Vec value = Vec::broadcast(x[r * x_stride]);
#pragma GCC unroll 16
      for (int j = 0; j < kVectors; ++j) {
        Vec& a = acc.v[r][Columns::at(j)];
        a = fma(weight[j], value, a);
      }
    }
  }
}

// Large tiles fetch a line of `ahead` every other term, weights that a later tile needs: what comes
// from the third-level cache or memory is then there in time. A cache's own prefetchers follow
// reads, and those of the next group begin when it is needed. (docs/kernels.md has the gain, and
// what twice and four times as many cost.)
template <int kVectors, class Columns, class W, int kRows, int kColumns>
RECURRENT_INLINE void chain(Tile<kRows, kColumns>& acc, Weights<W> w, Inputs x, int64_t terms,
                            WeightBytes& ahead) {
  constexpr bool kPrefetches = kRows * kColumns >= kSet.prefetching_tile;
  if constexpr (W::kTerms == 1) {
#pragma GCC unroll 2
    for (int64_t k = 0; k < terms; ++k) {
      term<W, 0, kVectors, Columns>(acc, w.at, x.at + k, x.stride);
      if constexpr (kPrefetches)
        if (k % 2 == 0) Vec::prefetch(ahead + k / 2 * kLineBytes);
      w.at += w.stride;
    }
  } else {
    static_assert(W::kTerms == 2);
    int64_t k = 0;
    for (; k + 2 <= terms; k += 2) {
      term<W, 0, kVectors, Columns>(acc, w.at, x.at + k, x.stride);
      term<W, 1, kVectors, Columns>(acc, w.at, x.at + k + 1, x.stride);
      if constexpr (kPrefetches) Vec::prefetch(ahead + k / 2 * kLineBytes);
      w.at += w.stride;
    }
    // No product with what fills the last vector up: 0 times an infinity would be a NaN.
    if (k < terms) term<W, 0, kVectors, Columns>(acc, w.at, x.at + k, x.stride);
  }
  if constexpr (kPrefetches) ahead += terms / 2 * kLineBytes;
}

template <int kVectors, class Columns, int kRows, int kColumns>
RECURRENT_INLINE void start(Tile<kRows, kColumns>& acc, const float* init, int64_t init_stride) {
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 16
    for (int j = 0; j < kVectors; ++j)
      acc.v[r][Columns::at(j)] = Vec::load(init + r * init_stride + j * Vec::kWidth);
}
