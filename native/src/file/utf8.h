#pragma once

#include <string_view>

namespace recurrent::file {

// Whether a text is well-formed UTF-8 (Unicode 15, table 3-7) and has no zero byte.
bool is_utf8_text(std::string_view text);

// Whether such a text can be the name of an input or an output, as C# has it: 1 to 256 units of
// UTF-16, none of them a control character (U+0000 to 001F, 007F to 009F).
bool is_name(std::string_view text);

}  // namespace recurrent::file
