// The input product of a chunk of steps, `b + W x`: `kGates` weight vectors a panel.

template <int kGates>
struct ProductBody {
  static constexpr int kMaxPanels = kGates == 1 ? 4 : 3;
  static constexpr int kColumns = kGates;
  template <class W>
  static RECURRENT_INLINE int64_t skipped(const ProductArgs&) {
    return 0;
  }

  using LastColumns = AllColumns;
  static constexpr int kLastGates = kGates;
  template <int kRows, int kVectors, class Args, class W>
  static RECURRENT_INLINE void begin(Tile<kRows, kVectors>& acc, const Args& args,
                                     const Part<W>& part, int64_t, WeightBytes&) {
    start<kVectors, AllColumns>(acc, args.init + part.panel * kGates * Vec::kWidth, 0);
  }
  template <class Args, class W>
  static RECURRENT_INLINE auto last(const Args& args, const Part<W>& part, int64_t row) {
    return LastChain{part.weights(0, kGates), inputs_of(args, row), args.x_size};
  }
};

template <class W>
void product(const ProductArgs& args) {
  switch (args.gates) {
    case 1:
      run_groups<ProductBody<1>, W>(args);
      break;
    case 3:
      run_groups<ProductBody<3>, W>(args);
      break;
    case 4:
      run_groups<ProductBody<4>, W>(args);
      break;
    default:
      break;
  }
}
