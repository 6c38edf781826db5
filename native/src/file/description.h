#pragma once

#include <recurrent/recurrent.h>

#include <string>
#include <vector>

#include "file/container.h"
#include "file/stored_array.h"
#include "model/packed_layer.h"

namespace recurrent::file {

// The description of a model that a file holds, and all that it points to.
class Description {
 public:
  // Throws Error (BAD_FILE), as Container does; NOT_SUPPORTED if this build lacks a format of
  // weights. The whole description is checked; its weights have not been read.
  explicit Description(const Container& container);
  Description(const Description&) = delete;
  Description& operator=(const Description&) = delete;

  // Reads the weights.
  void read_weights(const Container& container);
  // Reads all but those of the layers and directions that are packed: of these it reads what is no
  // matrix. Gives false if that cannot be done, because numbers of theirs have to be checked.
  bool read_weights_beside(const Container& container, const std::vector<PackedShape>& packed);

  // Valid as long as this object.
  const recurrent_model_desc& desc() const { return desc_; }
  // Of the data that the model is made for.
  int32_t layout() const { return layout_; }
  int32_t empty_row() const { return empty_row_; }

 private:
  // Which weights of a direction an array is.
  struct Owner {
    size_t direction;
    const float* recurrent_direction_desc::*field;
  };

  void parse(Cursor& cursor);
  void parse_values(Cursor& cursor, int32_t inputs, int32_t outputs);
  void parse_layer(Cursor& cursor, size_t index);
  void parse_direction(Cursor& cursor, size_t direction);
  void parse_array(Cursor& cursor);
  void check() const;
  void check_shapes() const;
  bool read(const Container& container, const std::vector<Wanted>& wanted);

  recurrent_model_desc desc_{};
  int32_t layout_ = 0;
  int32_t empty_row_ = 0;
  std::vector<std::string> names_;
  std::vector<recurrent_input_desc> inputs_;
  std::vector<recurrent_output_desc> outputs_;
  std::vector<recurrent_layer_desc> layers_;
  std::vector<recurrent_direction_desc> directions_;  // `[layer][forward, reverse]`
  std::vector<std::vector<int32_t>> reads_;           // of each layer
  std::vector<StoredArray> arrays_;
  std::vector<Owner> owners_;  // of each array
  Values values_;
};

}  // namespace recurrent::file
