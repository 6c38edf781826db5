// Stores a vector of new units: the state in whole vectors, the output only as far as units exist.

RECURRENT_INLINE void store_output(const CellArgs& args, int64_t row, int64_t panel, Vec value) {
  const int64_t unit = panel * Vec::kWidth;
  if (args.h_out) Vec::store(args.h_out + row * args.h_out_stride + unit, value);
  if (!args.y) return;
  float* y = args.y + row * args.y_stride + unit;
  const int64_t left = args.cell->units - unit;
  if (left >= Vec::kWidth)
    Vec::store(y, value);
  else
    Vec::store_partial(y, value, static_cast<int>(left));
}

// The clip of ONNX: a NaN stays what it is.
RECURRENT_INLINE Vec clipped(Vec a, float bound) {
  const Vec high = Vec::broadcast(bound);
  const Vec low = Vec::broadcast(-bound);
  return select(gt(a, high), high, select(lt(a, low), low, a));
}

// Any activation, for the general cells: a call, because a copy of every function at every use
// would not fit a cache.
RECURRENT_NOINLINE Vec activate(const Activation& f, Vec a) {
  return apply_activation(f.kind, f.alpha, f.beta, a);
}

template <class Body>
RECURRENT_NOINLINE void finish_stored(const CellArgs& args, int64_t row, int64_t panel,
                                      const Vec* acc, int rows, int panels, int columns) {
  for (int r = 0; r < rows; ++r)
    for (int p = 0; p < panels; ++p)
      Body::update(args, row + r, panel + p, acc + (r * panels + p) * columns);
}

// Ends a tile: `Body::update(args, row, panel, a)` turns the accumulators of a panel into new
// units. The plain cells do it in registers. The general ones put the accumulators down first and
// loop, one copy of their code for all tiles.
template <class Body, bool kPlain, int kPanels, int kRows, int kColumns>
RECURRENT_INLINE void finish_tile(const CellArgs& args, int64_t row, int64_t panel,
                                  const Tile<kRows, kColumns>& acc) {
  constexpr int kPanelColumns = kColumns / kPanels;
  if constexpr (kPlain) {
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
      for (int p = 0; p < kPanels; ++p)
        Body::update(args, row + r, panel + p, acc.v[r] + p * kPanelColumns);
  } else {
    const Tile<kRows, kColumns> stored = acc;
    finish_stored<Body>(args, row, panel, &stored.v[0][0], kRows, kPanels, kPanelColumns);
  }
}
