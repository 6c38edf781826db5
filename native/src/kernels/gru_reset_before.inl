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

template <bool kPlain>
struct GruGatesBody {
  static constexpr int kMaxPanels = 2;
  static constexpr int kGates = 3;
  static constexpr int columns(int panels) { return panels * kGates; }

  template <int kPanels, int kRows>
  static void tile(const CellArgs& args, int64_t group, int64_t row) {
    constexpr int kVectors = kPanels * kGates;
    const int64_t panel = first_panel(args, group);
    const float* w = group_weights(args, group);
    Tile<kRows, kVectors> acc;
    start<kVectors, AllColumns>(
        acc, args.init + row * args.init_stride + panel * kGates * Vec::kWidth, args.init_stride);
    chain<kVectors, AllColumns>(acc, w, args.x + row * args.x_stride, args.x_stride, args.x_size);
    chain<kPanels * 2, GruGatesStateColumns>(acc, w + args.cell->x_terms * kVectors * Vec::kWidth,
                                             args.h + row * args.h_stride, args.h_stride,
                                             args.cell->h_terms);
    finish_tile<GruGatesBody, kPlain, kPanels>(args, row, panel, acc);
  }

  static RECURRENT_INLINE void update(const CellArgs& args, int64_t row, int64_t panel,
                                      const Vec* a) {
    const int64_t at = row * args.scratch_stride + panel * Vec::kWidth;
    Vec r;
    Vec z;
    if constexpr (kPlain) {
      r = sigmoid(a[0]);
      z = sigmoid(a[1]);
    } else {
      const bool clip = args.cell->clip != 0;
      r = activate(args.cell->gate, clip ? clipped(a[0], args.cell->clip) : a[0]);
      z = activate(args.cell->gate, clip ? clipped(a[1], args.cell->clip) : a[1]);
    }
    Vec::store(args.reset_state + at, mul(r, previous_state(args, row, panel)));
    Vec::store(args.update + at, z);
    Vec::store(args.candidate + at, a[2]);
  }
};

// Second phase: its chain terms (args.x) are s, it starts from the first phase's candidate, and
// args.h is still h.
template <bool kPlain>
struct GruCandidateBody {
  static constexpr int kMaxPanels = 4;
  static constexpr int columns(int panels) { return panels; }

  template <int kPanels, int kRows>
  static void tile(const CellArgs& args, int64_t group, int64_t row) {
    const int64_t panel = first_panel(args, group);
    Tile<kRows, kPanels> acc;
    start<kPanels, AllColumns>(
        acc, args.candidate + row * args.scratch_stride + panel * Vec::kWidth, args.scratch_stride);
    chain<kPanels, AllColumns>(acc, group_weights(args, group),
                               args.reset_state + row * args.scratch_stride, args.scratch_stride,
                               args.cell->h_terms);
    finish_tile<GruCandidateBody, kPlain, kPanels>(args, row, panel, acc);
  }

  static RECURRENT_INLINE void update(const CellArgs& args, int64_t row, int64_t panel,
                                      const Vec* a) {
    const Vec z = Vec::load(args.update + row * args.scratch_stride + panel * Vec::kWidth);
    Vec n;
    if constexpr (kPlain) {
      n = tanh(a[0]);
    } else {
      n = activate(args.cell->activation,
                   args.cell->clip != 0 ? clipped(a[0], args.cell->clip) : a[0]);
    }
    store_output(args, row, panel, gru_blend(z, previous_state(args, row, panel), n));
  }
};

template <bool kPlain>
void gru_reset_before_gates(const CellArgs& args) {
  run_groups<GruGatesBody<kPlain>>(args);
}

template <bool kPlain>
void gru_reset_before_candidate(const CellArgs& args) {
  run_groups<GruCandidateBody<kPlain>>(args);
}
