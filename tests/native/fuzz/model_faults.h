// Descriptions of models with one fault.
#pragma once

#include <deque>

#include "world.h"

namespace recurrent::fuzz {

// A copy of a description in which everything can be changed.
struct Description {
  explicit Description(const Subject& subject);
  Description(const Description&) = delete;
  Description& operator=(const Description&) = delete;

  std::vector<recurrent_layer_desc> layers;
  std::deque<recurrent_direction_desc> directions;
  recurrent_model_desc desc;
};

// Puts a fault in. Gives what a model of it is refused with.
Statuses break_description(Random& random, Description& description);

}  // namespace recurrent::fuzz
