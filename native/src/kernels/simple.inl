// SimpleRNN (Elman 1990): h' = f(b + W x + R h). Without h terms a dense layer, without x terms a
// projection.

template <bool kPlain>
struct SimpleBody {
  static constexpr int kMaxPanels = 4;
  static constexpr int columns(int panels) { return panels; }

  template <int kPanels, int kRows>
  static void tile(const CellArgs& args, int64_t group, int64_t row) {
    const int64_t panel = first_panel(args, group);
    const float* w = group_weights(args, group);
    Tile<kRows, kPanels> acc;
    start<kPanels, AllColumns>(acc, args.init + row * args.init_stride + panel * Vec::kWidth,
                               args.init_stride);
    chain<kPanels, AllColumns>(acc, w, args.x + row * args.x_stride, args.x_stride, args.x_size);
    chain<kPanels, AllColumns>(acc, w + args.cell->x_terms * kPanels * Vec::kWidth,
                               args.h + row * args.h_stride, args.h_stride, args.cell->h_terms);
    finish_tile<SimpleBody, kPlain, kPanels>(args, row, panel, acc);
  }

  static RECURRENT_INLINE void update(const CellArgs& args, int64_t row, int64_t panel,
                                      const Vec* a) {
    if constexpr (kPlain) {
      store_output(args, row, panel, flush(tanh(a[0])));
    } else {
      const Vec y = activate(args.cell->activation,
                             args.cell->clip != 0 ? clipped(a[0], args.cell->clip) : a[0]);
      store_output(args, row, panel, args.cell->flush ? flush(y) : y);
    }
  }
};

template <bool kPlain>
void simple(const CellArgs& args) {
  run_groups<SimpleBody<kPlain>>(args);
}
