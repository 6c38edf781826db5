// Packed weights in a file, as docs/container.md has them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "file/section_reader.h"
#include "model/model.h"

namespace recurrent::file {

// What packed weights are made from: checksums of the two sections.
struct PackedOrigin {
  uint32_t model = 0;
  uint32_t weights = 0;
};
bool operator==(const PackedOrigin& a, const PackedOrigin& b);
// Throws Error (BAD_FILE) where a section is missing.
PackedOrigin origin_of(const Container& container);

// The section of a file. What it says of itself is checked when it is made, its checksum when it is
// used or given up.
class PackedSection {
 public:
  // Throws Error (BAD_FILE).
  PackedSection(const Container& container, const Section& section);

  // Why it is not what this library would pack; empty if it is.
  std::string why_not(const std::vector<PackedShape>& here, int32_t isa,
                      const PackedOrigin& origin) const;

  // Gives the buffers in their order, and then has to be finished. What is mapped is whole at once.
  std::unique_ptr<PackedSource> copied();
  std::unique_ptr<PackedSource> mapped();
  // The rest of the section is as whole as what has been read. Throws Error (BAD_FILE).
  void finish();

 private:
  struct Record {
    PackedShape packed;
    int64_t bytes;
    int64_t offset;
  };
  class Copied;
  class Mapped;

  void parse_records(uint32_t count);

  ByteSource& source_;
  const Section section_;
  SectionReader reader_;
  bool is_mapped_ = false;
  uint32_t version_ = 0;
  int32_t isa_ = 0;
  PackedOrigin origin_;
  std::vector<Record> records_;
};

// A file with the packed weights of a model that was loaded from it, in the place of those that it
// has. Only what it takes is told if `capacity` is less. Throws Error (INVALID_ARGUMENT, BAD_FILE).
int64_t add_packed(const Container& container, const Model& model, const PackedOrigin& origin,
                   unsigned char* packed, int64_t capacity);

}  // namespace recurrent::file
