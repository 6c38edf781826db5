#include "model/packing.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "base/checked.h"

namespace recurrent {

float flushed(float value) { return std::fabs(value) < FLT_MIN ? 0.0f : value; }

namespace {

// A buffer of zeros beyond what is packed: padding stays what it was.
void resize(AlignedBuffer<float>& buffer, int64_t count) {
  if (buffer.size() != count) buffer = AlignedBuffer<float>(count);
}

// Terms that are turned at once: their weights of a vector of units are as many lines as the
// first-level cache holds side by side, however far apart the rows are.
constexpr int64_t kTransposedTerms = 16;

}  // namespace

void PackedMatrix::lay_out(int64_t units, int width, int64_t panels_per_group,
                           int64_t panel_elements, int64_t matrices) {
  grouping_ = {div_up(units, width), panels_per_group};
  panel_elements_ = panel_elements;
  matrices_ = matrices;
  format_ = kernels::WeightFormat::kFloat32;
  resize(floats_, checked_mul(checked_mul(matrices, grouping_.panels, "hidden_size"),
                              panel_elements_, "hidden_size"));
  kernels_data_ = reinterpret_cast<kernels::WeightBytes>(floats_.data());
}

// Puts another format in the place of floats.
void PackedMatrix::convert(kernels::WeightFormat format, int width) {
  if (format == kernels::WeightFormat::kFloat32) return;
  const int64_t bytes = checked_mul(elements(), bytes_of_weight(format), "hidden_size");
  if (converted_.size() != bytes) converted_ = AlignedBuffer<unsigned char>(bytes);
  convert_weights(format, floats_.data(), elements(), width, converted_.data());
  floats_ = AlignedBuffer<float>();
  format_ = format;
  kernels_data_ = converted_.data();
}

void PackedMatrix::pack(int64_t units, int width, int64_t panels_per_group,
                        const WeightSource* sources, int source_count,
                        kernels::WeightFormat format) {
  int64_t stride = 0;
  for (int i = 0; i < source_count; ++i) stride += sources[i].terms * sources[i].gates * width;
  lay_out(units, width, panels_per_group, stride);
  pack_matrix(units, width, sources, source_count, floats_.data());
  convert(format, width);
}

void PackedMatrix::pack_each(int64_t count, int64_t units, int width, int64_t panels_per_group,
                             const float* data, int64_t terms, kernels::WeightFormat format) {
  lay_out(units, width, panels_per_group, terms * width, count);
  float* out = floats_.data();
  for (int64_t i = 0; i < count; ++i) {
    const WeightSource source{data + i * units * terms, terms, 0, 1};
    out = pack_matrix(units, width, &source, 1, out);
  }
  convert(format, width);
}

// Gives what is behind it.
float* PackedMatrix::pack_matrix(int64_t units, int width, const WeightSource* sources,
                                 int source_count, float* out) const {
  for (int64_t first = 0; first < grouping_.panels; first += grouping_.panels_per_group) {
    const int64_t panels = std::min(grouping_.panels_per_group, grouping_.panels - first);
    for (int i = 0; i < source_count; ++i) {
      const WeightSource& source = sources[i];
      const int64_t term = panels * source.gates * width;
      for (int64_t begin = 0; begin < source.terms; begin += kTransposedTerms) {
        const int64_t end = std::min(begin + kTransposedTerms, source.terms);
        for (int64_t panel = 0; panel < panels; ++panel)
          for (int gate = 0; gate < source.gates; ++gate) {
            float* to = out + (panel * source.gates + gate) * width;
            const int64_t unit = (first + panel) * width;
            const int64_t row = (source.first_gate + gate) * units + unit;
            const int64_t count = std::min<int64_t>(width, units - unit);
            for (int64_t u = 0; u < count; ++u)
              for (int64_t k = begin; k < end; ++k)
                to[k * term + u] = flushed(source.data[(row + u) * source.terms + k]);
          }
      }
      out += source.terms * term;
    }
  }
  return out;
}

void PackedMatrix::pack_transposed(const float* matrix, int64_t units, int width,
                                   int64_t panels_per_group, const RowRange* ranges,
                                   int range_count) {
  int64_t terms = 0;
  for (int i = 0; i < range_count; ++i) terms += ranges[i].count;
  lay_out(units, width, panels_per_group, checked_mul(terms, width, "hidden_size"));
  float* out = floats_.data();
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
  resize(packed, div_up(units, width) * gates * width);
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
