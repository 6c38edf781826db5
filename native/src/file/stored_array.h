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

// Their values, the section's checksum being right. Of some only the checksum is wanted: those have
// none.
struct Values {
  std::vector<Floats> arrays;
  // Whether one of the arrays without values has a number that some formats cannot have.
  bool has_extremes = false;
};
enum class Wanted : unsigned char { kValues, kChecksum };
Values read_arrays(const Container& container, const Section& section,
                   const std::vector<StoredArray>& arrays, const std::vector<Wanted>& wanted);

}  // namespace recurrent::file
