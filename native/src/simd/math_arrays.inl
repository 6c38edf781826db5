// math.inl and activations.inl over arrays, for the kernel table. Included inside a
// per-instruction-set namespace, after both. x and y may be the same array; otherwise they must not
// overlap.

template <typename Function>
RECURRENT_INLINE void for_each_vector(const float* x, float* y, int64_t n, Function function) {
  int64_t i = 0;
  for (; i + Vec::kWidth <= n; i += Vec::kWidth) Vec::store(y + i, function(Vec::load(x + i)));
  if (i < n) {
    const int rest = static_cast<int>(n - i);
    Vec::store_partial(y + i, function(Vec::load_partial(x + i, rest)), rest);
  }
}

inline void exp_array(const float* x, float* y, int64_t n) {
  for_each_vector(
      x, y, n, [](Vec v) { return exp(v); });
}

inline void expm1_array(const float* x, float* y, int64_t n) {
  for_each_vector(
      x, y, n, [](Vec v) { return expm1(v); });
}

inline void log_array(const float* x, float* y, int64_t n) {
  for_each_vector(
      x, y, n, [](Vec v) { return log(v); });
}

inline void log1p_array(const float* x, float* y, int64_t n) {
  for_each_vector(
      x, y, n, [](Vec v) { return log1p(v); });
}

// The kind is a constant here, so that the choice is made once and not for every vector.
template <int32_t kKind>
RECURRENT_INLINE void activation_array_of(float alpha, float beta, const float* x, float* y,
                                          int64_t n) {
  for_each_vector(
      x, y, n, [=](Vec v) { return apply_activation(kKind, alpha, beta, v); });
}

inline void activation_array(int32_t kind, float alpha, float beta, const float* x, float* y,
                             int64_t n) {
  switch (kind) {
    case RECURRENT_ACTIVATION_TANH:
      return activation_array_of<RECURRENT_ACTIVATION_TANH>(alpha, beta, x, y, n);
    case RECURRENT_ACTIVATION_SIGMOID:
      return activation_array_of<RECURRENT_ACTIVATION_SIGMOID>(alpha, beta, x, y, n);
    case RECURRENT_ACTIVATION_RELU:
      return activation_array_of<RECURRENT_ACTIVATION_RELU>(alpha, beta, x, y, n);
    default:
      return for_each_vector(x, y, n,
                             [=](Vec v) { return apply_activation(kind, alpha, beta, v); });
  }
}
