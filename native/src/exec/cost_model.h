#pragma once

#include <cstdint>

#include "model/model.h"

namespace recurrent {

// Predicts how long a piece of work takes on one core of this machine, from its multiply-adds and
// from the bytes of weights that it reads. It is there to choose between ways of dividing work, so
// it is kept simple: a prediction is usually within a third of what is measured, and the ratio of
// two of them closer than that.
class CostModel {
 public:
  explicit CostModel(const Model& model);

  // One step of a direction for `rows` rows, for one of `parts` slices of its units, in ns.
  // `resident` is the bytes of weights that the thread reads between two such steps: they decide
  // from which cache the weights come. The input terms are left out where a product for the whole
  // chunk has computed them.
  double step(const PackedLayer& layer, const PackedDirection& direction, double rows, int parts,
              double resident, bool with_inputs) const;

  // The input product of `rows` rows for one of `parts` slices, in ns.
  double product(const PackedLayer& layer, const PackedDirection& direction, double rows,
                 int parts) const;

  // Copying the input of `rows` rows side by side, in ns.
  double gather(const PackedLayer& layer, double rows) const;

  // A layer without a product for `rows` rows, in ns.
  double pointwise(const PackedLayer& layer, double rows) const;

  // Bytes of weights that one of `parts` slices of a step reads.
  double bytes(const PackedLayer& layer, const PackedDirection& direction, int parts,
               bool with_inputs) const;

  // What threads cost, in ns: the end of a stage, and the beginning and end of a job.
  static double stage(int threads);
  static double job(int threads);

 private:
  double read(double bytes, double resident) const;

  const kernels::InstructionSet& set_;
};

}  // namespace recurrent
