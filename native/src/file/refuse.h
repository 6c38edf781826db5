// What the parts of this folder have in common: refusals with a place, and numbers of a file.
#pragma once

#include <cstdint>

#include "base/error.h"

namespace recurrent::file {

// Throws Error (BAD_FILE) with the message "byte <offset>: <formatted text>".
[[noreturn]] void refuse(int64_t offset, const char* format, ...) RECURRENT_PRINTF(2, 3);

// Runs what checks the model of a file as if a program had described it: what is then invalid is
// the file. Throws Error.
template <class Check>
void as_file(Check check) {
  try {
    check();
  } catch (const Error& error) {
    if (error.status() != RECURRENT_STATUS_INVALID_ARGUMENT) throw;
    throw Error(RECURRENT_STATUS_BAD_FILE, "the model of the file: " + error.message());
  }
}

inline long long wide(int64_t value) { return static_cast<long long>(value); }

// Little endian, whatever the machine is.
inline uint32_t load_u32(const unsigned char* bytes) {
  return uint32_t{bytes[0]} | uint32_t{bytes[1]} << 8 | uint32_t{bytes[2]} << 16 |
         uint32_t{bytes[3]} << 24;
}
inline uint64_t load_u64(const unsigned char* bytes) {
  return load_u32(bytes) | uint64_t{load_u32(bytes + 4)} << 32;
}

inline void store_u32(unsigned char* bytes, uint32_t value) {
  for (int i = 0; i < 4; ++i) bytes[i] = static_cast<unsigned char>(value >> (8 * i));
}
inline void store_u64(unsigned char* bytes, uint64_t value) {
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<unsigned char>(value >> (8 * i));
}

}  // namespace recurrent::file
