// Layers without a product: what they read is flushed, as every layer's input is. x and y may be
// the same array; otherwise they must not overlap.

// `y[i] = s[i] x[i] + b[i]` in one rounding.
inline void scale_array(const float* s, const float* b, const float* x, float* y, int64_t count) {
  int64_t i = 0;
  for (; i + Vec::kWidth <= count; i += Vec::kWidth)
    Vec::store(y + i, fma(Vec::load(s + i), flush(Vec::load(x + i)), Vec::load(b + i)));
  if (i < count) {
    const int left = static_cast<int>(count - i);
    const Vec factor = Vec::load_partial(s + i, left);
    const Vec offset = Vec::load_partial(b + i, left);
    Vec::store_partial(y + i, fma(factor, flush(Vec::load_partial(x + i, left)), offset), left);
  }
}

// `y[i] = x[i] + s[i]`.
inline void add_array(const float* x, const float* s, float* y, int64_t count) {
  int64_t i = 0;
  for (; i + Vec::kWidth <= count; i += Vec::kWidth)
    Vec::store(y + i, add(flush(Vec::load(x + i)), flush(Vec::load(s + i))));
  if (i < count) {
    const int left = static_cast<int>(count - i);
    const Vec sum =
        add(flush(Vec::load_partial(x + i, left)), flush(Vec::load_partial(s + i, left)));
    Vec::store_partial(y + i, sum, left);
  }
}

// `y[i] = x[i] * s[i]`.
inline void multiply_array(const float* x, const float* s, float* y, int64_t count) {
  int64_t i = 0;
  for (; i + Vec::kWidth <= count; i += Vec::kWidth)
    Vec::store(y + i, mul(flush(Vec::load(x + i)), flush(Vec::load(s + i))));
  if (i < count) {
    const int left = static_cast<int>(count - i);
    const Vec product =
        mul(flush(Vec::load_partial(x + i, left)), flush(Vec::load_partial(s + i, left)));
    Vec::store_partial(y + i, product, left);
  }
}

// The maximum of all values. Which zero it is, and what it is among NaNs, does not show in a
// softmax: both zeros have the same differences, and a NaN makes the sum one.
inline float maximum(const float* x, int64_t count) {
  float lanes[Vec::kWidth];
  Vec most = Vec::broadcast(x[0]);
  int64_t i = 0;
  for (; i + Vec::kWidth <= count; i += Vec::kWidth) {
    const Vec next = Vec::load(x + i);
    most = select(gt(next, most), next, most);
  }
  Vec::store(lanes, most);
  float all = lanes[0];
  for (int lane = 1; lane < Vec::kWidth; ++lane)
    if (lanes[lane] > all) all = lanes[lane];
  for (; i < count; ++i)
    if (x[i] > all) all = x[i];
  return all;
}

// The sum is one chain in the order of the features, whatever the vector's width.
inline void softmax_array(const float* x, float* y, int64_t count) {
  for_each_vector(x, y, count, [](Vec v) { return flush(v); });
  const Vec most = Vec::broadcast(maximum(y, count));
  for_each_vector(y, y, count, [=](Vec v) { return exp(sub(v, most)); });
  float sum = y[0];
  for (int64_t i = 1; i < count; ++i) sum += y[i];
  const Vec whole = Vec::broadcast(sum);
  for_each_vector(y, y, count, [=](Vec v) { return div(v, whole); });
}

// As a softmax, but for the end: `y[i] = (x[i] - m) - log(sum)`. The exponentials are not kept.
inline void log_softmax_array(const float* x, float* y, int64_t count) {
  for_each_vector(x, y, count, [](Vec v) { return flush(v); });
  const Vec most = Vec::broadcast(maximum(y, count));
  for_each_vector(y, y, count, [=](Vec v) { return sub(v, most); });
  float lanes[Vec::kWidth];
  float sum = 0;
  for (int64_t i = 0; i < count; i += Vec::kWidth) {
    const int64_t left = count - i;
    const int lanes_left = left < Vec::kWidth ? static_cast<int>(left) : Vec::kWidth;
    Vec::store(lanes, exp(Vec::load_partial(y + i, lanes_left)));
    for (int lane = 0; lane < lanes_left; ++lane) sum += lanes[lane];
  }
  const Vec whole = log(Vec::broadcast(sum));
  for_each_vector(y, y, count, [=](Vec v) { return sub(v, whole); });
}
