#include "model/weight_format.h"

#include <recurrent/recurrent.h>

#include "base/checked.h"

namespace recurrent {

using kernels::WeightFormat;

static_assert(static_cast<int32_t>(WeightFormat::kFloat32) == RECURRENT_WEIGHT_FORMAT_FLOAT32);
static_assert(static_cast<int32_t>(WeightFormat::kBfloat16) == RECURRENT_WEIGHT_FORMAT_BFLOAT16);
static_assert(static_cast<int32_t>(WeightFormat::kInt8) == RECURRENT_WEIGHT_FORMAT_INT8);
static_assert(static_cast<int32_t>(WeightFormat::kInt8With8BitInputs) ==
              RECURRENT_WEIGHT_FORMAT_INT8_8BIT_INPUTS);

namespace {

struct FormatTraits {
  const char* name;
  int64_t bytes;
};
constexpr FormatTraits kFormats[] = {
#define RECURRENT_WEIGHTS(format, reader, name, bytes) {name, bytes},
#include "kernels/weights.inc"
#undef RECURRENT_WEIGHTS
    {"int8", 1},
    {"int8-8bit", 1},
};

}  // namespace

int64_t bytes_of_weight(WeightFormat format) {
  return kFormats[static_cast<int32_t>(format)].bytes;
}

const char* name_of_format(int32_t format) { return kFormats[format].name; }

int64_t Storage::chain_bytes(int64_t width, int64_t terms) const {
  switch (format) {
    case WeightFormat::kFloat32:
      return width * terms * int64_t{sizeof(float)};
    case WeightFormat::kBfloat16:
      return width * div_up(terms, 2) * int64_t{sizeof(float)};
    default:
      return kernels::integer_chain_bytes(integers, width, terms);
  }
}

}  // namespace recurrent
