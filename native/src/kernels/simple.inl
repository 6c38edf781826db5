// SimpleRNN (Elman 1990): h' = f(b + W x + R h). Without h terms a dense layer, without x terms a
// projection; those two have no activation in their plain form.

template <bool kLinear>
struct SimpleBody {
  static constexpr int kMaxPanels = 4;
  static constexpr int kColumns = 1;
  static constexpr int kStoredColumns = kColumns;
  template <class W, class Args>
  static RECURRENT_INLINE int64_t skipped(const Args& args) {
    return args.x_size ? 0 : W::chain_bytes(args.cell->x_terms);
  }

  using LastColumns = AllColumns;
  static constexpr int kLastGates = 1;
  template <int kRows, int kPanels, class Args, class W>
  static RECURRENT_INLINE void begin(Tile<kRows, kPanels>& acc, const Args& args,
                                     const Part<W>& part, int64_t row, WeightBytes& ahead) {
    start<kPanels, AllColumns>(acc, args.init + row * args.init_stride + part.panel * Vec::kWidth,
                               args.init_stride);
    const int64_t terms = args.cell->h_terms == 0 ? 0 : args.x_size;
    chain<kPanels, AllColumns>(acc, part.weights(0, 1), inputs_of(args, row), terms, ahead);
  }
  template <class Args, class W>
  static RECURRENT_INLINE auto last(const Args& args, const Part<W>& part, int64_t row) {
    // The inputs' is the only one of a dense layer and of a convolution.
    if (args.cell->h_terms == 0)
      return LastChain{part.weights(0, 1), inputs_of(args, row), args.x_size};
    return LastChain{part.weights(W::chain_bytes(args.cell->x_terms), 1), states_of(args, row),
                     args.cell->h_terms};
  }

  template <Form kForm, class Args>
  static RECURRENT_INLINE void update(const Args& args, int64_t row, int64_t panel, const Vec* a) {
    const CellConstants& cell = *args.cell;
    const Vec value =
        kLinear && kForm != Form::kGeneral ? clip<kForm>(cell, a[0]) : candidate<kForm>(cell, a[0]);
    // A dense layer's output is no state: a denormal stays.
    store_output(args, row, panel, kLinear && !cell.flush ? value : flush(value));
  }

  template <Form kForm>
  static RECURRENT_INLINE void record(const CellArgs& args, int64_t row, int64_t panel,
                                      const Vec* a) {
    // A plain linear cell has nothing to remember, nor has a projection.
    if constexpr (!kLinear || kForm == Form::kGeneral)
      if (args.tape)
        put_on_tape(args, row, panel, 0,
                    kForm == Form::kPlain ? candidate<kForm>(*args.cell, a[0]) : a[0]);
    update<kForm>(args, row, panel, a);
  }
};
