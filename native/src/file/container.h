#pragma once

#include <cstdint>
#include <vector>

#include "file/byte_source.h"
#include "file/cursor.h"

namespace recurrent::file {

// What a section holds; docs/container.md has every field. Numbers are never used again.
enum class SectionType : uint32_t {
  kModel = 1,
  kWeights = 2,
  kMetadata = 3,
  kLayerNames = 4,  // for people and tools
  kCountedLengths = 5,
  kPacked = 6,
};

struct Section {
  uint32_t type = 0;
  uint32_t flags = 0;
  int64_t offset = 0;
  int64_t length = 0;
  uint32_t checksum = 0;
};

// Sections begin at multiples of this, and so do the weights in theirs.
inline constexpr int64_t kSectionAlignment = 64;

inline constexpr uint32_t kMostSections = 256;
inline constexpr int64_t kHeaderBytes = 64;
inline constexpr int64_t kEntryBytes = 32;

// The header and the table of sections of a file, checked: every section lies inside the file and
// apart from the others, and the required ones are known. Contents are checked when they are read.
class Container {
 public:
  // Throws Error (BAD_FILE, FILE_ACCESS). The source has to outlive it.
  explicit Container(ByteSource& source);

  ByteSource& source() const { return *source_; }
  const std::vector<Section>& sections() const { return sections_; }
  // Null if there is none.
  const Section* find(SectionType type) const;
  // Throws Error (BAD_FILE) if there is none.
  const Section& get(SectionType type) const;
  // The bytes of a section, whose checksum is right.
  std::vector<unsigned char> read(const Section& section) const;
  static void expect_checksum(const Section& section, uint32_t found);

 private:
  void add(const unsigned char* entry, int64_t place, int64_t begin);

  ByteSource* source_;
  std::vector<Section> sections_;
};

// The header and the table of a file of so many bytes, in front of its sections; into zeros.
void write_front(const std::vector<Section>& sections, int64_t size, unsigned char* to);

}  // namespace recurrent::file
