#include "base/expect.h"

#include "base/error.h"

namespace recurrent {
namespace {

long long wide(int64_t value) { return static_cast<long long>(value); }

}  // namespace

void expect_range(const char* name, int64_t found, int64_t low, int64_t high, const char* unit) {
  if (found >= low && found <= high) return;
  const char* const space = unit ? " " : "";
  if (!unit) unit = "";
  if (high == INT64_MAX)
    invalid(name, "expected %lld or more%s%s, found %lld", wide(low), space, unit, wide(found));
  if (high == low)
    invalid(name, "expected %lld%s%s, found %lld", wide(low), space, unit, wide(found));
  invalid(name,
          high == low + 1 ? "expected %lld or %lld%s%s, found %lld"
                          : "expected %lld to %lld%s%s, found %lld",
          wide(low), wide(high), space, unit, wide(found));
}

void expect_value(const char* name, int64_t found, int64_t low, int64_t high) {
  if (found < low || found > high)
    invalid(name, "expected a value from %lld to %lld, found %lld", wide(low), wide(high),
            wide(found));
}

void expect_struct_size(const std::string& path, uint32_t found, size_t expected) {
  if (found != expected)
    invalid((path + "struct_size").c_str(),
            "expected %zu, found %u; was the caller built for another version?", expected, found);
}

void expect_array(const char* name, const void* data, int64_t count, int64_t expected) {
  if (expected > 0 && !data) refuse_null(name, expected);
  if (count < expected)
    invalid(name, "expected %lld elements, found %lld", wide(expected), wide(count));
}

void expect_exactly(const char* name, const void* data, int64_t count, int64_t expected) {
  expect_array(name, data, count, expected);
  if (count != expected)
    invalid(name, "expected exactly %lld elements, found %lld", wide(expected), wide(count));
}

void expect_no_count(const char* count_name, int64_t count, const char* name) {
  if (count != 0)
    invalid(count_name, "expected 0, because %s is null, found %lld", name, wide(count));
}

void refuse_null(const char* name, int64_t expected) {
  invalid(name, "expected %lld elements, found null", wide(expected));
}

void refuse_overlap(const char* name, const char* other_name) {
  invalid(name, "expected memory that does not overlap %s", other_name);
}

}  // namespace recurrent
