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

// A vector of the previous state; rows of states are padded to whole vectors.
RECURRENT_INLINE Vec previous_state(const CellArgs& args, int64_t row, int64_t panel) {
  return Vec::load(args.h + row * args.h_stride + panel * Vec::kWidth);
}

template <bool kPlain>
struct GruBody {
  static constexpr int kMaxPanels = 2;
  static constexpr int kGates = 3;
  static constexpr int kColumns = 4;
  static constexpr int columns(int panels) { return panels * kColumns; }

  template <int kPanels, int kRows>
  static void tile(const CellArgs& args, int64_t group, int64_t row) {
    constexpr int kVectors = kPanels * kGates;
    const int64_t panel = first_panel(args, group);
    const float* w = group_weights(args, group);
    Tile<kRows, kPanels * kColumns> acc;
    start<kVectors, GruInputColumns>(
        acc, args.init + row * args.init_stride + panel * kGates * Vec::kWidth, args.init_stride);
    chain<kVectors, GruInputColumns>(acc, w, args.x + row * args.x_stride, args.x_stride,
                                     args.x_size);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
      for (int p = 0; p < kPanels; ++p)
        acc.v[r][p * kColumns + 3] = Vec::load(args.cell->state_bias + (panel + p) * Vec::kWidth);
    chain<kVectors, GruStateColumns>(acc, w + args.cell->x_terms * kVectors * Vec::kWidth,
                                     args.h + row * args.h_stride, args.h_stride,
                                     args.cell->h_terms);
    finish_tile<GruBody, kPlain, kPanels>(args, row, panel, acc);
  }

  static RECURRENT_INLINE void update(const CellArgs& args, int64_t row, int64_t panel,
                                      const Vec* a) {
    const Vec h = previous_state(args, row, panel);
    if constexpr (kPlain) {
      const Vec n = tanh(fma(sigmoid(a[0]), a[3], a[2]));
      store_output(args, row, panel, gru_blend(sigmoid(a[1]), h, n));
    } else {
      const Vec r = activate(args.cell->gate, clip(args, a[0]));
      const Vec z = activate(args.cell->gate, clip(args, a[1]));
      const Vec n = activate(args.cell->activation, clip(args, fma(r, a[3], a[2])));
      store_output(args, row, panel, gru_blend(z, h, n));
    }
  }

  static RECURRENT_INLINE Vec clip(const CellArgs& args, Vec a) {
    return args.cell->clip != 0 ? clipped(a, args.cell->clip) : a;
  }
};

template <bool kPlain>
void gru(const CellArgs& args) {
  run_groups<GruBody<kPlain>>(args);
}
