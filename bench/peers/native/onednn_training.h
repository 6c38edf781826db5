#pragma once

#include <memory>

#include "peers/native/engine.h"

namespace peers {

// An engine whose call is a training step: forward and backward.
std::unique_ptr<Engine> prepare_training(const Task& task);

}  // namespace peers
