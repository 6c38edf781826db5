// The input product of a chunk of steps, `b + W x`, for one to eight weight vectors a group.

template <int kGates>
struct ProductBody {
  static constexpr int kMaxPanels = kGates == 1 ? 4 : 2;
  static constexpr int columns(int panels) { return panels * kGates; }

  template <int kPanels, int kRows>
  static void tile(const ProductArgs& args, int64_t group, int64_t row) {
    constexpr int kVectors = kPanels * kGates;
    const int64_t column = first_panel(args, group) * kGates * Vec::kWidth;
    Tile<kRows, kVectors> acc;
    start<kVectors, AllColumns>(acc, args.init + column, 0);
    chain<kVectors, AllColumns>(acc, group_weights(args, group), args.x + row * args.x_stride,
                                args.x_stride, args.x_size);
    float* out = args.out + row * args.out_stride + column;
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 16
      for (int j = 0; j < kVectors; ++j)
        Vec::store(out + r * args.out_stride + j * Vec::kWidth, acc.v[r][j]);
  }
};

void product(const ProductArgs& args) {
  switch (args.gates) {
    case 1:
      run_groups<ProductBody<1>>(args);
      break;
    case 3:
      run_groups<ProductBody<3>>(args);
      break;
    case 4:
      run_groups<ProductBody<4>>(args);
      break;
    default:
      break;
  }
}
