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

struct GruBody {
  static constexpr int kMaxPanels = 3;
  static constexpr int kGates = 3;
  static constexpr int kColumns = 4;
  template <class Args>
  static RECURRENT_INLINE int64_t skipped(const Args& args) {
    return args.x_size ? 0 : args.cell->x_terms * kGates * Vec::kWidth;
  }

  template <int kPanels, int kRows, class Args>
  static RECURRENT_INLINE void accumulate(Tile<kRows, kPanels * kColumns>& acc, const Args& args,
                                          const Part& part, int64_t row, const float*& ahead) {
    constexpr int kVectors = kPanels * kGates;
    start<kVectors, GruInputColumns>(
        acc, args.init + row * args.init_stride + part.panel * kGates * Vec::kWidth,
        args.init_stride);
    chain<kVectors, GruInputColumns>(acc, part.weights(0, kGates), args.x + row * args.x_stride,
                                     args.x_stride, args.x_size, ahead);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
      for (int p = 0; p < kPanels; ++p)
        acc.v[r][p * kColumns + 3] =
            Vec::load(args.cell->state_bias + (part.panel + p) * Vec::kWidth);
    chain<kVectors, GruStateColumns>(acc, part.weights(args.cell->x_terms * kGates, kGates),
                                     args.h + row * args.h_stride, args.h_stride,
                                     args.cell->h_terms, ahead);
  }

  template <Form kForm, class Args>
  static RECURRENT_INLINE void update(const Args& args, int64_t row, int64_t panel, const Vec* a) {
    const CellConstants& cell = *args.cell;
    const Vec n = candidate<kForm>(cell, fma(gate<kForm>(cell, a[0]), a[3], a[2]));
    const Vec z = gate<kForm>(cell, a[1]);
    store_output(args, row, panel, gru_blend(z, previous_state(args, row, panel), n));
  }
};
