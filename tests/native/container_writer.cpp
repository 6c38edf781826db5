#include "container_writer.h"

#include <cstring>

#include "random_model.h"

namespace recurrent::test {
namespace {

constexpr size_t kHeader = 64;
constexpr size_t kEntry = 32;
constexpr size_t kAlignment = 64;

void pad(Bytes& bytes) { bytes.resize((bytes.size() + kAlignment - 1) / kAlignment * kAlignment); }

void put_i32(Bytes& bytes, int32_t value) { put_u32(bytes, static_cast<uint32_t>(value)); }

void put_f32(Bytes& bytes, float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  put_u32(bytes, bits);
}

void set_u32(Bytes& bytes, size_t at, uint32_t value) {
  for (size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<unsigned char>(value >> (8 * i));
}

uint64_t get_u64(const Bytes& bytes, size_t at) {
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) value |= uint64_t{bytes[at + i]} << (8 * i);
  return value;
}

class Writer {
 public:
  explicit Writer(const FileOptions& options) : options_(options) {}

  void write(const recurrent_model_desc& desc) {
    put_i32(model_, desc.layer_count);
    put_i32(model_, desc.input_count);
    put_i32(model_, desc.output_count);
    put_i32(model_, desc.output);
    put_i32(model_, desc.masking);
    put_f32(model_, desc.mask_value);
    put_i32(model_, options_.layout);
    put_i32(model_, options_.empty_row);
    for (int32_t i = 0; i < desc.input_count; ++i) {
      put_i32(model_, desc.inputs[i].kind);
      put_i32(model_, desc.inputs[i].size);
      put_text(model_, desc.inputs[i].name);
    }
    for (int32_t i = 0; i < desc.output_count; ++i) {
      put_i32(model_, desc.outputs[i].value);
      put_text(model_, desc.outputs[i].name);
    }
    for (int32_t i = 0; i < desc.layer_count; ++i) layer(desc.layers[i]);
  }

  Bytes model_, weights_;

 private:
  void layer(const recurrent_layer_desc& l) {
    for (const int32_t value : {l.kind, l.direction, l.input_size, l.hidden_size, l.projection_size,
                                l.gate_coupling, l.output_peephole})
      put_i32(model_, value);
    put_f32(model_, l.clip);
    for (const int32_t value : {l.residual_span, l.first, l.steps, l.kernel_size, l.stride,
                                l.dilation, l.groups, l.pad_before, l.pad_after, l.counts_padding})
      put_i32(model_, value);
    put_f32(model_, l.epsilon);
    put_i32(model_, l.input_weight_format);
    put_i32(model_, l.recurrent_weight_format);
    put_i32(model_, l.input_count);
    for (int32_t i = 0; i < l.input_count; ++i) put_i32(model_, l.inputs[i]);
    put_u32(model_, (l.forward ? 1u : 0u) | (l.reverse ? 2u : 0u));
    if (l.forward) direction(l, *l.forward);
    if (l.reverse) direction(l, *l.reverse);
  }

  void direction(const recurrent_layer_desc& l, const recurrent_direction_desc& d) {
    activation(d.gate_activation, d.gate_alpha, d.gate_beta);
    activation(d.candidate_activation, d.candidate_alpha, d.candidate_beta);
    activation(d.output_activation, d.output_alpha, d.output_beta);
    const float* const all[] = {d.input_weights,  d.recurrent_weights, d.input_bias,
                                d.recurrent_bias, d.peephole,          d.projection,
                                d.initial_hidden, d.initial_cell};
    uint32_t present = 0;
    for (size_t i = 0; i < 8; ++i) present |= all[i] ? 1u << i : 0;
    put_u32(model_, present);
    const int64_t rows = gates_of(l.kind) * int64_t{l.hidden_size};
    const int64_t state = state_size(l);
    const bool one_row =
        l.kind == RECURRENT_LAYER_SCALE || l.kind == RECURRENT_LAYER_LAYER_NORMALIZATION;
    if (l.kind == RECURRENT_LAYER_EMBEDDING)
      array(d.input_weights, l.input_size, l.hidden_size);
    else if (one_row)
      array(d.input_weights, 1, l.hidden_size);
    else if (l.kind == RECURRENT_LAYER_CONVOLUTION)
      array(d.input_weights, rows, l.kernel_size * (l.input_size / l.groups));
    else
      array(d.input_weights, rows, l.input_size);
    array(d.recurrent_weights, rows, state);
    array(d.input_bias, 1, rows);
    array(d.recurrent_bias, 1, rows);
    array(d.peephole, 1, 3 * int64_t{l.hidden_size});
    array(d.projection, state, l.hidden_size);
    array(d.initial_hidden, 1, l.kind == RECURRENT_LAYER_CONVOLUTION ? history_size(l) : state);
    array(d.initial_cell, 1, l.hidden_size);
  }

  void activation(int32_t kind, float alpha, float beta) {
    put_i32(model_, kind);
    put_f32(model_, alpha);
    put_f32(model_, beta);
  }

  void array(const float* values, int64_t rows, int64_t columns) {
    if (!values) return;
    const int32_t format = rows > 1 ? options_.format : RECURRENT_WEIGHT_FORMAT_FLOAT32;
    pad(weights_);
    put_i32(model_, format);
    put_u32(model_, 0);
    put_u64(model_, static_cast<uint64_t>(rows));
    put_u64(model_, static_cast<uint64_t>(columns));
    put_u64(model_, weights_.size());
    if (format == RECURRENT_WEIGHT_FORMAT_INT8)
      for (int64_t row = 0; row < rows; ++row) put_f32(weights_, 1);
    for (int64_t i = 0; i < rows * columns; ++i) {
      uint32_t bits;
      std::memcpy(&bits, values + i, sizeof(bits));
      if (format == RECURRENT_WEIGHT_FORMAT_INT8) {
        weights_.push_back(static_cast<unsigned char>(static_cast<int8_t>(values[i])));
      } else if (format == RECURRENT_WEIGHT_FORMAT_BFLOAT16) {
        weights_.push_back(static_cast<unsigned char>(bits >> 16));
        weights_.push_back(static_cast<unsigned char>(bits >> 24));
      } else {
        put_u32(weights_, bits);
      }
    }
  }

  FileOptions options_;
};

}  // namespace

void put_u32(Bytes& bytes, uint32_t value) {
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<unsigned char>(value >> (8 * i)));
}

void put_u64(Bytes& bytes, uint64_t value) {
  for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<unsigned char>(value >> (8 * i)));
}

void put_text(Bytes& bytes, const std::string& text) {
  put_u32(bytes, static_cast<uint32_t>(text.size()));
  bytes.insert(bytes.end(), text.begin(), text.end());
}

uint32_t crc32c(const Bytes& bytes) {
  uint32_t crc = ~0u;
  for (const unsigned char byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78u : 0u);
  }
  return ~crc;
}

Bytes write_file(const std::vector<FileSection>& sections) {
  Bytes contents, table;
  const size_t begin =
      (kHeader + kEntry * sections.size() + kAlignment - 1) / kAlignment * kAlignment;
  for (const FileSection& section : sections) {
    pad(contents);
    put_u32(table, section.type);
    put_u32(table, section.flags);
    put_u64(table, begin + contents.size());
    put_u64(table, section.bytes.size());
    put_u32(table, 0);
    put_u32(table, 0);
    contents.insert(contents.end(), section.bytes.begin(), section.bytes.end());
  }
  Bytes file = {0x89, 'R', 'C', 'R', '\r', '\n', 0x1A, '\n'};
  put_u32(file, 1);
  put_u32(file, static_cast<uint32_t>(sections.size()));
  put_u64(file, begin + contents.size());
  file.resize(kHeader);
  file.insert(file.end(), table.begin(), table.end());
  file.resize(begin);
  file.insert(file.end(), contents.begin(), contents.end());
  renew_checksums(file);
  return file;
}

void renew_checksums(Bytes& file) {
  if (file.size() < kHeader) return;
  const uint64_t count = get_u64(file, 8) >> 32;
  if (count > (file.size() - kHeader) / kEntry) return;
  const auto part = [&](uint64_t from, uint64_t length) {
    return Bytes(file.begin() + static_cast<std::ptrdiff_t>(from),
                 file.begin() + static_cast<std::ptrdiff_t>(from + length));
  };
  for (size_t i = 0; i < count; ++i) {
    const size_t entry = kHeader + i * kEntry;
    const uint64_t offset = get_u64(file, entry + 8);
    const uint64_t length = get_u64(file, entry + 16);
    if (offset <= file.size() && length <= file.size() - offset)
      set_u32(file, entry + 24, crc32c(part(offset, length)));
  }
  set_u32(file, 24, crc32c(part(kHeader, kEntry * count)));
  set_u32(file, 60, crc32c(part(0, 60)));
}

std::vector<FileSection> sections_of(const recurrent_model_desc& desc, const FileOptions& options) {
  Writer writer(options);
  writer.write(desc);
  std::vector<FileSection> sections = {{kModelSection, kRequiredSection, writer.model_},
                                       {kWeightsSection, kRequiredSection, writer.weights_}};
  if (options.sample_rate == 0 && options.texts.empty()) return sections;
  Bytes metadata;
  put_i32(metadata, options.sample_rate);
  put_u32(metadata, static_cast<uint32_t>(options.texts.size()));
  for (const auto& [name, value] : options.texts) {
    put_text(metadata, name);
    put_text(metadata, value);
  }
  sections.push_back({kMetadataSection, 0, metadata});
  return sections;
}

Bytes write_file(const recurrent_model_desc& desc, const FileOptions& options) {
  return write_file(sections_of(desc, options));
}

}  // namespace recurrent::test
