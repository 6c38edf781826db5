#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace recurrent::test {

// Weights `[rows, terms]` in a recurrent_weight_format, and their products, as docs/numerics.md
// writes them: one term at a time, with nothing of the library.
class NaiveMatrix {
 public:
  NaiveMatrix(const float* weights, size_t rows, size_t terms, int32_t format);

  // The chain from `a` on over a vector without denormals.
  float chain(float a, size_t row, const std::vector<float>& x) const;

  // What the weights are worth, `[rows, terms]`.
  const std::vector<float>& values() const { return values_; }
  // Of a row of integers.
  float scale(size_t row) const { return scales_[row]; }

 private:
  bool has_integers() const;
  void round_row(size_t row);

  size_t terms_;
  int32_t format_;
  std::vector<float> values_;
  std::vector<float> scales_;
  std::vector<int32_t> integers_;
};

// A vector as integers of at most `most`, with its scale.
struct NaiveVector {
  NaiveVector(const std::vector<float>& x, float most);

  float scale;
  std::vector<int32_t> integers;
};

}  // namespace recurrent::test
