// LSTM (Hochreiter & Schmidhuber 1997, Gers et al. 2000), gates i f g o:
//   c' = fma(f, c, i * g), h' = o * tanh(c')
// with peepholes (Gers & Schmidhuber 2000), coupled gates and a clip where they are asked for.

// A plain cell from its pre-activations: what training keeps of it.
struct LstmStep {
  Vec gates[4];  // values
  Vec cell;
  Vec tanh_of_cell;
  Vec output;
};

RECURRENT_INLINE LstmStep lstm_step(const Vec* a, Vec c) {
  const Vec i = sigmoid(a[0]);
  const Vec f = sigmoid(a[1]);
  const Vec g = tanh(a[2]);
  const Vec o = sigmoid(a[3]);
  const Vec next = fma(f, c, mul(i, g));
  const Vec t = tanh(next);
  return {{i, f, g, o}, flush(next), t, flush(mul(o, t))};
}

struct LstmBody {
  static constexpr int kMaxPanels = 3;
  static constexpr int kColumns = 4;
  static constexpr int kStoredColumns = kColumns;
  template <class W, class Args>
  static RECURRENT_INLINE int64_t skipped(const Args& args) {
    return args.x_size ? 0 : W::chain_bytes(args.cell->x_terms) * kColumns;
  }

  using LastColumns = AllColumns;
  static constexpr int kLastGates = kColumns;
  template <int kRows, int kVectors, class Args, class W>
  static RECURRENT_INLINE void begin(Tile<kRows, kVectors>& acc, const Args& args,
                                     const Part<W>& part, int64_t row, WeightBytes& ahead) {
    start<kVectors, AllColumns>(
        acc, args.init + row * args.init_stride + part.panel * kColumns * Vec::kWidth,
        args.init_stride);
    chain<kVectors, AllColumns>(acc, part.weights(0, kColumns), inputs_of(args, row), args.x_size,
                                ahead);
  }
  template <class Args, class W>
  static RECURRENT_INLINE auto last(const Args& args, const Part<W>& part, int64_t row) {
    const int64_t before = W::chain_bytes(args.cell->x_terms) * kColumns;
    return LastChain{part.weights(before, kColumns), states_of(args, row), args.cell->h_terms};
  }

  template <Form kForm, class Args>
  static RECURRENT_INLINE void update(const Args& args, int64_t row, int64_t panel, const Vec* a) {
    float* state = args.c + row * args.c_stride + panel * Vec::kWidth;
    const Vec c = Vec::load(state);
    if constexpr (kForm == Form::kPlain) {
      const Vec next = fma(sigmoid(a[1]), c, mul(sigmoid(a[0]), tanh(a[2])));
      Vec::store(state, flush(next));
      // The tanh need not wait for the flush: from a denormal it makes an h' that is flushed too.
      store_output(args, row, panel, flush(mul(sigmoid(a[3]), tanh(next))));
    } else {
      const CellConstants& cell = *args.cell;
      const float* peephole = cell.peephole ? cell.peephole + panel * 3 * Vec::kWidth : nullptr;
      const Gates in = input_and_forget<kForm>(cell, peephole, c, a);
      const Vec next = flush(fma(in.forget, c, mul(in.input, candidate<kForm>(cell, a[2]))));
      Vec o = a[3];
      if (peephole)
        o = fma(Vec::load(peephole + 2 * Vec::kWidth), cell.peephole_previous ? c : next, o);
      Vec::store(state, next);
      Vec out;
      if constexpr (kForm == Form::kGeneral)
        out = activate(cell.output, next);
      else
        out = tanh(next);
      store_output(args, row, panel, flush(mul(gate<kForm>(cell, o), out)));
    }
  }

  template <Form kForm>
  static RECURRENT_INLINE void record(const CellArgs& args, int64_t row, int64_t panel,
                                      const Vec* a) {
    if constexpr (kForm == Form::kPlain) {
      float* state = args.c + row * args.c_stride + panel * Vec::kWidth;
      const LstmStep step = lstm_step(a, Vec::load(state));
#pragma GCC unroll 4
      for (int j = 0; j < kColumns; ++j) put_on_tape(args, row, panel, j, step.gates[j]);
      Vec::store(state, step.cell);
      store_output(args, row, panel, step.output);
    } else {
#pragma GCC unroll 4
      for (int j = 0; j < kColumns; ++j) put_on_tape(args, row, panel, j, a[j]);
      update<kForm>(args, row, panel, a);
    }
  }

  struct Gates {
    Vec input;
    Vec forget;
  };

  // Either of the two may be one minus the other.
  template <Form kForm>
  static RECURRENT_INLINE Gates input_and_forget(const CellConstants& cell, const float* peephole,
                                                 Vec c, const Vec* a) {
    const Vec one = Vec::broadcast(1.0f);
    Vec i = a[0];
    Vec f = a[1];
    if (peephole) {
      i = fma(Vec::load(peephole), c, i);
      f = fma(Vec::load(peephole + Vec::kWidth), c, f);
    }
    if (cell.coupling != RECURRENT_GATE_COUPLING_INPUT_FROM_FORGET) i = gate<kForm>(cell, i);
    if (cell.coupling != RECURRENT_GATE_COUPLING_FORGET_FROM_INPUT) f = gate<kForm>(cell, f);
    if (cell.coupling == RECURRENT_GATE_COUPLING_FORGET_FROM_INPUT) f = sub(one, i);
    if (cell.coupling == RECURRENT_GATE_COUPLING_INPUT_FROM_FORGET) i = sub(one, f);
    return {i, f};
  }
};
