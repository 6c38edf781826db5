// The backward pass of the cells (Werbos 1990 for backpropagation through time; the gradients
// follow from the equations in docs/numerics.md by the chain rule). They are outside the canonical
// arithmetic.

// The slope of an activation at the pre-activation `a`, where its value is `y`. That of relu at 0
// is 0, and at NaN 1: a NaN is not to be hidden from who trains.
RECURRENT_INLINE Vec slope_of(int32_t kind, float alpha, float beta, Vec a, Vec y) {
  const Vec one = Vec::broadcast(1.0f);
  const Vec zero = Vec::zero();
  const Vec va = Vec::broadcast(alpha);
  switch (kind) {
    case RECURRENT_ACTIVATION_TANH:
      return neg_fma(y, y, one);
    case RECURRENT_ACTIVATION_SIGMOID:
      return mul(y, sub(one, y));
    case RECURRENT_ACTIVATION_RELU:
      return select(ge(zero, a), zero, one);
    case RECURRENT_ACTIVATION_HARD_SIGMOID: {
      const Vec t = fma(va, a, Vec::broadcast(beta));
      return select(gt(t, zero), select(lt(t, one), va, zero), zero);
    }
    case RECURRENT_ACTIVATION_AFFINE:
      return va;
    case RECURRENT_ACTIVATION_LEAKY_RELU:
      return select(gt(a, zero), one, va);
    case RECURRENT_ACTIVATION_THRESHOLDED_RELU:
      return select(lt(a, va), zero, one);
    case RECURRENT_ACTIVATION_SCALED_TANH: {
      const Vec t = tanh(mul(Vec::broadcast(beta), a));
      return mul(mul(va, Vec::broadcast(beta)), neg_fma(t, t, one));
    }
    case RECURRENT_ACTIVATION_ELU:
      return select(gt(a, zero), one, mul(va, exp(a)));
    case RECURRENT_ACTIVATION_SOFTSIGN: {
      const Vec d = div(one, add(one, abs(a)));
      return mul(d, d);
    }
    case RECURRENT_ACTIVATION_SOFTPLUS:
      return sigmoid(a);
    case RECURRENT_ACTIVATION_CLIP:
      return select(lt(a, va), zero, select(gt(a, Vec::broadcast(beta)), zero, one));
    case RECURRENT_ACTIVATION_IDENTITY:
    default:
      return one;
  }
}

// A gate's value and the slope of it in its pre-activation, from what the tape has.
struct Recorded {
  Vec value;
  Vec slope;
};

RECURRENT_NOINLINE Recorded recall(const CellConstants& cell, const Activation& f, Vec a) {
  const Vec clipped = cell.clip != 0 ? clamp(-cell.clip, cell.clip, a) : a;
  const Vec y = apply_activation(f.kind, f.alpha, f.beta, clipped);
  Vec slope = slope_of(f.kind, f.alpha, f.beta, clipped, y);
  // Outside a binding clip nothing changes.
  if (cell.clip != 0) slope = select(gt(abs(a), Vec::broadcast(cell.clip)), Vec::zero(), slope);
  return {y, slope};
}

template <Form kForm>
RECURRENT_INLINE Recorded gate_of(const CellConstants& cell, Vec recorded) {
  if constexpr (kForm == Form::kPlain)
    return {recorded, mul(recorded, sub(Vec::broadcast(1.0f), recorded))};
  else
    return recall(cell, cell.gate, recorded);
}

template <Form kForm>
RECURRENT_INLINE Recorded candidate_of(const CellConstants& cell, Vec recorded) {
  if constexpr (kForm == Form::kPlain)
    return {recorded, neg_fma(recorded, recorded, Vec::broadcast(1.0f))};
  else
    return recall(cell, cell.activation, recorded);
}

// A vector of units of one row: loads and stores that stop where units do.
struct Units {
  const BackwardArgs& args;
  int64_t row;
  int64_t unit;
  int64_t left;

  RECURRENT_INLINE Vec partial(const float* from) const {
    return left >= Vec::kWidth ? Vec::load(from) : Vec::load_partial(from, static_cast<int>(left));
  }
  RECURRENT_INLINE void put(float* to, Vec value) const {
    if (left >= Vec::kWidth)
      Vec::store(to, value);
    else
      Vec::store_partial(to, value, static_cast<int>(left));
  }
  RECURRENT_INLINE float* tape(int gate) const {
    return args.tape + row * args.tape_stride + gate * args.cell->units + unit;
  }
  RECURRENT_INLINE Vec recorded(int gate) const { return partial(tape(gate)); }
  // Puts the gradient of a pre-activation on the tape, and adds it to the bias.
  RECURRENT_INLINE void give(int gate, Vec gradient) const {
    put(tape(gate), gradient);
    add_to(args.bias + row * args.bias_stride + gate * args.cell->units, gradient);
  }
  RECURRENT_INLINE void add_to(float* sums, Vec value) const {
    put(sums + unit, add(partial(sums + unit), value));
  }
  RECURRENT_INLINE Vec state(const float* rows) const {
    return Vec::load(rows + row * args.h_stride + unit);
  }
  RECURRENT_INLINE Vec cell(const float* rows) const {
    return Vec::load(rows + row * args.c_stride + unit);
  }
  // Of what the cell puts out and hands on.
  RECURRENT_INLINE Vec dh() const {
    Vec sum = state(args.dh);
    if (args.dy) sum = add(sum, partial(args.dy + row * args.dy_stride + unit));
    return sum;
  }
};

template <class Body, Form kForm>
void backward(const BackwardArgs& args) {
  for (int64_t row = 0; row < args.rows; ++row)
    for (int64_t panel = args.panel_begin; panel < args.panel_end; ++panel) {
      const int64_t unit = panel * Vec::kWidth;
      Body::template run<kForm>(Units{args, row, unit, args.cell->units - unit});
    }
}

struct SimpleBackward {
  template <Form kForm>
  static RECURRENT_INLINE void run(const Units& u) {
    u.give(0, mul(u.dh(), candidate_of<kForm>(*u.args.cell, u.recorded(0)).slope));
  }
};

// Of pre-activations i f g o, and of the cell state before.
struct LstmGradients {
  Vec gates[4];
  Vec cell;
};

// Of a plain cell: values of gates, tanh(c'), c, and the gradients of h' and, from the step after,
// c'.
RECURRENT_INLINE LstmGradients lstm_gradients(const Vec (&gates)[4], Vec t, Vec c, Vec dh,
                                              Vec after) {
  const Vec one = Vec::broadcast(1.0f);
  const Vec i = gates[0];
  const Vec f = gates[1];
  const Vec g = gates[2];
  const Vec o = gates[3];
  const Vec dc = fma(mul(dh, o), neg_fma(t, t, one), after);
  return {{mul(mul(dc, g), mul(i, sub(one, i))), mul(mul(dc, c), mul(f, sub(one, f))),
           mul(mul(dc, i), neg_fma(g, g, one)), mul(mul(dh, t), mul(o, sub(one, o)))},
          mul(dc, f)};
}

struct LstmBackward {
  template <Form kForm>
  static RECURRENT_INLINE void run(const Units& u) {
    const CellConstants& cell = *u.args.cell;
    const Vec c = u.cell(u.args.c);
    const Vec next = u.cell(u.args.c_new);
    float* dc_at = u.args.dc + u.row * u.args.c_stride + u.unit;
    const Vec dh = u.dh();
    if constexpr (kForm == Form::kPlain) {
      const LstmGradients gradients =
          lstm_gradients({u.recorded(0), u.recorded(1), u.recorded(2), u.recorded(3)}, tanh(next),
                         c, dh, Vec::load(dc_at));
      Vec::store(dc_at, gradients.cell);
#pragma GCC unroll 4
      for (int j = 0; j < 4; ++j) u.give(j, gradients.gates[j]);
    } else {
      general(u, cell, c, next, dh, dc_at);
    }
  }

  // Peepholes `[panel][i f o][V]`, or zeros.
  static RECURRENT_INLINE Vec peephole(const CellConstants& cell, const Units& u, int index) {
    if (!cell.peephole) return Vec::zero();
    return Vec::load(cell.peephole + 3 * u.unit + index * Vec::kWidth);
  }

  static RECURRENT_INLINE void general(const Units& u, const CellConstants& cell, Vec c, Vec next,
                                       Vec dh, float* dc_at) {
    const Vec one = Vec::broadcast(1.0f);
    const Vec zero = Vec::zero();
    const Vec pi = peephole(cell, u, 0);
    const Vec pf = peephole(cell, u, 1);
    const Vec po = peephole(cell, u, 2);
    const bool o_sees_previous = cell.peephole_previous != 0;
    const Vec seen = o_sees_previous ? c : next;
    Recorded i = recall(cell, cell.gate, fma(pi, c, u.recorded(0)));
    Recorded f = recall(cell, cell.gate, fma(pf, c, u.recorded(1)));
    const Recorded g = recall(cell, cell.activation, u.recorded(2));
    const Recorded o = recall(cell, cell.gate, fma(po, seen, u.recorded(3)));
    const bool f_from_i = cell.coupling == RECURRENT_GATE_COUPLING_FORGET_FROM_INPUT;
    const bool i_from_f = cell.coupling == RECURRENT_GATE_COUPLING_INPUT_FROM_FORGET;
    if (f_from_i) f = {sub(one, i.value), zero};
    if (i_from_f) i = {sub(one, f.value), zero};
    const Vec t = apply_activation(cell.output.kind, cell.output.alpha, cell.output.beta, next);
    const Vec out_slope = slope_of(cell.output.kind, cell.output.alpha, cell.output.beta, next, t);

    const Vec da_o = mul(mul(dh, t), o.slope);
    Vec dc = fma(mul(dh, o.value), out_slope, Vec::load(dc_at));
    if (!o_sees_previous) dc = fma(da_o, po, dc);
    Vec di = mul(dc, g.value);
    Vec df = mul(dc, c);
    if (f_from_i) di = sub(di, df);
    if (i_from_f) df = sub(df, di);
    const Vec da_i = mul(di, i.slope);
    const Vec da_f = mul(df, f.slope);
    Vec before = fma(da_f, pf, fma(da_i, pi, mul(dc, f.value)));
    if (o_sees_previous) before = fma(da_o, po, before);
    Vec::store(dc_at, before);
    u.give(0, da_i);
    u.give(1, da_f);
    u.give(2, mul(mul(dc, i.value), g.slope));
    u.give(3, da_o);
    if (!u.args.peephole) return;
    float* sums = u.args.peephole + u.row * u.args.peephole_stride;
    u.add_to(sums, mul(da_i, c));
    u.add_to(sums + cell.units, mul(da_f, c));
    u.add_to(sums + 2 * cell.units, mul(da_o, seen));
  }
};

// Of p r z q, and the part of the previous state's that needs no product.
struct GruGradients {
  Vec gates[4];
  Vec direct;
};

RECURRENT_INLINE GruGradients gru_gradients(Recorded r, Recorded z, Recorded n, Vec q, Vec h,
                                            Vec dh) {
  const Vec da_n = mul(mul(dh, sub(Vec::broadcast(1.0f), z.value)), n.slope);
  return {{da_n, mul(mul(da_n, q), r.slope), mul(mul(dh, sub(h, n.value)), z.slope),
           mul(da_n, r.value)},
          mul(dh, z.value)};
}

struct GruBackward {
  template <Form kForm>
  static RECURRENT_INLINE void run(const Units& u) {
    const CellConstants& cell = *u.args.cell;
    const Recorded r = gate_of<kForm>(cell, u.recorded(1));
    const Recorded z = gate_of<kForm>(cell, u.recorded(2));
    const Vec q = u.recorded(3);
    const Vec first = u.recorded(0);
    const Recorded n =
        candidate_of<kForm>(cell, kForm == Form::kPlain ? first : fma(r.value, q, first));
    float* direct = u.args.direct + u.row * u.args.h_stride + u.unit;
    const Vec dh = add(u.dh(), Vec::load(direct));
    const GruGradients gradients = gru_gradients(r, z, n, q, u.state(u.args.h), dh);
    Vec::store(direct, gradients.direct);
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) u.give(j, gradients.gates[j]);
  }
};

// The gradients of z and n, and what of the state's needs no product.
struct GruCandidateBackward {
  template <Form kForm>
  static RECURRENT_INLINE void run(const Units& u) {
    const CellConstants& cell = *u.args.cell;
    const Recorded z = gate_of<kForm>(cell, u.recorded(1));
    const Recorded n = candidate_of<kForm>(cell, u.recorded(2));
    float* direct = u.args.direct + u.row * u.args.h_stride + u.unit;
    const Vec dh = add(u.dh(), Vec::load(direct));
    Vec::store(direct, mul(dh, z.value));
    u.give(1, mul(mul(dh, sub(u.state(u.args.h), n.value)), z.slope));
    u.give(2, mul(mul(dh, sub(Vec::broadcast(1.0f), z.value)), n.slope));
  }
};

// The gradient of r, once s = r * h has its own.
struct GruResetBackward {
  template <Form kForm>
  static RECURRENT_INLINE void run(const Units& u) {
    const Recorded r = gate_of<kForm>(*u.args.cell, u.recorded(0));
    const Vec ds = u.state(u.args.ds);
    float* direct = u.args.direct + u.row * u.args.h_stride + u.unit;
    Vec::store(direct, fma(ds, r.value, Vec::load(direct)));
    u.give(0, mul(mul(ds, u.state(u.args.h)), r.slope));
  }
};

template <class Body>
constexpr BackwardKernels backward_kernels() {
  return {backward<Body, Form::kPlain>, backward<Body, Form::kGeneral>};
}

inline void slope_array(int32_t kind, float alpha, float beta, const float* x, const float* dy,
                        float* dx, int64_t count) {
  for (int64_t i = 0; i < count; i += Vec::kWidth) {
    const int left = static_cast<int>(count - i < Vec::kWidth ? count - i : Vec::kWidth);
    const Vec a = Vec::load_partial(x + i, left);
    const Vec y = apply_activation(kind, alpha, beta, a);
    const Vec slope = slope_of(kind, alpha, beta, a, y);
    Vec::store_partial(dx + i, mul(Vec::load_partial(dy + i, left), slope), left);
  }
}
