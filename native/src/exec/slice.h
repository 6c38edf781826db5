#pragma once

#include <cstdint>

namespace recurrent {

struct Slice {
  int64_t begin;
  int64_t end;
};

// Part `index` of `count` things cut into `parts`. The first parts are the larger ones: part 0 is
// the caller's, for whom the others then need not wait.
constexpr Slice slice_of(int64_t count, int64_t index, int64_t parts) {
  const int64_t least = count / parts;
  const int64_t larger = count % parts;
  const int64_t begin = index * least + (index < larger ? index : larger);
  return {begin, begin + least + (index < larger ? 1 : 0)};
}

}  // namespace recurrent
