#pragma once

#include <recurrent/recurrent.h>

#include <memory>

#include "file/byte_source.h"
#include "file/metadata.h"
#include "file/packed_section.h"
#include "model/model.h"

namespace recurrent::file {

// What a file says of its model beside what computes it.
struct Facts {
  int32_t layout = RECURRENT_LAYOUT_TIME_MAJOR;
  int32_t empty_row = RECURRENT_EMPTY_ROW_KEEPS_STATE;
  Metadata metadata;
  bool is_of_file = false;
  PackedOrigin origin;  // of what would be packed for this file
  int32_t packed = RECURRENT_PACKED_USE_NONE;
  std::string packed_reason;  // why they were ignored
};

struct LoadedModel {
  std::shared_ptr<Model> model;
  Facts facts;
};

// Throws Error (INVALID_ARGUMENT, UNAVAILABLE): what can be said of them before a file is read.
void check_options(const recurrent_load_options& options);

// Reads a model and packs it; what was read is freed. Throws Error, see recurrent_model_load().
LoadedModel load(ByteSource& source, const recurrent_load_options& options);

}  // namespace recurrent::file
