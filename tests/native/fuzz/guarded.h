// Memory that is handed to the library, with bytes around it that must stay as they are.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "choice.h"
#include "failure.h"

namespace recurrent::fuzz {

// Elements that lie anywhere in memory and have guards in front of and, without AddressSanitizer,
// behind them. With it the elements end where the allocation does, so that reading on is seen too.
class Guards {
 public:
  virtual ~Guards() = default;
  // Fills an output with what it must still hold if the call fails.
  virtual void prepare() = 0;
  // Throws a Failure if memory around the elements was written to.
  virtual void check_around(const char* call) const = 0;
  // Throws a Failure if an element is not what prepare() or the constructor left.
  virtual void check_untouched(const char* call) const = 0;
};

template <class T>
class Guarded : public Guards {
 public:
  Guarded() = default;
  // An output of this many elements.
  Guarded(Random& random, int64_t count)
      : front_(kFront + kStep * uniform(random, 0, 15)), count_(count) {
    bytes_.assign(static_cast<size_t>(front_ + count * kSize + kBehind), kGuard);
  }
  // An input.
  Guarded(Random& random, const std::vector<T>& values)
      : Guarded(random, static_cast<int64_t>(values.size())) {
    std::copy(values.begin(), values.end(), data());
    kept_.assign(bytes_.begin(), bytes_.end());
  }

  T* data() { return count_ == 0 ? nullptr : reinterpret_cast<T*>(bytes_.data() + front_); }
  const T* data() const { return const_cast<Guarded*>(this)->data(); }
  int64_t count() const { return count_; }
  int64_t bytes() const { return count_ * kSize; }

  void prepare() override {
    std::fill_n(bytes_.begin() + front_, count_ * kSize, kFresh);
    kept_.assign(bytes_.begin(), bytes_.end());
  }
  void check_around(const char* call) const override {
    const auto is_guard = [](unsigned char byte) { return byte == kGuard; };
    expect(std::all_of(bytes_.begin(), bytes_.begin() + front_, is_guard),
           "%s wrote in front of its memory", call);
    expect(std::all_of(bytes_.begin() + front_ + count_ * kSize, bytes_.end(), is_guard),
           "%s wrote behind its memory", call);
  }
  void check_untouched(const char* call) const override {
    expect(bytes_ == kept_, "%s changed memory that it was to leave as it was", call);
  }

 private:
  static constexpr int64_t kSize = sizeof(T);
  static constexpr int64_t kStep = sizeof(T);
  static constexpr int64_t kFront = 64;
#if defined(__SANITIZE_ADDRESS__)
  static constexpr int64_t kBehind = 0;
#else
  static constexpr int64_t kBehind = 64;
#endif
  static constexpr unsigned char kGuard = 0xC3;
  static constexpr unsigned char kFresh = 0xA5;

  int64_t front_ = 0;
  int64_t count_ = 0;
  std::vector<unsigned char> bytes_;
  std::vector<unsigned char> kept_;
};

// Index of the first difference of two arrays, all NaNs being equal; -1 if there is none.
template <class T>
int64_t first_difference(const T* a, const T* b, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    if (std::memcmp(a + i, b + i, sizeof(T)) != 0 && !(a[i] != a[i] && b[i] != b[i])) return i;
  return -1;
}

// Throws a Failure if they differ.
template <class T>
void expect_equal(const char* what, const T* a, const T* b, int64_t count) {
  const int64_t at = first_difference(a, b, count);
  expect(at < 0, "%s: element %lld of %lld is %.9g and, computed the other way, %.9g", what,
         static_cast<long long>(at), static_cast<long long>(count),
         static_cast<double>(at < 0 ? T{} : a[at]), static_cast<double>(at < 0 ? T{} : b[at]));
}

inline void expect_equal(const char* what, const std::vector<float>& a,
                         const std::vector<float>& b) {
  expect(a.size() == b.size(), "%s: %zu and %zu elements", what, a.size(), b.size());
  expect_equal(what, a.data(), b.data(), static_cast<int64_t>(a.size()));
}

}  // namespace recurrent::fuzz
