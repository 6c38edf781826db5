// Model files as docs/container.md has them, written by other code than that which reads them.
#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace recurrent::test {

using Bytes = std::vector<unsigned char>;

// A section of a file. `type` and `flags` are what the table says.
struct FileSection {
  uint32_t type;
  uint32_t flags;
  Bytes bytes;
};

inline constexpr uint32_t kModelSection = 1;
inline constexpr uint32_t kWeightsSection = 2;
inline constexpr uint32_t kMetadataSection = 3;
inline constexpr uint32_t kRequiredSection = 1;

// What a file has beside its model, and how its weights are stored.
struct FileOptions {
  int32_t layout = 0;
  int32_t empty_row = 0;
  int32_t sample_rate = 0;
  std::vector<std::pair<std::string, std::string>> texts;
  // A recurrent_weight_format: of matrices; what is no matrix is stored as floats. The values have
  // to be ones that it can hold; for int8, a scale of 1 and small integers.
  int32_t format = RECURRENT_WEIGHT_FORMAT_FLOAT32;
};

uint32_t crc32c(const Bytes& bytes);
// With checksums that are right.
Bytes write_file(const std::vector<FileSection>& sections);
// The model, its weights, and the metadata.
std::vector<FileSection> sections_of(const recurrent_model_desc& desc,
                                     const FileOptions& options = {});
Bytes write_file(const recurrent_model_desc& desc, const FileOptions& options = {});
// Makes the checksums of a file right again, as far as its header and table still say where.
void renew_checksums(Bytes& file);

void put_u32(Bytes& bytes, uint32_t value);
void put_u64(Bytes& bytes, uint64_t value);
void put_text(Bytes& bytes, const std::string& text);

}  // namespace recurrent::test
