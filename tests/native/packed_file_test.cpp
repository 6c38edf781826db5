// Packed weights in files: they make no difference but of time, and are taken only where they would
// have been packed so.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "container_writer.h"
#include "loaded_model.h"
#include "native_session.h"
#include "random_graph.h"
#include "whole_case.h"

namespace recurrent::test {
namespace {

constexpr uint32_t kPackedSection = 6;
constexpr size_t kEntry = 32;
constexpr size_t kHeader = 64;

// The file with the packed weights of a model that was loaded from it.
Bytes packed_of(const Bytes& file, int32_t isa) {
  ModelHandle model;
  const recurrent_load_options options = options_of(isa);
  EXPECT_OK(load_bytes(file, model, &options));
  int64_t size = 0;
  const auto length = static_cast<int64_t>(file.size());
  EXPECT_OK(recurrent_model_add_packed(model.get(), file.data(), length, nullptr, 0, &size));
  // Whatever is in the memory is written over.
  Bytes packed(static_cast<size_t>(size), 0xCD);
  int64_t again = 0;
  EXPECT_OK(
      recurrent_model_add_packed(model.get(), file.data(), length, packed.data(), size, &again));
  EXPECT_EQ(size, again);
  return packed;
}

uint32_t get_u32(const Bytes& bytes, size_t at) {
  uint32_t value;
  std::memcpy(&value, &bytes[at], sizeof(value));
  return value;
}
void set_u32(Bytes& bytes, size_t at, uint32_t value) {
  std::memcpy(&bytes[at], &value, sizeof(value));
}

// Where the section with packed weights begins.
size_t packed_at(const Bytes& file) {
  const uint32_t sections = get_u32(file, 12);
  const size_t entry = kHeader + (sections - 1) * kEntry;
  EXPECT_EQ(get_u32(file, entry), kPackedSection);
  return get_u32(file, entry + 8);
}

recurrent_load_options with(recurrent_load_options options, int32_t packed) {
  options.packed = packed;
  return options;
}

void expect_packed(const Bytes& file, int32_t isa, int64_t time, const std::string& what) {
  const Bytes packed = packed_of(file, isa);
  const recurrent_load_options options = options_of(isa);
  const recurrent_load_options without = with(options, RECURRENT_PACKED_IGNORE);
  ModelHandle plain, copied, ignored;
  ASSERT_OK(load_bytes(file, plain, &options)) << what;
  ASSERT_OK(load_bytes(packed, copied, &options)) << what;
  ASSERT_OK(load_bytes(packed, ignored, &without)) << what;
  EXPECT_EQ(file_info_of(plain).packed, RECURRENT_PACKED_USE_NONE);
  EXPECT_EQ(file_info_of(copied).packed, RECURRENT_PACKED_USE_COPIED)
      << what << ": " << file_info_of(copied).packed_reason;
  EXPECT_EQ(file_info_of(ignored).packed, RECURRENT_PACKED_USE_IGNORED);
  EXPECT_EQ(info_of(plain.get()).packed_bytes, info_of(copied.get()).packed_bytes) << what;
  std::string refused, refused_too;
  const auto want = outputs_of(plain, time, &refused);
  expect_same(want, outputs_of(copied, time, &refused_too), what);
  EXPECT_EQ(refused, refused_too) << what;
  expect_same(want, outputs_of(ignored, time, &refused_too), what);
  // It is the file of the model that was loaded from it, too.
  EXPECT_EQ(packed_of(packed, isa), packed) << what;
}

class PackedFile : public EveryIsa {};
INSTANTIATE_ON_EVERY_ISA(PackedFile);

TEST_P(PackedFile, OfAChainGivesTheSameBits) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    const WholeCase c(seed);
    const std::vector<recurrent_layer_desc> layers = c.model.descs();
    const recurrent_model_desc desc = describe(layers, GetParam(), c.options);
    expect_packed(write_file(desc), GetParam(), 40, c.describe());
  }
}

TEST_P(PackedFile, OfAGraphGivesTheSameBits) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    const OwnedGraph graph = random_graph(random, 12);
    const GraphDescription description(graph, GetParam());
    expect_packed(write_file(description.desc), GetParam(), graph.least_time() + 2,
                  graph.describe());
  }
}

// An embedding, an LSTM with a projection, and a GRU whose candidate is a matrix of its own: all
// kinds of buffers. In floats or integers, in which all weights are exact.
class SmallPackedFile : public ::testing::TestWithParam<int32_t> {
 protected:
  SmallPackedFile() {
    Random random(11);
    model_.add(embedding_layer(random, 6, 7));
    model_.add(random_layer(random, RECURRENT_LAYER_LSTM, 7, 5, true));
    model_.add(random_layer(random, RECURRENT_LAYER_GRU_RESET_BEFORE,
                            output_size(model_.layers.back().desc), 4, false));
    for (OwnedLayer& layer : model_.layers) {
      if (layer.desc.kind == RECURRENT_LAYER_EMBEDDING) continue;
      layer.desc.input_weight_format = layer.desc.recurrent_weight_format = GetParam();
    }
    layers_ = model_.descs();
    desc_ = describe(layers_, RECURRENT_ISA_AUTO);
    file_ = write_file(desc_);
    packed_ = packed_of(file_, RECURRENT_ISA_AUTO);
    begin_ = packed_at(packed_);
  }

  static OwnedDirection& a_direction(const OwnedModel& model) {
    const OwnedLayer& layer = model.layers[1];
    return layer.forward ? *layer.forward : *layer.reverse;
  }

  recurrent_file_info loaded(const Bytes& file, ModelHandle& model,
                             const recurrent_load_options* options = nullptr) {
    EXPECT_OK(load_bytes(file, model, options));
    return file_info_of(model);
  }

  void expect_ignored(const Bytes& file, const char* reason,
                      const recurrent_load_options* options = nullptr) {
    ModelHandle model, plain;
    const recurrent_file_info info = loaded(file, model, options);
    EXPECT_EQ(info.packed, RECURRENT_PACKED_USE_IGNORED);
    ASSERT_NE(info.packed_reason, nullptr);
    EXPECT_NE(std::string(info.packed_reason).find(reason), std::string::npos)
        << info.packed_reason;
    ASSERT_OK(load_bytes(file_, plain, options));
    expect_same(outputs_of(plain, 5), outputs_of(model, 5), reason);
  }

  // With another number in the section, and checksums that are right.
  Bytes with_number(size_t at, uint32_t value) const {
    Bytes file = packed_;
    set_u32(file, begin_ + at, value);
    renew_checksums(file);
    // What it is made from is what it was.
    return file;
  }

  OwnedModel model_;
  std::vector<recurrent_layer_desc> layers_;
  recurrent_model_desc desc_{};
  Bytes file_, packed_;
  size_t begin_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Formats, SmallPackedFile,
                         ::testing::Values(RECURRENT_WEIGHT_FORMAT_FLOAT32,
                                           RECURRENT_WEIGHT_FORMAT_BFLOAT16,
                                           RECURRENT_WEIGHT_FORMAT_INT8));

// One that is packed for other caches or another processor differs in one of the numbers.
TEST_P(SmallPackedFile, IsIgnoredWhereAnyNumberOfARecordIsAnother) {
  constexpr size_t kHead = 32, kRecord = 80, kBytesAt = 64;
  const uint32_t records = get_u32(packed_, begin_ + 8);
  ASSERT_GE(records, 5u);
  for (uint32_t i = 0; i < records; ++i)
    for (size_t at = 0; at < kBytesAt; at += 4) {
      const size_t place = kHead + i * kRecord + at;
      // The layout of integers has two bits.
      const uint32_t other = get_u32(packed_, begin_ + place) ^ 1u;
      expect_ignored(with_number(place, other), ", here ");
    }
}

TEST_P(SmallPackedFile, IsIgnoredByAnotherVersionOrInstructionSet) {
  expect_ignored(with_number(0, 2), "packed by version 2, here 1");
  expect_ignored(with_number(4, 1234), "packed for instruction set 1234, here for ");
  const recurrent_load_options scalar = options_of(RECURRENT_ISA_SCALAR);
  recurrent_machine_info machine{};
  machine.struct_size = sizeof(machine);
  ASSERT_OK(recurrent_get_machine_info(&machine));
  if (machine.isa != RECURRENT_ISA_SCALAR) expect_ignored(packed_, ", here for scalar", &scalar);
}

TEST_P(SmallPackedFile, IsIgnoredBesideOtherWeightsOrAnotherModel) {
  expect_ignored(with_number(12, 1), "those of another model, or of other weights");
  expect_ignored(with_number(16, 1), "those of another model, or of other weights");
  // A weight is changed, and the section is that of the weights before.
  OwnedModel other = std::move(model_);
  a_direction(other).input_weights[0] += 1;
  const std::vector<recurrent_layer_desc> layers = other.descs();
  std::vector<FileSection> all = sections_of(describe(layers, RECURRENT_ISA_AUTO));
  all.push_back({kPackedSection, 0,
                 Bytes(packed_.begin() + static_cast<std::ptrdiff_t>(begin_), packed_.end())});
  const Bytes file = write_file(all);
  file_ = write_file(describe(layers, RECURRENT_ISA_AUTO));
  expect_ignored(file, "those of another model, or of other weights");
}

// Whether it would be used or not.
TEST_P(SmallPackedFile, IsRefusedWithAnyOtherBit) {
  for (const int32_t how : {RECURRENT_PACKED_COPY, RECURRENT_PACKED_IGNORE}) {
    const recurrent_load_options options = with(options_of(RECURRENT_ISA_AUTO), how);
    for (size_t at = begin_; at < packed_.size(); ++at) {
      Bytes file = packed_;
      file[at] ^= static_cast<unsigned char>(1u << (at % 8));
      ModelHandle model;
      ASSERT_EQ(load_bytes(file, model, &options), RECURRENT_STATUS_BAD_FILE) << at - begin_;
      ASSERT_EQ(model, nullptr);
    }
  }
}

TEST_P(SmallPackedFile, IsRefusedWhereBuffersDoNotFit) {
  const auto expect_bad = [&](size_t at, uint32_t value, const char* text) {
    ModelHandle model;
    EXPECT_REFUSED(load_bytes(with_number(at, value), model), RECURRENT_STATUS_BAD_FILE, text);
  };
  expect_bad(8, 5000, "expected at most 8192 packed buffers, found 5000 in");
  expect_bad(8, 9000, "expected at most 8192 packed buffers, found 9000");
  expect_bad(20, 1, "expected 0, found 1");
  expect_bad(28, 1, "expected 0, found 1");
  expect_bad(32 + 20, 4, "expected a layout of integers from 0 to 3, found 4");
  expect_bad(32 + 64, 0xFFFFFF, "expected a packed buffer that ends in its section");
  expect_bad(32 + 68, 0xFFFFFFFF, "expected a packed buffer that ends in its section");
  expect_bad(32 + 72, 64, "expected a packed buffer at byte");
  const uint32_t records = get_u32(packed_, begin_ + 8);
  expect_bad(8, records - 1, "expected");
  for (size_t length : {0u, 3u, 4u, 22u, 31u, 32u}) {
    std::vector<FileSection> all = sections_of(desc_);
    const auto from = packed_.begin() + static_cast<std::ptrdiff_t>(begin_);
    all.push_back({kPackedSection, 0, Bytes(from, from + static_cast<std::ptrdiff_t>(length))});
    ModelHandle model;
    EXPECT_EQ(load_bytes(write_file(all), model), RECURRENT_STATUS_BAD_FILE) << length;
  }
}

TEST_P(SmallPackedFile, HasWeightsThatTheirFormatCannotHave) {
  // Of such a size that they may round to infinity: then they are looked at.
  std::vector<float>& weights = a_direction(model_).input_weights;
  weights[0] = std::numeric_limits<float>::max() / 2;
  file_ = write_file(describe(layers_, RECURRENT_ISA_AUTO));
  packed_ = packed_of(file_, RECURRENT_ISA_AUTO);
  ModelHandle model;
  if (GetParam() == RECURRENT_WEIGHT_FORMAT_FLOAT32) {
    EXPECT_EQ(loaded(packed_, model).packed, RECURRENT_PACKED_USE_COPIED);
    return;
  }
  expect_ignored(packed_, "so large that they have to be checked");
  // Of a forged file, as if nothing were packed.
  weights[0] = std::numeric_limits<float>::infinity();
  std::vector<FileSection> all = sections_of(describe(layers_, RECURRENT_ISA_AUTO));
  Bytes section(packed_.begin() + static_cast<std::ptrdiff_t>(packed_at(packed_)), packed_.end());
  const uint32_t checksums[] = {crc32c(all[0].bytes), crc32c(all[1].bytes)};
  std::memcpy(&section[12], checksums, sizeof(checksums));
  all.push_back({kPackedSection, 0, section});
  EXPECT_REFUSED(load_bytes(write_file(all), model), RECURRENT_STATUS_BAD_FILE,
                 ".input_weights: expected");
}

TEST_P(SmallPackedFile, ChecksItsArguments) {
  ModelHandle model;
  ASSERT_OK(load_bytes(file_, model));
  const auto size = static_cast<int64_t>(file_.size());
  int64_t packed_size = 0;
  Bytes out(packed_.size(), 0xCD);
  const auto add = [&](const recurrent_model* of, const void* bytes, int64_t length, void* to,
                       int64_t capacity) {
    return recurrent_model_add_packed(of, bytes, length, to, capacity, &packed_size);
  };
  EXPECT_INVALID(add(nullptr, file_.data(), size, nullptr, 0), "model: expected");
  EXPECT_INVALID(add(model.get(), nullptr, size, nullptr, 0), "bytes: expected");
  EXPECT_INVALID(add(model.get(), file_.data(), -1, nullptr, 0), "size: expected");
  EXPECT_INVALID(add(model.get(), file_.data(), size, nullptr, -1), "capacity: expected");
  EXPECT_INVALID(add(model.get(), file_.data(), size, nullptr, 1), "packed: expected");
  EXPECT_INVALID(add(model.get(), file_.data(), size, file_.data() + 1, size - 1), "packed");
  EXPECT_INVALID(recurrent_model_add_packed(model.get(), file_.data(), size, nullptr, 0, nullptr),
                 "packed_size: expected");
  EXPECT_REFUSED(add(model.get(), file_.data(), size - 1, nullptr, 0), RECURRENT_STATUS_BAD_FILE,
                 "bytes: byte ");
  // Too little room: it is told, and nothing is written.
  ASSERT_OK(
      add(model.get(), file_.data(), size, out.data(), static_cast<int64_t>(packed_.size()) - 1));
  EXPECT_EQ(packed_size, static_cast<int64_t>(packed_.size()));
  EXPECT_EQ(out, Bytes(packed_.size(), 0xCD));
  const ModelHandle made = make_model(model_, RECURRENT_ISA_AUTO);
  EXPECT_INVALID(add(made.get(), file_.data(), size, nullptr, 0),
                 "model: expected one that was loaded from a file");
  a_direction(model_).input_weights[0] += 1;
  const Bytes other = write_file(describe(layers_, RECURRENT_ISA_AUTO));
  EXPECT_INVALID(add(model.get(), other.data(), static_cast<int64_t>(other.size()), nullptr, 0),
                 "bytes: expected the file that the model was loaded from");
  const recurrent_load_options mapped = with(options_of(RECURRENT_ISA_AUTO), RECURRENT_PACKED_MAP);
  EXPECT_INVALID(load_bytes(packed_, model, &mapped), "options.packed: expected COPY or IGNORE");
  const recurrent_load_options unknown = with(options_of(RECURRENT_ISA_AUTO), 3);
  EXPECT_INVALID(load_bytes(packed_, model, &unknown), "options.packed: expected");
}

// Other sections are taken as they are.
TEST_P(SmallPackedFile, KeepsWhatElseAFileHas) {
  std::vector<FileSection> all = sections_of(desc_);
  all.insert(all.begin(), {77, 0, Bytes(100, 0xAB)});
  all.push_back({0x80000001u, 0, {}});
  const Bytes with_others = packed_of(write_file(all), RECURRENT_ISA_AUTO);
  all.push_back({kPackedSection, 0,
                 Bytes(with_others.begin() + static_cast<std::ptrdiff_t>(packed_at(with_others)),
                       with_others.end())});
  EXPECT_EQ(write_file(all), with_others);
}

class MappedFile : public ::testing::Test {
 protected:
  MappedFile() : folder_(std::filesystem::temp_directory_path() / "recurrent mapped file test") {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    Random random(4);
    model_.add(random_layer(random, RECURRENT_LAYER_LSTM, 5, 33, false));
    layers_ = model_.descs();
    packed_ = packed_of(write_file(describe(layers_, RECURRENT_ISA_AUTO)), RECURRENT_ISA_AUTO);
  }
  ~MappedFile() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string write(const Bytes& bytes) {
    const std::filesystem::path path = folder_ / "model.recurrent";
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return path.string();
  }
  static recurrent_status map(const std::string& path, ModelHandle& model) {
    const recurrent_load_options options =
        with(options_of(RECURRENT_ISA_AUTO), RECURRENT_PACKED_MAP);
    recurrent_model* loaded = nullptr;
    const recurrent_status status = recurrent_model_load(path.c_str(), &options, &loaded);
    model.reset(loaded);
    return status;
  }

  std::filesystem::path folder_;
  OwnedModel model_;
  std::vector<recurrent_layer_desc> layers_;
  Bytes packed_;
};

TEST_F(MappedFile, GivesTheSameBitsAfterItHasGone) {
  const std::string path = write(packed_);
  ModelHandle plain, mapped;
  ASSERT_OK(load_bytes(packed_, plain));
  ASSERT_OK(map(path, mapped));
  EXPECT_EQ(file_info_of(mapped).packed, RECURRENT_PACKED_USE_MAPPED)
      << file_info_of(mapped).packed_reason;
  EXPECT_EQ(file_info_of(mapped).packed_reason, nullptr);
  const auto want = outputs_of(plain, 7);
  expect_same(want, outputs_of(mapped, 7), "mapped");
#if !defined(_WIN32)
  // Deleted and written anew, as who replaces a file does.
  std::filesystem::remove(path);
  write(Bytes(packed_.size(), 0));
  expect_same(want, outputs_of(mapped, 7), "mapped, and deleted");
#endif
}

TEST_F(MappedFile, IsCheckedLikeAnyOther) {
  for (size_t at = packed_at(packed_); at < packed_.size(); at += 97) {
    Bytes damaged = packed_;
    damaged[at] ^= 4;
    ModelHandle model;
    ASSERT_EQ(map(write(damaged), model), RECURRENT_STATUS_BAD_FILE) << at;
  }
  const Bytes cut(packed_.begin(), packed_.end() - 1);
  ModelHandle model;
  EXPECT_REFUSED(map(write(cut), model), RECURRENT_STATUS_BAD_FILE, "expected a file of");
}

TEST_F(MappedFile, IsPackedAnewWhereItDoesNotFit) {
  Bytes other = packed_;
  set_u32(other, packed_at(packed_) + 32 + 48, 77);
  renew_checksums(other);
  ModelHandle plain, model;
  ASSERT_OK(load_bytes(packed_, plain));
  ASSERT_OK(map(write(other), model));
  EXPECT_EQ(file_info_of(model).packed, RECURRENT_PACKED_USE_IGNORED);
  EXPECT_STREQ(file_info_of(model).packed_reason, "layer 0, weights: rows at once 77, here 48");
  expect_same(outputs_of(plain, 7), outputs_of(model, 7), "packed anew");
}

// Who changes what lies where in packed weights sees this fail, raises kPackedVersion, and writes
// the new checksums here. The models are so small that caches do not matter.
TEST_P(PackedFile, HasTheOrderOfItsVersion) {
  struct Pinned {
    int32_t isa;
    int32_t format;
    uint32_t depth;  // of integers, which depends on the processor
    uint32_t checksum;
  };
  constexpr Pinned kPinned[] = {
      {RECURRENT_ISA_SCALAR, RECURRENT_WEIGHT_FORMAT_FLOAT32, 0, 0xe4b6a9d4u},
      {RECURRENT_ISA_SCALAR, RECURRENT_WEIGHT_FORMAT_BFLOAT16, 0, 0x263dbcdu},
      {RECURRENT_ISA_SCALAR, RECURRENT_WEIGHT_FORMAT_INT8, 1, 0x9caec8c1u},
      {RECURRENT_ISA_AVX2, RECURRENT_WEIGHT_FORMAT_FLOAT32, 0, 0x7cd871d2u},
      {RECURRENT_ISA_AVX2, RECURRENT_WEIGHT_FORMAT_BFLOAT16, 0, 0xd45d4383u},
      {RECURRENT_ISA_AVX2, RECURRENT_WEIGHT_FORMAT_INT8, 2, 0x3db9aa97u},
      {RECURRENT_ISA_AVX2, RECURRENT_WEIGHT_FORMAT_INT8, 4, 0x3b58a960u},
      {RECURRENT_ISA_AVX512, RECURRENT_WEIGHT_FORMAT_FLOAT32, 0, 0xf2512582u},
      {RECURRENT_ISA_AVX512, RECURRENT_WEIGHT_FORMAT_BFLOAT16, 0, 0x2e483cfcu},
      {RECURRENT_ISA_AVX512, RECURRENT_WEIGHT_FORMAT_INT8, 2, 0x184dbe90u},
      {RECURRENT_ISA_AVX512, RECURRENT_WEIGHT_FORMAT_INT8, 4, 0x8e656454u},
      {RECURRENT_ISA_NEON, RECURRENT_WEIGHT_FORMAT_FLOAT32, 0, 0x568c7dfcu},
      {RECURRENT_ISA_NEON, RECURRENT_WEIGHT_FORMAT_BFLOAT16, 0, 0x1625989fu},
      {RECURRENT_ISA_NEON, RECURRENT_WEIGHT_FORMAT_INT8, 2, 0x20a93842u},
      {RECURRENT_ISA_NEON, RECURRENT_WEIGHT_FORMAT_INT8, 4, 0xe43e18cau},
  };
  for (const int32_t format : {RECURRENT_WEIGHT_FORMAT_FLOAT32, RECURRENT_WEIGHT_FORMAT_BFLOAT16,
                               RECURRENT_WEIGHT_FORMAT_INT8}) {
    constexpr int32_t kInputs = 5, kUnits = 19;
    std::vector<float> input_weights(4 * kUnits * kInputs), recurrent_weights(4 * kUnits * kUnits);
    int next = 0;
    for (std::vector<float>* weights : {&input_weights, &recurrent_weights})
      for (float& weight : *weights) weight = static_cast<float>(next++ * 37 % 255 - 127) / 64;
    recurrent_direction_desc direction{};
    direction.struct_size = sizeof(direction);
    direction.gate_activation = RECURRENT_ACTIVATION_SIGMOID;
    direction.input_weights = input_weights.data();
    direction.recurrent_weights = recurrent_weights.data();
    recurrent_layer_desc layer{};
    layer.struct_size = sizeof(layer);
    layer.kind = RECURRENT_LAYER_LSTM;
    layer.input_size = kInputs;
    layer.hidden_size = kUnits;
    layer.input_weight_format = layer.recurrent_weight_format = format;
    layer.forward = &direction;
    const Bytes packed = packed_of(write_file(describe({layer}, GetParam())), GetParam());
    const size_t begin = packed_at(packed);
    const Bytes records(packed.begin() + static_cast<std::ptrdiff_t>(begin) + 32, packed.end());
    const uint32_t depth = get_u32(records, 16);
    const auto* const found =
        std::find_if(std::begin(kPinned), std::end(kPinned), [&](const Pinned& each) {
          return each.isa == GetParam() && each.format == format && each.depth == depth;
        });
    ASSERT_NE(found, std::end(kPinned)) << "not pinned: {" << GetParam() << ", " << format << ", "
                                        << depth << ", 0x" << std::hex << crc32c(records) << "u}";
    EXPECT_EQ(get_u32(packed, begin), 1u);
    EXPECT_EQ(crc32c(records), found->checksum)
        << "format " << format << std::hex << ": 0x" << crc32c(records);
  }
}

}  // namespace
}  // namespace recurrent::test
