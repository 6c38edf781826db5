#pragma once

#include <recurrent/recurrent.h>

#include <vector>

#include "model/packed_layer.h"

namespace recurrent {

// Whether weights can be rounded to the formats that their layers ask for. Of a description whose
// sizes fit each other; weights of layers and directions that are packed are not looked at. Throws
// Error (INVALID_ARGUMENT) naming the weights, as `layers[i].forward.input_weights`.
void check_weights(const recurrent_model_desc& desc, const std::vector<PackedShape>& packed = {});

}  // namespace recurrent
