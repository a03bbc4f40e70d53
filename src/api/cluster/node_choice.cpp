#include "api/cluster/node_choice.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace swarmward::api {

namespace {

/// What keeps it off the nodes, by their ids.
using Refusals = std::map<model::NodeId, std::string>;
/// Of the service, of the project, at all. The fewer the better.
using Load = std::array<std::size_t, 3>;

/// By id, name or beginning of an id. Errors: InvalidArgument, for at a creation clients take
/// NotFound for an image that is to be pulled.
Result<SeenContainer const*> find_called(std::vector<SeenContainer> const& containers,
                                         std::string word) {
  if (word.starts_with('/')) {
    word.erase(0, 1);
  }
  auto const same = std::ranges::find(containers, word, &SeenContainer::id);
  if (same != containers.end() && !word.empty()) {
    return &*same;
  }
  if (auto const* named = find_named(containers, word)) {
    return named;
  }
  SeenContainer const* found = nullptr;
  for (auto const& each : containers) {
    if (!word.empty() && each.id.starts_with(word)) {
      if (found != nullptr) {
        return invalid_argument("multiple IDs found with provided prefix: " + word);
      }
      found = &each;
    }
  }
  return found == nullptr
             ? Result<SeenContainer const*>(invalid_argument("No such container: " + word))
             : found;
}

void refuse_unless(Refusals& refusals,
                   std::vector<NodeReason> const& nodes,
                   std::set<model::NodeId> const& allowed,
                   std::string const& why) {
  for (auto const& node : nodes) {
    if (!allowed.contains(model::NodeId(node.id))) {
      refusals.try_emplace(model::NodeId(node.id), why);
    }
  }
}

std::string explanation(std::vector<NodeReason> const& nodes, Refusals const& refusals) {
  std::string text = "no suitable node for the container";
  std::string separator = ": ";
  for (auto const& node : nodes) {
    auto const refusal = refusals.find(model::NodeId(node.id));
    if (refusal != refusals.end()) {
      text += std::exchange(separator, "; ") + node.name + " (" + refusal->second + ")";
    }
  }
  return text;
}

std::map<model::NodeId, Load> loads_of(ContainerWish const& wish, ChoiceView const& view) {
  std::map<model::NodeId, Load> loads;
  for (auto const& container : view.containers) {
    auto& load = loads[container.node];
    bool const same_project = container.project == wish.project && !wish.project.empty();
    load[0] += same_project && container.service == wish.service ? 1U : 0U;
    load[1] += same_project ? 1U : 0U;
    ++load[2];
  }
  return loads;
}

}  // namespace

Result<model::NodeId> choose_node(ContainerWish const& wish, ChoiceView const& view) {
  if (!wish.paths.empty() && wish.constraints.empty() && wish.beside.empty()) {
    return invalid_argument(
        "the container mounts " + wish.paths.front() +
        ", a path of one host: say of which by the label " + std::string(kConstraintLabel) +
        " (for example node.hostname==h1), or use a volume, or build it into the image");
  }
  Refusals refusals;
  for (auto const& verdict : view.verdicts) {
    if (!verdict.filter.empty()) {
      refusals.emplace(model::NodeId(verdict.id), verdict.reason);
    }
  }
  for (auto const& word : wish.beside) {
    auto const other = find_called(view.containers, word);
    if (!other) {
      return other.error();
    }
    refuse_unless(refusals, view.verdicts, {(*other)->node}, "container " + word + " is elsewhere");
  }
  for (auto const& name : view.local_networks) {
    refuse_unless(
        refusals, view.verdicts, {view.this_node}, "network " + name + " is of another host alone");
  }
  for (auto const& name : wish.volumes) {
    if (auto const where = view.volumes.find(name); where != view.volumes.end()) {
      refuse_unless(refusals, view.verdicts, where->second, "volume " + name + " is elsewhere");
    }
  }
  auto const loads = loads_of(wish, view);
  std::optional<std::pair<Load, model::NodeId>> best;
  for (auto const& verdict : view.verdicts) {
    model::NodeId const id(verdict.id);
    auto const load = loads.find(id);
    std::pair<Load, model::NodeId> const rated{load == loads.end() ? Load{} : load->second, id};
    if (!refusals.contains(id) && (!best || rated < *best)) {
      best = rated;
    }
  }
  return best ? Result<model::NodeId>(best->second)
              : unavailable(explanation(view.verdicts, refusals));
}

}  // namespace swarmward::api
