#pragma once

#include <recurrent/recurrent.h>

namespace recurrent {

// Whether weights can be rounded to the formats that their layers ask for. Of a description whose
// sizes fit each other. Throws Error (INVALID_ARGUMENT) naming the weights, as
// `layers[i].forward.input_weights`.
void check_weights(const recurrent_model_desc& desc);

}  // namespace recurrent
