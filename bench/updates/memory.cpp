#include "updates/memory.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "base/aligned_buffer.h"

namespace updates {
namespace {

constexpr int kPasses = 9;

}  // namespace

double bandwidth(int64_t floats, int streams) {
  using Clock = std::chrono::steady_clock;
  std::vector<recurrent::AlignedBuffer<float>> written;
  for (int i = 0; i < streams; ++i) written.emplace_back(floats);
  const recurrent::AlignedBuffer<float> read(floats);
  double best = 1e9;
  for (int pass = 0; pass < kPasses; ++pass) {
    const Clock::time_point start = Clock::now();
    // Side by side, as an update goes through its arrays.
    constexpr int64_t kPiece = 512;
    for (int64_t first = 0; first < floats; first += kPiece) {
      const int64_t last = std::min(first + kPiece, floats);
      for (recurrent::AlignedBuffer<float>& array : written) {
        float* const a = array.data();
        const float* const b = read.data();
        for (int64_t i = first; i < last; ++i) a[i] = a[i] * 0.5f + b[i];
      }
    }
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  const double bytes = 4.0 * static_cast<double>(floats) * (2 * streams + 1);
  return 1e-9 * bytes / best;
}

}  // namespace updates
