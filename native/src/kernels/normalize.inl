// Layer normalization. Its sums are cut into as many parts as the widest vector has lanes: element
// i belongs to part i % 16, whatever the width is, and the parts are put together in one order.

constexpr int kParts = 16;
constexpr int kPartVectors = kParts / Vec::kWidth;
static_assert(kPartVectors * Vec::kWidth == kParts, "a part has to be a lane");

// The sum of the parts: each takes in the one half of them behind it, until one is left.
RECURRENT_INLINE float sum_of_parts(const Vec* parts) {
  float sums[kParts];
  for (int v = 0; v < kPartVectors; ++v) Vec::store(sums + v * Vec::kWidth, parts[v]);
  for (int half = kParts / 2; half > 0; half /= 2)
    for (int p = 0; p < half; ++p) sums[p] += sums[p + half];
  return sums[0];
}

// The sum of `add_to(part, x)` over all elements, `nothing` being an x that adds +0.
template <class AddTo>
RECURRENT_INLINE float sum_in_parts(const float* x, int64_t count, float nothing, AddTo add_to) {
  Vec parts[kPartVectors];
  for (Vec& part : parts) part = Vec::zero();
  const auto take = [&](const float* from) {
    for (int v = 0; v < kPartVectors; ++v)
      parts[v] = add_to(parts[v], Vec::load(from + v * Vec::kWidth));
  };
  int64_t i = 0;
  for (; i + kParts <= count; i += kParts) take(x + i);
  if (i < count) {
    float rest[kParts];
    for (int p = 0; p < kParts; ++p) rest[p] = i + p < count ? x[i + p] : nothing;
    take(rest);
  }
  return sum_of_parts(parts);
}

// x and y may be the same array. A mean that is no number makes all of y one, as it should.
inline void normalize_array(const float* s, const float* b, float epsilon, const float* x, float* y,
                            int64_t count) {
  for_each_vector(x, y, count, [](Vec v) { return flush(v); });
  const float size = static_cast<float>(count);
  const float mean =
      sum_in_parts(y, count, 0.0f, [](Vec part, Vec v) { return add(part, v); }) / size;
  const Vec middle = Vec::broadcast(mean);
  const float variance = sum_in_parts(y, count, mean,
                                      [=](Vec part, Vec v) {
                                        const Vec d = sub(v, middle);
                                        return fma(d, d, part);
                                      }) /
                         size;
  const Vec factor =
      div(Vec::broadcast(1.0f), sqrt(add(Vec::broadcast(variance), Vec::broadcast(epsilon))));
  int64_t i = 0;
  for (; i + Vec::kWidth <= count; i += Vec::kWidth)
    Vec::store(y + i,
               fma(mul(sub(Vec::load(y + i), middle), factor), Vec::load(s + i), Vec::load(b + i)));
  if (i < count) {
    const int left = static_cast<int>(count - i);
    const Vec normal = mul(sub(Vec::load_partial(y + i, left), middle), factor);
    Vec::store_partial(
        y + i, fma(normal, Vec::load_partial(s + i, left), Vec::load_partial(b + i, left)), left);
  }
}
