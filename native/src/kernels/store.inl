// From pre-activations to what is stored: what all cells share.

// Stores a vector of new units: the state in whole vectors, the output only as far as units exist.
template <class Args>
RECURRENT_INLINE void store_output(const Args& args, int64_t row, int64_t panel, Vec value) {
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

// A vector of the previous state; rows of states are padded to whole vectors.
template <class Args>
RECURRENT_INLINE Vec previous_state(const Args& args, int64_t row, int64_t panel) {
  return Vec::load(args.h + row * args.h_stride + panel * Vec::kWidth);
}

// A vector of gate `index` on the tape, only as far as units exist.
RECURRENT_INLINE void put_on_tape(const CellArgs& args, int64_t row, int64_t panel, int index,
                                  Vec value) {
  const int64_t units = args.cell->units;
  const int64_t unit = panel * Vec::kWidth;
  float* to = args.tape + row * args.tape_stride + index * units + unit;
  if (units - unit >= Vec::kWidth)
    Vec::store(to, value);
  else
    Vec::store_partial(to, value, static_cast<int>(units - unit));
}

// Any activation: a call, because a copy of every function at every use would not fit a cache.
RECURRENT_NOINLINE Vec activate(const Activation& f, Vec a) {
  return apply_activation(f.kind, f.alpha, f.beta, a);
}

// The clip of ONNX: a NaN stays what it is.
template <Form kForm>
RECURRENT_INLINE Vec clip(const CellConstants& cell, Vec a) {
  if constexpr (kForm != Form::kPlain)
    if (cell.clip != 0) a = clamp(-cell.clip, cell.clip, a);
  return a;
}

// A gate from its pre-activation.
template <Form kForm>
RECURRENT_INLINE Vec gate(const CellConstants& cell, Vec a) {
  a = clip<kForm>(cell, a);
  if constexpr (kForm == Form::kGeneral)
    return activate(cell.gate, a);
  else
    return sigmoid(a);
}

// A candidate, or the only activation of a cell, from its pre-activation.
template <Form kForm>
RECURRENT_INLINE Vec candidate(const CellConstants& cell, Vec a) {
  a = clip<kForm>(cell, a);
  if constexpr (kForm == Form::kGeneral)
    return activate(cell.activation, a);
  else
    return tanh(a);
}
