#include "shrink.h"

#include <chrono>
#include <numeric>

namespace recurrent::fuzz {

Program shrink(Program program, int seconds, const std::function<bool(const Program&)>& fails) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  if (program.kept.empty()) {
    program.kept.resize(operation_count(program));
    std::iota(program.kept.begin(), program.kept.end(), uint64_t{0});
  }
  // Large pieces first (Zeller & Hildebrandt 2002, without its test of complements).
  for (size_t piece = program.kept.size() / 2; piece > 0; piece /= 2) {
    for (size_t begin = 0; begin < program.kept.size() && program.kept.size() > 1;) {
      if (std::chrono::steady_clock::now() > end) return program;
      Program smaller = program;
      const auto first = smaller.kept.begin() + static_cast<ptrdiff_t>(begin);
      const size_t count = std::min(piece, smaller.kept.size() - begin);
      smaller.kept.erase(first, first + static_cast<ptrdiff_t>(count));
      if (!smaller.kept.empty() && fails(smaller))
        program = smaller;
      else
        begin += piece;
    }
  }
  return program;
}

}  // namespace recurrent::fuzz
