#include "file/container.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/checked.h"
#include "file/crc32c.h"
#include "file/refuse.h"

namespace recurrent::file {
namespace {

constexpr unsigned char kMagic[] = {0x89, 'R', 'C', 'R', '\r', '\n', 0x1A, '\n'};
constexpr uint32_t kVersion = 1;

// Offsets of the header's fields.
constexpr int64_t kVersionAt = 8;
constexpr int64_t kCountAt = 12;
constexpr int64_t kSizeAt = 16;
constexpr int64_t kTableChecksumAt = 24;
constexpr int64_t kReservedAt = 28;
constexpr int64_t kHeaderChecksumAt = 60;

constexpr uint32_t kRequired = 1;

bool is_known(uint32_t type) {
  return type >= static_cast<uint32_t>(SectionType::kModel) &&
         type <= static_cast<uint32_t>(SectionType::kPacked);
}

using Header = std::array<unsigned char, kHeaderBytes>;

Header read_header(ByteSource& source) {
  Header header{};
  const int64_t size = source.size();
  if (size < kHeaderBytes)
    refuse(0, "expected a model file, which has %lld bytes or more, found %lld", wide(kHeaderBytes),
           wide(size));
  source.read(0, header.data(), kHeaderBytes);
  if (std::memcmp(header.data(), kMagic, sizeof(kMagic)) != 0)
    refuse(0,
           "expected a model file, which begins with 89 52 43 52 0D 0A 1A 0A, found other bytes");
  const uint32_t checksum = load_u32(&header[kHeaderChecksumAt]);
  const uint32_t found = crc32c(0, header.data(), kHeaderChecksumAt);
  if (found != checksum)
    refuse(kHeaderChecksumAt, "expected the checksum %08x of the header, found %08x: it is damaged",
           checksum, found);
  const uint32_t version = load_u32(&header[kVersionAt]);
  if (version != kVersion)
    refuse(kVersionAt, "expected version %u of the format, found %u: a newer library may read it",
           kVersion, version);
  const uint64_t whole = load_u64(&header[kSizeAt]);
  if (whole != static_cast<uint64_t>(size))
    refuse(kSizeAt, "expected a file of %llu bytes, found %lld",
           static_cast<unsigned long long>(whole), wide(size));
  for (int64_t at = kReservedAt; at < kHeaderChecksumAt; ++at)
    if (header[static_cast<size_t>(at)] != 0)
      refuse(at, "expected 0, found %d", header[static_cast<size_t>(at)]);
  return header;
}

}  // namespace

Container::Container(ByteSource& source) : source_(&source) {
  const Header header = read_header(source);
  const uint32_t count = load_u32(&header[kCountAt]);
  if (count == 0 || count > kMostSections)
    refuse(kCountAt, "expected 1 to %u sections, found %u", kMostSections, count);
  const int64_t bytes = kEntryBytes * count;
  if (bytes > source.size() - kHeaderBytes)
    refuse(kCountAt, "expected %u sections at most in a file of %lld bytes, found %u",
           static_cast<uint32_t>((source.size() - kHeaderBytes) / kEntryBytes), wide(source.size()),
           count);
  std::vector<unsigned char> table(static_cast<size_t>(bytes));
  source.read(kHeaderBytes, table.data(), bytes);
  const uint32_t checksum = load_u32(&header[kTableChecksumAt]);
  const uint32_t found = crc32c(0, table.data(), bytes);
  if (found != checksum)
    refuse(kHeaderBytes,
           "expected the checksum %08x of the table of sections, found %08x: it is damaged",
           checksum, found);
  // Each section begins behind the one before, at the next multiple of the alignment.
  int64_t end = kHeaderBytes + bytes;
  for (int64_t i = 0; i < count; ++i) {
    add(&table[static_cast<size_t>(i * kEntryBytes)], kHeaderBytes + i * kEntryBytes,
        round_up(end, kSectionAlignment));
    end = sections_.back().offset + sections_.back().length;
  }
  if (end != source.size())
    refuse(end, "expected the end of the file behind its last section, found %lld more bytes",
           wide(source.size() - end));
}

void Container::add(const unsigned char* entry, int64_t place, int64_t begin) {
  Section section;
  section.type = load_u32(entry);
  const uint32_t flags = section.flags = load_u32(entry + 4);
  const uint64_t offset = load_u64(entry + 8);
  const uint64_t length = load_u64(entry + 16);
  section.checksum = load_u32(entry + 24);
  if (flags > kRequired)
    refuse(place + 4, "expected the flags 0 or 1 of a section, found %u", flags);
  if (offset != static_cast<uint64_t>(begin))
    refuse(place + 8, "expected the section at byte %lld, found it at %llu", wide(begin),
           static_cast<unsigned long long>(offset));
  const int64_t room = source_->size() - begin;
  if (room < 0 || length > static_cast<uint64_t>(room))
    refuse(place + 16, "expected a section of at most %lld bytes at byte %lld, found %llu",
           wide(std::max<int64_t>(room, 0)), wide(begin), static_cast<unsigned long long>(length));
  if (load_u32(entry + 28) != 0) refuse(place + 28, "expected 0, found %u", load_u32(entry + 28));
  if (is_known(section.type) && find(static_cast<SectionType>(section.type)))
    refuse(place, "expected one section of type %u, found another", section.type);
  if (!is_known(section.type) && (flags & kRequired) != 0)
    refuse(place,
           "expected sections of types 1 to %u, found one of type %u that has to be understood: a "
           "newer library may read it",
           static_cast<uint32_t>(SectionType::kPacked), section.type);
  section.offset = begin;
  section.length = static_cast<int64_t>(length);
  sections_.push_back(section);
}

const Section* Container::find(SectionType type) const {
  for (const Section& section : sections_)
    if (section.type == static_cast<uint32_t>(type)) return &section;
  return nullptr;
}

const Section& Container::get(SectionType type) const {
  const Section* const section = find(type);
  if (!section)
    refuse(kHeaderBytes, "expected a section of type %u, found none", static_cast<uint32_t>(type));
  return *section;
}

std::vector<unsigned char> Container::read(const Section& section) const {
  std::vector<unsigned char> bytes(static_cast<size_t>(section.length));
  source_->read(section.offset, bytes.data(), section.length);
  expect_checksum(section, crc32c(0, bytes.data(), section.length));
  return bytes;
}

void Container::expect_checksum(const Section& section, uint32_t found) {
  if (found != section.checksum)
    refuse(section.offset,
           "expected the checksum %08x of the section of type %u, found %08x: it is damaged",
           section.checksum, section.type, found);
}

void write_front(const std::vector<Section>& sections, int64_t size, unsigned char* to) {
  unsigned char* entry = to + kHeaderBytes;
  for (const Section& section : sections) {
    store_u32(entry, section.type);
    store_u32(entry + 4, section.flags);
    store_u64(entry + 8, static_cast<uint64_t>(section.offset));
    store_u64(entry + 16, static_cast<uint64_t>(section.length));
    store_u32(entry + 24, section.checksum);
    entry += kEntryBytes;
  }
  std::memcpy(to, kMagic, sizeof(kMagic));
  store_u32(to + kVersionAt, kVersion);
  store_u32(to + kCountAt, static_cast<uint32_t>(sections.size()));
  store_u64(to + kSizeAt, static_cast<uint64_t>(size));
  store_u32(to + kTableChecksumAt, crc32c(0, to + kHeaderBytes, entry - to - kHeaderBytes));
  store_u32(to + kHeaderChecksumAt, crc32c(0, to, kHeaderChecksumAt));
}

}  // namespace recurrent::file
