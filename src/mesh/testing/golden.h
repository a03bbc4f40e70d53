#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace swarmward::mesh {

/// The text of a file in testdata/; with UPDATE_GOLDEN set it first becomes `current`.
inline std::string golden(std::string const& name, std::string const& current) {
  auto const path = std::string(ROOM_DIR) + "/testdata/" + name;
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << current;
  }
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace swarmward::mesh
