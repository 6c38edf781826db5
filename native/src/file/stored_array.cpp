#include "file/stored_array.h"

#include <recurrent/recurrent.h>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>

#include "base/checked.h"
#include "file/refuse.h"
#include "file/section_reader.h"

namespace recurrent::file {
namespace {

static_assert(std::endian::native == std::endian::little, "floats are read as they lie in a file");

constexpr int64_t kFloatBytes = sizeof(float);

// As make_unique_for_overwrite, which libc++ has from version 16 on.
std::unique_ptr<float[]> uninitialized(int64_t count) {
  return std::unique_ptr<float[]>(new float[static_cast<size_t>(count)]);
}

void read_bfloat16(SectionReader& reader, const StoredArray& array, float* to) {
  reader.pieces(
      array.bytes(),
      [&](const unsigned char* bytes, int64_t count) {
        for (int64_t i = 0; i < count; i += 2)
          *to++ = std::bit_cast<float>(uint32_t{bytes[i]} << 16 | uint32_t{bytes[i + 1]} << 24);
      });
}

void read_int8(SectionReader& reader, const StoredArray& array, float* to) {
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

// Numbers from here on, and NaN, are those that weight_check.h may refuse: scales are multiplied by
// 127, and floats round up to infinity.
bool is_extreme(uint32_t bits, uint32_t from) { return (bits & 0x7FFFFFFF) >= from; }
constexpr uint32_t kTwoTo126 = 0x7E800000;
constexpr uint32_t kTwoTo119 = 0x7B000000;

bool has_extreme_floats(const unsigned char* bytes, int64_t count, uint32_t from) {
  bool found = false;
  for (int64_t i = 0; i < count; i += kFloatBytes) found |= is_extreme(load_u32(bytes + i), from);
  return found;
}

// Whether it has a number that is extreme.
bool skip_array(SectionReader& reader, const StoredArray& array) {
  bool found = false;
  switch (array.format) {
    case RECURRENT_WEIGHT_FORMAT_BFLOAT16:
      reader.pieces(array.bytes(), [&](const unsigned char* bytes, int64_t count) {
        for (int64_t i = 0; i < count; i += 2)
          found |= is_extreme(uint32_t{bytes[i]} << 16 | uint32_t{bytes[i + 1]} << 24, kTwoTo126);
      });
      break;
    case RECURRENT_WEIGHT_FORMAT_INT8:
      reader.pieces(array.rows * kFloatBytes, [&](const unsigned char* bytes, int64_t count) {
        found |= has_extreme_floats(bytes, count, kTwoTo119);
      });
      reader.pieces(array.count(), [](const unsigned char*, int64_t) {});
      break;
    default:
      reader.pieces(array.bytes(), [&](const unsigned char* bytes, int64_t count) {
        found |= has_extreme_floats(bytes, count, kTwoTo126);
      });
      break;
  }
  return found;
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

Values read_arrays(const Container& container, const Section& section,
                   const std::vector<StoredArray>& arrays, const std::vector<Wanted>& wanted) {
  Values values;
  values.arrays.reserve(arrays.size());
  const auto reader = std::make_unique<SectionReader>(container.source(), section);
  for (size_t i = 0; i < arrays.size(); ++i) {
    const StoredArray& array = arrays[i];
    reader->skip_to(static_cast<int64_t>(array.offset));
    if (wanted[i] == Wanted::kChecksum) {
      values.arrays.emplace_back();
      values.has_extremes |= skip_array(*reader, array);
      continue;
    }
    values.arrays.push_back(uninitialized(array.count()));
    float* const to = values.arrays.back().get();
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
  reader->finish();
  return values;
}

}  // namespace recurrent::file
