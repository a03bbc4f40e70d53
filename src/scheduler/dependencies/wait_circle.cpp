#include "scheduler/dependencies/wait_circle.h"

#include <algorithm>
#include <set>
#include <vector>

#include "model/ward_labels.h"

namespace swarmward::scheduler {

namespace {

/// Which stack a service is of. Source: docker stack deploy.
constexpr char const* kStackLabel = "com.docker.stack.namespace";

state::ServicePtr find_by_name(state::Snapshot const& cluster, std::string const& name) {
  auto const* id = cluster.service_names.find(state::lower_case(name));
  return id == nullptr ? nullptr : cluster.find_service(*id);
}

/// Whom the service names before whom it does not start.
std::vector<std::string> names_before(model::Service const& service) {
  auto const& labels = service.spec->annotations.labels;
  auto names = model::pre_deploy_jobs(labels);
  for (auto& dependency : model::dependencies(labels)) {
    names.push_back(std::move(dependency.service));
  }
  return names;
}

/// Following the labels from `from` leads to `target`.
bool leads_to(state::Snapshot const& cluster,
              model::Service const& from,
              model::ServiceId const& target,
              std::set<model::ServiceId>& seen) {
  if (from.id == target) {
    return true;
  }
  if (!seen.insert(from.id).second) {
    return false;
  }
  auto const next = names_before(from);
  return std::ranges::any_of(next, [&](std::string const& name) {
    auto const service = find_named_by(cluster, from, name);
    return service && leads_to(cluster, *service, target, seen);
  });
}

}  // namespace

state::ServicePtr find_named_by(state::Snapshot const& cluster,
                                model::Service const& asker,
                                std::string const& name) {
  auto const& labels = asker.spec->annotations.labels;
  if (auto const stack = labels.find(kStackLabel); stack != labels.end()) {
    if (auto found = find_by_name(cluster, stack->second + "_" + name)) {
      return found;
    }
  }
  return find_by_name(cluster, name);
}

bool waits_for(state::Snapshot const& cluster,
               model::Service const& service,
               model::ServiceId const& other) {
  std::set<model::ServiceId> seen;
  return leads_to(cluster, service, other, seen);
}

}  // namespace swarmward::scheduler
