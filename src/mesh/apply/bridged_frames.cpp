#include "mesh/apply/bridged_frames.h"

#include "mesh/apply/kernel_settings.h"
#include "mesh/apply/sysctl.h"

namespace swarmward::mesh {

Result<BridgedFrames> set_bridged_frames(NetNamespace const& net,
                                         BridgedFrames wanted,
                                         std::filesystem::path const& bridge_filter) {
  if (!std::filesystem::exists(bridge_filter)) {
    return BridgedFrames::Hidden;
  }
  auto const set = net.run([wanted] {
    return set_sysctl(kBridgedFramesSetting, wanted == BridgedFrames::Shown ? "1" : "0");
  });
  if (!set && set.error().code != ErrorCode::NotFound) {
    return set.error();
  }
  return set ? wanted : BridgedFrames::Hidden;
}

}  // namespace swarmward::mesh
