#include "file/cursor.h"

#include <bit>

#include "file/refuse.h"
#include "file/utf8.h"

namespace recurrent::file {

const unsigned char* Cursor::take(int64_t count) {
  if (count > left())
    refuse(place(), "expected %lld more bytes in the section, found %lld", wide(count),
           wide(left()));
  const unsigned char* const taken = bytes_->data() + at_;
  at_ += static_cast<size_t>(count);
  return taken;
}

uint32_t Cursor::u32() { return load_u32(take(4)); }

uint64_t Cursor::u64() { return load_u64(take(8)); }

float Cursor::f32() { return std::bit_cast<float>(u32()); }

std::string Cursor::text() {
  const int64_t begin = place();
  const int64_t length = u32();
  const auto* const bytes = reinterpret_cast<const char*>(take(length));
  std::string text(bytes, static_cast<size_t>(length));
  if (!is_utf8_text(text)) refuse(begin, "expected a text in UTF-8 without zero bytes");
  return text;
}

std::string Cursor::name() {
  const int64_t begin = place();
  std::string name = text();
  if (!is_name(name))
    refuse(begin, "expected a name of 1 to 256 characters, none of them a control character");
  return name;
}

int32_t Cursor::count(int64_t most, int64_t least, const char* what) {
  const int64_t begin = place();
  const int64_t found = u32();
  if (found > most || found > left() / least)
    refuse(begin, "expected at most %lld %s, found %lld in %lld bytes", wide(most), what,
           wide(found), wide(left()));
  return static_cast<int32_t>(found);
}

void Cursor::expect_end() const {
  if (left() > 0)
    refuse(place(), "expected the end of the section, found %lld more bytes", wide(left()));
}

}  // namespace recurrent::file
