// Arithmetic on sizes that come from a caller: an overflow is an error, never a wrong size.
#pragma once

#include <cstdint>
#include <limits>

#include "base/error.h"

namespace recurrent {

// a * b for sizes a, b >= 0. Throws INVALID_ARGUMENT naming `argument` if it does not fit.
inline int64_t checked_mul(int64_t a, int64_t b, const char* argument) {
  if (a < 0 || b < 0 || (b != 0 && a > std::numeric_limits<int64_t>::max() / b)) {
    invalid(argument, "expected sizes whose product is below 2^63, found %lld * %lld",
            static_cast<long long>(a), static_cast<long long>(b));
  }
  return a * b;
}

// a + b for sizes a, b >= 0. Throws INVALID_ARGUMENT naming `argument` if it does not fit.
inline int64_t checked_add(int64_t a, int64_t b, const char* argument) {
  if (a < 0 || b < 0 || a > std::numeric_limits<int64_t>::max() - b) {
    invalid(argument, "expected sizes whose sum is below 2^63, found %lld + %lld",
            static_cast<long long>(a), static_cast<long long>(b));
  }
  return a + b;
}

// How many pieces of `divisor` it takes to hold n: n / divisor, rounded up. n >= 0, divisor > 0.
constexpr int64_t div_up(int64_t n, int64_t divisor) {
  // Not (n + divisor - 1) / divisor, which overflows for large n.
  return n / divisor + (n % divisor != 0 ? 1 : 0);
}

// The smallest multiple of `multiple` not below n. n >= 0, multiple > 0; the result must fit.
constexpr int64_t round_up(int64_t n, int64_t multiple) { return div_up(n, multiple) * multiple; }

}  // namespace recurrent
