#include "mesh/inspect/findings.h"

#include <fmt/format.h>

namespace swarmward::mesh {

std::string listed(std::vector<std::string> const& things) {
  constexpr std::size_t kMostInFull = 6;
  auto const shown = things.size() > kMostInFull ? kMostInFull - 1 : things.size();
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    bool const last = i + 1 == things.size();
    text += (i == 0 ? "" : last ? " and " : ", ") + things[i];
  }
  if (shown < things.size()) {
    text += fmt::format(" and {} others", things.size() - shown);
  }
  return text;
}

}  // namespace swarmward::mesh
