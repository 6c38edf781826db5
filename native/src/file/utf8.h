#pragma once

#include <string_view>

namespace recurrent::file {

// Whether a text is well-formed UTF-8 (Unicode 15, table 3-7) and has no zero byte.
bool is_utf8_text(std::string_view text);

}  // namespace recurrent::file
