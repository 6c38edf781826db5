#include "model/packing.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>

#include "base/checked.h"
#include "cpu/caches.h"
#include "model/chain_packing.h"

namespace recurrent {

namespace {

// Weights in the second-level cache are read again for every so many rows, so that the rows stay
// near as well. Weights from farther away are read once for all rows.
int64_t rows_at_once(int64_t weight_bytes) {
  constexpr int64_t kRows = 48;
  return weight_bytes <= cpu::caches().l2_or_default() ? kRows
                                                       : std::numeric_limits<int64_t>::max();
}

}  // namespace

float flushed(float value) { return std::fabs(value) < FLT_MIN ? 0.0f : value; }

void PackedMatrix::lay_out(int64_t units, int width, int64_t panels_per_group,
                           const WeightSource* sources, int source_count, const Storage& storage,
                           int64_t matrices) {
  matrices_ = matrices;
  storage_ = storage;
  panel_elements_ = 0;
  panel_bytes_ = 0;
  for (int i = 0; i < source_count; ++i) {
    // Far below what 64 bits count: a validated size times a few.
    panel_elements_ += sources[i].terms * sources[i].gates * width;
    panel_bytes_ += storage.chain_bytes(width, sources[i].terms) * sources[i].gates;
  }
  // A buffer of zeros beyond what is packed: padding stays what it was.
  const int64_t panels = div_up(units, width);
  const int64_t bytes =
      checked_mul(checked_mul(matrices, panels, "hidden_size"), panel_bytes_, "hidden_size");
  grouping_ = {panels, panels_per_group, rows_at_once(bytes / std::max<int64_t>(matrices, 1))};
  if (bytes_.size() != bytes) bytes_ = AlignedBuffer<unsigned char>(bytes);
}

void PackedMatrix::pack(int64_t units, int width, int64_t panels_per_group,
                        const WeightSource* sources, int source_count, const Storage& storage) {
  lay_out(units, width, panels_per_group, sources, source_count, storage);
  pack_matrix(units, width, sources, source_count, bytes_.data());
}

void PackedMatrix::pack_each(int64_t count, int64_t units, int width, int64_t panels_per_group,
                             const float* data, int64_t terms, const Storage& storage) {
  WeightSource source{data, terms, 0, 1};
  lay_out(units, width, panels_per_group, &source, 1, storage, count);
  unsigned char* out = bytes_.data();
  for (int64_t i = 0; i < count; ++i, source.data += units * terms)
    out = pack_matrix(units, width, &source, 1, out);
}

// Gives what is behind it.
unsigned char* PackedMatrix::pack_matrix(int64_t units, int width, const WeightSource* sources,
                                         int source_count, unsigned char* out) const {
  for (int64_t first = 0; first < grouping_.panels; first += grouping_.panels_per_group) {
    const int64_t panels = std::min(grouping_.panels_per_group, grouping_.panels - first);
    for (int i = 0; i < source_count; ++i) {
      const GroupChain chain{sources[i], units, width, first, panels};
      pack_chain(chain, storage_, out);
      out += storage_.chain_bytes(width, sources[i].terms) * sources[i].gates * panels;
    }
  }
  return out;
}

void PackedMatrix::pack_transposed(const float* matrix, int64_t units, int width,
                                   int64_t panels_per_group, const RowRange* ranges,
                                   int range_count) {
  WeightSource all{matrix, 0, 0, 1};
  for (int i = 0; i < range_count; ++i) all.terms += ranges[i].count;
  lay_out(units, width, panels_per_group, &all, 1, {});
  auto* out = reinterpret_cast<float*>(bytes_.data());
  for (int64_t first = 0; first < grouping_.panels; first += panels_per_group) {
    const int64_t panels = std::min(panels_per_group, grouping_.panels - first);
    const int64_t count = std::min(panels * width, units - first * width);
    for (int i = 0; i < range_count; ++i)
      for (int64_t row = ranges[i].first; row < ranges[i].first + ranges[i].count; ++row) {
        const float* from = matrix + row * units + first * width;
        for (int64_t j = 0; j < count; ++j) out[j] = flushed(from[j]);
        out += panels * width;
      }
  }
}

int64_t PackedMatrix::groups() const {
  return grouping_.panels_per_group == 0 ? 0 : div_up(grouping_.panels, grouping_.panels_per_group);
}

void pack_vectors(AlignedBuffer<float>& packed, int64_t units, int width, int gates,
                  const float* first, const float* second, unsigned add_mask) {
  const int64_t count = div_up(units, width) * gates * width;
  if (packed.size() != count) packed = AlignedBuffer<float>(count);
  for (int gate = 0; gate < gates; ++gate)
    for (int64_t unit = 0; unit < units; ++unit) {
      const int64_t source = gate * units + unit;
      const bool add = second && (add_mask >> gate & 1u);
      float value = 0;
      if (first && add)
        value = first[source] + second[source];
      else if (first)
        value = first[source];
      else if (add)
        value = second[source];
      packed[(unit / width * gates + gate) * width + unit % width] = flushed(value);
    }
}

}  // namespace recurrent
