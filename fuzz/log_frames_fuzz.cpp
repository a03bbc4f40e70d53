#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "api/routes/log_lines.h"

/// The first byte chooses the format and how the rest is cut into pieces. However it is cut, the
/// lines must be the same.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using swarmward::api::LogLine;
  using swarmward::api::LogLineReader;
  if (size == 0) {
    return 0;
  }
  unsigned const choice = data[0];
  std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
  swarmward::api::LogFormat const format{
      (choice & 1U) != 0, (choice & 2U) != 0, (choice & 4U) != 0};
  auto const step = static_cast<std::size_t>(choice >> 3U) + 1;

  LogLineReader whole(format);
  auto expected = whole.feed(bytes);
  for (auto& line : whole.finish()) {
    expected.push_back(std::move(line));
  }
  LogLineReader pieces(format);
  std::vector<LogLine> found;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    for (auto& line : pieces.feed(bytes.substr(at, step))) {
      found.push_back(std::move(line));
    }
  }
  for (auto& line : pieces.finish()) {
    found.push_back(std::move(line));
  }
  if (found != expected) {
    std::abort();
  }
  return 0;
}
