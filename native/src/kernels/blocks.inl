// Training of plain cells with a row in each lane. A unit's weights are broadcast, so that nothing
// depends on how many units there are; chains have the canonical order (docs/numerics.md), so what
// goes forward has the same bits as with units in lanes.

constexpr int kBlockVectors = static_cast<int>(kBlockRows) / Vec::kWidth;

// What belongs to one unit of a block.
struct BlockVec {
  Vec v[static_cast<size_t>(kBlockVectors)];

  static RECURRENT_INLINE BlockVec load(const float* from) {
    BlockVec result;
#pragma GCC unroll 4
    for (int j = 0; j < kBlockVectors; ++j) result.v[j] = Vec::load(from + j * Vec::kWidth);
    return result;
  }
  static RECURRENT_INLINE BlockVec broadcast(float value) {
    BlockVec result;
#pragma GCC unroll 4
    for (int j = 0; j < kBlockVectors; ++j) result.v[j] = Vec::broadcast(value);
    return result;
  }
  static RECURRENT_INLINE void store(float* to, const BlockVec& a) {
#pragma GCC unroll 4
    for (int j = 0; j < kBlockVectors; ++j) Vec::store(to + j * Vec::kWidth, a.v[j]);
  }
  RECURRENT_INLINE void add_product(float weight, const BlockVec& a) {
    const Vec w = Vec::broadcast(weight);
#pragma GCC unroll 4
    for (int j = 0; j < kBlockVectors; ++j) v[j] = fma(w, a.v[j], v[j]);
  }
};

// Where vector `j` of a unit is.
RECURRENT_INLINE int64_t block_at(int64_t unit, int j) {
  return unit * kBlockRows + j * Vec::kWidth;
}

struct SimpleBlock {
  static constexpr int kColumns = 1;
  static constexpr int kGates = 1;
  static constexpr int kUnits = kBlockVectors == 1 ? 8 : 6;  // of a tile
  using Inputs = AllColumns;
  using States = AllColumns;
  static RECURRENT_INLINE void finish(const BlockStepArgs& args, int64_t unit, int j,
                                      const Vec* a) {
    const Vec h = tanh(a[0]);
    Vec::store(args.tape + block_at(unit, j), h);
    Vec::store(args.h_out + block_at(unit, j), flush(h));
  }
};

struct LstmBlock {
  static constexpr int kColumns = 4;
  static constexpr int kGates = 4;
  static constexpr int kUnits = kBlockVectors == 1 ? 4 : 1;
  using Inputs = AllColumns;
  using States = AllColumns;
  static RECURRENT_INLINE void finish(const BlockStepArgs& args, int64_t unit, int j,
                                      const Vec* a) {
    const int64_t at = block_at(unit, j);
    const int64_t gate = args.cell->units * kBlockRows;
    const LstmStep step = lstm_step(a, Vec::load(args.c + at));
#pragma GCC unroll 4
    for (int g = 0; g < kGates; ++g) Vec::store(args.tape + at + g * gate, step.gates[g]);
    Vec::store(args.tape + at + 4 * gate, step.tanh_of_cell);
    Vec::store(args.c_out + at, step.cell);
    Vec::store(args.h_out + at, step.output);
  }
};

struct GruBlock {
  static constexpr int kColumns = 4;  // r z p q
  static constexpr int kGates = 3;
  static constexpr int kUnits = kBlockVectors == 1 ? 4 : 1;
  using Inputs = GruInputColumns;
  using States = GruStateColumns;
  static RECURRENT_INLINE void finish(const BlockStepArgs& args, int64_t unit, int j,
                                      const Vec* a) {
    const int64_t at = block_at(unit, j);
    const int64_t gate = args.cell->units * kBlockRows;
    const GruGates gates = gru_gates(a);
    Vec::store(args.tape + at, gates.n);
    Vec::store(args.tape + at + gate, gates.r);
    Vec::store(args.tape + at + 2 * gate, gates.z);
    Vec::store(args.tape + at + 3 * gate, a[3]);
    Vec::store(args.h_out + at, gru_blend(gates.z, Vec::load(args.h + at), gates.n));
  }
};

template <class Body, class Columns, int kUnits>
RECURRENT_INLINE void block_chain(BlockVec (&acc)[static_cast<size_t>(kUnits)][4],
                                  Weights<Float32Weights> w, int64_t first, const float* in,
                                  int64_t terms) {
  // Before the loop: the compiler would keep an address for each of the products in it.
  w.at += first * static_cast<int64_t>(sizeof(float));
  for (int64_t k = 0; k < terms; ++k) {
    const BlockVec value = BlockVec::load(in);
    const float* const weights = reinterpret_cast<const float*>(w.at);
#pragma GCC unroll 4
    for (int g = 0; g < Body::kGates; ++g)
#pragma GCC unroll 8
      for (int u = 0; u < kUnits; ++u)
        acc[u][Columns::at(g)].add_product(weights[g * Vec::kWidth + u], value);
    in += kBlockRows;
    w.at += w.stride;
  }
}

// Units of one panel, from the unit `first` in it.
template <class Body, int kUnits>
void block_tile(const BlockStepArgs& args, const Part<Float32Weights>& part, int64_t first) {
  const CellConstants& cell = *args.cell;
  const float* bias = cell.bias + part.panel * Body::kGates * Vec::kWidth + first;
  BlockVec acc[static_cast<size_t>(kUnits)][4];
#pragma GCC unroll 4
  for (int g = 0; g < Body::kGates; ++g)
#pragma GCC unroll 8
    for (int u = 0; u < kUnits; ++u)
      acc[u][Body::Inputs::at(g)] = BlockVec::broadcast(bias[g * Vec::kWidth + u]);
  if constexpr (Body::kColumns > Body::kGates) {
#pragma GCC unroll 8
    for (int u = 0; u < kUnits; ++u)
      acc[u][Body::kGates] =
          BlockVec::broadcast(cell.state_bias[part.panel * Vec::kWidth + first + u]);
  }
  block_chain<Body, typename Body::Inputs, kUnits>(acc, part.weights(0, Body::kGates), first,
                                                   args.x, cell.x_terms);
  const int64_t before = Float32Weights::chain_bytes(cell.x_terms) * Body::kGates;
  block_chain<Body, typename Body::States, kUnits>(acc, part.weights(before, Body::kGates), first,
                                                   args.h, cell.h_terms);
  // Through memory in the first-level cache to one copy of the activations, as in tiles.inl.
  alignas(64) float stored[static_cast<size_t>(kUnits * Body::kColumns * kBlockRows)];
#pragma GCC unroll 8
  for (int u = 0; u < kUnits; ++u)
#pragma GCC unroll 4
    for (int g = 0; g < Body::kColumns; ++g)
      BlockVec::store(stored + (u * Body::kColumns + g) * kBlockRows, acc[u][g]);
#pragma GCC unroll 1
  for (int u = 0; u < kUnits; ++u)
#pragma GCC unroll 1
    for (int j = 0; j < kBlockVectors; ++j) {
      Vec a[4];
#pragma GCC unroll 4
      for (int g = 0; g < Body::kColumns; ++g)
        a[g] = Vec::load(stored + block_at(u * Body::kColumns + g, j));
      Body::finish(args, part.panel * Vec::kWidth + first + u, j, a);
    }
}

template <class Body>
void block_step(const BlockStepArgs& args) {
  const CellConstants& cell = *args.cell;
  for (int64_t panel = 0; panel < cell.grouping.panels; ++panel) {
    const int64_t group = panel / cell.grouping.panels_per_group;
    const int64_t offset = panel - group * cell.grouping.panels_per_group;
    const int64_t left = cell.grouping.panels - group * cell.grouping.panels_per_group;
    const Part<Float32Weights> part{
        cell.weights + group * cell.grouping.panels_per_group * cell.panel_stride,
        left < cell.grouping.panels_per_group ? left : cell.grouping.panels_per_group, offset,
        panel};
    const int64_t units = cell.units - panel * Vec::kWidth;
    for_each_tile<Body::kUnits>(
        units < Vec::kWidth ? units : Vec::kWidth,
        [&]<int kUnits>(int64_t first) { block_tile<Body, kUnits>(args, part, first); });
  }
}

// A vector of a unit on the way back: what rows without the step have stays.
struct BlockUnit {
  const BlockBackArgs& args;
  int64_t at;
  Mask active;

  RECURRENT_INLINE Vec dh() const {
    const Vec dh = Vec::load(args.dh + at);
    return args.dy ? add(dh, Vec::load(args.dy + at)) : dh;
  }
  RECURRENT_INLINE float* tape(int gate) const {
    return args.tape + gate * args.units * kBlockRows + at;
  }
  RECURRENT_INLINE Vec recorded(int gate) const { return Vec::load(tape(gate)); }
  RECURRENT_INLINE void give(int gate, Vec gradient) const {
    Vec::store(tape(gate), select(active, gradient, Vec::zero()));
  }
  RECURRENT_INLINE void leave(float* states, Vec value) const {
    Vec::store(states + at, select(active, value, Vec::load(states + at)));
  }
};

struct SimpleBlockBack {
  static RECURRENT_INLINE void run(const BlockUnit& u) {
    u.give(0, mul(u.dh(), candidate_of<Form::kPlain>(CellConstants{}, u.recorded(0)).slope));
    u.leave(u.args.dh, Vec::zero());
  }
};

struct LstmBlockBack {
  static RECURRENT_INLINE void run(const BlockUnit& u) {
    const LstmGradients gradients =
        lstm_gradients({u.recorded(0), u.recorded(1), u.recorded(2), u.recorded(3)}, u.recorded(4),
                       Vec::load(u.args.c + u.at), u.dh(), Vec::load(u.args.dc + u.at));
    u.leave(u.args.dc, gradients.cell);
    u.leave(u.args.dh, Vec::zero());
#pragma GCC unroll 4
    for (int g = 0; g < 4; ++g) u.give(g, gradients.gates[g]);
  }
};

struct GruBlockBack {
  static RECURRENT_INLINE void run(const BlockUnit& u) {
    const CellConstants plain{};
    const GruGradients gradients = gru_gradients(gate_of<Form::kPlain>(plain, u.recorded(1)),
                                                 gate_of<Form::kPlain>(plain, u.recorded(2)),
                                                 candidate_of<Form::kPlain>(plain, u.recorded(0)),
                                                 u.recorded(3), Vec::load(u.args.h + u.at), u.dh());
    u.leave(u.args.dh, gradients.direct);
#pragma GCC unroll 4
    for (int g = 0; g < 4; ++g) u.give(g, gradients.gates[g]);
  }
};

template <class Body>
void block_back(const BlockBackArgs& args) {
  alignas(64) float ones[static_cast<size_t>(kBlockRows)];
  for (int64_t row = 0; row < kBlockRows; ++row) ones[row] = row < args.rows ? 1.0f : 0.0f;
#pragma GCC unroll 4
  for (int j = 0; j < kBlockVectors; ++j) {
    const Mask active = gt(Vec::load(ones + j * Vec::kWidth), Vec::zero());
    for (int64_t unit = 0; unit < args.units; ++unit)
      Body::run(BlockUnit{args, block_at(unit, j), active});
  }
}

constexpr int kBlockProductColumns = kBlockVectors == 1 ? 8 : 6;

void block_product(const BlockProductArgs& args) {
  for_each_tile<kBlockProductColumns>(args.columns, [&]<int kColumns>(int64_t first) {
    float* const out = args.out + first * kBlockRows;
    BlockVec acc[static_cast<size_t>(kColumns)];
#pragma GCC unroll 8
    for (int j = 0; j < kColumns; ++j) acc[j] = BlockVec::load(out + j * kBlockRows);
    const float* w = args.weights + first;
    const float* a = args.a;
    for (int64_t k = 0; k < args.terms; ++k) {
      const BlockVec value = BlockVec::load(a);
#pragma GCC unroll 8
      for (int j = 0; j < kColumns; ++j) acc[j].add_product(w[j], value);
      w += args.columns;
      a += kBlockRows;
    }
#pragma GCC unroll 8
    for (int j = 0; j < kColumns; ++j) BlockVec::store(out + j * kBlockRows, acc[j]);
  });
}

// A tile has as many accumulators as a vector has lanes: their sums are one vector. There are two
// shapes, one for what is left of few columns; vectors of four lanes have one.
constexpr int kBlockTileRows = 4;
constexpr int kBlockTileColumns = Vec::kWidth / kBlockTileRows;
constexpr int kTallTileRows = 2 * kBlockTileRows;
constexpr int kTallTileColumns = kBlockTileColumns / 2;

template <int kRows, int kColumns>
RECURRENT_INLINE void block_gradient_tile(const BlockGradientArgs& args, int64_t row,
                                          int64_t column) {
  Vec acc[static_cast<size_t>(kRows * kColumns)];
#pragma GCC unroll 16
  for (int i = 0; i < kRows * kColumns; ++i) acc[i] = Vec::zero();
  for (int64_t s = 0; s < args.steps; ++s) {
    const float* a = args.a[s] + row * kBlockRows;
    const float* b = args.b[s] + column * kBlockRows;
#pragma GCC unroll 4
    for (int v = 0; v < kBlockVectors; ++v) {
      Vec right[static_cast<size_t>(kColumns)];
#pragma GCC unroll 4
      for (int j = 0; j < kColumns; ++j) right[j] = Vec::load(b + block_at(j, v));
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        const Vec left = Vec::load(a + block_at(r, v));
#pragma GCC unroll 4
        for (int j = 0; j < kColumns; ++j)
          acc[r * kColumns + j] = fma(left, right[j], acc[r * kColumns + j]);
      }
    }
  }
  alignas(64) float sums[Vec::kWidth];
  Vec::store(sums, sums_of(acc));
  float* const out = args.out + (row - args.a_begin) * args.out_stride + column - args.b_begin;
  for (int r = 0; r < kRows; ++r) {
    const float* const from = sums + r * kColumns;
    float* const to = out + r * args.out_stride;
    if (args.adds)
#pragma GCC unroll 4
      for (int j = 0; j < kColumns; ++j) to[j] += from[j];
    else
#pragma GCC unroll 4
      for (int j = 0; j < kColumns; ++j) to[j] = from[j];
  }
}

void block_gradient(const BlockGradientArgs& args) {
  for (int64_t row = args.a_begin; row < args.a_end; row += kTallTileRows)
    for (int64_t column = args.b_begin; column < args.b_end; column += kBlockTileColumns)
      if (row + kBlockTileRows >= args.a_end) {
        block_gradient_tile<kBlockTileRows, kBlockTileColumns>(args, row, column);
      } else if (kTallTileColumns > 0 && args.b_end - column <= kTallTileColumns) {
        if constexpr (kTallTileColumns > 0)
          block_gradient_tile<kTallTileRows, kTallTileColumns>(args, row, column);
      } else {
        block_gradient_tile<kBlockTileRows, kBlockTileColumns>(args, row, column);
        block_gradient_tile<kBlockTileRows, kBlockTileColumns>(args, row + kBlockTileRows, column);
      }
}

// A transposition of fewer columns would mostly move nothing.
constexpr int64_t kFewColumns = 4;

void to_block(const float* rows, int64_t stride, int64_t count, int64_t columns, float* block) {
  if (columns < kFewColumns) {
    for (int64_t column = 0; column < columns; ++column)
      for (int64_t row = 0; row < kBlockRows; ++row)
        block[column * kBlockRows + row] = row < count ? rows[row * stride + column] : 0.0f;
    return;
  }
  for (int64_t row = 0; row < kBlockRows; row += Vec::kWidth)
    for (int64_t column = 0; column < columns; column += Vec::kWidth) {
      const int64_t left = columns - column < Vec::kWidth ? columns - column : Vec::kWidth;
      Vec a[Vec::kWidth];
      for (int64_t i = 0; i < Vec::kWidth; ++i)
        a[i] = row + i < count
                   ? Vec::load_partial(rows + (row + i) * stride + column, static_cast<int>(left))
                   : Vec::zero();
      transpose(a);
      for (int64_t i = 0; i < left; ++i) Vec::store(block + (column + i) * kBlockRows + row, a[i]);
    }
}

void from_block(const float* block, int64_t columns, int64_t count, float* rows, int64_t stride) {
  if (columns < kFewColumns) {
    for (int64_t row = 0; row < count; ++row)
      for (int64_t column = 0; column < columns; ++column)
        rows[row * stride + column] = block[column * kBlockRows + row];
    return;
  }
  for (int64_t row = 0; row < count; row += Vec::kWidth)
    for (int64_t column = 0; column < columns; column += Vec::kWidth) {
      const int64_t left = columns - column < Vec::kWidth ? columns - column : Vec::kWidth;
      const int64_t down = count - row < Vec::kWidth ? count - row : Vec::kWidth;
      Vec a[Vec::kWidth];
      for (int64_t i = 0; i < Vec::kWidth; ++i)
        a[i] = i < left ? Vec::load_partial(block + (column + i) * kBlockRows + row,
                                            static_cast<int>(down))
                        : Vec::zero();
      transpose(a);
      for (int64_t i = 0; i < down; ++i)
        Vec::store_partial(rows + (row + i) * stride + column, a[i], static_cast<int>(left));
    }
}

constexpr BlockKernels block_kernels() {
  return {{block_step<SimpleBlock>, block_step<LstmBlock>, block_step<GruBlock>},
          {block_back<SimpleBlockBack>, block_back<LstmBlockBack>, block_back<GruBlockBack>},
          block_product,
          block_gradient,
          to_block,
          from_block,
          kBlockTileRows,
          kBlockTileColumns};
}
