#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "file/container.h"

namespace recurrent::file {

// Reads a section from its beginning to its end, with the checksum of what has been read.
class SectionReader {
 public:
  SectionReader(ByteSource& source, const Section& section) : source_(source), section_(section) {}

  void read(void* to, int64_t count);
  // Bytes up to the next multiple of kSectionAlignment, at most.
  void skip_to(int64_t offset);
  // What is left has the checksum of the section. Throws Error (BAD_FILE).
  void finish();

  int64_t at() const { return at_; }
  int64_t left() const { return section_.length - at_; }

  // Gives `count` bytes piece by piece to `take(bytes, count)`: pieces of whole words, but for the
  // last one.
  template <class Take>
  void pieces(int64_t count, Take take) {
    while (count > 0) {
      const int64_t piece = std::min<int64_t>(count, static_cast<int64_t>(buffer_.size()));
      read(buffer_.data(), piece);
      take(buffer_.data(), piece);
      count -= piece;
    }
  }

 private:
  ByteSource& source_;
  const Section& section_;
  int64_t at_ = 0;
  uint32_t checksum_ = 0;
  std::array<unsigned char, 1 << 14> buffer_;
};

}  // namespace recurrent::file
