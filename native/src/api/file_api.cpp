#include <memory>
#include <string>
#include <utility>

#include "api/guard.h"
#include "api/handles.h"
#include "cpu/fp_control.h"
#include "file/byte_source.h"
#include "file/model_file.h"
#include "file/packed_section.h"
#include "gemm/provider.h"

using recurrent::Error;
using recurrent::invalid;
using recurrent::api::guarded;
using recurrent::api::required;
using recurrent::api::sized;
namespace file = recurrent::file;

namespace {

recurrent_load_options options_or_default(const recurrent_load_options* options) {
  recurrent_load_options used{};
  used.struct_size = sizeof(used);
  if (options) used = *options;
  file::check_options(used);
  return used;
}

// What is wrong with a file is told with the argument that it came from.
template <class Read>
auto as_argument(const char* argument, Read read) {
  try {
    return read();
  } catch (const Error& error) {
    if (error.status() != RECURRENT_STATUS_BAD_FILE &&
        error.status() != RECURRENT_STATUS_FILE_ACCESS)
      throw;
    throw Error(error.status(), std::string(argument) + ": " + error.message());
  }
}

// `open` gives the source.
template <class Open>
recurrent_model* load(const char* argument, const recurrent_load_options& options, Open open) {
  // Packing adds biases, and a provider may be measured.
  const recurrent::cpu::ScopedFpControl canonical;
  return as_argument(argument, [&] {
    const auto source = open();
    file::LoadedModel loaded = file::load(*source, options);
    auto choices = recurrent::choose_provider(*loaded.model, options.gemm_provider);
    auto handle = std::make_unique<recurrent_model>(std::move(loaded.model), std::move(choices));
    handle->facts = std::move(loaded.facts);
    return handle.release();
  });
}

}  // namespace

recurrent_status recurrent_model_load(const char* path, const recurrent_load_options* options,
                                      recurrent_model** model) noexcept {
  if (model) *model = nullptr;
  return guarded([&] {
    recurrent_model*& out = required(model, "model");
    required(path, "path");
    out = load("path", options_or_default(options), [&] { return file::open_file(path); });
  });
}

recurrent_status recurrent_model_load_memory(const void* bytes, int64_t size,
                                             const recurrent_load_options* options,
                                             recurrent_model** model) noexcept {
  if (model) *model = nullptr;
  return guarded([&] {
    recurrent_model*& out = required(model, "model");
    recurrent::expect_range("size", size, 0, INT64_MAX, "bytes");
    if (!bytes) invalid("bytes", "expected a pointer, found null");
    const recurrent_load_options used = options_or_default(options);
    if (used.packed == RECURRENT_PACKED_MAP)
      invalid("options.packed", "expected COPY or IGNORE of bytes in memory, found MAP");
    out = load("bytes", used, [&] { return std::make_unique<file::MemorySource>(bytes, size); });
  });
}

recurrent_status recurrent_model_add_packed(const recurrent_model* model, const void* bytes,
                                            int64_t size, void* packed, int64_t capacity,
                                            int64_t* packed_size) noexcept {
  return guarded([&] {
    const recurrent_model& loaded = required(model, "model");
    recurrent::expect_range("size", size, 0, INT64_MAX, "bytes");
    if (!bytes) invalid("bytes", "expected a pointer, found null");
    recurrent::expect_range("capacity", capacity, 0, INT64_MAX, "bytes");
    if (!packed && capacity > 0) invalid("packed", "expected a pointer, found null");
    int64_t& out = required(packed_size, "packed_size");
    recurrent::expect_apart("packed", static_cast<unsigned char*>(packed), capacity, "bytes",
                            static_cast<const unsigned char*>(bytes), size);
    if (!loaded.facts.is_of_file)
      invalid("model", "expected one that was loaded from a file, found one that was described");
    file::MemorySource source(bytes, size);
    out = as_argument(
        "bytes",
        [&] {
          return file::add_packed(file::Container(source), *loaded.model, loaded.facts.origin,
                                  static_cast<unsigned char*>(packed), capacity);
        });
  });
}

recurrent_status recurrent_model_get_file_info(const recurrent_model* model,
                                               recurrent_file_info* info) noexcept {
  return guarded([&] {
    const file::Facts& facts = required(model, "model").facts;
    recurrent_file_info& out = sized(info, "info");
    recurrent_file_info filled{};
    filled.struct_size = sizeof(filled);
    filled.layout = facts.layout;
    filled.empty_row = facts.empty_row;
    filled.sample_rate = facts.metadata.sample_rate;
    filled.metadata_count = static_cast<int32_t>(facts.metadata.texts.size());
    filled.packed = facts.packed;
    if (facts.packed == RECURRENT_PACKED_USE_IGNORED)
      filled.packed_reason = facts.packed_reason.c_str();
    out = filled;
  });
}

recurrent_status recurrent_model_get_metadata(const recurrent_model* model, int32_t index,
                                              recurrent_metadata* metadata) noexcept {
  return guarded([&] {
    const auto& texts = required(model, "model").facts.metadata.texts;
    recurrent_metadata& out = sized(metadata, "metadata");
    if (texts.empty()) invalid("index", "expected a model with texts, found one without");
    recurrent::expect_range("index", index, 0, static_cast<int64_t>(texts.size()) - 1);
    const auto& [name, value] = texts[static_cast<size_t>(index)];
    out = {sizeof(out), 0, name.c_str(), value.c_str()};
  });
}
