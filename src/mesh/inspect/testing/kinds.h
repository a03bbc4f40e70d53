#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mesh/address.h"
#include "mesh/inspect/findings.h"

namespace swarmward::mesh {

inline Address ip(char const* text) {
  return *parse_address(text);
}

/// What was found, each of it explained.
inline std::vector<std::string> kinds(Findings const& findings) {
  std::vector<std::string> all;
  for (auto const& finding : findings.found()) {
    EXPECT_FALSE(finding.what.empty() || finding.cause.empty() || finding.cure.empty());
    all.push_back(finding.kind);
  }
  return all;
}

}  // namespace swarmward::mesh
