#include "model/packing.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "base/checked.h"

namespace recurrent {

float flushed(float value) { return std::fabs(value) < FLT_MIN ? 0.0f : value; }

PackedMatrix::PackedMatrix(int64_t units, int width, int64_t panels_per_group,
                           const WeightBlock* blocks, int block_count)
    : grouping_{div_up(units, width), panels_per_group} {
  for (int b = 0; b < block_count; ++b) panel_stride_ += blocks[b].terms * blocks[b].gates * width;
  data_ = AlignedBuffer<float>(checked_mul(grouping_.panels, panel_stride_, "hidden_size"));

  float* out = data_.data();
  for (int64_t first = 0; first < grouping_.panels; first += panels_per_group) {
    const int64_t last = std::min(first + panels_per_group, grouping_.panels);
    for (int b = 0; b < block_count; ++b) {
      const WeightBlock& block = blocks[b];
      for (int64_t k = 0; k < block.terms; ++k)
        for (int64_t panel = first; panel < last; ++panel)
          for (int gate = 0; gate < block.gates; ++gate, out += width) {
            const int64_t count = std::min<int64_t>(width, units - panel * width);
            const int64_t row = (block.first_gate + gate) * units + panel * width;
            for (int64_t u = 0; u < count; ++u)
              out[u] = flushed(block.data[(row + u) * block.terms + k]);
          }
    }
  }
}

int64_t PackedMatrix::groups() const {
  return grouping_.panels_per_group == 0 ? 0 : div_up(grouping_.panels, grouping_.panels_per_group);
}

AlignedBuffer<float> pack_vectors(int64_t units, int width, int gates, const float* first,
                                  const float* second, unsigned add_mask) {
  const int64_t panels = div_up(units, width);
  AlignedBuffer<float> packed(panels * gates * width);
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
  return packed;
}

}  // namespace recurrent
