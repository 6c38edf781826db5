// Chains of weights of 8 bits (docs/numerics.md, section 5): sums of integers, exact for a block of
// terms, of which each is then one step of a chain of floats. What a row multiplies is rounded to
// integers first, once for all groups of a call.

// The weights of a chain, and the part of their vectors that a tile takes.
template <class W>
struct IntegerChain {
  WeightBytes at;
  int64_t first;
  int64_t vectors;  // of the group
};

template <int kBits>
struct IntegerWeights {
  using Product = Dot<kBits>;
  static constexpr bool kIsInteger = true;  // blocks of terms are pieces of chains already
  static constexpr int kInputBits = kBits;
  static constexpr int kAccumulators = Product::kAccumulators;

  static RECURRENT_INLINE int64_t chain_bytes(int64_t terms) {
    return kernels::integer_chain_bytes(kIntegerLayout, Vec::kWidth, terms);
  }
  static RECURRENT_INLINE IntegerChain<IntegerWeights> weights(WeightBytes chain, int64_t first,
                                                               int64_t vectors) {
    return {chain, first, vectors};
  }
};

// Rows that are rounded, see rounded_row_bytes().
struct RoundedInputs {
  const unsigned char* at;
  int64_t stride;
};

// The arguments of a kernel with what its rows multiply, rounded.
template <class Args>
struct Rounded : Args {
  RoundedInputs inputs;
  RoundedInputs states;
};

template <class Args>
RECURRENT_INLINE RoundedInputs inputs_of(const Rounded<Args>& args, int64_t row) {
  return {args.inputs.at + row * args.inputs.stride, args.inputs.stride};
}
template <class Args>
RECURRENT_INLINE RoundedInputs states_of(const Rounded<Args>& args, int64_t row) {
  return {args.states.at + row * args.states.stride, args.states.stride};
}
template <class Args>
RECURRENT_INLINE RoundedInputs reset_states_of(const Rounded<Args>& args, int64_t row) {
  return states_of(args, row);
}
template <class Args>
RECURRENT_INLINE WeightBytes group_weights(const Rounded<Args>& args, int64_t group) {
  return group_weights(static_cast<const Args&>(args), group);
}

// To the nearest integer, ties to even, of magnitudes below 2^22.
RECURRENT_INLINE IntVec rounded(Vec a) {
  constexpr float kOnes = 0x1.8p23f;  // from here on a float's last bit is worth 1
  return int_sub(bits_of(add(a, Vec::broadcast(kOnes))), bits_of(Vec::broadcast(kOnes)));
}

// Rounds a row of `terms` floats to integers of at most 2^(kBits - 1) - 1 times its scale. A row
// with a NaN or an infinity has zeros, and a NaN for its scale.
template <int kBits>
RECURRENT_NOINLINE void round_row(const float* x, int64_t terms, unsigned char* row) {
  constexpr float kMost = kBits == 16 ? 32767.0f : 127.0f;
  constexpr float kLeast = 0x1p-64f;
  constexpr int32_t kInfinity = 0x7f800000;
  const int64_t whole = terms / Vec::kWidth * Vec::kWidth;
  const int left = static_cast<int>(terms - whole);
  // Bits of magnitudes, which have the order of integers.
  IntVec most = int_broadcast(0);
  for (int64_t k = 0; k < whole; k += Vec::kWidth)
    most = int_max(most, bits_of(abs(Vec::load(x + k))));
  if (left > 0) most = int_max(most, bits_of(abs(Vec::load_partial(x + whole, left))));
  const int32_t bits = largest_lane(most);
  const bool is_finite = bits < kInfinity;
  float largest = __builtin_bit_cast(float, bits);
  if (largest < kLeast) largest = kLeast;
  const float scale = is_finite ? largest / kMost : __builtin_nanf("");
  __builtin_memcpy(row, &scale, sizeof(scale));
  row += kernels::kRoundedScaleBytes;
  const int64_t plane = kernels::rounded_plane_bytes(terms);
  if (!is_finite) {
    for (int64_t k = 0; k < terms; k += Vec::kWidth)
      Dot<kBits>::put(row, plane, k, int_broadcast(0));
    return;
  }
  const Vec inverse = Vec::broadcast(kMost / largest);
  for (int64_t k = 0; k < whole; k += Vec::kWidth)
    Dot<kBits>::put(row, plane, k, rounded(mul(Vec::load(x + k), inverse)));
  if (left > 0)
    Dot<kBits>::put(row, plane, whole, rounded(mul(Vec::load_partial(x + whole, left), inverse)));
}

// The sums of a tile: of each row and vector one for each plane of its inputs, side by side.
// (Arrays of vectors and nothing else: of structures of them GCC keeps copies in memory.)
template <class W, int kVectors, int kRows>
using Sums =
    IntVec[static_cast<size_t>(kRows)][static_cast<size_t>(kVectors * W::Product::kPlanes)];

// A record of a row, of all planes.
template <class W>
RECURRENT_INLINE void load_values(IntVec* values, const unsigned char* row, int64_t plane,
                                  int64_t k) {
  using Product = typename W::Product;
  values[0] = Product::template value<0>(row, plane, k);
  if constexpr (Product::kPlanes == 2) values[1] = Product::template value<1>(row, plane, k);
}

// One record of all sums. Beside them either the inputs or the weights stay in registers, as in
// term().
template <class W, int kVectors, int kRows>
RECURRENT_INLINE void add_record(Sums<W, kVectors, kRows>& sums, WeightBytes at, RoundedInputs x,
                                 int64_t plane, int64_t k) {
  using Product = typename W::Product;
  constexpr int kPlanes = Product::kPlanes;
  constexpr int64_t kBytes = Vec::kWidth * kIntegerLayout.depth;
  if constexpr (kRows <= kVectors) {
    IntVec values[static_cast<size_t>(kRows)][static_cast<size_t>(kPlanes)];
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) load_values<W>(values[r], x.at + r * x.stride, plane, k);
#pragma GCC unroll 16
    for (int j = 0; j < kVectors; ++j) {
      const IntVec weight = Product::load(at + j * kBytes);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 2
        for (int p = 0; p < kPlanes; ++p) {
          IntVec& sum = sums[r][j * kPlanes + p];
          sum = Product::add(sum, weight, values[r][p]);
        }
    }
  } else {
    IntVec weights[static_cast<size_t>(kVectors)];
#pragma GCC unroll 16
    for (int j = 0; j < kVectors; ++j) weights[j] = Product::load(at + j * kBytes);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      IntVec values[static_cast<size_t>(kPlanes)];
      load_values<W>(values, x.at + r * x.stride, plane, k);
#pragma GCC unroll 16
      for (int j = 0; j < kVectors; ++j)
#pragma GCC unroll 2
        for (int p = 0; p < kPlanes; ++p) {
          IntVec& sum = sums[r][j * kPlanes + p];
          sum = Product::add(sum, weights[j], values[p]);
        }
    }
  }
}

// `a = fma(float(S), weight scale * input scale, a)` for each block of terms in order.
template <int kVectors, class Columns, class W, int kRows, int kColumns>
RECURRENT_INLINE void chain(Tile<kRows, kColumns>& acc, IntegerChain<W> w, RoundedInputs x,
                            int64_t terms, WeightBytes&) {
  using Product = typename W::Product;
  constexpr int kPlanes = Product::kPlanes;
  constexpr int64_t kWordBytes = Vec::kWidth * 4;  // of scales, and of sums
  constexpr int64_t kRecordBytes = Vec::kWidth * kIntegerLayout.depth;
  const int64_t plane = kernels::rounded_plane_bytes(terms);
  const RoundedInputs integers{x.at + kernels::kRoundedScaleBytes, x.stride};
  const WeightBytes scales = w.at + w.first * kWordBytes;
  WeightBytes block = w.at + w.vectors * kWordBytes;
  for (int64_t begin = 0; begin < terms; begin += kernels::kIntegerBlock) {
    const int64_t end =
        begin + kernels::kIntegerBlock < terms ? begin + kernels::kIntegerBlock : terms;
    Sums<W, kVectors, kRows> sums;
    const WeightBytes start = block + w.first * kWordBytes;
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 16
      for (int j = 0; j < kVectors; ++j) {
        sums[r][j * kPlanes] = Product::template start<0>(start + j * kWordBytes);
        if constexpr (kPlanes == 2)
          sums[r][j * kPlanes + 1] = Product::template start<1>(start + j * kWordBytes);
      }
#if defined(__GNUC__)
    // Of larger tiles, and with fewer registers, the chains wait in memory: the compiler would put
    // sums there instead.
    if constexpr (kRows > 1 || kVectors > 4 || Vec::kWidth < 16) __asm__("" : "+m"(acc));
#endif
    if constexpr (kIntegerLayout.has_sums) block += w.vectors * kWordBytes;
    WeightBytes at = block + w.first * kRecordBytes;
    for (int64_t k = begin; k < end; k += kIntegerLayout.depth) {
      add_record<W, kVectors, kRows>(sums, at, integers, plane, k);
      at += w.vectors * kRecordBytes;
    }
    block = at - w.first * kRecordBytes;
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Vec input_scale = Vec::broadcast(*reinterpret_cast<const float*>(x.at + r * x.stride));
#pragma GCC unroll 16
      for (int j = 0; j < kVectors; ++j) {
        Vec& a = acc.v[r][Columns::at(j)];
        const Vec scale = Vec::load(reinterpret_cast<const float*>(scales + j * kWordBytes));
        const IntVec sum = Product::total(sums[r][j * kPlanes], sums[r][j * kPlanes + kPlanes - 1]);
        a = fma(to_float(sum), mul(scale, input_scale), a);
      }
    }
  }
}

// What a cell's chains multiply beside its inputs.
template <class Body>
struct States {
  template <class Args>
  static RECURRENT_INLINE Inputs of(const Args& args) {
    return states_of(args, 0);
  }
};
template <>
struct States<GruCandidateBody> {
  template <class Args>
  static RECURRENT_INLINE Inputs of(const Args& args) {
    return reset_states_of(args, 0);
  }
};

template <int kBits>
RECURRENT_INLINE void round_rows(Inputs x, int64_t terms, int64_t rows, unsigned char* to) {
  if (terms == 0) return;
  for (int64_t row = 0; row < rows; ++row)
    round_row<kBits>(x.at + row * x.stride, terms, to + row * kernels::rounded_row_bytes(terms));
}

// Rounds what `rows` rows of a call multiply, and gives the arguments with it.
template <int kBits, class Args>
RECURRENT_INLINE Rounded<Args> with_rounded(const Args& args, int64_t rows, unsigned char* memory,
                                            Inputs states, int64_t state_terms) {
  const int64_t input_bytes = kernels::rounded_row_bytes(args.x_size);
  unsigned char* const state_memory = memory + rows * input_bytes;
  if (args.x_size > 0) round_rows<kBits>(inputs_of(args, 0), args.x_size, rows, memory);
  round_rows<kBits>(states, state_terms, rows, state_memory);
  return {args, {memory, input_bytes}, {state_memory, kernels::rounded_row_bytes(state_terms)}};
}

// Cuts the rows of a call into pieces for which there is memory. `run(part)`
template <class Args, class Run>
RECURRENT_INLINE void for_each_rounded_piece(const Args& all, int64_t row_bytes, const Run& run) {
  const int64_t most = all.rounded.bytes / row_bytes;
  for_each_piece(all, most < 1 ? 1 : most, run);
}

// Panels that a group may have, see IntegerKernels.
template <class Body>
constexpr int kMostPanels = Body::kMaxPanels >= 4 ? Body::kMaxPanels : kGatedPanels;

template <class Body, class W, class Args>
RECURRENT_INLINE void run_integer_groups(const Args& args) {
  const Range& range = args.range;
  for_each_group<Body>(args, range.group_begin, range.group_end, range.backwards != 0,
                       [&]<int kPanels>(int64_t group, int64_t next) {
                         if constexpr (kPanels <= kMostPanels<Body>)
                           run_group<Body, W, kPanels>(args, group, next);
                       });
}

template <class Body, class W>
void run_integer_cell(const CellArgs& all) {
  const int64_t states = all.cell->h_terms;
  const int64_t bytes = kernels::rounded_row_bytes(all.x_size) + kernels::rounded_row_bytes(states);
  for_each_rounded_piece(all, bytes, [&](const CellArgs& args) {
    run_integer_groups<Body, W>(with_rounded<W::kInputBits>(args, args.range.rows, args.rounded.at,
                                                            States<Body>::of(args), states));
  });
}

template <class W>
void run_integer_gru(const CellArgs& args) {
  if (args.x_size == 0)
    run_integer_cell<GruContinuedBody, W>(args);
  else
    run_integer_cell<GruBody, W>(args);
}

template <class W>
void integer_product(const ProductArgs& all) {
  for_each_rounded_piece(
      all, kernels::rounded_row_bytes(all.x_size),
      [&](const ProductArgs& part) {
        const auto args =
            with_rounded<W::kInputBits>(part, part.range.rows, part.rounded.at, Inputs{}, 0);
        switch (args.gates) {
          case 1:
            run_integer_groups<ProductBody<1>, W>(args);
            break;
          case 3:
            run_integer_groups<ProductBody<3>, W>(args);
            break;
          case 4:
            run_integer_groups<ProductBody<4>, W>(args);
            break;
          default:
            break;
        }
      });
}

// The same as a call of one row, for what ends a tile.
RECURRENT_INLINE CellArgs as_rows(const StepArgs& step) {
  CellArgs args{};
  args.range = {1, step.group_begin, step.group_end, step.backwards};
  args.cell = step.cell;
  args.init = step.init;
  args.x = step.x;
  args.x_size = step.x_size;
  args.h = step.h;
  args.h_out = step.h_out;
  args.y = step.y;
  args.c = step.c;
  args.reset_state = step.reset_state;
  args.update = step.update;
  args.candidate = step.candidate;
  return args;
}

// One row. The plain form of a cell stays in registers to the end; others go through what ends
// tiles.
template <class Body, class W, bool kIsPlain>
void run_integer_step(const StepArgs& all) {
  const Rounded<StepArgs> args =
      with_rounded<W::kInputBits>(all, 1, all.rounded, States<Body>::of(all), all.cell->h_terms);
  for_each_group<Body>(
      args, args.group_begin, args.group_end, args.backwards != 0,
      [&]<int kPanels>([[maybe_unused]] int64_t group, int64_t) {
        if constexpr (kPanels <= kMostPanels<Body>) {
          Tile<1, kPanels * Body::kColumns> acc;
          WeightBytes nothing_ahead = nullptr;
          const Part<W> part = whole<W, kPanels>(args, group);
          accumulate<Body>(acc, args, part, 0, nothing_ahead);
          if constexpr (kIsPlain) {
#pragma GCC unroll 4
            for (int p = 0; p < kPanels; ++p)
              Body::template update<Form::kPlain>(args, 0, part.panel + p,
                                                  acc.v[0] + p * Body::kColumns);
          } else {
            alignas(64) float stored[static_cast<size_t>(kPanels * Body::kColumns * Vec::kWidth)];
            store_tile(acc, stored, 0);
            args.cell->finish(as_rows(args), 0, part.panel, stored, 1, kPanels);
          }
        }
      });
}

template <class Body, class W>
constexpr CellKernels integer_cell(CellFn function = run_integer_cell<Body, W>) {
  // Scalar code has the general form only.
  constexpr StepFn kPlain = run_integer_step<Body, W, (Vec::kWidth > 1)>;
  constexpr StepFn kOther = run_integer_step<Body, W, false>;
  return {function,
          {{nullptr, nullptr, kPlain}, {nullptr, nullptr, kOther}, {nullptr, nullptr, kOther}}};
}

template <int kBits>
constexpr WeightKernels integer_kernels() {
  using W = IntegerWeights<kBits>;
  return {integer_product<W>,
          {
              integer_cell<SimpleBody<false>, W>(),
              integer_cell<SimpleBody<true>, W>(),
              integer_cell<LstmBody, W>(),
              integer_cell<GruBody, W>(run_integer_gru<W>),
              integer_cell<GruGatesBody, W>(),
              integer_cell<GruCandidateBody, W>(),
          }};
}

extern const kernels::IntegerKernels kIntegers;
const kernels::IntegerKernels kIntegers = {kIntegerLayout, kGatedPanels, integer_kernels<16>(),
                                           integer_kernels<8>()};
