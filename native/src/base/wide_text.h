// Texts of the C interface are UTF-8, those of Windows UTF-16. Included on Windows alone, where
// <windows.h> has been included.
#pragma once

#include <string>

namespace recurrent {

// Empty if it is no UTF-8, or empty.
inline std::wstring wide_text(const std::string& text) {
  const int bytes = static_cast<int>(text.size());
  const int length =
      MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text.data(), bytes, nullptr, 0);
  std::wstring wide(static_cast<size_t>(length), L'\0');
  MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text.data(), bytes, wide.data(), length);
  return wide;
}

inline std::string narrow_text(const std::wstring& text) {
  const int units = static_cast<int>(text.size());
  const int length =
      WideCharToMultiByte(CP_UTF8, 0, text.data(), units, nullptr, 0, nullptr, nullptr);
  std::string narrow(static_cast<size_t>(length), '\0');
  WideCharToMultiByte(CP_UTF8, 0, text.data(), units, narrow.data(), length, nullptr, nullptr);
  return narrow;
}

}  // namespace recurrent
