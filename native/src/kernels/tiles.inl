// Cuts a call into tiles: groups of panels times a few rows, the tile sizes being compile-time
// constants.
//
// A body is a cell. It has
//   kColumns           accumulators of a panel
//   kStoredColumns     what FinishFn is given of a panel; put() adds what no accumulator holds
//   kMaxPanels         panels that a group may have
//   begin(tile, args, part, row, ahead)
//                      where the chains of a tile start, and all of them but the last
//   last(args, part, row)
//                      the last chain: kLastGates vectors a panel, which feed LastColumns
//   skipped<W>(args)   bytes of a panel's weights that a call does not read, because the chains
//                      start after them
//   update<Form>(args, row, panel, accumulators)
//                      accumulators to new units

constexpr int kMaxTileRows = 8;

constexpr int max_rows(int columns, int accumulators) {
  const int rows = accumulators / columns;
  return rows < 1 ? 1 : rows > kMaxTileRows ? kMaxTileRows : rows;
}

// Where the groups of a call begin.
RECURRENT_INLINE const Grouping& grouping_of(const ProductArgs& args) { return args.grouping; }
RECURRENT_INLINE const Grouping& grouping_of(const CellArgs& args) { return args.cell->grouping; }
RECURRENT_INLINE const Grouping& grouping_of(const StepArgs& args) { return args.cell->grouping; }

RECURRENT_INLINE WeightBytes group_weights(const ProductArgs& args, int64_t group) {
  return args.weights + group * args.grouping.panels_per_group * args.panel_stride;
}
template <class Args>
RECURRENT_INLINE WeightBytes group_weights(const Args& args, int64_t group) {
  const CellConstants& cell = *args.cell;
  return cell.weights + group * cell.grouping.panels_per_group * cell.panel_stride;
}

// What a tile computes of a group: all panels, or one. W reads the weights.
template <class W>
struct Part {
  WeightBytes group;     // the group's weights
  int64_t group_panels;  // panels of the group
  int64_t offset;        // panels of the group before this part
  int64_t panel;         // the part's first panel

  // Its weights in a block of terms of `gates` vectors a panel. `before` are the bytes that a panel
  // has in front of the block.
  RECURRENT_INLINE auto weights(int64_t before, int64_t gates) const {
    return W::weights(group + before * group_panels, offset * gates, group_panels * gates);
  }
};

template <class W, int kPanels, class Args>
RECURRENT_INLINE Part<W> whole(const Args& args, int64_t group) {
  return {group_weights(args, group), kPanels, 0, group * grouping_of(args).panels_per_group};
}

RECURRENT_INLINE int64_t panel_stride_of(const ProductArgs& args) { return args.panel_stride; }
RECURRENT_INLINE int64_t panel_stride_of(const CellArgs& args) { return args.cell->panel_stride; }

// The columns of a panel as they are put down for FinishFn, from those that a tile has.
template <class Body>
RECURRENT_INLINE void put_columns(const CellArgs& args, int64_t row, int64_t panel,
                                  const Vec* columns, float* stored) {
  if constexpr (Body::kStoredColumns == Body::kColumns) {
#pragma GCC unroll 4
    for (int j = 0; j < Body::kColumns; ++j) Vec::store(stored + j * Vec::kWidth, columns[j]);
  } else {
    Body::put(args, row, panel, columns, stored);
  }
}

// Ends a tile: `[rows][panels][columns][V]` goes through memory in the first-level cache, to one
// copy of the code for all tile shapes. With the registers free for constants an LSTM's row takes
// 160 instructions, where beside living accumulators it took 260: more rows are in flight.
template <class Body, int kPanels, int kRows>
RECURRENT_INLINE void finish(const CellArgs& args, int64_t panel, int64_t row,
                             const Tile<kRows, kPanels * Body::kColumns>& acc) {
  constexpr int kPanelFloats = Body::kStoredColumns * Vec::kWidth;
  alignas(64) float stored[static_cast<size_t>(kRows * kPanels * kPanelFloats)];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int p = 0; p < kPanels; ++p)
      put_columns<Body>(args, row + r, panel + p, acc.v[r] + p * Body::kColumns,
                        stored + (r * kPanels + p) * kPanelFloats);
  args.cell->finish(args, row, panel, stored, kRows, kPanels);
}

template <int kRows, int kColumns>
RECURRENT_INLINE void store_tile(const Tile<kRows, kColumns>& acc, float* out, int64_t stride) {
#pragma GCC unroll 12
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 16
    for (int j = 0; j < kColumns; ++j) Vec::store(out + r * stride + j * Vec::kWidth, acc.v[r][j]);
}

// The product's are put down where the caller wants them.
template <class Body, int kPanels, int kRows>
RECURRENT_INLINE void finish(const ProductArgs& args, int64_t panel, int64_t row,
                             const Tile<kRows, kPanels * Body::kColumns>& acc) {
  store_tile(acc, args.out + row * args.out_stride + panel * Body::kColumns * Vec::kWidth,
             args.out_stride);
}

// The weights of the next group: each tile fetches some of them, and leaves `at` where the
// following one goes on. Once all are fetched, or if there is no next group, what is fetched is
// there already.
struct Ahead {
  WeightBytes at;
  WeightBytes end;
  WeightBytes group;
};

// The last chain of a tile, or a part of it.
template <class Body, int kRows, int kTileColumns, class W, class X>
RECURRENT_INLINE void add_last(Tile<kRows, kTileColumns>& acc, const LastChain<W, X>& last,
                               WeightBytes& ahead) {
  constexpr int kVectors = kTileColumns / Body::kColumns * Body::kLastGates;
  chain<kVectors, typename Body::LastColumns>(acc, last.weights, last.inputs, last.terms, ahead);
}

template <class Body, int kRows, int kTileColumns, class Args, class W>
RECURRENT_INLINE void accumulate(Tile<kRows, kTileColumns>& acc, const Args& args,
                                 const Part<W>& part, int64_t row, WeightBytes& ahead) {
  Body::begin(acc, args, part, row, ahead);
  add_last<Body>(acc, Body::last(args, part, row), ahead);
}

template <class Body, int kPanels, int kRows, class Args, class W>
void tile(const Args& args, const Part<W>& part, int64_t row, Ahead& ahead) {
  Tile<kRows, kPanels * Body::kColumns> acc;
  accumulate<Body>(acc, args, part, row, ahead.at);
  if (ahead.at >= ahead.end) ahead.at = ahead.group;
  finish<Body, kPanels, kRows>(args, part.panel, row, acc);
}

// Cuts the rows of a call into tiles of at most `most`, spread evenly: 8 rows are two tiles of 4
// and not 6 and 2, because a short tile starves the multiply-add units. Calls `run<rows>(row)`.
template <int kMost, class Run>
RECURRENT_INLINE void for_each_tile(int64_t rows, const Run& run) {
  const int64_t tiles = (rows + kMost - 1) / kMost;
  int64_t row = 0;
  for (int64_t t = 0; t < tiles; ++t) {
    const int64_t count = (rows - row + (tiles - t) - 1) / (tiles - t);
    switch (count) {
#define RECURRENT_TILE(n)                                      \
  case n:                                                      \
    if constexpr (n <= kMost) run.template operator()<n>(row); \
    break;
      RECURRENT_TILE(1)
      RECURRENT_TILE(2)
      RECURRENT_TILE(3)
      RECURRENT_TILE(4)
      RECURRENT_TILE(5)
      RECURRENT_TILE(6)
      RECURRENT_TILE(7)
      RECURRENT_TILE(8)
#undef RECURRENT_TILE
      default:
        break;
    }
    row += count;
  }
}

// Whether the weights of many rows come from the first-level cache, a piece of the last chain at a
// time. Between pieces accumulators are floats in memory, which changes no bit. With vectors of 8
// lanes that gains what a GRU's records of 96 bytes lose beyond that cache, and weights of two
// terms are made floats once for all rows. Others lose by it. (docs/kernels.md has the figures.)
template <class W>
constexpr bool kExpands = [] {
  if constexpr (W::kIsInteger)
    return false;
  else
    return Vec::kWidth == 8 && W::kTerms == 2;
}();
template <class Body, class W, int kPanels>
constexpr bool kCutsChains =
    Vec::kWidth == 8 && !W::kIsInteger &&
    (kExpands<W> ? kPanels * Body::kColumns <= 4 : kPanels == 1 && Body::kLastGates == 3);
constexpr int64_t kCutTerms = 128;  // at most 16 KiB of weights
constexpr int64_t kCutRows = 48;    // at most 6 KiB of accumulators

template <class W>
RECURRENT_INLINE LastChain<Weights<W>, Inputs> cut(const LastChain<Weights<W>, Inputs>& all,
                                                   int64_t first) {
  const int64_t left = all.terms - first;
  return {{all.weights.at + first / W::kTerms * all.weights.stride, all.weights.stride},
          {all.inputs.at + first, all.inputs.stride},
          left < kCutTerms ? left : kCutTerms};
}

// The weights of a piece of a chain, as floats.
template <int kVectors, class W>
void expand(const Weights<W>& from, int64_t terms, float* to) {
  WeightBytes at = from.at;
  for (int64_t k = 0; k < terms; k += 2) {
    float* const next = to + kVectors * Vec::kWidth;
#pragma GCC unroll 4
    for (int j = 0; j < kVectors; ++j) {
      const WeightBytes both = at + j * W::kVectorBytes;
      Vec::store(to + j * Vec::kWidth, W::template load<0, 1>(both));
      Vec::store(next + j * Vec::kWidth, W::template load<1, 1>(both));
    }
    to = next + kVectors * Vec::kWidth;
    at += from.stride;
  }
}

template <class Body, int kPanels, class Args, class W>
void run_cut_tiles(const Args& args, const Part<W>& part, int64_t first_row, int64_t rows,
                   Ahead& ahead) {
  constexpr int kTileColumns = kPanels * Body::kColumns;
  constexpr int kVectors = kPanels * Body::kLastGates;
  constexpr int64_t kRowFloats = int64_t{kTileColumns} * Vec::kWidth;
  alignas(64) float sums[static_cast<size_t>(kCutRows * kRowFloats)];
  constexpr int64_t kTermFloats = int64_t{kVectors} * Vec::kWidth;
  alignas(64) float floats[static_cast<size_t>(kExpands<W> ? kCutTerms * kTermFloats : 1)];
  const int64_t terms = Body::last(args, part, 0).terms;
  for (int64_t first = 0; first < terms; first += kCutTerms) {
    if constexpr (kExpands<W>) {
      const auto piece = cut(Body::last(args, part, 0), first);
      expand<kVectors>(piece.weights, piece.terms, floats);
    }
    for_each_tile<max_rows(kTileColumns, W::kAccumulators)>(rows, [&]<int kRows>(int64_t row) {
      Tile<kRows, kTileColumns> acc;
      float* const at = sums + row * kRowFloats;
      if (first == 0)
        Body::begin(acc, args, part, first_row + row, ahead.at);
      else
        start<kTileColumns, AllColumns>(acc, at, kRowFloats);
      const auto piece = cut(Body::last(args, part, first_row + row), first);
      if constexpr (kExpands<W>) {
        const Weights<typename W::Expanded> weights{reinterpret_cast<WeightBytes>(floats),
                                                    kTermFloats * 4};
        add_last<Body>(acc, LastChain{weights, piece.inputs, piece.terms}, ahead.at);
      } else {
        add_last<Body>(acc, piece, ahead.at);
      }
      if (ahead.at >= ahead.end) ahead.at = ahead.group;
      if (first + kCutTerms < terms)
        store_tile(acc, at, kRowFloats);
      else
        finish<Body, kPanels, kRows>(args, part.panel, first_row + row, acc);
    });
  }
}

template <class Body, int kPanels, class Args, class W>
RECURRENT_INLINE void run_tiles(const Args& args, const Part<W>& part, Ahead& ahead) {
  constexpr int kMostRows = max_rows(kPanels * Body::kColumns, W::kAccumulators);
  if constexpr (kCutsChains<Body, W, kPanels>) {
    const int64_t least = kExpands<W> ? 0 : 3 * kCutTerms / 2;
    if (args.range.rows > 2 * kMostRows && Body::last(args, part, 0).terms > least) {
      for (int64_t row = 0; row < args.range.rows; row += kCutRows) {
        const int64_t left = args.range.rows - row;
        run_cut_tiles<Body, kPanels>(args, part, row, left < kCutRows ? left : kCutRows, ahead);
      }
      return;
    }
  }
  for_each_tile<kMostRows>(args.range.rows, [&]<int kRows>(int64_t row) {
    tile<Body, kPanels, kRows>(args, part, row, ahead);
  });
}

// A group of several panels serves few rows. More of them take the panels one by one, whose tiles
// have more rows: weights are then read less often.
template <class Body, class W, int kPanels, class Args>
RECURRENT_INLINE void run_group(const Args& args, int64_t group, int64_t next) {
  const WeightBytes weights = group_weights(args, next);
  Ahead ahead{weights + kPanels * Body::template skipped<W>(args),
              weights + kPanels * panel_stride_of(args), group_weights(args, group)};
  Part<W> part = whole<W, kPanels>(args, group);
  if constexpr (kPanels > 1 && Body::kColumns > 1) {
    if (args.range.rows > max_rows(kPanels * Body::kColumns, W::kAccumulators)) {
      for (int p = 0; p < kPanels; ++p) {
        run_tiles<Body, 1>(args, part, ahead);
        ++part.offset;
        ++part.panel;
      }
      return;
    }
  }
  run_tiles<Body, kPanels>(args, part, ahead);
}

// Calls `run<panels>(group, next)` for the groups from `begin` to `end`.
template <class Body, class Args, class Run>
RECURRENT_INLINE void for_each_group(const Args& args, int64_t begin, int64_t end, bool backwards,
                                     const Run& run) {
  const Grouping& grouping = grouping_of(args);
  for (int64_t i = begin; i < end; ++i) {
    const int64_t group = backwards ? begin + end - 1 - i : i;
    const int64_t next = i + 1 == end ? group : backwards ? group - 1 : group + 1;
    const int64_t left = grouping.panels - group * grouping.panels_per_group;
    const int64_t panels = left < grouping.panels_per_group ? left : grouping.panels_per_group;
    switch (panels) {
      case 1:
        run.template operator()<1>(group, next);
        break;
      case 2:
        run.template operator()<2>(group, next);
        break;
      case 3:
        run.template operator()<3>(group, next);
        break;
      case 4:
        if constexpr (Body::kMaxPanels >= 4) run.template operator()<4>(group, next);
        break;
      default:
        break;
    }
  }
}

// A null stays one.
template <class T>
RECURRENT_INLINE T* moved(T* at, int64_t by) {
  return at ? at + by : at;
}

RECURRENT_INLINE CellArgs rows_of(const CellArgs& all, int64_t row, int64_t rows) {
  CellArgs part = all;
  part.range.rows = rows;
  part.init = moved(all.init, row * all.init_stride);
  part.x = moved(all.x, row * all.x_stride);
  part.h = moved(all.h, row * all.h_stride);
  part.h_out = moved(all.h_out, row * all.h_out_stride);
  part.y = moved(all.y, row * all.y_stride);
  part.c = moved(all.c, row * all.c_stride);
  part.reset_state = moved(all.reset_state, row * all.scratch_stride);
  part.update = moved(all.update, row * all.scratch_stride);
  part.candidate = moved(all.candidate, row * all.scratch_stride);
  part.tape = moved(all.tape, row * all.tape_stride);
  return part;
}
RECURRENT_INLINE ProductArgs rows_of(const ProductArgs& all, int64_t row, int64_t rows) {
  ProductArgs part = all;
  part.range.rows = rows;
  part.x += row * all.x_stride;
  part.out += row * all.out_stride;
  return part;
}

// Cuts the rows of a call into pieces of at most `most`, evenly. `run(part)`
template <class Args, class Run>
RECURRENT_INLINE void for_each_piece(const Args& all, int64_t most, const Run& run) {
  const int64_t rows = all.range.rows;
  if (rows <= most) return run(all);
  const int64_t pieces = (rows + most - 1) / most;
  int64_t row = 0;
  for (int64_t i = 0; i < pieces; ++i) {
    const int64_t count = (rows - row + (pieces - i) - 1) / (pieces - i);
    run(rows_of(all, row, count));
    row += count;
  }
}

template <class Body, class W, class Args>
void run_piece(const Args& args) {
  const Range& range = args.range;
  for_each_group<Body>(args, range.group_begin, range.group_end, range.backwards != 0,
                       [&]<int kPanels>(int64_t group, int64_t next) {
                         run_group<Body, W, kPanels>(args, group, next);
                       });
}

// All groups of a piece before the next piece: what its rows multiply stays in a near cache.
template <class Body, class W, class Args>
RECURRENT_INLINE void run_groups(const Args& args) {
  for_each_piece(args, grouping_of(args).rows_at_once, run_piece<Body, W, Args>);
}

template <class Body, class W>
void run_cell(const CellArgs& args) {
  run_groups<Body, W>(args);
}

// One row: everything stays in registers from the inputs to the new state.
template <class Body, class W, Form kForm>
void run_step(const StepArgs& args) {
  for_each_group<Body>(args, args.group_begin, args.group_end, args.backwards != 0,
                       [&]<int kPanels>(int64_t group, int64_t) {
                         Tile<1, kPanels * Body::kColumns> acc;
                         WeightBytes nothing_ahead = nullptr;
                         const Part<W> part = whole<W, kPanels>(args, group);
                         accumulate<Body>(acc, args, part, 0, nothing_ahead);
#pragma GCC unroll 4
                         for (int p = 0; p < kPanels; ++p)
                           Body::template update<kForm>(args, 0, part.panel + p,
                                                        acc.v[0] + p * Body::kColumns);
                       });
}

// The FinishFn of a form.
template <class Body, Form kForm>
void finish_rows(const CellArgs& args, int64_t row, int64_t panel, const float* accumulators,
                 int64_t rows, int64_t panels) {
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t p = 0; p < panels; ++p) {
      Vec a[Body::kColumns];
#pragma GCC unroll 4
      for (int j = 0; j < Body::kColumns; ++j) {
        a[j] = Vec::load(accumulators);
        accumulators += Vec::kWidth;
      }
      Body::template update<kForm>(args, row + r, panel + p, a);
    }
}

// The same, and the tape is filled: by the body, which has the gates' values at hand in its plain
// form. (`record` does what `update` does.)
template <class Body, Form kForm>
void record_rows(const CellArgs& args, int64_t row, int64_t panel, const float* accumulators,
                 int64_t rows, int64_t panels) {
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t p = 0; p < panels; ++p) {
      Vec a[Body::kStoredColumns];
#pragma GCC unroll 4
      for (int j = 0; j < Body::kStoredColumns; ++j) {
        a[j] = Vec::load(accumulators);
        accumulators += Vec::kWidth;
      }
      Body::template record<kForm>(args, row + r, panel + p, a);
    }
}

// Scalar code is there to be right everywhere: one form of each cell will do.
template <class Body, class W, Form kForm>
constexpr FormKernels form_kernels() {
  constexpr Form kUsed = Vec::kWidth > 1 ? kForm : Form::kGeneral;
  return {finish_rows<Body, kUsed>, record_rows<Body, kUsed>, run_step<Body, W, kUsed>};
}

template <class Body, class W>
constexpr CellKernels cell_kernels(CellFn function = run_cell<Body, W>) {
  return {function,
          {form_kernels<Body, W, Form::kPlain>(), form_kernels<Body, W, Form::kVariant>(),
           form_kernels<Body, W, Form::kGeneral>()}};
}
