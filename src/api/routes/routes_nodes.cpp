#include "api/routes/routes_nodes.h"

#include <array>

#include <nlohmann/json.hpp>

#include "api/manager_check.h"
#include "api/routes/list_reply.h"
#include "api/routes/lookup.h"
#include "api/routes/matching.h"
#include "api/routes/node_ops.h"
#include "api/routes/replies.h"
#include "wire/list_text.h"
#include "wire/node.h"
#include "wire/query.h"

namespace swarmward::api {

namespace {

using NodeRoute = Route<Nodes>;
constexpr std::array kNodeRoutes{
    NodeRoute{"GET", "/nodes", &Nodes::list, ApiVersion{1, 24}},
    NodeRoute{"GET", "/nodes/{id}", &Nodes::inspect, ApiVersion{1, 24}},
    NodeRoute{"POST", "/nodes/{id}/update", &Nodes::update, ApiVersion{1, 24}},
    NodeRoute{"DELETE", "/nodes/{id}", &Nodes::remove, ApiVersion{1, 24}},
};

Result<void> check_filters(wire::Filters const& filters) {
  auto const known =
      wire::check_filter_keys(filters, {"id", "name", "label", "node.label", "role", "membership"});
  if (!known) {
    return known;
  }
  if (auto const roles = check_filter_words(filters, "role", {"manager", "worker"}); !roles) {
    return roles;
  }
  return check_filter_words(filters, "membership", {"accepted", "pending"});
}

/// `key` has a value that is `word` in any letter case, or is not there. Empty values ask for
/// nothing.
bool has_word(wire::Filters const& filters, std::string const& key, std::string_view word) {
  auto const* values = find_filter(filters, key);
  return values == nullptr || std::ranges::all_of(*values, &std::string::empty) ||
         std::ranges::any_of(
             *values, [&](std::string const& value) { return state::lower_case(value) == word; });
}

bool node_matches(wire::Filters const& filters, model::Node const& node) {
  // The observed role counts, and every node is accepted: there is no pending membership here.
  auto const role = node.role == model::NodeRole::Manager ? "manager" : "worker";
  return matches_prefix(filters, "id", node.id.view()) &&
         matches_prefix(filters, "name", node.description.hostname) &&
         matches_label_map(filters, "label", node.description.engine_labels) &&
         matches_label_map(filters, "node.label", node.spec.annotations.labels) &&
         has_word(filters, "role", role) && has_word(filters, "membership", "accepted");
}

}  // namespace

std::span<Route<Nodes> const> Nodes::routes() {
  return kNodeRoutes;
}

asio::awaitable<Result<void>> Nodes::list(Call const* call) {
  auto const filters = wire::parse_filters(call->request.query_value("filters"));
  if (!filters) {
    co_return filters.error();
  }
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  if (auto const valid = check_filters(*filters); !valid) {
    co_return valid.error();
  }
  std::vector<state::NodePtr> found;
  for (auto const& [id, node] : call->snapshot->nodes) {
    if (node_matches(*filters, *node)) {
      found.push_back(node);
    }
  }
  if (filters->contains("name")) {
    std::ranges::stable_sort(found, {}, [](auto const& node) -> std::string const& {
      return node->description.hostname;
    });
  }
  AppendElement append = [&](std::string& out, std::size_t at) {
    wire::append_text(out, *found[at]);
  };
  co_await send_list(call->responder, found.size(), std::move(append));
  co_return Result<void>{};
}

Result<Response> Nodes::inspect(Call const& call) const {
  if (auto const manager = require_manager(call); !manager) {
    return manager.error();
  }
  auto const node = get_node(*call.snapshot, call.id);
  if (!node) {
    return node.error();
  }
  return json_reply(wire::to_json(**node));
}

asio::awaitable<Result<Response>> Nodes::update(Call const* call) {
  auto const document = read_json(call->request);
  if (!document) {
    co_return document.error();
  }
  auto const version = wire::parse_version("node", call->request.query_value("version"));
  if (!version) {
    co_return version.error();
  }
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto const spec = wire::node_spec_from_json(*document);
  if (!spec) {
    co_return spec.error();
  }
  auto const node = get_node(*call->snapshot, call->id);
  if (!node) {
    co_return node.error();
  }
  state::Change change = [id = (*node)->id, version = *version, spec = *spec](state::Draft& draft) {
    return update_node(draft, id, version, spec);
  };
  auto written = co_await context_.store.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  co_return empty_reply();
}

asio::awaitable<Result<Response>> Nodes::remove(Call const* call) {
  auto const force = wire::loose_bool(call->request.query_value("force")) ? Force::Yes : Force::No;
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto const node = get_node(*call->snapshot, call->id);
  if (!node) {
    co_return node.error();
  }
  state::Change change = [id = (*node)->id, force](state::Draft& draft) {
    return remove_node(draft, id, force);
  };
  auto written = co_await context_.store.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  co_return empty_reply();
}

}  // namespace swarmward::api
