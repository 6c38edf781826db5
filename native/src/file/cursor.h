#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace recurrent::file {

// Reads numbers and texts of a section one after the other. What is not there is refused with its
// place: no read goes beyond the section.
class Cursor {
 public:
  // `offset` is where the bytes begin in the file.
  Cursor(const std::vector<unsigned char>& bytes, int64_t offset)
      : bytes_(&bytes), offset_(offset) {}

  uint32_t u32();
  int32_t i32() { return static_cast<int32_t>(u32()); }
  uint64_t u64();
  float f32();
  // UTF-8 without a zero byte, behind its length.
  std::string text();
  std::string name();  // of an input or an output
  // A number that counts what follows, `least` bytes each or more.
  int32_t count(int64_t most, int64_t least, const char* what);
  // Nothing may be left.
  void expect_end() const;

  // Of the next byte, in the file.
  int64_t place() const { return offset_ + static_cast<int64_t>(at_); }
  int64_t left() const { return static_cast<int64_t>(bytes_->size() - at_); }

 private:
  const unsigned char* take(int64_t count);

  const std::vector<unsigned char>* bytes_;
  int64_t offset_;
  size_t at_ = 0;
};

}  // namespace recurrent::file
