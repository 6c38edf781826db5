#include "model/chain_packing.h"

#include <algorithm>
#include <vector>

#include "base/checked.h"
#include "model/rounding.h"

namespace recurrent {
namespace {

// Terms that are turned at once: their weights of a vector of units are as many lines as the
// first-level cache holds side by side, however far apart the rows are.
constexpr int64_t kTransposedTerms = 16;

// One vector of units and one gate of a group.
struct UnitVector {
  int64_t index;  // among the vectors that the group has side by side
  int64_t count;  // units that exist
  const float* rows;

  const float* row(const GroupChain& chain, int64_t unit) const {
    return rows + unit * chain.source.terms;
  }
};

template <class Run>
void for_each_vector(const GroupChain& chain, const Run& run) {
  for (int64_t panel = 0; panel < chain.panels; ++panel)
    for (int gate = 0; gate < chain.source.gates; ++gate) {
      const int64_t unit = (chain.first + panel) * chain.width;
      const int64_t row = (chain.source.first_gate + gate) * chain.units + unit;
      run(UnitVector{panel * chain.source.gates + gate,
                     std::min<int64_t>(chain.width, chain.units - unit),
                     chain.source.data + row * chain.source.terms});
    }
}

void pack_floats(const GroupChain& chain, float* out) {
  const int64_t term = chain.panels * chain.source.gates * chain.width;
  for (int64_t begin = 0; begin < chain.source.terms; begin += kTransposedTerms) {
    const int64_t end = std::min(begin + kTransposedTerms, chain.source.terms);
    for_each_vector(chain, [&](const UnitVector& vector) {
      float* to = out + vector.index * chain.width;
      for (int64_t u = 0; u < vector.count; ++u)
        for (int64_t k = begin; k < end; ++k) to[k * term + u] = flushed(vector.row(chain, u)[k]);
    });
  }
}

// Two terms a lane, see weights_bfloat16.inl.
void pack_halves(const GroupChain& chain, uint16_t* out) {
  const int64_t pair = chain.panels * chain.source.gates * chain.width * 2;
  for (int64_t begin = 0; begin < chain.source.terms; begin += kTransposedTerms) {
    const int64_t end = std::min(begin + kTransposedTerms, chain.source.terms);
    for_each_vector(chain, [&](const UnitVector& vector) {
      uint16_t* to = out + vector.index * chain.width * 2;
      for (int64_t u = 0; u < vector.count; ++u)
        for (int64_t k = begin; k < end; ++k)
          to[k / 2 * pair + u * 2 + k % 2] = to_bfloat16(vector.row(chain, u)[k]);
    });
  }
}

// A layout in bytes, for integers of a vector of units that have been rounded, `[V][terms]`.
class IntegerPlaces {
 public:
  IntegerPlaces(const GroupChain& chain, const kernels::IntegerLayout& layout, unsigned char* out)
      : layout_(layout),
        width_(chain.width),
        terms_(chain.source.terms),
        vectors_(chain.panels * chain.source.gates),
        out_(out) {}

  float* scales(int64_t vector) const { return words<float>(out_, vector); }

  void put(const UnitVector& vector, const int8_t* integers) const {
    unsigned char* at = out_ + vectors_ * width_ * kWord;
    for (int64_t begin = 0; begin < terms_; begin += kernels::kIntegerBlock) {
      const int64_t end = std::min(begin + kernels::kIntegerBlock, terms_);
      if (layout_.has_sums) {
        put_sums(vector, integers, begin, end, words<int32_t>(at, vector.index));
        at += vectors_ * width_ * kWord;
      }
      const int64_t record = width_ * layout_.depth;
      for (int64_t k = begin; k < end; k += layout_.depth) {
        put_record(vector, integers, k, std::min<int64_t>(layout_.depth, end - k),
                   reinterpret_cast<int8_t*>(at) + vector.index * record);
        at += vectors_ * record;
      }
    }
  }

 private:
  static constexpr int64_t kWord = 4;  // bytes of a scale and of a sum

  template <class T>
  T* words(unsigned char* at, int64_t vector) const {
    static_assert(sizeof(T) == kWord);
    return reinterpret_cast<T*>(at) + vector * width_;
  }

  void put_sums(const UnitVector& vector, const int8_t* integers, int64_t begin, int64_t end,
                int32_t* sums) const {
    for (int64_t u = 0; u < vector.count; ++u) {
      int32_t sum = 0;
      for (int64_t k = begin; k < end; ++k) sum += integers[u * terms_ + k];
      sums[u] = -128 * sum;
    }
  }

  void put_record(const UnitVector& vector, const int8_t* integers, int64_t term, int64_t terms,
                  int8_t* record) const {
    for (int64_t u = 0; u < vector.count; ++u)
      for (int64_t t = 0; t < terms; ++t)
        record[layout_.is_by_term ? t * width_ + u : u * layout_.depth + t] =
            integers[u * terms_ + term + t];
  }

  const kernels::IntegerLayout layout_;
  const int64_t width_;
  const int64_t terms_;
  const int64_t vectors_;
  unsigned char* const out_;
};

void pack_integers(const GroupChain& chain, const kernels::IntegerLayout& layout,
                   unsigned char* out) {
  const int64_t terms = chain.source.terms;
  const IntegerPlaces places(chain, layout, out);
  std::vector<int8_t> integers(static_cast<size_t>(chain.width * terms));
  for_each_vector(chain, [&](const UnitVector& vector) {
    float* const scales = places.scales(vector.index);
    for (int64_t u = 0; u < vector.count; ++u) {
      scales[u] = integer_scale(vector.row(chain, u), terms);
      round_to_integers(vector.row(chain, u), terms, scales[u], integers.data() + u * terms);
    }
    places.put(vector, integers.data());
  });
}

}  // namespace

void pack_chain(const GroupChain& chain, const Storage& storage, unsigned char* out) {
  if (chain.source.terms == 0) return;
  switch (storage.format) {
    case kernels::WeightFormat::kFloat32:
      pack_floats(chain, reinterpret_cast<float*>(out));
      break;
    case kernels::WeightFormat::kBfloat16:
      pack_halves(chain, reinterpret_cast<uint16_t*>(out));
      break;
    default:
      pack_integers(chain, storage.integers, out);
      break;
  }
}

}  // namespace recurrent
