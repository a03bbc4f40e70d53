#include "backends/runner/info_digest.h"

#include <functional>
#include <set>

#include <gtest/gtest.h>

namespace swarmward::backends {
namespace {

EngineInfo some_info() {
  EngineInfo info;
  info.description.hostname = "h1";
  info.description.platform = {"x86_64", "linux"};
  info.description.resources = {2'000'000'000, 1 << 30, {{"gpu", 2, ""}}};
  info.description.engine_labels["disk"] = "ssd";
  info.description.plugins = {{"Network", "bridge"}, {"Volume", "local"}};
  return info;
}

TEST(InfoDigest, IsTheSameForTheSame) {
  EXPECT_EQ(digest(some_info()), digest(some_info()));
}

TEST(InfoDigest, NoticesWhateverChanges) {
  std::vector<std::function<void(EngineInfo&)>> const changes{
      [](auto& info) { info.id = "x"; },
      [](auto& info) { info.api_version = "1.41"; },
      [](auto& info) { info.cpus = 2; },
      [](auto& info) { info.live_restore = true; },
      [](auto& info) { info.native_swarm_active = true; },
      [](auto& info) { info.root.uid = 1; },
      [](auto& info) { info.root.gid = 1; },
      [](auto& info) { info.description.hostname = "h2"; },
      [](auto& info) { info.description.platform.architecture = "aarch64"; },
      [](auto& info) { info.description.platform.os = "windows"; },
      [](auto& info) { info.description.resources.nano_cpus = 1; },
      [](auto& info) { info.description.resources.memory_bytes = 1; },
      [](auto& info) { info.description.resources.generic[0].kind = "fpga"; },
      [](auto& info) { info.description.resources.generic[0].count = 3; },
      [](auto& info) { info.description.resources.generic[0].name = "gpu-1"; },
      [](auto& info) { info.description.engine_version = "26.1"; },
      [](auto& info) { info.description.engine_labels["disk"] = "hdd"; },
      [](auto& info) { info.description.plugins.pop_back(); },
      [](auto& info) { info.description.plugins[1].name = "nfs"; }};
  std::set<std::size_t> seen{digest(some_info())};
  for (auto const& change : changes) {
    auto info = some_info();
    change(info);
    EXPECT_TRUE(seen.insert(digest(info)).second) << "change " << &change - changes.data();
  }
}

}  // namespace
}  // namespace swarmward::backends
