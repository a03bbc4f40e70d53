#include "scheduler/orchestrator/spread.h"

#include <optional>
#include <utility>

#include "state/snapshot.h"

namespace swarmward::scheduler {

namespace {

/// The value of "node.labels.zone" or "engine.labels.x" on a node; nothing for other descriptors.
std::optional<std::string> value_on(std::string const& descriptor, model::Node const& node) {
  constexpr std::string_view kNode = "node.labels.";
  constexpr std::string_view kEngine = "engine.labels.";
  auto const lower = state::lower_case(descriptor);
  bool const of_node = lower.starts_with(kNode);
  if (!of_node && !lower.starts_with(kEngine)) {
    return std::nullopt;
  }
  auto const& labels = of_node ? node.spec.annotations.labels : node.description.engine_labels;
  auto const found = labels.find(descriptor.substr(of_node ? kNode.size() : kEngine.size()));
  return found == labels.end() ? std::string{} : found->second;
}

}  // namespace

std::vector<std::string> spread_path(model::Service const& service, model::Node const& node) {
  std::vector<std::string> path;
  if (service.spec->task.placement) {
    for (auto const& descriptor : service.spec->task.placement->spread_preferences) {
      if (auto value = value_on(descriptor, node)) {
        path.push_back(std::move(*value));
      }
    }
  }
  return path;
}

}  // namespace swarmward::scheduler
