// The product of groups of few outputs: a lane is an output, whose inputs are those of its group.

// The chains of some vectors of outputs, for some rows.
template <int kRows, int kVectors>
RECURRENT_INLINE void run_lanes(const LaneArgs& args, int64_t row, int64_t vector) {
  const int64_t unit = vector * Vec::kWidth;
  // The last vector of outputs may not be whole, nor then are its inputs.
  const int64_t left = args.units - unit - (kVectors - 1) * Vec::kWidth;
  const bool is_whole = left >= Vec::kWidth;
  const auto load = [&](const float* from, int v) {
    from += v * Vec::kWidth;
    return is_whole || v + 1 < kVectors ? Vec::load(from)
                                        : Vec::load_partial(from, static_cast<int>(left));
  };
  Vec acc[static_cast<size_t>(kRows)][static_cast<size_t>(kVectors)];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) acc[r][v] = Vec::load(args.init + unit + v * Vec::kWidth);
  const float* weights = args.weights + unit;
  const float* x = args.x + row * args.x_stride + unit;
  for (int64_t k = 0; k < args.terms; ++k) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      const Vec weight = Vec::load(weights + v * Vec::kWidth);
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r)
        acc[r][v] = fma(weight, load(x + r * args.x_stride, v), acc[r][v]);
    }
    weights += args.weights_stride;
    x += args.term_stride;
  }
  const auto store = [&](float* to, int v, Vec value) {
    to += v * Vec::kWidth;
    if (is_whole || v + 1 < kVectors)
      Vec::store(to, value);
    else
      Vec::store_partial(to, value, static_cast<int>(left));
  };
  for (int r = 0; r < kRows; ++r)
    for (int v = 0; v < kVectors; ++v) {
      if (args.tape) store(args.tape + (row + r) * args.tape_stride + unit, v, acc[r][v]);
      const bool is_linear = args.activation.kind == RECURRENT_ACTIVATION_IDENTITY;
      store(args.y + (row + r) * args.y_stride + unit, v,
            is_linear ? acc[r][v] : activate(args.activation, acc[r][v]));
    }
}

// Several chains at once, of rows or of vectors, keep the multiply-add units busy.
inline void lanes(const LaneArgs& args) {
  const int64_t vectors = args.vector_end;
  const int64_t whole = args.units / Vec::kWidth < vectors ? args.units / Vec::kWidth : vectors;
  int64_t row = 0;
  for (; row + 4 <= args.rows; row += 4)
    for (int64_t v = args.vector_begin; v < vectors; ++v) run_lanes<4, 1>(args, row, v);
  for (; row < args.rows; ++row) {
    int64_t v = args.vector_begin;
    for (; v + 4 <= whole; v += 4) run_lanes<1, 4>(args, row, v);
    for (; v < vectors; ++v) run_lanes<1, 1>(args, row, v);
  }
}
