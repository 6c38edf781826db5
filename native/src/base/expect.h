// Checks of what a caller gives. All throw INVALID_ARGUMENT naming the argument, with what was
// expected and what was found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace recurrent {

// `unit` follows the range, as in "expected 1 to 5 steps".
void expect_range(const char* name, int64_t found, int64_t low, int64_t high,
                  const char* unit = nullptr);

// A value of an enumeration.
void expect_value(const char* name, int64_t found, int64_t low, int64_t high);

// Every struct of the C interface begins with its size; `path` stands in front of the field's name.
void expect_struct_size(const std::string& path, uint32_t found, size_t expected);
template <class T>
void expect_struct_size(const T& given) {
  if (given.struct_size != sizeof(T)) expect_struct_size("", given.struct_size, sizeof(T));
}

// Memory for at least, or exactly, so many elements. `count` is the argument that counts them.
void expect_array(const char* name, const void* data, int64_t count, int64_t expected);
void expect_exactly(const char* name, const void* data, int64_t count, int64_t expected);
// No elements, because the array that they are in is null.
void expect_no_count(const char* count_name, int64_t count, const char* name);

[[noreturn]] void refuse_null(const char* name, int64_t expected);
[[noreturn]] void refuse_overlap(const char* name, const char* other_name);

// Whether two pieces of memory have no byte in common.
inline bool are_apart(const void* a, int64_t a_bytes, const void* b, int64_t b_bytes) {
  const auto first = reinterpret_cast<uintptr_t>(a);
  const auto second = reinterpret_cast<uintptr_t>(b);
  return first >= second + static_cast<uintptr_t>(b_bytes) ||
         second >= first + static_cast<uintptr_t>(a_bytes);
}

// Where the output is not null.
template <class Out, class In>
void expect_apart(const char* name, const Out* out, int64_t out_count, const char* other_name,
                  const In* other, int64_t other_count) {
  if (out && other &&
      !are_apart(out, out_count * static_cast<int64_t>(sizeof(Out)), other,
                 other_count * static_cast<int64_t>(sizeof(In))))
    refuse_overlap(name, other_name);
}

}  // namespace recurrent
