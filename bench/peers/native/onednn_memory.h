// What inference and training in oneDNN share: how memory and primitives are described, in version
// 2 and in version 3.
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

// What a primitive will compute. Version 3 says it in one description, version 2 in two.
template <typename Primitive, typename... Parts>
typename Primitive::primitive_desc describe(const dnnl::engine& engine,
                                            const dnnl::primitive_attr& attributes,
                                            const Parts&... parts) {
#if DNNL_VERSION_MAJOR >= 3
  return typename Primitive::primitive_desc(engine, parts..., attributes);
#else
  return typename Primitive::primitive_desc(typename Primitive::desc(parts...), attributes, engine);
#endif
}

// The same of a backward pass, which is told of its forward one.
template <typename Primitive, typename Forward, typename... Parts>
typename Primitive::primitive_desc describe_backward(const dnnl::engine& engine,
                                                     const Forward& forward,
                                                     const Parts&... parts) {
#if DNNL_VERSION_MAJOR >= 3
  return typename Primitive::primitive_desc(engine, parts..., forward);
#else
  return typename Primitive::primitive_desc(typename Primitive::desc(parts...), engine, forward);
#endif
}

inline void zero(const memory& target) {
  std::memset(target.get_data_handle(), 0, target.get_desc().get_size());
}

}  // namespace peers
