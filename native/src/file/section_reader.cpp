#include "file/section_reader.h"

#include "file/crc32c.h"

namespace recurrent::file {

void SectionReader::read(void* to, int64_t count) {
  source_.read(section_.offset + at_, to, count);
  checksum_ = crc32c(checksum_, to, count);
  at_ += count;
}

void SectionReader::skip_to(int64_t offset) {
  std::array<unsigned char, kSectionAlignment> padding{};
  read(padding.data(), offset - at_);
}

void SectionReader::finish() {
  pieces(left(), [](const unsigned char*, int64_t) {});
  Container::expect_checksum(section_, checksum_);
}

}  // namespace recurrent::file
