#include "sweep.h"

#include <atomic>
#include <bit>
#include <cmath>
#include <cstdio>
#include <mutex>
#include <thread>

#include "ulp.h"

namespace recurrent::accuracy {
namespace {

constexpr uint32_t kBlockBits = 16;
constexpr uint32_t kBlock = 1u << kBlockBits;
constexpr uint32_t kBlockCount = 1u << (32 - kBlockBits);
constexpr uint32_t kSignBit = 0x80000000u;

bool same_bits(float a, float b) {
  return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

// The buffers of one thread. Element 0 is the float before the block, for the order across its
// edge.
struct Block {
  std::vector<float> x = std::vector<float>(kBlock + 1);
  std::vector<float> y = std::vector<float>(kBlock + 1);
  std::vector<float> mirrored_x = std::vector<float>(kBlock + 1);
  std::vector<float> other_y = std::vector<float>(kBlock + 1);

  void fill(uint32_t first) {
    for (uint32_t i = 0; i <= kBlock; ++i) {
      const uint32_t bits = first + i - 1;
      x[i] = std::bit_cast<float>(bits);
      mirrored_x[i] = std::bit_cast<float>(bits ^ kSignBit);
    }
  }
};

void measure(const Function& function, float x, float y, SweepResult& result) {
  const double exact = function.exact(static_cast<double>(x));
  if (std::isnan(exact) || std::isnan(y)) {
    if (!std::isnan(exact) || !std::isnan(y)) result.nan.add(x);
    return;
  }
  const float rounded = static_cast<float>(exact);
  const int64_t distance = ulp_distance(y, rounded);
  if (distance > result.worst_distance) {
    result.worst_distance = distance;
    result.worst_distance_at = x;
  }
  const double error = ulp_error(y, exact, rounded);
  if (error > result.worst_error) {
    result.worst_error = error;
    result.worst_error_at = x;
  }
  if (y < function.least || y > function.greatest) result.range.add(x);
}

void sweep_block(const Function& function, const std::vector<const kernels::KernelTable*>& tables,
                 uint32_t first, Block& block, SweepResult& result) {
  block.fill(first);
  function.ours(*tables[0], block.x.data(), block.y.data(), kBlock + 1);
  for (uint32_t i = 1; i <= kBlock; ++i) measure(function, block.x[i], block.y[i], result);

  // From one bit pattern to the next a positive float grows and a negative one falls. Before +0 and
  // -0 stands a NaN, which compares false.
  for (uint32_t i = 1; i <= kBlock; ++i) {
    const bool falls =
        std::signbit(block.x[i]) ? block.y[i] > block.y[i - 1] : block.y[i] < block.y[i - 1];
    if (falls) result.order.add(block.x[i]);
  }
  if (function.is_odd) {
    function.ours(*tables[0], block.mirrored_x.data(), block.other_y.data(), kBlock + 1);
    for (uint32_t i = 1; i <= kBlock; ++i)
      if (!same_bits(block.other_y[i], -block.y[i])) result.sign.add(block.x[i]);
  }
  for (size_t t = 1; t < tables.size(); ++t) {
    function.ours(*tables[t], block.x.data(), block.other_y.data(), kBlock + 1);
    for (uint32_t i = 1; i <= kBlock; ++i)
      if (!same_bits(block.other_y[i], block.y[i])) result.differs[t - 1].add(block.x[i]);
  }
}

// The report is the same whichever thread took which block: of equal cases the lowest bit pattern
// stays.
bool stands_before(float a, float b) {
  return std::bit_cast<uint32_t>(a) < std::bit_cast<uint32_t>(b);
}

template <typename Value>
void keep_worst(Value& worst, float& at, Value other, float other_at) {
  if (other > worst || (other == worst && stands_before(other_at, at))) {
    worst = other;
    at = other_at;
  }
}

}  // namespace

void Violations::add(float input) {
  if (count++ == 0) example = input;
}

void Violations::merge(const Violations& other) {
  if (other.count == 0) return;
  if (count == 0 || stands_before(other.example, example)) example = other.example;
  count += other.count;
}

void SweepResult::merge(const SweepResult& other) {
  keep_worst(worst_distance, worst_distance_at, other.worst_distance, other.worst_distance_at);
  keep_worst(worst_error, worst_error_at, other.worst_error, other.worst_error_at);
  range.merge(other.range);
  nan.merge(other.nan);
  sign.merge(other.sign);
  order.merge(other.order);
  for (size_t t = 0; t < differs.size(); ++t) differs[t].merge(other.differs[t]);
}

SweepResult sweep(const Function& function, const std::vector<const kernels::KernelTable*>& tables,
                  int threads) {
  SweepResult total;
  total.differs.resize(tables.size() - 1);
  std::mutex guard;
  std::atomic<uint32_t> next_block{0};

  const auto work = [&] {
    Block block;
    SweepResult mine;
    mine.differs.resize(tables.size() - 1);
    for (uint32_t b = next_block++; b < kBlockCount; b = next_block++) {
      sweep_block(function, tables, b << kBlockBits, block, mine);
      if (b % (kBlockCount / 64) == 0)
        std::fprintf(stderr, "\r%-8s %3u %%", function.name, 100 * b / kBlockCount);
    }
    const std::lock_guard lock(guard);
    total.merge(mine);
  };

  std::vector<std::thread> team;
  for (int t = 0; t < threads; ++t) team.emplace_back(work);
  for (std::thread& thread : team) thread.join();
  std::fprintf(stderr, "\r%-8s done \r", function.name);
  return total;
}

}  // namespace recurrent::accuracy
