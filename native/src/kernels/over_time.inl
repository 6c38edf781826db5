// What layers over time do with a step: one feature in each lane, steps one after the other. What
// they read is flushed, the sums and maxima in y are not.

template <class Function>
RECURRENT_INLINE void for_each_pair(const float* x, float* y, int64_t count, Function function) {
  int64_t i = 0;
  for (; i + Vec::kWidth <= count; i += Vec::kWidth)
    Vec::store(y + i, function(flush(Vec::load(x + i)), Vec::load(y + i)));
  if (i < count) {
    const int left = static_cast<int>(count - i);
    Vec::store_partial(
        y + i, function(flush(Vec::load_partial(x + i, left)), Vec::load_partial(y + i, left)),
        left);
  }
}

// `y[i] += x[i]`
inline void accumulate_array(const float* x, float* y, int64_t count) {
  for_each_pair(
      x, y, count, [](Vec v, Vec sum) { return add(sum, v); });
}

// `y[i] = x[i] > y[i] ? x[i] : y[i]`, and a NaN of either.
inline void keep_largest_array(const float* x, float* y, int64_t count) {
  for_each_pair(
      x, y, count,
      [](Vec v, Vec most) { return select(gt(v, most), v, select(is_nan(v), v, most)); });
}

// `y[i] = exp(x[i] - m[i])`
inline void exp_below_array(const float* x, const float* m, float* y, int64_t count) {
  int64_t i = 0;
  for (; i + Vec::kWidth <= count; i += Vec::kWidth)
    Vec::store(y + i, exp(sub(flush(Vec::load(x + i)), Vec::load(m + i))));
  if (i < count) {
    const int left = static_cast<int>(count - i);
    const Vec below = sub(flush(Vec::load_partial(x + i, left)), Vec::load_partial(m + i, left));
    Vec::store_partial(y + i, exp(below), left);
  }
}

// `y[i] += w[i] * x[i]` in one rounding.
inline void accumulate_product_array(const float* x, const float* w, float* y, int64_t count) {
  int64_t i = 0;
  for (; i + Vec::kWidth <= count; i += Vec::kWidth)
    Vec::store(y + i, fma(Vec::load(w + i), flush(Vec::load(x + i)), Vec::load(y + i)));
  if (i < count) {
    const int left = static_cast<int>(count - i);
    const Vec factor = Vec::load_partial(w + i, left);
    const Vec value = flush(Vec::load_partial(x + i, left));
    Vec::store_partial(y + i, fma(factor, value, Vec::load_partial(y + i, left)), left);
  }
}
