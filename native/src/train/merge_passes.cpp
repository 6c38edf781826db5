// Layers that put values together or take parts of one: every row by itself.
#include "exec/pointwise.h"
#include "train/layer_passes.h"

namespace recurrent {
namespace {

class MergePass : public LayerPass {
 public:
  using LayerPass::LayerPass;

 protected:
  int64_t size() const { return layer().output_size; }
  // A row of what it reads as its value `i`, and of its gradient: null if that is not wanted.
  const float* input_row(size_t i, int64_t row) const {
    return input(i) + row * values().width(reads(i));
  }
  float* gradient_row(size_t i, int64_t row) const {
    float* const gradient = input_gradient(i);
    return gradient ? gradient + row * values().width(reads(i)) : nullptr;
  }
  static void add(const float* from, float* to, int64_t count) {
    for (int64_t j = 0; to && j < count; ++j) to[j] += from[j];
  }

 private:
  virtual void row_back(int64_t row, const float* dy) = 0;

  void forward(Participant& participant) override {
    for_rows(
        participant, values().rows(puts()),
        [this](int64_t row) {
          apply_pointwise(
              kernels(), layer(), [this, row](size_t i) { return input_row(i, row); },
              output() + row * size());
        });
  }
  void backward(Participant& participant) override {
    for_rows(
        participant, values().rows(puts()),
        [this](int64_t row) { row_back(row, output_gradient() + row * size()); });
  }
};

// A residual layer's second value may be wider.
class SumPass final : public MergePass {
 public:
  using MergePass::MergePass;

 private:
  void row_back(int64_t row, const float* dy) override {
    for (size_t i = 0; i < node().reads.size(); ++i) add(dy, gradient_row(i, row), size());
  }
};

class ProductPass final : public MergePass {
 public:
  using MergePass::MergePass;

 private:
  void row_back(int64_t row, const float* dy) override {
    for (const size_t i : {size_t{0}, size_t{1}}) {
      float* const to = gradient_row(i, row);
      const float* const other = input_row(1 - i, row);
      for (int64_t j = 0; to && j < size(); ++j) to[j] += dy[j] * other[j];
    }
  }
};

class ConcatenationPass final : public MergePass {
 public:
  using MergePass::MergePass;

 private:
  void row_back(int64_t row, const float* dy) override {
    for (size_t i = 0; i < node().reads.size(); ++i) {
      const int64_t width = values().width(reads(i));
      add(dy, gradient_row(i, row), width);
      dy += width;
    }
  }
};

class SlicePass final : public MergePass {
 public:
  using MergePass::MergePass;

 private:
  void row_back(int64_t row, const float* dy) override {
    float* const to = gradient_row(0, row);
    if (to) add(dy, to + layer().first, size());
  }
};

}  // namespace

std::unique_ptr<LayerPass> make_sum_pass(PassContext& context, int32_t node) {
  return std::make_unique<SumPass>(context, node);
}

std::unique_ptr<LayerPass> make_product_pass(PassContext& context, int32_t node) {
  return std::make_unique<ProductPass>(context, node);
}

std::unique_ptr<LayerPass> make_concatenation_pass(PassContext& context, int32_t node) {
  return std::make_unique<ConcatenationPass>(context, node);
}

std::unique_ptr<LayerPass> make_slice_pass(PassContext& context, int32_t node) {
  return std::make_unique<SlicePass>(context, node);
}

}  // namespace recurrent
