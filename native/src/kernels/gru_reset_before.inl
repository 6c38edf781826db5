// GRU whose reset gate applies before the recurrent product (Cho et al. 2014, ONNX default), gates
// r z n:
//   s = r * h, n = tanh(b_n + W_n x + R_n s), h' = fma(z, h, (1 - z) * n)
//
// R_n needs all of s, so a step has two phases. The first computes r, z and the x terms of n, and
// leaves s, z and those terms in scratch memory; the second carries the candidate's chain on over
// s.

// x terms feed r z n, h terms r z.
struct GruGatesStateColumns {
  static constexpr int at(int j) { return j / 2 * 3 + j % 2; }
};

struct GruGatesBody {
  static constexpr int kMaxPanels = 3;
  static constexpr int kColumns = 3;
  static constexpr int kStoredColumns = kColumns;
  template <class W, class Args>
  static RECURRENT_INLINE int64_t skipped(const Args& args) {
    return args.x_size ? 0 : W::chain_bytes(args.cell->x_terms) * kColumns;
  }

  using LastColumns = GruGatesStateColumns;
  static constexpr int kLastGates = 2;
  template <int kRows, int kVectors, class Args, class W>
  static RECURRENT_INLINE void begin(Tile<kRows, kVectors>& acc, const Args& args,
                                     const Part<W>& part, int64_t row, WeightBytes& ahead) {
    start<kVectors, AllColumns>(
        acc, args.init + row * args.init_stride + part.panel * kColumns * Vec::kWidth,
        args.init_stride);
    chain<kVectors, AllColumns>(acc, part.weights(0, kColumns), inputs_of(args, row), args.x_size,
                                ahead);
  }
  template <class Args, class W>
  static RECURRENT_INLINE auto last(const Args& args, const Part<W>& part, int64_t row) {
    const int64_t before = W::chain_bytes(args.cell->x_terms) * kColumns;
    return LastChain{part.weights(before, kLastGates), states_of(args, row), args.cell->h_terms};
  }

  template <Form kForm, class Args>
  static RECURRENT_INLINE void update(const Args& args, int64_t row, int64_t panel, const Vec* a) {
    const CellConstants& cell = *args.cell;
    const int64_t at = row * args.scratch_stride + panel * Vec::kWidth;
    Vec::store(args.reset_state + at,
               mul(gate<kForm>(cell, a[0]), previous_state(args, row, panel)));
    Vec::store(args.update + at, gate<kForm>(cell, a[1]));
    Vec::store(args.candidate + at, a[2]);
  }

  template <Form kForm>
  static RECURRENT_INLINE void record(const CellArgs& args, int64_t row, int64_t panel,
                                      const Vec* a) {
#pragma GCC unroll 2
    for (int j = 0; j < 2; ++j)
      put_on_tape(args, row, panel, j,
                  kForm == Form::kPlain ? gate<kForm>(*args.cell, a[j]) : a[j]);
    update<kForm>(args, row, panel, a);
  }
};

// Second phase: its chain starts from the first phase's candidate and its terms are s; args.h is
// still h.
struct GruCandidateBody {
  static constexpr int kMaxPanels = 4;
  static constexpr int kColumns = 1;
  static constexpr int kStoredColumns = kColumns;
  template <class W, class Args>
  static RECURRENT_INLINE int64_t skipped(const Args&) {
    return 0;
  }

  using LastColumns = AllColumns;
  static constexpr int kLastGates = 1;
  template <int kRows, int kPanels, class Args, class W>
  static RECURRENT_INLINE void begin(Tile<kRows, kPanels>& acc, const Args& args,
                                     const Part<W>& part, int64_t row, WeightBytes&) {
    start<kPanels, AllColumns>(
        acc, args.candidate + row * args.scratch_stride + part.panel * Vec::kWidth,
        args.scratch_stride);
  }
  template <class Args, class W>
  static RECURRENT_INLINE auto last(const Args& args, const Part<W>& part, int64_t row) {
    return LastChain{part.weights(0, 1), reset_states_of(args, row), args.cell->h_terms};
  }

  template <Form kForm, class Args>
  static RECURRENT_INLINE void update(const Args& args, int64_t row, int64_t panel, const Vec* a) {
    const Vec z = Vec::load(args.update + row * args.scratch_stride + panel * Vec::kWidth);
    const Vec n = candidate<kForm>(*args.cell, a[0]);
    store_output(args, row, panel, gru_blend(z, previous_state(args, row, panel), n));
  }

  template <Form kForm>
  static RECURRENT_INLINE void record(const CellArgs& args, int64_t row, int64_t panel,
                                      const Vec* a) {
    put_on_tape(args, row, panel, 2,
                kForm == Form::kPlain ? candidate<kForm>(*args.cell, a[0]) : a[0]);
    update<kForm>(args, row, panel, a);
  }
};
