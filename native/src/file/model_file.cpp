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
}

LoadedModel load(ByteSource& source, const recurrent_load_options& options) {
  const Container container(source);
  LoadedModel loaded;
  loaded.facts.metadata = read_metadata(container);
  const Description description(container);
  loaded.facts.layout = description.layout();
  loaded.facts.empty_row = description.empty_row();
  recurrent_model_desc desc = description.desc();
  desc.gemm_provider = options.gemm_provider;
  if (overrides(options, RECURRENT_OVERRIDE_ISA)) desc.isa = options.isa;
  const auto pack = [&] { loaded.model = std::make_shared<Model>(desc); };
  if (!overrides(options, RECURRENT_OVERRIDE_MASKING)) {
    as_file(pack);
    return loaded;
  }
  // Alone the model has been found to be one: what is invalid now is the option.
  desc.masking = options.masking;
  desc.mask_value = options.mask_value;
  pack();
  return loaded;
}

}  // namespace recurrent::file
