#include "updates/memory.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace updates {

MemoryPass::MemoryPass(int64_t floats)
    : parameters_(floats), moved_(floats), mean_(floats), square_(floats), gradients_(floats) {}

double MemoryPass::run() {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  const float* const p = parameters_.data();
  const float* const g = gradients_.data();
  float* const to = moved_.data();
  float* const m = mean_.data();
  float* const v = square_.data();
  // Pieces, because a compiler does not know that so many arrays are not the same.
  constexpr int64_t kPiece = 256;
  for (int64_t first = 0; first < gradients_.size(); first += kPiece) {
    const int64_t last = std::min(first + kPiece, gradients_.size());
    for (int64_t i = first; i < last; ++i) m[i] = 0.5f * m[i] + g[i];
    for (int64_t i = first; i < last; ++i) v[i] = 0.5f * v[i] + g[i];
    for (int64_t i = first; i < last; ++i) to[i] = p[i] - m[i];
  }
  std::swap(parameters_, moved_);
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

}  // namespace updates
