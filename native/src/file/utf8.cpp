#include "file/utf8.h"

#include <cstddef>

namespace recurrent::file {
namespace {

// What may follow a first byte: how many bytes, and the range of the first of them; the others are
// 80 to BF.
struct Sequence {
  size_t more;
  unsigned char low;
  unsigned char high;
};
constexpr Sequence kNone{99, 1, 0};

Sequence sequence_of(unsigned char first) {
  if (first == 0) return kNone;
  if (first < 0x80) return {0, 0, 0};
  if (first < 0xC2) return kNone;
  if (first < 0xE0) return {1, 0x80, 0xBF};
  if (first == 0xE0) return {2, 0xA0, 0xBF};
  if (first == 0xED) return {2, 0x80, 0x9F};
  if (first < 0xF0) return {2, 0x80, 0xBF};
  if (first == 0xF0) return {3, 0x90, 0xBF};
  if (first < 0xF4) return {3, 0x80, 0xBF};
  if (first == 0xF4) return {3, 0x80, 0x8F};
  return kNone;
}

}  // namespace

bool is_utf8_text(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const Sequence sequence = sequence_of(static_cast<unsigned char>(text[at++]));
    if (sequence.more > text.size() - at) return false;
    for (size_t i = 0; i < sequence.more; ++i, ++at) {
      const auto byte = static_cast<unsigned char>(text[at]);
      if (byte < (i == 0 ? sequence.low : 0x80) || byte > (i == 0 ? sequence.high : 0xBF))
        return false;
    }
  }
  return true;
}

bool is_name(std::string_view text) {
  constexpr size_t kMostUnits = 256;
  size_t units = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 || byte == 0x7F) return false;
    if (byte == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0) return false;
    // First bytes are counted; a character of four bytes is two units.
    if ((byte & 0xC0) != 0x80) units += byte < 0xF0 ? 1 : 2;
  }
  return units >= 1 && units <= kMostUnits;
}

}  // namespace recurrent::file
