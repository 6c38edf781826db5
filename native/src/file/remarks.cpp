#include "file/remarks.h"

#include "file/refuse.h"

namespace recurrent::file {
namespace {

constexpr int64_t kMostNames = INT32_MAX;
constexpr int64_t kTextBytes = 4;  // of an empty one

void check_layer_names(const Container& container, int32_t layers) {
  const Section* const section = container.find(SectionType::kLayerNames);
  if (!section) return;
  const std::vector<unsigned char> bytes = container.read(*section);
  Cursor cursor(bytes, section->offset);
  const int32_t count = cursor.count(kMostNames, kTextBytes, "names");
  if (count != layers)
    refuse(section->offset, "expected a name for each of %d layers, found %d", layers, count);
  for (int32_t i = 0; i < count; ++i) cursor.text();
  cursor.expect_end();
}

void check_counted_lengths(const Container& container, int32_t inputs) {
  const Section* const section = container.find(SectionType::kCountedLengths);
  if (!section) return;
  const std::vector<unsigned char> bytes = container.read(*section);
  Cursor cursor(bytes, section->offset);
  cursor.f32();  // any value may stand for a step that does not count
  const int64_t place = cursor.place();
  const int32_t input = cursor.i32();
  if (input < -1 || input >= inputs)
    refuse(place,
           "expected lengths that follow from an input of the model, 0 to %d, or -1; found %d",
           inputs - 1, input);
  cursor.text();
  cursor.expect_end();
}

}  // namespace

void check_remarks(const Container& container, int32_t layers, int32_t inputs) {
  check_layer_names(container, layers);
  check_counted_lengths(container, inputs);
}

}  // namespace recurrent::file
