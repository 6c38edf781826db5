#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "file/container.h"

namespace recurrent::file {

// Weights as they lie in a file.
struct StoredArray {
  int32_t format = 0;  // recurrent_weight_format
  int64_t rows = 0;
  int64_t columns = 0;
  uint64_t offset = 0;  // in the section
  int64_t place = 0;    // of what says so, in the file

  int64_t count() const { return rows * columns; }
  // In the file. Only of a shape that has been checked.
  int64_t bytes() const;
};

using Floats = std::unique_ptr<float[]>;

// Where arrays lie is checked before memory is taken: one behind the other, each at the next
// multiple of kSectionAlignment, up to the end of the section.
void expect_places(const Section& section, const std::vector<StoredArray>& arrays);

// Their values. The section's checksum is right.
std::vector<Floats> read_arrays(const Container& container, const Section& section,
                                const std::vector<StoredArray>& arrays);

}  // namespace recurrent::file
