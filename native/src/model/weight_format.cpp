#include "model/weight_format.h"

#include <cstring>

namespace recurrent {

int64_t bytes_of_weight(kernels::WeightFormat format) {
  constexpr int64_t kBytes[] = {
#define RECURRENT_WEIGHTS(format, reader, name, bytes) bytes,
#include "kernels/weights.inc"
#undef RECURRENT_WEIGHTS
  };
  return kBytes[static_cast<int32_t>(format)];
}

void convert_weights(kernels::WeightFormat format, const float* from, int64_t count, int /*width*/,
                     unsigned char* to) {
  switch (format) {
    case kernels::WeightFormat::kFloat32:
      std::memcpy(to, from, static_cast<size_t>(count) * sizeof(float));
      break;
  }
}

}  // namespace recurrent
