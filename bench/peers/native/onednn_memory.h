// What inference and training in oneDNN share: how memory is described.
#pragma once

#include <cstring>
#include <dnnl.hpp>
#include <unordered_map>

namespace peers {

using dnnl::memory;
using Arguments = std::unordered_map<int, memory>;
using Tag = memory::format_tag;

inline memory::desc plain(const memory::dims& dims, Tag tag) {
  return memory::desc(dims, memory::data_type::f32, tag);
}

inline memory::desc any(const memory::dims& dims) { return plain(dims, Tag::any); }

inline void zero(const memory& target) {
  std::memset(target.get_data_handle(), 0, target.get_desc().get_size());
}

}  // namespace peers
