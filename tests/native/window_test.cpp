// Windows of steps: how many there are, of which step each tap is, and what a model then needs.
#include "model/window.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/error.h"
#include "model/graph.h"

namespace recurrent::test {
namespace {

// How many windows there are, counted one by one: all whose last tap is not behind the padding.
int64_t counted(const Window& window, int64_t steps) {
  if (steps == 0) return 0;
  int64_t count = 0;
  while (window.step_of(count, window.kernel_size - 1) < steps + window.after) ++count;
  return count;
}

recurrent_layer_desc convolution(const Window& window) {
  recurrent_layer_desc layer{};
  layer.struct_size = sizeof(layer);
  layer.kind = RECURRENT_LAYER_CONVOLUTION;
  layer.input_size = layer.hidden_size = layer.groups = 1;
  layer.kernel_size = static_cast<int32_t>(window.kernel_size);
  layer.stride = static_cast<int32_t>(window.stride);
  layer.dilation = static_cast<int32_t>(window.dilation);
  layer.pad_before = static_cast<int32_t>(window.before);
  layer.pad_after = static_cast<int32_t>(window.after);
  return layer;
}

recurrent_layer_desc layer_of(int32_t kind, int32_t steps = 0) {
  recurrent_layer_desc layer{};
  layer.struct_size = sizeof(layer);
  layer.kind = kind;
  layer.input_size = layer.hidden_size = 1;
  layer.steps = steps;
  return layer;
}

Graph graph_of(const std::vector<recurrent_layer_desc>& layers) {
  recurrent_model_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.layers = layers.data();
  desc.layer_count = static_cast<int32_t>(layers.size());
  return Graph(desc);
}

int64_t last_steps(const Graph& graph, int64_t time) {
  return graph.steps(graph.values().back().base, time);
}

TEST(Windows, AreAsManyAsCanBeCounted) {
  for (int64_t kernel = 1; kernel <= 4; ++kernel)
    for (int64_t stride = 1; stride <= 3; ++stride)
      for (int64_t dilation = 1; dilation <= 3; ++dilation) {
        const int64_t extent = (kernel - 1) * dilation;
        for (int64_t before = 0; before <= extent; ++before)
          for (int64_t after = 0; after <= extent; ++after) {
            const Window window{kernel, stride, dilation, before, after};
            const Graph graph = graph_of({convolution(window)});
            const bool keeps = stride == 1 && before + after == extent;
            EXPECT_EQ(window.keeps_steps(), keeps);
            EXPECT_EQ(graph.values().back().base == 0, keeps);
            EXPECT_EQ(graph.can_step(), keeps && after == 0);
            for (int64_t time = 0; time < 20; ++time)
              EXPECT_EQ(last_steps(graph, time), counted(window, time));
            EXPECT_EQ(last_steps(graph, graph.least_time() - 1), 0);
            EXPECT_GE(last_steps(graph, graph.least_time()), 1);
          }
      }
}

TEST(Windows, NeedMoreStepsOneBehindTheOther) {
  const Window halves{2, 2, 1, 0, 0};
  const Graph graph = graph_of({convolution(halves), convolution(halves), convolution(halves)});
  EXPECT_EQ(graph.least_time(), 8);
  EXPECT_EQ(graph.longest_window(), 2);
  EXPECT_EQ(last_steps(graph, 7), 0);
  EXPECT_EQ(last_steps(graph, 8), 1);
  EXPECT_EQ(last_steps(graph, 25), 3);
  EXPECT_EQ(graph.first_rebased(), 0);
}

TEST(Windows, OfTheSameKindGoTogether) {
  const Window three{3, 1, 1, 0, 0};
  const Window spread{2, 1, 2, 0, 0};
  const Graph graph = graph_of({convolution(three), convolution(spread)});
  const int32_t first = graph.value(1).base;
  EXPECT_NE(first, 0);
  EXPECT_NE(graph.value(2).base, first);
  // Both leave two steps out, so one beside the other has the same steps.
  std::vector<recurrent_layer_desc> layers{convolution(three), convolution(spread),
                                           layer_of(RECURRENT_LAYER_SUM)};
  const int32_t given[] = {0};
  const int32_t both[] = {1, 2};
  for (recurrent_layer_desc& layer : layers) {
    layer.inputs = given;
    layer.input_count = 1;
  }
  layers[2].inputs = both;
  layers[2].input_count = 2;
  EXPECT_EQ(last_steps(graph_of(layers), 9), 7);
}

TEST(Windows, ThatNoSequenceCanFillAreRefused) {
  const Window five{5, 1, 1, 0, 0};
  EXPECT_EQ(graph_of({layer_of(RECURRENT_LAYER_LAST_STEPS, 5), convolution(five)}).least_time(), 5);
  try {
    graph_of({layer_of(RECURRENT_LAYER_LAST_STEPS, 4), convolution(five)});
    FAIL() << "it was taken";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "layers[1].kernel_size: expected a window that fits into the steps that the layer "
                 "reads, found one of 5 steps, 0 of them padding");
  }
  // So many layers that no sequence is long enough.
  const std::vector<recurrent_layer_desc> strides(40, convolution({2, 2, 1, 0, 0}));
  EXPECT_THROW(graph_of(strides), Error);
}

TEST(Windows, MayGiveMoreStepsThanThereAre) {
  const Graph graph = graph_of({convolution({3, 1, 2, 4, 4})});
  EXPECT_EQ(last_steps(graph, 1), 5);
  EXPECT_EQ(last_steps(graph, 0), 0);
  EXPECT_EQ(graph.least_time(), 1);
}

}  // namespace
}  // namespace recurrent::test
