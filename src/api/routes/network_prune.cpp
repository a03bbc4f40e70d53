#include "api/routes/network_prune.h"

#include <nlohmann/json.hpp>

#include "api/routes/network_lookup.h"
#include "api/routes/network_ops.h"
#include "base/percent_encode.h"

namespace swarmward::api {

namespace asio = boost::asio;

namespace {

/// Networks that no container is in, without those that every engine has.
std::string unused_path() {
  nlohmann::json const filters = {{"dangling", {"true"}}, {"type", {"custom"}}};
  return "/networks?filters=" + percent_encode(filters.dump());
}

model::StringMap labels_of(nlohmann::json const& network) {
  model::StringMap labels;
  auto const found = network.find("Labels");
  if (found != network.end() && found->is_object()) {
    for (auto const& [key, value] : found->items()) {
      labels[key] = value.is_string() ? value.get<std::string>() : std::string();
    }
  }
  return labels;
}

/// The names of those that the engine's list has and that may go.
std::vector<std::string> prunable(std::string const& list, PruneFilters const& filters) {
  std::vector<std::string> names;
  auto const document = nlohmann::json::parse(list, nullptr, false);
  for (auto const& network : document.is_array() ? document : nlohmann::json::array()) {
    if (!network.is_object() || !swarm_network_of(network).empty() ||
        network.value("Name", std::string()) == kGatewayBridge) {
      continue;
    }
    auto const created = parse_time(network.value("Created", std::string()));
    if (created && may_prune(filters, labels_of(network), *created)) {
      names.push_back(network.value("Name", std::string()));
    }
  }
  return names;
}

}  // namespace

asio::awaitable<std::vector<std::string>> prune_swarm_networks(state::StateStore* store,
                                                               PruneFilters filters) {
  auto const removed = std::make_shared<std::vector<std::string>>();
  state::Change change = [removed, filters = std::move(filters)](state::Draft& draft) {
    removed->clear();
    auto const before = draft.view();
    for (auto const [id, network] : before.networks) {
      if (!network->spec.ingress &&
          may_prune(filters, network->spec.annotations.labels, network->meta.created_at) &&
          remove_network(draft, id)) {
        removed->push_back(network->name());
      }
    }
    return Result<void>();
  };
  auto const written = co_await store->update(std::move(change));
  std::vector<std::string> names;
  if (written) {
    names = *removed;
  }
  co_return names;
}

asio::awaitable<std::vector<std::string>> prune_local_networks(
    std::shared_ptr<backends::Engine> engine, PruneFilters filters) {
  std::vector<std::string> removed;
  auto path = unused_path();
  auto const list = co_await engine->get_document(std::move(path));
  if (!list) {
    co_return removed;
  }
  for (auto const& name : prunable(*list, filters)) {
    auto const gone = co_await engine->remove_network(name);
    if (gone) {
      removed.push_back(name);
    }
  }
  co_return removed;
}

}  // namespace swarmward::api
