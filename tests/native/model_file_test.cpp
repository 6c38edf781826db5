// Model files: what is loaded is what was written, whatever the model is, and nothing else is.
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "container_writer.h"
#include "loaded_model.h"
#include "native_session.h"
#include "random_graph.h"
#include "whole_case.h"

namespace recurrent::test {
namespace {

void expect_same_model(const recurrent_model_desc& desc, const Bytes& file, int64_t time,
                       const std::string& what) {
  recurrent_model* made = nullptr;
  ASSERT_OK(recurrent_model_create(&desc, &made));
  const ModelHandle model(made);
  ModelHandle loaded;
  const recurrent_load_options options = options_of(desc.isa);
  ASSERT_OK(load_bytes(file, loaded, &options)) << what;
  EXPECT_EQ(info_of(model.get()).packed_bytes, info_of(loaded.get()).packed_bytes) << what;
  std::string refused, refused_too;
  const auto want = outputs_of(model, time, &refused);
  const auto got = outputs_of(loaded, time, &refused_too);
  EXPECT_EQ(refused, refused_too) << what;
  expect_same(want, got, what);
}

class ModelFile : public EveryIsa {};
INSTANTIATE_ON_EVERY_ISA(ModelFile);

TEST_P(ModelFile, OfAChainGivesTheSameBits) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    const WholeCase c(seed);
    const std::vector<recurrent_layer_desc> layers = c.model.descs();
    const recurrent_model_desc desc = describe(layers, GetParam(), c.options);
    expect_same_model(desc, write_file(desc), 40, c.describe());
  }
}

TEST_P(ModelFile, OfAGraphGivesTheSameBits) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    const OwnedGraph graph = random_graph(random, 12);
    const GraphDescription description(graph, GetParam());
    expect_same_model(description.desc, write_file(description.desc), graph.least_time() + 2,
                      graph.describe());
  }
}

// Two layers with everything that has rows, columns and a history of its own.
class SmallFile : public ::testing::Test {
 protected:
  SmallFile() {
    Random random(3);
    model_.add(random_layer(random, RECURRENT_LAYER_LSTM, 3, 5, false));
    OwnedLayer dense = random_layer(random, RECURRENT_LAYER_DENSE,
                                    output_size(model_.layers.back().desc), 4, false);
    model_.add(std::move(dense));
    layers_ = model_.descs();
    desc_ = describe(layers_, RECURRENT_ISA_AUTO);
    options_.layout = RECURRENT_LAYOUT_BATCH_MAJOR;
    options_.empty_row = RECURRENT_EMPTY_ROW_ZEROES_STATE;
    options_.sample_rate = 48000;
    options_.texts = {{"author", "S\xC3\xA9verine"}, {"gear", ""}};
    file_ = write_file(desc_, options_);
  }

  std::vector<FileSection> sections() const { return sections_of(desc_, options_); }

  void expect_bad(const Bytes& file, const char* text) {
    ModelHandle model;
    EXPECT_REFUSED(load_bytes(file, model), RECURRENT_STATUS_BAD_FILE, text);
    EXPECT_EQ(model, nullptr);
  }

  // One that has other bytes at a place of its model section, and the right checksum.
  Bytes with_model_bytes(size_t at, uint32_t value) {
    std::vector<FileSection> all = sections();
    for (size_t i = 0; i < 4; ++i)
      all[0].bytes[at + i] = static_cast<unsigned char>(value >> (8 * i));
    return write_file(all);
  }

  OwnedModel model_;
  std::vector<recurrent_layer_desc> layers_;
  recurrent_model_desc desc_{};
  FileOptions options_;
  Bytes file_;
};

TEST_F(SmallFile, SaysWhatTheModelIsMadeFor) {
  ModelHandle model;
  ASSERT_OK(load_bytes(file_, model));
  recurrent_file_info info{};
  info.struct_size = sizeof(info);
  ASSERT_OK(recurrent_model_get_file_info(model.get(), &info));
  EXPECT_EQ(info.layout, RECURRENT_LAYOUT_BATCH_MAJOR);
  EXPECT_EQ(info.empty_row, RECURRENT_EMPTY_ROW_ZEROES_STATE);
  EXPECT_EQ(info.sample_rate, 48000);
  ASSERT_EQ(info.metadata_count, 2);
  recurrent_metadata text{};
  text.struct_size = sizeof(text);
  ASSERT_OK(recurrent_model_get_metadata(model.get(), 0, &text));
  EXPECT_STREQ(text.name, "author");
  EXPECT_STREQ(text.value, "S\xC3\xA9verine");
  EXPECT_INVALID(recurrent_model_get_metadata(model.get(), 2, &text), "index: expected 0 or 1");

  const ModelHandle made = make_model(model_, RECURRENT_ISA_AUTO);
  ASSERT_OK(recurrent_model_get_file_info(made.get(), &info));
  EXPECT_EQ(info.sample_rate, 0);
  EXPECT_EQ(info.metadata_count, 0);
  EXPECT_INVALID(recurrent_model_get_metadata(made.get(), 0, &text), "index: expected a model");
}

TEST_F(SmallFile, MayLieAnywhereInMemory) {
  ModelHandle whole, shifted;
  ASSERT_OK(load_bytes(file_, whole));
  for (size_t shift = 1; shift < 8; ++shift) {
    Bytes bytes(shift);
    bytes.insert(bytes.end(), file_.begin(), file_.end());
    recurrent_model* loaded = nullptr;
    ASSERT_OK(recurrent_model_load_memory(bytes.data() + shift, static_cast<int64_t>(file_.size()),
                                          nullptr, &loaded));
    shifted.reset(loaded);
    expect_same(outputs_of(whole, 5), outputs_of(shifted, 5), "a file that is not aligned");
  }
}

// Weights that all formats hold exactly.
TEST_F(SmallFile, HoldsWeightsOfOtherFormats) {
  for (OwnedLayer& layer : model_.layers)
    for (std::vector<float>* weights :
         {&layer.forward->input_weights, &layer.forward->recurrent_weights,
          &layer.forward->projection})
      for (size_t i = 0; i < weights->size(); ++i)
        (*weights)[i] = static_cast<float>(static_cast<int>(i % 7) - 3);
  ModelHandle floats;
  ASSERT_OK(load_bytes(write_file(desc_), floats));
  for (const int32_t format : {RECURRENT_WEIGHT_FORMAT_BFLOAT16, RECURRENT_WEIGHT_FORMAT_INT8}) {
    FileOptions options;
    options.format = format;
    const Bytes file = write_file(desc_, options);
    ModelHandle rounded;
    ASSERT_OK(load_bytes(file, rounded));
    expect_same(outputs_of(floats, 5), outputs_of(rounded, 5), "format " + std::to_string(format));
  }
}

// What one bit more or less makes of a file is refused, or is the same model.
TEST_F(SmallFile, IsRefusedWithAnyOtherBit) {
  ModelHandle whole;
  ASSERT_OK(load_bytes(file_, whole));
  const auto want = outputs_of(whole, 5);
  int accepted = 0;
  for (size_t at = 0; at < file_.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      Bytes file = file_;
      file[at] ^= static_cast<unsigned char>(1 << bit);
      ModelHandle model;
      const recurrent_status status = load_bytes(file, model);
      if (status == RECURRENT_STATUS_BAD_FILE) continue;
      ASSERT_OK(status) << "byte " << at;
      ++accepted;
      expect_same(want, outputs_of(model, 5), "byte " + std::to_string(at));
    }
  // Bytes between sections.
  EXPECT_LT(accepted, 8 * 64 * 3);
}

// Behind checksums that are right, the contents are checked themselves.
TEST_F(SmallFile, WithOtherBytesAndRightChecksumsIsRefusedOrAnotherModel) {
  int accepted = 0;
  for (size_t at = 0; at < file_.size(); ++at)
    for (const int flip : {0x01, 0x02, 0x40, 0x80, 0xFF}) {
      Bytes file = file_;
      file[at] ^= static_cast<unsigned char>(flip);
      renew_checksums(file);
      ModelHandle model;
      const recurrent_status status = load_bytes(file, model);
      if (status == RECURRENT_STATUS_OK) {
        ++accepted;
        std::string refusal;
        outputs_of(model, 5, &refusal);
      } else {
        EXPECT_TRUE(status == RECURRENT_STATUS_BAD_FILE || status == RECURRENT_STATUS_NOT_SUPPORTED)
            << recurrent_status_name(status) << ": " << recurrent_last_error();
      }
    }
  EXPECT_GT(accepted, 0);
}

TEST_F(SmallFile, IsRefusedWhereverItIsCut) {
  for (size_t size = 0; size < file_.size(); ++size) {
    const Bytes cut(file_.begin(), file_.begin() + static_cast<std::ptrdiff_t>(size));
    recurrent_model* model = nullptr;
    const unsigned char none = 0;
    ASSERT_EQ(recurrent_model_load_memory(size ? cut.data() : &none, static_cast<int64_t>(size),
                                          nullptr, &model),
              RECURRENT_STATUS_BAD_FILE)
        << size;
    ASSERT_EQ(model, nullptr);
  }
  Bytes longer = file_;
  longer.push_back(0);
  expect_bad(longer, "bytes: byte 16: expected a file of");
}

TEST_F(SmallFile, MayHaveSectionsThatAreNotKnown) {
  std::vector<FileSection> all = sections();
  all.insert(all.begin(), {77, 0, Bytes(100, 0xAB)});
  all.push_back({0x80000001u, 0, {}});
  ModelHandle whole, with;
  ASSERT_OK(load_bytes(file_, whole));
  ASSERT_OK(load_bytes(write_file(all), with));
  expect_same(outputs_of(whole, 5), outputs_of(with, 5), "sections that are skipped");
  all[0].flags = kRequiredSection;
  expect_bad(write_file(all), "found one of type 77 that has to be understood");
}

// The library does not use them. A file that is damaged there is damaged all the same.
TEST_F(SmallFile, HasNamesOfLayersThatAreInOrder) {
  constexpr uint32_t kNames = 4;
  const auto with_names = [&](uint32_t count, const Bytes& behind) {
    std::vector<FileSection> all = sections();
    Bytes bytes;
    put_u32(bytes, count);
    put_text(bytes, "lstm");
    put_text(bytes, "");
    bytes.insert(bytes.end(), behind.begin(), behind.end());
    all.push_back({kNames, 0, bytes});
    return write_file(all);
  };
  ModelHandle model;
  EXPECT_OK(load_bytes(with_names(2, {}), model));
  expect_bad(with_names(1, {}), "expected a name for each of 2 layers, found 1");
  expect_bad(with_names(2, {0}), "expected the end of the section, found 1 more bytes");
  expect_bad(with_names(3, {0, 0, 0, 0}), "expected a name for each of 2 layers, found 3");
}

TEST_F(SmallFile, CountsLengthsInAnInputThatItHas) {
  constexpr uint32_t kCountedLengths = 5;
  const auto with_input = [&](uint32_t input) {
    std::vector<FileSection> all = sections();
    Bytes bytes;
    put_u32(bytes, 0);
    put_u32(bytes, input);
    put_text(bytes, "tokens");
    all.push_back({kCountedLengths, 0, bytes});
    return write_file(all);
  };
  ModelHandle model;
  EXPECT_OK(load_bytes(with_input(0), model));
  EXPECT_OK(load_bytes(with_input(0xFFFFFFFF), model));
  expect_bad(with_input(1),
             "expected lengths that follow from an input of the model, 0 to 0, or -1");
}

TEST_F(SmallFile, HasEverySectionOnce) {
  std::vector<FileSection> all = sections();
  all.push_back(all[2]);
  expect_bad(write_file(all), "expected one section of type 3, found another");
  all = sections();
  all.erase(all.begin());
  expect_bad(write_file(all), "expected a section of type 1, found none");
  all = sections();
  all.erase(all.begin() + 1);
  expect_bad(write_file(all), "expected a section of type 2, found none");
}

// Numbers of a file that would need more memory than there is are refused before any is taken.
TEST_F(SmallFile, TakesNoMemoryForWhatAFileOnlySays) {
  expect_bad(with_model_bytes(0, 0xFFFFFFFF), "expected at most 1024 layers");
  expect_bad(with_model_bytes(0, 1024), "expected at most 1024 layers");
  expect_bad(with_model_bytes(4, 1024), "expected at most 1024 inputs");
  // Sizes of the first layer that its weights do not have.
  expect_bad(with_model_bytes(32 + 8, RECURRENT_MAX_SIZE), "expected weights of shape [");
  expect_bad(with_model_bytes(32 + 12, RECURRENT_MAX_SIZE), "expected");
  std::vector<FileSection> all = sections();
  all[2].bytes.assign(4, 0);
  put_u32(all[2].bytes, 0x7FFFFFFF);
  expect_bad(write_file(all), "expected at most 2147483647 texts, found 2147483647 in 0 bytes");
  all[2].bytes.assign(4, 0);
  put_u32(all[2].bytes, 1);
  put_u32(all[2].bytes, 0xFFFFFFFF);
  put_u32(all[2].bytes, 0);
  expect_bad(write_file(all), "expected 4294967295 more bytes in the section, found 4");
}

TEST_F(SmallFile, HasTextsInUtf8) {
  for (const char* bad :
       {"\x80", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xFF"}) {
    FileOptions options;
    options.texts = {{bad, "x"}};
    expect_bad(write_file(desc_, options), "expected a text in UTF-8");
  }
  FileOptions options;
  options.texts = {{std::string("a\0b", 3), "x"}};
  expect_bad(write_file(desc_, options), "expected a text in UTF-8 without zero bytes");
  options.texts = {{"a", "\xF0\x9F\x8E\xB8\xEF\xBF\xBD"}, {"a", ""}};
  expect_bad(write_file(desc_, options), "expected a name of its own, found 'a' twice");
  options.texts.pop_back();
  ModelHandle model;
  EXPECT_OK(load_bytes(write_file(desc_, options), model));
}

TEST_F(SmallFile, SaysWhereItIsWrong) {
  expect_bad(Bytes(200, 'x'), "bytes: byte 0: expected a model file, which begins with");
  Bytes newer = file_;
  newer[8] = 2;
  renew_checksums(newer);
  expect_bad(newer, "byte 8: expected version 1 of the format, found 2");
  // The kind of the first layer, behind 8 numbers.
  expect_bad(with_model_bytes(32, 99), "the model of the file: layers[0].kind: expected");
  expect_bad(with_model_bytes(24, 2), "the model of the file: layout: expected");
}

TEST_F(SmallFile, TakesOptions) {
  ModelHandle model;
  recurrent_load_options options = options_of(RECURRENT_ISA_SCALAR);
  ASSERT_OK(load_bytes(file_, model, &options));
  EXPECT_EQ(info_of(model.get()).isa, RECURRENT_ISA_SCALAR);
  options.isa = 99;
  EXPECT_INVALID(load_bytes(file_, model, &options), "isa");
  options = {};
  EXPECT_INVALID(load_bytes(file_, model, &options), "options.struct_size: expected");
  options.struct_size = sizeof(options);
  options.overrides = 4;
  EXPECT_INVALID(load_bytes(file_, model, &options), "options.overrides: expected");
  options.overrides = RECURRENT_OVERRIDE_MASKING;
  options.masking = RECURRENT_MASKING_REPEAT;
  options.mask_value = std::numeric_limits<float>::quiet_NaN();
  ModelHandle plain;
  ASSERT_OK(load_bytes(file_, plain));
  ASSERT_OK(load_bytes(file_, model, &options));
  // The output that is repeated belongs to a row's state.
  EXPECT_EQ(info_of(model.get()).state_size,
            info_of(plain.get()).state_size + info_of(plain.get()).output_size);
  options.masking = 3;
  EXPECT_INVALID(load_bytes(file_, model, &options), "options.masking: expected");
  options = options_of(RECURRENT_ISA_AUTO);
  options.gemm_provider = 7;
  EXPECT_INVALID(load_bytes(file_, model, &options), "options.gemm_provider: expected");
}

TEST_F(SmallFile, NeedsItsArguments) {
  recurrent_model* model = nullptr;
  EXPECT_INVALID(recurrent_model_load(nullptr, nullptr, &model), "path: expected");
  EXPECT_INVALID(recurrent_model_load("x", nullptr, nullptr), "model: expected");
  EXPECT_INVALID(recurrent_model_load_memory(nullptr, 0, nullptr, &model), "bytes: expected");
  EXPECT_INVALID(recurrent_model_load_memory(file_.data(), -1, nullptr, &model), "size: expected");
}

TEST(StatusName, IsThatOfTheHeader) {
  EXPECT_STREQ(recurrent_status_name(RECURRENT_STATUS_OK), "OK");
  EXPECT_STREQ(recurrent_status_name(RECURRENT_STATUS_BAD_FILE), "BAD_FILE");
  EXPECT_STREQ(recurrent_status_name(-1), "UNKNOWN");
  EXPECT_STREQ(recurrent_status_name(RECURRENT_STATUS_BAD_FILE + 1), "UNKNOWN");
}

}  // namespace
}  // namespace recurrent::test
