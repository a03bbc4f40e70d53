#include "api/routes/service_query.h"

#include <algorithm>
#include <array>

#include "api/routes/matching.h"

namespace swarmward::api {

namespace {

std::string_view mode_word(model::ServiceMode const& mode) {
  constexpr std::array<std::string_view, 4> kWords{
      "replicated", "global", "replicated-job", "global-job"};
  return kWords.at(mode.index());
}

bool service_matches(wire::Filters const& filters, model::Service const& service) {
  bool const runtime = filters.contains("runtime")
                           ? matches_exactly(filters, "runtime", service.spec->task.runtime)
                           : service.spec->task.runtime == "container";
  return runtime && matches_prefix(filters, "id", service.id.view()) &&
         matches_prefix(filters, "name", service.name()) &&
         matches_label_map(filters, "label", service.spec->annotations.labels) &&
         matches_exactly(filters, "mode", mode_word(service.spec->mode));
}

}  // namespace

Result<void> check_service_filters(wire::Filters const& filters) {
  return wire::check_filter_keys(filters, {"id", "name", "label", "mode", "runtime"});
}

std::vector<state::ServicePtr> find_services(state::Snapshot const& snapshot,
                                             wire::Filters const& filters) {
  std::vector<state::ServicePtr> found;
  for (auto const& [id, service] : snapshot.services) {
    if (service_matches(filters, *service)) {
      found.push_back(service);
    }
  }
  if (filters.contains("name")) {
    std::ranges::stable_sort(
        found, {}, [](auto const& service) -> std::string const& { return service->name(); });
  }
  return found;
}

}  // namespace swarmward::api
