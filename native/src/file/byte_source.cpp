#include "file/byte_source.h"

#include <cstring>

namespace recurrent::file {

void MemorySource::read(int64_t offset, void* to, int64_t count) {
  if (count > 0) std::memcpy(to, bytes_ + offset, static_cast<size_t>(count));
}

}  // namespace recurrent::file
