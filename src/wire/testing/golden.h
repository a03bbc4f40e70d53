#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace swarmward::wire::testing {

inline std::string testdata(std::string const& name) {
  return ROOM_DIR "/testdata/" + name;
}

/// The document in testdata/NAME; null if it cannot be read.
inline nlohmann::json load_json(std::string const& name) {
  std::ifstream file(testdata(name));
  std::stringstream text;
  text << file.rdbuf();
  auto document = nlohmann::json::parse(text.str(), nullptr, false);
  EXPECT_FALSE(document.is_discarded()) << name;
  return document.is_discarded() ? nlohmann::json() : document;
}

/// Compares with testdata/NAME, or writes it when UPDATE_GOLDEN is set.
inline void expect_golden(std::string const& name, nlohmann::json const& document) {
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(testdata(name)) << document.dump(2) << "\n";
    return;
  }
  EXPECT_EQ(document.dump(2), load_json(name).dump(2)) << name;
}

}  // namespace swarmward::wire::testing
