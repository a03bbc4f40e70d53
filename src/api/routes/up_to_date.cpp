#include "api/routes/up_to_date.h"

#include <algorithm>

#include "model/constraint.h"

namespace swarmward::api {

namespace {

bool meets_constraints(model::TaskSpec const& spec, model::Node const* node) {
  if (!spec.placement) {
    return node != nullptr;
  }
  return node != nullptr &&
         std::ranges::all_of(spec.placement->constraints, [&](std::string const& text) {
           auto const constraint = model::parse_constraint(text);
           return constraint && model::constraint_matches(*constraint, *node);
         });
}

bool same_endpoint(model::Task const& task, model::Service const& service) {
  auto const& wanted = service.spec->endpoint;
  return task.endpoint ? wanted && *task.endpoint == *wanted : !wanted;
}

}  // namespace

bool is_up_to_date(model::Task const& task,
                   model::Service const& service,
                   model::Node const* node) {
  if (task.spec_version == service.spec_version) {
    return true;
  }
  if (!same_endpoint(task, service)) {
    return false;
  }
  auto const& wanted = service.spec->task;
  if (*task.spec == wanted) {
    return true;
  }
  auto placed_anew = *task.spec;
  placed_anew.placement = wanted.placement;
  return placed_anew == wanted && meets_constraints(wanted, node);
}

}  // namespace swarmward::api
