// SimpleRNN (Elman 1990): h' = f(b + W x + R h). Without h terms a dense layer, without x terms a
// projection.

enum class SimpleForm { kTanh, kIdentity, kGeneral };

template <SimpleForm kForm>
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
    finish_tile<SimpleBody, kForm != SimpleForm::kGeneral, kPanels>(args, row, panel, acc);
  }

  static RECURRENT_INLINE void update(const CellArgs& args, int64_t row, int64_t panel,
                                      const Vec* a) {
    if constexpr (kForm == SimpleForm::kTanh) {
      store_output(args, row, panel, flush(tanh(a[0])));
    } else {
      Vec value = a[0];
      if constexpr (kForm == SimpleForm::kGeneral) {
        const CellConstants& cell = *args.cell;
        value = activate(cell.activation, cell.clip != 0 ? clipped(value, cell.clip) : value);
      }
      store_output(args, row, panel, args.cell->flush ? flush(value) : value);
    }
  }
};

template <SimpleForm kForm>
void simple(const CellArgs& args) {
  run_groups<SimpleBody<kForm>>(args);
}
