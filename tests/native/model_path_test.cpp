// Model files by their paths.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "container_writer.h"
#include "file/crc32c.h"
#include "native_session.h"

#if !defined(_WIN32)
#include <sys/stat.h>
#endif

namespace recurrent::test {
namespace {

class ModelPath : public ::testing::Test {
 protected:
  ModelPath() : folder_(std::filesystem::temp_directory_path() / "recurrent model path test") {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    Random random(5);
    model_.add(random_layer(random, RECURRENT_LAYER_GRU, 2, 4, false));
    const std::vector<recurrent_layer_desc> layers = model_.descs();
    file_ = write_file(describe(layers, RECURRENT_ISA_AUTO));
  }
  ~ModelPath() override { std::filesystem::remove_all(folder_); }

  std::string write(const char8_t* name, const Bytes& bytes) {
    const std::filesystem::path path = folder_ / name;
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return utf8(path);
  }
  static std::string utf8(const std::filesystem::path& path) {
    const std::u8string text = path.u8string();
    return {text.begin(), text.end()};
  }

  std::filesystem::path folder_;
  OwnedModel model_;
  Bytes file_;
};

TEST_F(ModelPath, MayBeInAnyLanguage) {
  const std::string path = write(u8"Verst\u00E4rker \u30AE\u30BF\u30FC.recurrent", file_);
  recurrent_model* model = nullptr;
  EXPECT_OK(recurrent_model_load(path.c_str(), nullptr, &model));
  recurrent_model_destroy(model);
}

TEST_F(ModelPath, OfNoModelFileIsRefused) {
  recurrent_model* model = nullptr;
  const auto load = [&](const std::string& path) {
    return recurrent_model_load(path.c_str(), nullptr, &model);
  };
  EXPECT_REFUSED(load(utf8(folder_ / "none.recurrent")), RECURRENT_STATUS_FILE_ACCESS,
                 "path: the file cannot be opened: ");
  EXPECT_EQ(load(utf8(folder_)), RECURRENT_STATUS_FILE_ACCESS) << recurrent_last_error();
  EXPECT_REFUSED(load(write(u8"empty", {})), RECURRENT_STATUS_BAD_FILE,
                 "path: byte 0: expected a model file, which has 64 bytes or more, found 0");
  Bytes damaged = file_;
  damaged.back() ^= 1;
  EXPECT_REFUSED(load(write(u8"damaged", damaged)), RECURRENT_STATUS_BAD_FILE, "section of type 2");
#if !defined(_WIN32)
  const std::string pipe = utf8(folder_ / "pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_REFUSED(load(pipe), RECURRENT_STATUS_FILE_ACCESS, "expected a file with a length");
#endif
}

std::vector<float> read_floats(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<float> values;
  for (float value; file.read(reinterpret_cast<char*>(&value), sizeof(value));)
    values.push_back(value);
  return values;
}

class WrittenFile : public EveryIsa {};
INSTANTIATE_ON_EVERY_ISA(WrittenFile);

// What C# has written, and what its reference has computed.
TEST_P(WrittenFile, GivesTheBitsOfTheReference) {
  const std::string recording = std::string(RECURRENT_GOLDEN) + "/container/amplifier";
  const std::vector<float> x = read_floats(recording + ".in.f32");
  const std::vector<float> want = read_floats(recording + ".out.f32");
  ASSERT_FALSE(x.empty());
  recurrent_load_options options{};
  options.struct_size = sizeof(options);
  options.overrides = RECURRENT_OVERRIDE_ISA;
  options.isa = GetParam();
  recurrent_model* loaded = nullptr;
  ASSERT_OK(recurrent_model_load((recording + ".recurrent").c_str(), &options, &loaded));
  const ModelHandle model(loaded);
  recurrent_file_info info{};
  info.struct_size = sizeof(info);
  ASSERT_OK(recurrent_model_get_file_info(model.get(), &info));
  EXPECT_EQ(info.sample_rate, 48000);
  const SessionHandle session = open_session(model, 1);
  std::vector<float> y(want.size());
  const recurrent_run_args args = run_args(x, y, static_cast<int64_t>(x.size()));
  ASSERT_OK(recurrent_session_run(session.get(), &args));
  expect_same({want}, {y}, "the file that C# has written");
}

// RFC 3720, B.4.
TEST(Crc32c, HasTheValuesOfItsStandard) {
  const Bytes zeros(32, 0), ones(32, 0xFF);
  Bytes up;
  for (unsigned char i = 0; i < 32; ++i) up.push_back(i);
  EXPECT_EQ(file::crc32c(0, zeros.data(), 32), 0x8A9136AAu);
  EXPECT_EQ(file::crc32c(0, ones.data(), 32), 0x62A8AB43u);
  EXPECT_EQ(file::crc32c(0, up.data(), 32), 0x46DD794Eu);
  EXPECT_EQ(file::crc32c(0, "123456789", 9), 0xE3069283u);
  // In pieces of any length.
  for (int64_t cut = 0; cut <= 32; ++cut)
    EXPECT_EQ(file::crc32c(file::crc32c(0, up.data(), cut), up.data() + cut, 32 - cut),
              0x46DD794Eu);
  // Of a processor without the instruction, at any alignment.
  EXPECT_EQ(file::crc32c_by_tables(0, "123456789", 9), 0xE3069283u);
  Bytes many;
  for (int i = 0; i < 200; ++i) many.push_back(static_cast<unsigned char>(i * 77));
  for (int64_t from = 0; from < 16; ++from)
    for (int64_t count = 0; from + count <= 200; count += 7)
      EXPECT_EQ(file::crc32c(1, many.data() + from, count),
                file::crc32c_by_tables(1, many.data() + from, count));
}

}  // namespace
}  // namespace recurrent::test
