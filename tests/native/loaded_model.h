// Models of files, for tests of what is loaded.
#pragma once

#include <string>
#include <vector>

#include "container_writer.h"
#include "native_session.h"

namespace recurrent::test {

recurrent_load_options options_of(int32_t isa);

recurrent_status load_bytes(const Bytes& file, ModelHandle& model,
                            const recurrent_load_options* options = nullptr);

recurrent_model_info info_of(const recurrent_model* model);
recurrent_file_info file_info_of(const ModelHandle& model);

// All outputs of a run over values that are the same in every call; the message where it is
// refused.
std::vector<std::vector<float>> outputs_of(const ModelHandle& model, int64_t time,
                                           std::string* refusal = nullptr);

}  // namespace recurrent::test
