#include "file/stored_array.h"

#include <recurrent/recurrent.h>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>

#include "base/checked.h"
#include "file/crc32c.h"
#include "file/refuse.h"

namespace recurrent::file {
namespace {

static_assert(std::endian::native == std::endian::little, "floats are read as they lie in a file");

constexpr int64_t kFloatBytes = sizeof(float);

// As make_unique_for_overwrite, which libc++ has from version 16 on.
std::unique_ptr<float[]> uninitialized(int64_t count) {
  return std::unique_ptr<float[]>(new float[static_cast<size_t>(count)]);
}

// Reads a section from its beginning to its end, with the checksum of what has been read.
class Reader {
 public:
  Reader(ByteSource& source, const Section& section) : source_(source), section_(section) {}

  void read(void* to, int64_t count) {
    source_.read(section_.offset + at_, to, count);
    checksum_ = crc32c(checksum_, to, count);
    at_ += count;
  }
  void skip_to(int64_t offset) {
    std::array<unsigned char, kSectionAlignment> padding{};
    read(padding.data(), offset - at_);
  }
  // Gives `count` bytes piece by piece to `take(bytes, count)`.
  template <class Take>
  void pieces(int64_t count, Take take) {
    while (count > 0) {
      const int64_t piece = std::min<int64_t>(count, static_cast<int64_t>(buffer_.size()));
      read(buffer_.data(), piece);
      take(buffer_.data(), piece);
      count -= piece;
    }
  }
  uint32_t checksum() const { return checksum_; }

 private:
  ByteSource& source_;
  const Section& section_;
  int64_t at_ = 0;
  uint32_t checksum_ = 0;
  std::array<unsigned char, 1 << 14> buffer_;
};

void read_bfloat16(Reader& reader, const StoredArray& array, float* to) {
  reader.pieces(
      array.bytes(),
      [&](const unsigned char* bytes, int64_t count) {
        for (int64_t i = 0; i < count; i += 2)
          *to++ = std::bit_cast<float>(uint32_t{bytes[i]} << 16 | uint32_t{bytes[i + 1]} << 24);
      });
}

void read_int8(Reader& reader, const StoredArray& array, float* to) {
  const auto scales = uninitialized(array.rows);
  reader.read(scales.get(), array.rows * kFloatBytes);
  int64_t row = 0;
  int64_t column = 0;
  reader.pieces(array.count(), [&](const unsigned char* bytes, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      *to++ = static_cast<float>(static_cast<int8_t>(bytes[i])) * scales[static_cast<size_t>(row)];
      if (++column < array.columns) continue;
      column = 0;
      ++row;
    }
  });
}

}  // namespace

int64_t StoredArray::bytes() const {
  switch (format) {
    case RECURRENT_WEIGHT_FORMAT_BFLOAT16:
      return 2 * count();
    case RECURRENT_WEIGHT_FORMAT_INT8:
      return kFloatBytes * rows + count();
    default:
      return kFloatBytes * count();
  }
}

void expect_places(const Section& section, const std::vector<StoredArray>& arrays) {
  int64_t end = 0;
  for (const StoredArray& array : arrays) {
    const int64_t begin = round_up(end, kSectionAlignment);
    if (array.offset != static_cast<uint64_t>(begin))
      refuse(array.place, "expected weights at byte %lld of their section, found them at %llu",
             wide(begin), static_cast<unsigned long long>(array.offset));
    if (array.bytes() > section.length - begin)
      refuse(array.place,
             "expected %lld bytes of weights at byte %lld of their section, found its end at %lld",
             wide(array.bytes()), wide(begin), wide(section.length));
    end = begin + array.bytes();
  }
  if (end != section.length)
    refuse(section.offset + end, "expected the end of the weights, found %lld more bytes",
           wide(section.length - end));
}

std::vector<Floats> read_arrays(const Container& container, const Section& section,
                                const std::vector<StoredArray>& arrays) {
  std::vector<Floats> values;
  values.reserve(arrays.size());
  const auto reader = std::make_unique<Reader>(container.source(), section);
  for (const StoredArray& array : arrays) {
    reader->skip_to(static_cast<int64_t>(array.offset));
    values.push_back(uninitialized(array.count()));
    float* const to = values.back().get();
    switch (array.format) {
      case RECURRENT_WEIGHT_FORMAT_BFLOAT16:
        read_bfloat16(*reader, array, to);
        break;
      case RECURRENT_WEIGHT_FORMAT_INT8:
        read_int8(*reader, array, to);
        break;
      default:
        reader->read(to, array.bytes());
        break;
    }
  }
  Container::expect_checksum(section, reader->checksum());
  return values;
}

}  // namespace recurrent::file
