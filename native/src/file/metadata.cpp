#include "file/metadata.h"

#include <set>

#include "file/refuse.h"

namespace recurrent::file {
namespace {

constexpr int32_t kMostSampleRate = 10'000'000;
constexpr int64_t kMostTexts = INT32_MAX;

}  // namespace

Metadata read_metadata(const Container& container) {
  Metadata metadata;
  const Section* const section = container.find(SectionType::kMetadata);
  if (!section) return metadata;
  const std::vector<unsigned char> bytes = container.read(*section);
  Cursor cursor(bytes, section->offset);
  metadata.sample_rate = cursor.i32();
  if (metadata.sample_rate < 0 || metadata.sample_rate > kMostSampleRate)
    refuse(section->offset, "expected a sample rate of 0 to %d, found %d", kMostSampleRate,
           metadata.sample_rate);
  const int32_t count = cursor.count(kMostTexts, 8, "texts");
  metadata.texts.reserve(static_cast<size_t>(count));
  std::set<std::string> names;
  for (int32_t i = 0; i < count; ++i) {
    const int64_t place = cursor.place();
    std::string name = cursor.text();
    if (!names.insert(name).second)
      refuse(place, "expected a name of its own, found '%s' twice", name.c_str());
    metadata.texts.emplace_back(std::move(name), cursor.text());
  }
  cursor.expect_end();
  return metadata;
}

}  // namespace recurrent::file
