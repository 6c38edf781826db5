// LSTM (Hochreiter & Schmidhuber 1997, Gers et al. 2000), gates i f g o:
//   c' = fma(f, c, i * g), h' = o * tanh(c')
// with peepholes (Gers & Schmidhuber 2000), coupled gates and a clip in the general form.

template <bool kPlain>
struct LstmBody {
  static constexpr int kMaxPanels = 2;
  static constexpr int kGates = 4;
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
    chain<kVectors, AllColumns>(acc, w + args.cell->x_terms * kVectors * Vec::kWidth,
                                args.h + row * args.h_stride, args.h_stride, args.cell->h_terms);
    finish_tile<LstmBody, kPlain, kPanels>(args, row, panel, acc);
  }

  static RECURRENT_INLINE void update(const CellArgs& args, int64_t row, int64_t panel,
                                      const Vec* a) {
    float* cell = args.c + row * args.c_stride + panel * Vec::kWidth;
    const Vec c = Vec::load(cell);
    Vec next;
    Vec h;
    if constexpr (kPlain) {
      next = flush(fma(sigmoid(a[1]), c, mul(sigmoid(a[0]), tanh(a[2]))));
      h = mul(sigmoid(a[3]), tanh(next));
    } else {
      const float* peephole =
          args.cell->peephole ? args.cell->peephole + panel * 3 * Vec::kWidth : nullptr;
      Vec i;
      Vec f;
      gates(args, peephole, c, a, i, f);
      next = flush(fma(f, c, mul(i, activate(args.cell->activation, clip(args, a[2])))));
      Vec o = a[3];
      if (peephole)
        o = fma(Vec::load(peephole + 2 * Vec::kWidth), args.cell->peephole_previous ? c : next, o);
      h = mul(activate(args.cell->gate, clip(args, o)), activate(args.cell->output, next));
    }
    Vec::store(cell, next);
    store_output(args, row, panel, flush(h));
  }

  static RECURRENT_INLINE Vec clip(const CellArgs& args, Vec a) {
    return args.cell->clip != 0 ? clipped(a, args.cell->clip) : a;
  }

  // The input and the forget gate, either of which may be one minus the other.
  static RECURRENT_INLINE void gates(const CellArgs& args, const float* peephole, Vec c,
                                     const Vec* a, Vec& i, Vec& f) {
    const Vec one = Vec::broadcast(1.0f);
    i = a[0];
    f = a[1];
    if (peephole) {
      i = fma(Vec::load(peephole), c, i);
      f = fma(Vec::load(peephole + Vec::kWidth), c, f);
    }
    if (args.cell->coupling != RECURRENT_GATE_COUPLING_INPUT_FROM_FORGET)
      i = activate(args.cell->gate, clip(args, i));
    if (args.cell->coupling != RECURRENT_GATE_COUPLING_FORGET_FROM_INPUT)
      f = activate(args.cell->gate, clip(args, f));
    if (args.cell->coupling == RECURRENT_GATE_COUPLING_FORGET_FROM_INPUT) f = sub(one, i);
    if (args.cell->coupling == RECURRENT_GATE_COUPLING_INPUT_FROM_FORGET) i = sub(one, f);
  }
};

template <bool kPlain>
void lstm(const CellArgs& args) {
  run_groups<LstmBody<kPlain>>(args);
}
