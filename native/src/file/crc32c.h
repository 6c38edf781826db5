#pragma once

#include <cstdint>

namespace recurrent::file {

// The checksum CRC-32C (Castagnoli; iSCSI, RFC 3720): polynomial 0x1EDC6F41, bits reflected, all
// bits inverted before and after. Of some bytes, going on from that of the bytes before, which is 0
// in front of the first.
uint32_t crc32c(uint32_t before, const void* bytes, int64_t count);

// The same on a processor without an instruction for it.
uint32_t crc32c_by_tables(uint32_t before, const void* bytes, int64_t count);

}  // namespace recurrent::file
