#include "api/passthrough/exec_nodes.h"

namespace swarmward::api {

void ExecNodes::remember(std::string const& exec, model::NodeId const& node) {
  if (find(exec)) {
    entries_.front().node = node;
    return;
  }
  entries_.push_front({exec, node});
  by_id_[exec] = entries_.begin();
  if (entries_.size() > kept_) {
    by_id_.erase(entries_.back().exec);
    entries_.pop_back();
  }
}

std::optional<model::NodeId> ExecNodes::find(std::string const& exec) {
  auto const found = by_id_.find(exec);
  if (found == by_id_.end()) {
    return std::nullopt;
  }
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->node;
}

}  // namespace swarmward::api
