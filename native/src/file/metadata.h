#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "file/container.h"

namespace recurrent::file {

// What a file says about itself.
struct Metadata {
  int32_t sample_rate = 0;
  std::vector<std::pair<std::string, std::string>> texts;
};

// Nothing, if the file has no such section. Throws Error (BAD_FILE).
Metadata read_metadata(const Container& container);

}  // namespace recurrent::file
