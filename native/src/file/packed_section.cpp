#include "file/packed_section.h"

#include <cstring>

#include "base/checked.h"
#include "file/crc32c.h"
#include "file/refuse.h"
#include "kernels/implementations.h"

namespace recurrent::file {
namespace {

constexpr int64_t kHeadBytes = 32;
constexpr int64_t kRecordBytes = 80;
// More than a model of RECURRENT_MAX_LAYERS can have.
constexpr int64_t kMostRecords = 8192;

constexpr uint32_t kIsByTerm = 1;
constexpr uint32_t kHasSums = 2;

const char* name_of_buffer(PackedBuffer buffer) {
  switch (buffer) {
    case PackedBuffer::kWeights:
      return "weights";
    case PackedBuffer::kInputWeights:
      return "input weights";
    case PackedBuffer::kSecondWeights:
      return "second weights";
    default:
      return "table";
  }
}

std::string text_of(const char* what, int64_t found, int64_t here) {
  return std::string(what) + " " + std::to_string(found) + ", here " + std::to_string(here);
}

// The first thing in which two differ.
std::string difference(const PackedShape& found, const PackedShape& here) {
  const struct {
    const char* what;
    int64_t found;
    int64_t here;
  } all[] = {
      {"layer", found.layer, here.layer},
      {"direction", found.direction, here.direction},
      {"kind of buffer", static_cast<int64_t>(found.buffer), static_cast<int64_t>(here.buffer)},
      {"weight format", static_cast<int64_t>(found.shape.storage.format),
       static_cast<int64_t>(here.shape.storage.format)},
      {"integers side by side", found.shape.storage.integers.depth,
       here.shape.storage.integers.depth},
      {"integers by term", found.shape.storage.integers.is_by_term ? 1 : 0,
       here.shape.storage.integers.is_by_term ? 1 : 0},
      {"sums of integers", found.shape.storage.integers.has_sums ? 1 : 0,
       here.shape.storage.integers.has_sums ? 1 : 0},
      {"matrices", found.shape.matrices, here.shape.matrices},
      {"panels", found.shape.grouping.panels, here.shape.grouping.panels},
      {"panels a group", found.shape.grouping.panels_per_group,
       here.shape.grouping.panels_per_group},
      {"rows at once", found.shape.grouping.rows_at_once, here.shape.grouping.rows_at_once},
      {"bytes of a panel", found.shape.panel_bytes, here.shape.panel_bytes},
  };
  for (const auto& each : all)
    if (each.found != each.here) return text_of(each.what, each.found, each.here);
  return {};
}

std::string name_of_isa(int32_t isa) {
  const kernels::KernelTable* const table = kernels::table_for(isa);
  return table ? table->name : "instruction set " + std::to_string(isa);
}

// Numbers of a file, written one behind the other.
class Writer {
 public:
  explicit Writer(unsigned char* at) : at_(at) {}
  void u32(uint32_t value) {
    store_u32(at_, value);
    at_ += 4;
  }
  void i32(int32_t value) { u32(static_cast<uint32_t>(value)); }
  void u64(int64_t value) {
    store_u64(at_, static_cast<uint64_t>(value));
    at_ += 8;
  }
  void skip(int64_t count) { at_ += count; }

 private:
  unsigned char* at_;
};

std::vector<PackedContents> contents_of(const Model& model) {
  std::vector<PackedContents> all;
  for (int32_t i = 0; i < model.graph().layer_count(); ++i)
    for (const PackedContents& each : packed_contents(i, model.layer(i))) all.push_back(each);
  return all;
}

int64_t section_bytes(const std::vector<PackedContents>& all) {
  int64_t end = kHeadBytes + static_cast<int64_t>(all.size()) * kRecordBytes;
  for (const PackedContents& each : all)
    end = round_up(end, kSectionAlignment) + each.packed.shape.bytes();
  return end;
}

// Into zeros.
void write_section(const std::vector<PackedContents>& all, int32_t isa, const PackedOrigin& origin,
                   unsigned char* to) {
  Writer writer(to);
  writer.u32(kPackedVersion);
  writer.i32(isa);
  writer.u32(static_cast<uint32_t>(all.size()));
  writer.u32(origin.model);
  writer.u32(origin.weights);
  writer.skip(12);
  int64_t end = kHeadBytes + static_cast<int64_t>(all.size()) * kRecordBytes;
  for (const PackedContents& each : all) {
    const MatrixShape& shape = each.packed.shape;
    const kernels::IntegerLayout& integers = shape.storage.integers;
    const int64_t begin = round_up(end, kSectionAlignment);
    writer.i32(each.packed.layer);
    writer.i32(each.packed.direction);
    writer.i32(static_cast<int32_t>(each.packed.buffer));
    writer.i32(static_cast<int32_t>(shape.storage.format));
    writer.i32(integers.depth);
    writer.u32((integers.is_by_term ? kIsByTerm : 0) | (integers.has_sums ? kHasSums : 0));
    writer.u64(shape.matrices);
    writer.u64(shape.grouping.panels);
    writer.u64(shape.grouping.panels_per_group);
    writer.u64(shape.grouping.rows_at_once);
    writer.u64(shape.panel_bytes);
    writer.u64(shape.bytes());
    writer.u64(begin);
    std::memcpy(to + begin, each.data, static_cast<size_t>(shape.bytes()));
    end = begin + shape.bytes();
  }
}

}  // namespace

bool operator==(const PackedOrigin& a, const PackedOrigin& b) {
  return a.model == b.model && a.weights == b.weights;
}

PackedOrigin origin_of(const Container& container) {
  return {container.get(SectionType::kModel).checksum,
          container.get(SectionType::kWeights).checksum};
}

// Reads them one behind the other.
class PackedSection::Copied : public PackedSource {
 public:
  explicit Copied(PackedSection& section) : section_(section) {}
  const void* borrow(int64_t) override { return nullptr; }
  void read(void* to, int64_t bytes) override {
    section_.reader_.skip_to(section_.records_[next_++].offset);
    section_.reader_.read(to, bytes);
  }

 private:
  PackedSection& section_;
  size_t next_ = 0;
};

// Leaves them where they are.
class PackedSection::Mapped : public PackedSource {
 public:
  Mapped(const PackedSection& section, std::shared_ptr<const unsigned char> bytes)
      : section_(section), bytes_(std::move(bytes)) {}
  const void* borrow(int64_t) override { return bytes_.get() + section_.records_[next_++].offset; }
  void read(void*, int64_t) override {}
  std::shared_ptr<const void> keeper() const override { return bytes_; }

 private:
  const PackedSection& section_;
  std::shared_ptr<const unsigned char> bytes_;
  size_t next_ = 0;
};

PackedSection::PackedSection(const Container& container, const Section& section)
    : source_(container.source()), section_(section), reader_(source_, section_) {
  std::vector<unsigned char> bytes(
      static_cast<size_t>(std::min<int64_t>(section_.length, kHeadBytes)));
  reader_.read(bytes.data(), static_cast<int64_t>(bytes.size()));
  Cursor cursor(bytes, section_.offset);
  version_ = cursor.u32();
  // Of another version nothing else is known.
  if (version_ != kPackedVersion) return;
  isa_ = cursor.i32();
  const int64_t place = cursor.place();
  const uint32_t count = cursor.u32();
  origin_.model = cursor.u32();
  origin_.weights = cursor.u32();
  while (cursor.left() > 0) {
    const int64_t reserved = cursor.place();
    if (const uint32_t found = cursor.u32()) refuse(reserved, "expected 0, found %u", found);
  }
  if (section_.length < kHeadBytes)
    refuse(section_.offset, "expected packed weights of %lld bytes or more, found %lld",
           wide(kHeadBytes), wide(section_.length));
  if (count > kMostRecords || count > reader_.left() / kRecordBytes)
    refuse(place, "expected at most %lld packed buffers, found %u in %lld bytes",
           wide(kMostRecords), count, wide(reader_.left()));
  parse_records(count);
}

void PackedSection::parse_records(uint32_t count) {
  const int64_t begin = section_.offset + reader_.at();
  std::vector<unsigned char> bytes(static_cast<size_t>(count * kRecordBytes));
  reader_.read(bytes.data(), static_cast<int64_t>(bytes.size()));
  Cursor cursor(bytes, begin);
  records_.resize(count);
  int64_t end = reader_.at();
  for (Record& record : records_) {
    record.packed.layer = cursor.i32();
    record.packed.direction = cursor.i32();
    record.packed.buffer = static_cast<PackedBuffer>(cursor.i32());
    MatrixShape& shape = record.packed.shape;
    shape.storage.format = static_cast<kernels::WeightFormat>(cursor.i32());
    shape.storage.integers.depth = cursor.i32();
    const int64_t flags_place = cursor.place();
    const uint32_t flags = cursor.u32();
    if (flags > (kIsByTerm | kHasSums))
      refuse(flags_place, "expected a layout of integers from 0 to 3, found %u", flags);
    shape.storage.integers.is_by_term = (flags & kIsByTerm) != 0;
    shape.storage.integers.has_sums = (flags & kHasSums) != 0;
    shape.matrices = static_cast<int64_t>(cursor.u64());
    shape.grouping.panels = static_cast<int64_t>(cursor.u64());
    shape.grouping.panels_per_group = static_cast<int64_t>(cursor.u64());
    shape.grouping.rows_at_once = static_cast<int64_t>(cursor.u64());
    shape.panel_bytes = static_cast<int64_t>(cursor.u64());
    const int64_t bytes_place = cursor.place();
    const uint64_t length = cursor.u64();
    const int64_t place = cursor.place();
    const uint64_t offset = cursor.u64();
    const int64_t next = round_up(end, kSectionAlignment);
    if (offset != static_cast<uint64_t>(next))
      refuse(place, "expected a packed buffer at byte %lld of its section, found it at %llu",
             wide(next), static_cast<unsigned long long>(offset));
    if (next > section_.length || length > static_cast<uint64_t>(section_.length - next))
      refuse(bytes_place,
             "expected a packed buffer that ends in its section of %lld bytes, found %llu bytes at "
             "byte %lld",
             wide(section_.length), static_cast<unsigned long long>(length), wide(next));
    record.offset = next;
    record.bytes = static_cast<int64_t>(length);
    end = next + record.bytes;
  }
  if (end != section_.length)
    refuse(section_.offset + end, "expected the end of the packed weights, found %lld more bytes",
           wide(section_.length - end));
}

std::string PackedSection::why_not(const std::vector<PackedShape>& here, int32_t isa,
                                   const PackedOrigin& origin) const {
  if (version_ != kPackedVersion)
    return "they are packed by " + text_of("version", version_, kPackedVersion);
  if (!(origin_ == origin)) return "they are those of another model, or of other weights";
  if (isa_ != isa)
    return "they are packed for " + name_of_isa(isa_) + ", here for " + name_of_isa(isa);
  if (records_.size() != here.size())
    return text_of("their number is", static_cast<int64_t>(records_.size()),
                   static_cast<int64_t>(here.size()));
  for (size_t i = 0; i < here.size(); ++i) {
    std::string reason = difference(records_[i].packed, here[i]);
    if (reason.empty() && records_[i].bytes != here[i].shape.bytes())
      reason = text_of("bytes", records_[i].bytes, here[i].shape.bytes());
    if (!reason.empty())
      return "layer " + std::to_string(here[i].layer) + ", " + name_of_buffer(here[i].buffer) +
             ": " + reason;
  }
  return {};
}

std::unique_ptr<PackedSource> PackedSection::copied() { return std::make_unique<Copied>(*this); }

std::unique_ptr<PackedSource> PackedSection::mapped() {
  std::shared_ptr<const unsigned char> bytes = source_.map(section_.offset, section_.length);
  Container::expect_checksum(section_, crc32c(0, bytes.get(), section_.length));
  is_mapped_ = true;
  return std::make_unique<Mapped>(*this, std::move(bytes));
}

void PackedSection::finish() {
  if (!is_mapped_) reader_.finish();
}

int64_t add_packed(const Container& container, const Model& model, const PackedOrigin& origin,
                   unsigned char* packed, int64_t capacity) {
  if (!(origin_of(container) == origin))
    invalid("bytes", "expected the file that the model was loaded from, found another one");
  std::vector<Section> sections;
  for (const Section& section : container.sections())
    if (section.type != static_cast<uint32_t>(SectionType::kPacked)) sections.push_back(section);
  if (sections.size() >= kMostSections)
    invalid("bytes", "expected a file of fewer than %u other sections", kMostSections);
  const std::vector<PackedContents> contents = contents_of(model);
  sections.push_back(
      {static_cast<uint32_t>(SectionType::kPacked), 0, 0, section_bytes(contents), 0});
  std::vector<Section> moved = sections;
  int64_t end = kHeaderBytes + kEntryBytes * static_cast<int64_t>(moved.size());
  for (Section& section : moved) {
    section.offset = round_up(end, kSectionAlignment);
    end = section.offset + section.length;
  }
  if (end > capacity) return end;
  // What lies between sections is zero.
  std::memset(packed, 0, static_cast<size_t>(end));
  for (size_t i = 0; i + 1 < moved.size(); ++i)
    container.source().read(sections[i].offset, packed + moved[i].offset, moved[i].length);
  Section& own = moved.back();
  write_section(contents, model.kernels().isa, origin, packed + own.offset);
  own.checksum = crc32c(0, packed + own.offset, own.length);
  write_front(moved, end, packed);
  return end;
}

}  // namespace recurrent::file
