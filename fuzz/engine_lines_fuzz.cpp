#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "backends/docker/engine_documents.h"
#include "backends/docker/line_splitter.h"
#include "backends/docker/plain_answer.h"

namespace {

std::vector<std::string> lines_of(std::string_view bytes, std::size_t step) {
  swarmward::backends::LineSplitter splitter;
  std::vector<std::string> out;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    splitter.add(bytes.substr(at, step));
    while (auto line = splitter.next()) {
      out.push_back(std::move(*line));
    }
  }
  return out;
}

}  // namespace

/// What an engine sends: event lines, progress of pulls, documents, answers to pings. The first
/// byte says in what pieces the lines arrive; they must not depend on it.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  namespace backends = swarmward::backends;
  if (size == 0) {
    return 0;
  }
  std::string_view const text(reinterpret_cast<char const*>(data) + 1, size - 1);
  auto const lines = lines_of(text, text.size() + 1);
  if (lines != lines_of(text, std::size_t{data[0]} % 7 + 1)) {
    std::abort();
  }
  for (auto const& line : lines) {
    static_cast<void>(backends::parse_container_event(line));
    static_cast<void>(backends::pull_error(line));
  }
  static_cast<void>(backends::parse_engine_info(text, text));
  static_cast<void>(backends::parse_container_state(text));
  static_cast<void>(backends::parse_container_list(text));
  static_cast<void>(backends::created_id(text));
  static_cast<void>(backends::engine_error(500, text));
  if (auto const plain = backends::read_plain_answer(text); plain && !text.ends_with(plain->body)) {
    std::abort();
  }
  return 0;
}
