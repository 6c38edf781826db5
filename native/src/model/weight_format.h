#pragma once

#include <cstdint>

#include "kernels/integer_layout.h"
#include "kernels/weight_format.h"

namespace recurrent {

// A format, and where its integers lie; the layout counts for those alone.
struct Storage {
  kernels::WeightFormat format = kernels::WeightFormat::kFloat32;
  kernels::IntegerLayout integers{};

  bool has_floats() const { return format == kernels::WeightFormat::kFloat32; }
  bool has_integers() const {
    return format == kernels::WeightFormat::kInt8 ||
           format == kernels::WeightFormat::kInt8With8BitInputs;
  }
  // Bytes of the weights of so many terms, of a vector of units and a gate.
  int64_t chain_bytes(int64_t width, int64_t terms) const;
};

// Of one weight, without what belongs to a row.
int64_t bytes_of_weight(kernels::WeightFormat format);

// As it stands in messages; `format` is a recurrent_weight_format.
const char* name_of_format(int32_t format);

}  // namespace recurrent
