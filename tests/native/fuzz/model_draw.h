// Valid models.
#pragma once

#include "world.h"

namespace recurrent::fuzz {

// Layers with weights, and how they are computed.
std::shared_ptr<Subject> draw_model(Random& random, const Limits& limits);

// Formats of weights for its layers, or none.
void draw_weight_formats(Random& random, Subject& subject);

}  // namespace recurrent::fuzz
