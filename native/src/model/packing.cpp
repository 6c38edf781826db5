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

bool operator==(const MatrixShape& a, const MatrixShape& b) {
  const kernels::IntegerLayout& x = a.storage.integers;
  const kernels::IntegerLayout& y = b.storage.integers;
  return a.storage.format == b.storage.format && x.depth == y.depth &&
         x.is_by_term == y.is_by_term && x.has_sums == y.has_sums && a.matrices == b.matrices &&
         a.grouping.panels == b.grouping.panels &&
         a.grouping.panels_per_group == b.grouping.panels_per_group &&
         a.grouping.rows_at_once == b.grouping.rows_at_once && a.panel_bytes == b.panel_bytes;
}

MatrixShape PackedMatrix::shape_of(const MatrixPlan& plan) {
  MatrixShape shape;
  shape.storage.format = plan.storage.format;
  if (plan.storage.has_integers()) shape.storage.integers = plan.storage.integers;
  shape.matrices = plan.matrices;
  // Far below what 64 bits count: a validated size times a few.
  for (int i = 0; i < plan.source_count; ++i)
    shape.panel_bytes +=
        plan.storage.chain_bytes(plan.width, plan.sources[i].terms) * plan.sources[i].gates;
  const int64_t panels = div_up(plan.units, plan.width);
  const int64_t bytes = checked_mul(checked_mul(plan.matrices, panels, "hidden_size"),
                                    shape.panel_bytes, "hidden_size");
  shape.grouping = {panels, plan.panels_per_group,
                    rows_at_once(bytes / std::max<int64_t>(plan.matrices, 1))};
  return shape;
}

void PackedMatrix::lay_out(const MatrixPlan& plan) {
  shape_ = shape_of(plan);
  panel_elements_ = 0;
  for (int i = 0; i < plan.source_count; ++i)
    panel_elements_ += plan.sources[i].terms * plan.sources[i].gates * plan.width;
}

void PackedMatrix::pack(const MatrixPlan& plan) {
  lay_out(plan);
  // A buffer of zeros beyond what is packed: padding stays what it was.
  if (bytes_.size() != shape_.bytes()) bytes_ = AlignedBuffer<unsigned char>(shape_.bytes());
  MatrixPlan matrix = plan;
  unsigned char* out = bytes_.data();
  for (int64_t i = 0; i < plan.matrices; ++i) {
    if (i > 0) matrix.sources[0].data += plan.units * plan.sources[0].terms;
    out = pack_matrix(matrix, out);
  }
}

void PackedMatrix::take(const MatrixPlan& plan, PackedSource& packed) {
  lay_out(plan);
  bytes_ = packed.take<unsigned char>(shape_.bytes());
}

// Gives what is behind it.
unsigned char* PackedMatrix::pack_matrix(const MatrixPlan& plan, unsigned char* out) const {
  const kernels::Grouping& grouping = shape_.grouping;
  for (int64_t first = 0; first < grouping.panels; first += grouping.panels_per_group) {
    const int64_t panels = std::min(grouping.panels_per_group, grouping.panels - first);
    for (int i = 0; i < plan.source_count; ++i) {
      const WeightSource& source = plan.sources[i];
      const GroupChain chain{source, plan.units, plan.width, first, panels};
      pack_chain(chain, plan.storage, out);
      out += plan.storage.chain_bytes(plan.width, source.terms) * source.gates * panels;
    }
  }
  return out;
}

void PackedMatrix::pack_transposed(const float* matrix, int64_t units, int width,
                                   int64_t panels_per_group, const RowRange* ranges,
                                   int range_count) {
  MatrixPlan plan{units, width, panels_per_group, {{matrix, 0, 0, 1}}, 1};
  for (int i = 0; i < range_count; ++i) plan.sources[0].terms += ranges[i].count;
  lay_out(plan);
  if (bytes_.size() != shape_.bytes()) bytes_ = AlignedBuffer<unsigned char>(shape_.bytes());
  auto* out = reinterpret_cast<float*>(bytes_.data());
  for (int64_t first = 0; first < grouping().panels; first += panels_per_group) {
    const int64_t panels = std::min(panels_per_group, grouping().panels - first);
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
  const kernels::Grouping& all = grouping();
  return all.panels_per_group == 0 ? 0 : div_up(all.panels, all.panels_per_group);
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
