// Fused updates of the optimizers: one pass over parameters, gradients and moments.

// All lanes of a vector, or those that are left at the end, where others read as 0: a mask costs
// more than the memory does.
struct AllUpdateLanes {
  static RECURRENT_INLINE Vec load(const float* p) { return Vec::load(p); }
  static RECURRENT_INLINE void store(float* p, Vec v) { Vec::store(p, v); }
};
struct LastUpdateLanes {
  int left;
  RECURRENT_INLINE Vec load(const float* p) const { return Vec::load_partial(p, left); }
  RECURRENT_INLINE void store(float* p, Vec v) const { Vec::store_partial(p, v, left); }
};

RECURRENT_INLINE Vec update_gradient(const UpdateArgs& args, Vec g) {
  g = mul(g, Vec::broadcast(args.scale));
  return args.bound != 0 ? clamp(-args.bound, args.bound, g) : g;
}

struct SgdUpdate {
  template <class Lanes>
  static RECURRENT_INLINE void run(const UpdateArgs& args, int64_t i, Lanes lanes) {
    const Vec g = update_gradient(args, lanes.load(args.gradients + i));
    Vec move = g;
    if (args.momentum != 0) {
      const Vec v = fma(Vec::broadcast(args.momentum), lanes.load(args.mean + i), g);
      lanes.store(args.mean + i, v);
      move = args.nesterov ? fma(Vec::broadcast(args.momentum), v, g) : v;
    }
    const Vec p = lanes.load(args.parameters + i);
    lanes.store(args.moved + i, neg_fma(Vec::broadcast(args.rate), move, p));
  }
};

RECURRENT_INLINE Vec blend(float decay, float rest, Vec old, Vec value) {
  return fma(Vec::broadcast(decay), old, mul(Vec::broadcast(rest), value));
}

struct RmsPropUpdate {
  template <class Lanes>
  static RECURRENT_INLINE void run(const UpdateArgs& args, int64_t i, Lanes lanes) {
    const Vec g = update_gradient(args, lanes.load(args.gradients + i));
    const Vec v = blend(args.decay_2, args.rest_2, lanes.load(args.square + i), mul(g, g));
    lanes.store(args.square + i, v);
    Vec move = div(g, add(sqrt(v), Vec::broadcast(args.epsilon)));
    if (args.momentum != 0) {
      move = fma(Vec::broadcast(args.momentum), lanes.load(args.mean + i), move);
      lanes.store(args.mean + i, move);
    }
    const Vec p = lanes.load(args.parameters + i);
    lanes.store(args.moved + i, neg_fma(Vec::broadcast(args.rate), move, p));
  }
};

// AdamW as well: `shrink` is 1 for Adam, `rate` has the correction of the mean in it.
struct AdamUpdate {
  template <class Lanes>
  static RECURRENT_INLINE void run(const UpdateArgs& args, int64_t i, Lanes lanes) {
    const Vec g = update_gradient(args, lanes.load(args.gradients + i));
    const Vec m = blend(args.decay_1, args.rest_1, lanes.load(args.mean + i), g);
    const Vec v = blend(args.decay_2, args.rest_2, lanes.load(args.square + i), mul(g, g));
    lanes.store(args.mean + i, m);
    lanes.store(args.square + i, v);
    const Vec root = sqrt(mul(v, Vec::broadcast(args.square_correction)));
    const Vec move = div(m, add(root, Vec::broadcast(args.epsilon)));
    const Vec p = mul(lanes.load(args.parameters + i), Vec::broadcast(args.shrink));
    lanes.store(args.moved + i, neg_fma(Vec::broadcast(args.rate), move, p));
  }
};

template <class Update>
void update_all(const UpdateArgs& args) {
  int64_t i = 0;
  for (; i + Vec::kWidth <= args.count; i += Vec::kWidth) Update::run(args, i, AllUpdateLanes());
  if (i < args.count) Update::run(args, i, LastUpdateLanes{static_cast<int>(args.count - i)});
}

void update(const UpdateArgs& args) {
  switch (args.optimizer) {
    case RECURRENT_OPTIMIZER_SGD:
      return update_all<SgdUpdate>(args);
    case RECURRENT_OPTIMIZER_RMSPROP:
      return update_all<RmsPropUpdate>(args);
    default:
      return update_all<AdamUpdate>(args);
  }
}
