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

// The clip of ONNX: a NaN stays what it is.
RECURRENT_INLINE Vec clipped(Vec a, float bound) {
  const Vec high = Vec::broadcast(bound);
  const Vec low = Vec::broadcast(-bound);
  return select(gt(a, high), high, select(lt(a, low), low, a));
}

// Any activation: a call, because a copy of every function at every use would not fit a cache.
RECURRENT_NOINLINE Vec activate(const Activation& f, Vec a) {
  return apply_activation(f.kind, f.alpha, f.beta, a);
}

template <Form kForm>
RECURRENT_INLINE Vec clip(const CellConstants& cell, Vec a) {
  if constexpr (kForm != Form::kPlain)
    if (cell.clip != 0) a = clipped(a, cell.clip);
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
