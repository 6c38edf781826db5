#include "file/model_file.h"

#include "base/expect.h"
#include "file/description.h"
#include "file/refuse.h"
#include "kernels/implementations.h"

namespace recurrent::file {
namespace {

bool overrides(const recurrent_load_options& options, recurrent_override which) {
  return (options.overrides & static_cast<uint32_t>(which)) != 0;
}

// The packed weights of a file, if it has any.
class PackedWeights {
 public:
  PackedWeights(const Container& container, int32_t wanted)
      : container_(container), wanted_(wanted) {
    if (const Section* section = container.find(SectionType::kPacked))
      section_ = std::make_unique<PackedSection>(container, *section);
  }

  // What the model takes; null if all its weights have to be packed. Then they have to be read.
  std::unique_ptr<PackedSource> choose(const recurrent_model_desc& desc, Description& description,
                                       Facts& facts) {
    if (!section_) return nullptr;
    facts.packed = RECURRENT_PACKED_USE_IGNORED;
    if (wanted_ == RECURRENT_PACKED_IGNORE) {
      facts.packed_reason = "the options say so";
      return nullptr;
    }
    const int32_t isa = kernels::resolve_isa(desc.isa);
    std::vector<PackedShape> here;
    as_file([&] { here = packed_shapes(desc, kernels::choose_kernels(isa)); });
    facts.packed_reason = section_->why_not(here, isa, facts.origin);
    if (!facts.packed_reason.empty()) return nullptr;
    if (!description.read_weights_beside(container_, here)) {
      facts.packed_reason = "weights are so large that they have to be checked";
      return nullptr;
    }
    const bool is_mapped = wanted_ == RECURRENT_PACKED_MAP;
    facts.packed = is_mapped ? RECURRENT_PACKED_USE_MAPPED : RECURRENT_PACKED_USE_COPIED;
    return is_mapped ? section_->mapped() : section_->copied();
  }

  // Whoever reads the file has read all of it: it is the same to everybody, or damaged.
  void finish() {
    if (section_) section_->finish();
  }

 private:
  const Container& container_;
  int32_t wanted_;
  std::unique_ptr<PackedSection> section_;
};

}  // namespace

void check_options(const recurrent_load_options& options) {
  expect_struct_size("options.", options.struct_size, sizeof(options));
  expect_value("options.overrides", options.overrides, 0,
               RECURRENT_OVERRIDE_ISA | RECURRENT_OVERRIDE_MASKING);
  if (overrides(options, RECURRENT_OVERRIDE_ISA)) kernels::resolve_isa(options.isa);
  expect_value("options.gemm_provider", options.gemm_provider, RECURRENT_GEMM_BUILTIN,
               RECURRENT_GEMM_AUTO);
  if (overrides(options, RECURRENT_OVERRIDE_MASKING))
    expect_value("options.masking", options.masking, RECURRENT_MASKING_NONE,
                 RECURRENT_MASKING_ZERO);
  expect_value("options.packed", options.packed, RECURRENT_PACKED_COPY, RECURRENT_PACKED_IGNORE);
  expect_value("options.reserved", options.reserved, 0, 0);
}

LoadedModel load(ByteSource& source, const recurrent_load_options& options) {
  const Container container(source);
  LoadedModel loaded;
  Facts& facts = loaded.facts;
  facts.metadata = read_metadata(container);
  Description description(container);
  facts.layout = description.layout();
  facts.empty_row = description.empty_row();
  facts.is_of_file = true;
  facts.origin = origin_of(container);
  recurrent_model_desc desc = description.desc();
  desc.gemm_provider = options.gemm_provider;
  if (overrides(options, RECURRENT_OVERRIDE_ISA)) desc.isa = options.isa;
  PackedWeights packed(container, options.packed);
  std::unique_ptr<PackedSource> buffers = packed.choose(desc, description, facts);
  if (!buffers) description.read_weights(container);
  const auto pack = [&] {
    loaded.model =
        buffers ? std::make_shared<Model>(desc, *buffers) : std::make_shared<Model>(desc);
  };
  // Alone the model has been found to be one: what is invalid with it is the option.
  if (overrides(options, RECURRENT_OVERRIDE_MASKING)) {
    desc.masking = options.masking;
    desc.mask_value = options.mask_value;
    pack();
  } else {
    as_file(pack);
  }
  packed.finish();
  return loaded;
}

}  // namespace recurrent::file
