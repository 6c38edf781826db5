#include "file_operations.h"

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "container_writer.h"
#include "model_draw.h"
#include "random_graph.h"

namespace recurrent::fuzz {
namespace {

using test::Bytes;

constexpr Statuses kBad = only(RECURRENT_STATUS_BAD_FILE);

// A file that has a path and leaves nothing behind.
class NamedFile {
 public:
  explicit NamedFile(const Bytes& bytes) : descriptor_(memfd_create("model", MFD_CLOEXEC)) {
    expect(descriptor_ >= 0 && ::write(descriptor_, bytes.data(), bytes.size()) ==
                                   static_cast<ssize_t>(bytes.size()),
           "a file of %zu bytes cannot be written", bytes.size());
    path_ = "/proc/self/fd/" + std::to_string(descriptor_);
  }
  NamedFile(const NamedFile&) = delete;
  NamedFile& operator=(const NamedFile&) = delete;
  ~NamedFile() { ::close(descriptor_); }
  const char* path() const { return path_.c_str(); }

 private:
  int descriptor_;
  std::string path_;
};

recurrent_load_options draw_options(Random& random, int32_t isa) {
  recurrent_load_options options{};
  options.struct_size = sizeof(options);
  options.overrides = RECURRENT_OVERRIDE_ISA;
  options.isa = isa;
  // Unused without its bit.
  options.masking = number(random, 0, 9);
  options.packed = one_of<int32_t>(random, {RECURRENT_PACKED_COPY, RECURRENT_PACKED_IGNORE});
  return options;
}

// Puts packed weights into a file; it stays as it is where memory is refused.
void add_packed(World& world, Random& random, const recurrent_load_options& options, Bytes& bytes) {
  const Guarded<unsigned char> file(random, bytes);
  Handle<recurrent_model> models[kSides];
  Watched watched{"recurrent_model_load_memory, to pack"};
  watched.inputs = {&file};
  const auto load = [&](int side) {
    recurrent_model* model = nullptr;
    const recurrent_status status =
        recurrent_model_load_memory(file.data(), file.count(), &options, &model);
    models[side].reset(model);
    return status;
  };
  if (world.caller.both(watched, load) != RECURRENT_STATUS_OK) return;
  int64_t sizes[kSides] = {};
  watched.name = "recurrent_model_add_packed, for the size";
  const auto ask = [&](int side) {
    return recurrent_model_add_packed(models[side].get(), file.data(), file.count(), nullptr, 0,
                                      &sizes[side]);
  };
  if (world.caller.both(watched, ask) != RECURRENT_STATUS_OK) return;
  expect(sizes[0] == sizes[1] && sizes[0] > file.count(), "%lld and %lld bytes of packed weights",
         static_cast<long long>(sizes[0]), static_cast<long long>(sizes[1]));
  Guarded<unsigned char> packed[kSides] = {{random, sizes[0]}, {random, sizes[0]}};
  watched.name = "recurrent_model_add_packed";
  for (int side = 0; side < kSides; ++side) watched.outputs[side] = {&packed[side]};
  const auto add = [&](int side) {
    return recurrent_model_add_packed(models[side].get(), file.data(), file.count(),
                                      packed[side].data(), packed[side].count(), &sizes[side]);
  };
  if (world.caller.both(watched, add) != RECURRENT_STATUS_OK) return;
  expect_equal("packed weights", packed[0].data(), packed[1].data(), sizes[0]);
  bytes.assign(packed[0].data(), packed[0].data() + sizes[0]);
}

test::FileOptions draw_texts(Random& random) {
  test::FileOptions file;
  file.layout = number(random, 0, 1);
  file.empty_row = number(random, 0, 1);
  file.sample_rate = one_of<int32_t>(random, {0, 48000});
  for (int64_t i = uniform(random, 0, 3); i > 0; --i)
    file.texts.emplace_back("name " + std::to_string(i), std::string(static_cast<size_t>(i), 'x'));
  return file;
}

void damage(Random& random, Bytes& file) {
  const auto place = [&] {
    return static_cast<size_t>(uniform(random, 0, static_cast<int64_t>(file.size()) - 1));
  };
  for (int64_t i = uniform(random, 1, 3); i > 0 && !file.empty(); --i) {
    // What is in front says what is behind.
    const size_t at = one_in(random, 2) ? place() % 600 % file.size() : place();
    switch (uniform(random, 0, 4)) {
      case 0:
        file[at] ^= static_cast<unsigned char>(1 << uniform(random, 0, 7));
        break;
      case 1:
        file[at] = one_of<unsigned char>(random, {0, 1, 0x7F, 0x80, 0xFF});
        break;
      case 2:
        file.resize(at);
        break;
      case 3:
        file.insert(file.begin() + static_cast<std::ptrdiff_t>(at),
                    static_cast<size_t>(uniform(random, 1, 64)), 0);
        break;
      default:
        for (size_t k = at / 4 * 4; k < file.size() && k < at / 4 * 4 + 4; ++k) file[k] = 0xFF;
        break;
    }
  }
}

}  // namespace

void load_model(World& world, Random& random) {
  std::shared_ptr<Subject> subject = draw_model(random, world.limits);
  draw_weight_formats(random, *subject);
  const std::vector<int32_t> isas = draw_isas(random);
  const test::FileOptions texts = draw_texts(random);
  Bytes bytes = test::write_file(subject->desc, texts);
  world.note("file of " + subject->owned.describe());
  recurrent_load_options options[] = {draw_options(random, isas[0]), draw_options(random, isas[1])};
  if (one_in(random, 2)) add_packed(world, random, options[one_in(random, 2) ? 1 : 0], bytes);
  const NamedFile named(bytes);
  const Guarded<unsigned char> memory(random, bytes);
  if (one_in(random, 2)) options[1].packed = RECURRENT_PACKED_MAP;
  Watched watched{"recurrent_model_load"};
  watched.inputs = {&memory};
  const auto load = [&](int side) {
    recurrent_model* model = nullptr;
    const recurrent_status status =
        side == 0
            ? recurrent_model_load_memory(memory.data(), memory.count(), &options[side], &model)
            : recurrent_model_load(named.path(), &options[side], &model);
    if (status != RECURRENT_STATUS_OK && model != nullptr) return RECURRENT_STATUS_INTERNAL;
    subject->models[side].reset(model);
    return status;
  };
  if (world.caller.both(watched, load) != RECURRENT_STATUS_OK) return;
  subject->info.struct_size = sizeof(subject->info);
  expect(recurrent_model_get_info(subject->models[0].get(), &subject->info) == RECURRENT_STATUS_OK,
         "info of a model: %s", recurrent_last_error());
  recurrent_file_info info{};
  info.struct_size = sizeof(info);
  expect(recurrent_model_get_file_info(subject->models[0].get(), &info) == RECURRENT_STATUS_OK &&
             info.layout == texts.layout && info.empty_row == texts.empty_row &&
             info.sample_rate == texts.sample_rate &&
             info.metadata_count == static_cast<int32_t>(texts.texts.size()),
         "a file says something else than was written");
  world.subjects.push_back(subject);
}

void load_damaged_model(World& world, Random& random) {
  Bytes bytes;
  if (one_in(random, 2)) {
    bytes = test::write_file(draw_model(random, world.limits)->desc, draw_texts(random));
  } else {
    const test::OwnedGraph graph = test::random_graph(random, world.limits.small ? 6 : 12, 6);
    bytes = test::write_file(test::GraphDescription(graph).desc, draw_texts(random));
  }
  recurrent_load_options options[kSides];
  options[0] = draw_options(random, RECURRENT_ISA_AUTO);
  if (one_in(random, 2)) add_packed(world, random, options[0], bytes);
  damage(random, bytes);
  if (!one_in(random, 4)) test::renew_checksums(bytes);
  const NamedFile named(bytes);
  Guarded<unsigned char> memory(random, bytes);
  const unsigned char none = 0;
  options[1] = options[0];
  if (one_in(random, 2)) options[1].packed = RECURRENT_PACKED_MAP;
  Watched watched{"recurrent_model_load of a damaged file", kOk | kBad | kNotSupported};
  watched.inputs = {&memory};
  world.caller.both(watched, [&](int side) {
    recurrent_model* model = nullptr;
    const recurrent_status status =
        side == 0 ? recurrent_model_load_memory(memory.count() ? memory.data() : &none,
                                                memory.count(), &options[side], &model)
                  : recurrent_model_load(named.path(), &options[side], &model);
    if ((status == RECURRENT_STATUS_OK) != (model != nullptr)) return RECURRENT_STATUS_INTERNAL;
    recurrent_model_destroy(model);
    return status;
  });
}

void ask_file(World& world, Random& random) {
  const std::shared_ptr<Subject> subject = world.a_subject(random);
  if (!subject) return;
  recurrent_file_info info{};
  info.struct_size = one_in(random, 3) ? wrong_size(random, sizeof(info)) : sizeof(info);
  const Statuses expected = info.struct_size == sizeof(info) ? kOk : kInvalid;
  const recurrent_status status = world.caller.both(
      {"recurrent_model_get_file_info", expected},
      [&](int side) { return recurrent_model_get_file_info(subject->models[side].get(), &info); });
  if (status != RECURRENT_STATUS_OK) return;
  const int32_t index = number(random, -1, 3);
  const bool is_there = index >= 0 && index < info.metadata_count;
  world.caller.both({"recurrent_model_get_metadata", is_there ? kOk : kInvalid}, [&](int side) {
    recurrent_metadata text{};
    text.struct_size = sizeof(text);
    return recurrent_model_get_metadata(subject->models[side].get(), index, &text);
  });
}

}  // namespace recurrent::fuzz
