#pragma once

#include <algorithm>
#include <string>

namespace swarmward::mesh::dns {

/// ASCII only, whatever the locale: how DNS compares names. Source: RFC 4343.
inline std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

}  // namespace swarmward::mesh::dns
