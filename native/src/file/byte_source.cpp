#include "file/byte_source.h"

#include <cstring>

#include "base/error.h"

namespace recurrent::file {

std::shared_ptr<const unsigned char> ByteSource::map(int64_t, int64_t) {
  fail(RECURRENT_STATUS_FILE_ACCESS, "expected a file, found memory, which is not mapped");
}

void MemorySource::read(int64_t offset, void* to, int64_t count) {
  if (count > 0) std::memcpy(to, bytes_ + offset, static_cast<size_t>(count));
}

}  // namespace recurrent::file
