// What random programs draw from.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "random_model.h"

namespace recurrent::fuzz {

using test::Random;
using test::uniform;

// A stream of random numbers of its own for every operation of every program, so that an operation
// does the same with or without the ones before it.
Random random_of(uint64_t program, uint64_t operation);

inline bool one_in(Random& random, int n) { return uniform(random, 1, n) == 1; }

template <class T>
T one_of(Random& random, std::initializer_list<T> values) {
  return values.begin()[uniform(random, 0, static_cast<int64_t>(values.size()) - 1)];
}

inline int32_t number(Random& random, int64_t low, int64_t high) {
  return static_cast<int32_t>(uniform(random, low, high));
}

// A value of an enumeration of 0 to `last` that is none.
int32_t no_value(Random& random, int32_t last);

// A size that no struct of the interface has.
uint32_t wrong_size(Random& random, uint32_t right);

// Mostly numbers between -1 and 1; now and then with NaNs, infinities, denormals and large ones.
std::vector<float> draw_values(Random& random, int64_t count, float mask_value);

}  // namespace recurrent::fuzz
