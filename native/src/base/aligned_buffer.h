// Zeroed memory for vectors: aligned to a cache line, or to a huge page where it is large.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <type_traits>
#include <utility>

namespace recurrent {

// Gives zeroed memory, aligned to kCacheLineBytes or, from half of kHugePageBytes on, to that, with
// whole huge pages asked for where the system has them: packed weights are streamed through at
// every step, and 4 KiB pages would cost a translation miss for every 4 KiB of them. Throws
// std::bad_alloc.
void* allocate_zeroed(size_t bytes);

// Frees what allocate_zeroed() gave; null is allowed.
void free_aligned(void* memory) noexcept;

inline constexpr size_t kCacheLineBytes = 64;
inline constexpr size_t kHugePageBytes = size_t{2} << 20;

// A fixed number of elements, zeroed, owned by one owner; or such memory of somebody else.
template <class T>
class AlignedBuffer {
  static_assert(std::is_trivially_copyable_v<T>, "the elements start as zero bytes");
  static_assert(alignof(T) <= kCacheLineBytes);

 public:
  // Holds nothing; data() is null.
  AlignedBuffer() noexcept = default;

  // Holds `count` zeros. Throws std::bad_alloc if there is not enough memory, and its descendant
  // std::bad_array_new_length if the count is negative or its bytes cannot be counted.
  explicit AlignedBuffer(int64_t count) : size_(count) {
    constexpr int64_t kMaxCount =
        std::numeric_limits<std::ptrdiff_t>::max() / static_cast<std::ptrdiff_t>(sizeof(T));
    if (count < 0 || count > kMaxCount) throw std::bad_array_new_length();
    if (count > 0) data_ = static_cast<T*>(allocate_zeroed(static_cast<size_t>(count) * sizeof(T)));
  }

  // Stands for elements that somebody else has, and keeps: nothing may be written to them.
  static AlignedBuffer borrowed(const T* data, int64_t count) noexcept {
    AlignedBuffer buffer;
    buffer.data_ = const_cast<T*>(data);
    buffer.size_ = count;
    buffer.is_owner_ = false;
    return buffer;
  }

  AlignedBuffer(AlignedBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        is_owner_(std::exchange(other.is_owner_, true)) {}

  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    if (this != &other) {
      release();
      data_ = std::exchange(other.data_, nullptr);
      size_ = std::exchange(other.size_, 0);
      is_owner_ = std::exchange(other.is_owner_, true);
    }
    return *this;
  }

  AlignedBuffer(const AlignedBuffer&) = delete;
  AlignedBuffer& operator=(const AlignedBuffer&) = delete;

  ~AlignedBuffer() { release(); }

  T* data() noexcept { return data_; }
  const T* data() const noexcept { return data_; }
  int64_t size() const noexcept { return size_; }
  T& operator[](int64_t index) noexcept { return data_[index]; }
  const T& operator[](int64_t index) const noexcept { return data_[index]; }
  T* begin() noexcept { return data_; }
  T* end() noexcept { return data_ + size_; }
  const T* begin() const noexcept { return data_; }
  const T* end() const noexcept { return data_ + size_; }

 private:
  void release() noexcept {
    if (is_owner_) free_aligned(data_);
  }

  T* data_ = nullptr;
  int64_t size_ = 0;
  bool is_owner_ = true;
};

}  // namespace recurrent
