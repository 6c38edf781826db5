// Cuts a call into tiles: groups of panels times a few rows, the tile sizes being compile-time
// constants.

// Accumulators that a tile may have, so that they, the weights of a term and a broadcast fit the
// register file (32 registers of AVX-512, 16 of AVX2). Scalar code gains nothing from tiles:
// without the hardware's fma each takes dozens of instructions.
constexpr int kAccumulatorBudget = Vec::kWidth == 16 ? 24 : Vec::kWidth == 8 ? 12 : 4;
constexpr int kMaxTileRows = 6;

constexpr int max_rows(int columns) {
  const int rows = kAccumulatorBudget / columns;
  return rows < 1 ? 1 : rows > kMaxTileRows ? kMaxTileRows : rows;
}

// Where the groups of a call begin.
RECURRENT_INLINE const Grouping& grouping_of(const ProductArgs& args) { return args.grouping; }
RECURRENT_INLINE const Grouping& grouping_of(const CellArgs& args) { return args.cell->grouping; }

RECURRENT_INLINE const float* group_weights(const ProductArgs& args, int64_t group) {
  return args.weights + group * args.grouping.panels_per_group * args.panel_stride;
}
RECURRENT_INLINE const float* group_weights(const CellArgs& args, int64_t group) {
  const CellConstants& cell = *args.cell;
  return cell.weights + group * cell.grouping.panels_per_group * cell.panel_stride;
}
template <class Args>
RECURRENT_INLINE int64_t first_panel(const Args& args, int64_t group) {
  return group * grouping_of(args).panels_per_group;
}

// Body::tile<kPanels, kRows>(args, group, first_row) computes one tile; Body::columns(kPanels) are
// its accumulators a row.
template <class Body, int kPanels, class Args>
RECURRENT_INLINE void run_rows(const Args& args, int64_t group) {
  constexpr int kMax = max_rows(Body::columns(kPanels));
  const int64_t tiles = (args.range.rows + kMax - 1) / kMax;
  int64_t row = 0;
  // Rows are spread evenly: 8 rows are two tiles of 4, not 6 and 2, because a short tile starves
  // the multiply-add units.
  for (int64_t t = 0; t < tiles; ++t) {
    const int64_t count = (args.range.rows - row + (tiles - t) - 1) / (tiles - t);
    switch (count) {
#define RECURRENT_TILE(n)                                                       \
  case n:                                                                       \
    if constexpr (n <= kMax) Body::template tile<kPanels, n>(args, group, row); \
    break;
      RECURRENT_TILE(1)
      RECURRENT_TILE(2)
      RECURRENT_TILE(3)
      RECURRENT_TILE(4)
      RECURRENT_TILE(5)
      RECURRENT_TILE(6)
#undef RECURRENT_TILE
      default:
        break;
    }
    row += count;
  }
}

template <class Body, class Args>
RECURRENT_INLINE void run_groups(const Args& args) {
  const Range& range = args.range;
  const Grouping& grouping = grouping_of(args);
  const int64_t groups = range.group_end - range.group_begin;
  for (int64_t i = 0; i < groups; ++i) {
    const int64_t group = range.backwards ? range.group_end - 1 - i : range.group_begin + i;
    const int64_t first = group * grouping.panels_per_group;
    const int64_t left = grouping.panels - first;
    const int64_t panels = left < grouping.panels_per_group ? left : grouping.panels_per_group;
    switch (panels) {
      case 1:
        run_rows<Body, 1>(args, group);
        break;
      case 2:
        run_rows<Body, 2>(args, group);
        break;
      case 3:
        if constexpr (Body::kMaxPanels >= 3) run_rows<Body, 3>(args, group);
        break;
      case 4:
        if constexpr (Body::kMaxPanels >= 4) run_rows<Body, 4>(args, group);
        break;
      default:
        break;
    }
  }
}
