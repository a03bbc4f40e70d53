#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "mesh/apply/net_namespace.h"

namespace swarmward::mesh {

/// For tests that change the kernel's networks: each runs in a namespace of its own, which takes
/// the part of the host's, and in a folder of its own. Skips where the process is not root.
/// Namespaces that the test keeps in its folder are released at its end.
class ScratchNetTest : public ::testing::Test {
 protected:
  ScratchNetTest();
  ~ScratchNetTest() override;

  void SetUp() override;

  [[nodiscard]] std::filesystem::path const& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::optional<NetNamespace> home_;
  std::string skip_;
};

}  // namespace swarmward::mesh
