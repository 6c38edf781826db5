// GRU whose reset gate applies after the recurrent product (PyTorch, cuDNN), gates r z n:
//   n = tanh(fma(r, q, p)) with p = b_in + W_n x and q = b_hn + R_n h, h' = fma(z, h, (1 - z) * n)
//
// Four accumulators a panel, r z p q: x terms feed r z p, h terms r z q.

struct GruInputColumns {
  static constexpr int at(int j) { return j / 3 * 4 + j % 3; }
};
struct GruStateColumns {
  static constexpr int at(int j) { return j / 3 * 4 + (j % 3 == 2 ? 3 : j % 3); }
};

// h' = fma(z, h, (1 - z) * n): exact when z is 0 or 1.
RECURRENT_INLINE Vec gru_blend(Vec z, Vec h, Vec n) {
  return flush(fma(z, h, mul(sub(Vec::broadcast(1.0f), z), n)));
}

// The gates of a plain cell from its accumulators.
struct GruGates {
  Vec r;
  Vec z;
  Vec n;
};

RECURRENT_INLINE GruGates gru_gates(const Vec* a) {
  const Vec r = sigmoid(a[0]);
  return {r, sigmoid(a[1]), tanh(fma(r, a[3], a[2]))};
}

struct GruBody {
  static constexpr int kMaxPanels = 3;
  static constexpr int kGates = 3;
  static constexpr int kColumns = 4;
  static constexpr int kStoredColumns = kColumns;
  template <class W, class Args>
  static RECURRENT_INLINE int64_t skipped(const Args& args) {
    return args.x_size ? 0 : W::chain_bytes(args.cell->x_terms) * kGates;
  }

  using LastColumns = GruStateColumns;
  static constexpr int kLastGates = kGates;
  template <int kRows, int kTileColumns, class Args, class W>
  static RECURRENT_INLINE void begin(Tile<kRows, kTileColumns>& acc, const Args& args,
                                     const Part<W>& part, int64_t row, WeightBytes& ahead) {
    constexpr int kPanels = kTileColumns / kColumns;
    constexpr int kVectors = kPanels * kGates;
    start<kVectors, GruInputColumns>(
        acc, args.init + row * args.init_stride + part.panel * kGates * Vec::kWidth,
        args.init_stride);
    chain<kVectors, GruInputColumns>(acc, part.weights(0, kGates), inputs_of(args, row),
                                     args.x_size, ahead);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
      for (int p = 0; p < kPanels; ++p)
        acc.v[r][p * kColumns + 3] =
            Vec::load(args.cell->state_bias + (part.panel + p) * Vec::kWidth);
  }
  template <class Args, class W>
  static RECURRENT_INLINE auto last(const Args& args, const Part<W>& part, int64_t row) {
    const int64_t before = W::chain_bytes(args.cell->x_terms) * kGates;
    return LastChain{part.weights(before, kGates), states_of(args, row), args.cell->h_terms};
  }

  template <Form kForm, class Args>
  static RECURRENT_INLINE void update(const Args& args, int64_t row, int64_t panel, const Vec* a) {
    const CellConstants& cell = *args.cell;
    const Vec n = candidate<kForm>(cell, fma(gate<kForm>(cell, a[0]), a[3], a[2]));
    const Vec z = gate<kForm>(cell, a[1]);
    store_output(args, row, panel, gru_blend(z, previous_state(args, row, panel), n));
  }

  // On the tape p r z q, or n r z q.
  template <Form kForm>
  static RECURRENT_INLINE void record(const CellArgs& args, int64_t row, int64_t panel,
                                      const Vec* a) {
    if constexpr (kForm == Form::kPlain) {
      const GruGates gates = gru_gates(a);
      put_on_tape(args, row, panel, 0, gates.n);
      put_on_tape(args, row, panel, 1, gates.r);
      put_on_tape(args, row, panel, 2, gates.z);
      put_on_tape(args, row, panel, 3, a[3]);
      store_output(args, row, panel, gru_blend(gates.z, previous_state(args, row, panel), gates.n));
    } else {
      put_on_tape(args, row, panel, 0, a[2]);
      put_on_tape(args, row, panel, 1, a[0]);
      put_on_tape(args, row, panel, 2, a[1]);
      put_on_tape(args, row, panel, 3, a[3]);
      update<kForm>(args, row, panel, a);
    }
  }
};

// Several rows whose input products are there already: p does not change, so it needs no
// accumulator, and three of them allow tiles of more rows.
struct GruContinuedBody {
  static constexpr int kMaxPanels = GruBody::kMaxPanels;
  static constexpr int kColumns = 3;  // r z q
  static constexpr int kStoredColumns = GruBody::kColumns;
  template <class W>
  static RECURRENT_INLINE int64_t skipped(const CellArgs& args) {
    return GruBody::skipped<W>(args);
  }

  static RECURRENT_INLINE const float* init(const CellArgs& args, int64_t row, int64_t panel) {
    return args.init + row * args.init_stride + panel * kColumns * Vec::kWidth;
  }

  using LastColumns = AllColumns;
  static constexpr int kLastGates = kColumns;
  template <int kRows, int kVectors, class Args, class W>
  static RECURRENT_INLINE void begin(Tile<kRows, kVectors>& acc, const Args& args,
                                     const Part<W>& part, int64_t row, WeightBytes&) {
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
      for (int p = 0; p < kVectors / kColumns; ++p) {
        const float* from = init(args, row + r, part.panel + p);
        Vec* a = acc.v[r] + p * kColumns;
        a[0] = Vec::load(from);
        a[1] = Vec::load(from + Vec::kWidth);
        a[2] = Vec::load(args.cell->state_bias + (part.panel + p) * Vec::kWidth);
      }
  }
  template <class Args, class W>
  static RECURRENT_INLINE auto last(const Args& args, const Part<W>& part, int64_t row) {
    const int64_t before = W::chain_bytes(args.cell->x_terms) * kColumns;
    return LastChain{part.weights(before, kColumns), states_of(args, row), args.cell->h_terms};
  }

  static RECURRENT_INLINE void put(const CellArgs& args, int64_t row, int64_t panel,
                                   const Vec* columns, float* stored) {
    Vec::store(stored, columns[0]);
    Vec::store(stored + Vec::kWidth, columns[1]);
    Vec::store(stored + 2 * Vec::kWidth, Vec::load(init(args, row, panel) + 2 * Vec::kWidth));
    Vec::store(stored + 3 * Vec::kWidth, columns[2]);
  }
};

template <class W>
void run_gru(const CellArgs& args) {
  if (args.x_size == 0)
    run_groups<GruContinuedBody, W>(args);
  else
    run_groups<GruBody, W>(args);
}
