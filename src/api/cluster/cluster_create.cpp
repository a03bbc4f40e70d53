// How ClusterContainers makes a container.
#include <algorithm>

#include "api/cluster/cluster_containers.h"
#include "api/manager_check.h"
#include "api/passthrough/forward.h"
#include "api/routes/container_create.h"
#include "api/routes/network_lookup.h"
#include "api/routes/routes_volumes.h"
#include "model/constraint.h"

namespace swarmward::api {

namespace {

/// Source of the text: dockerd.
Error name_taken(std::string const& name, std::string const& id) {
  auto const owner =
      id.empty() ? std::string("a container that is being made") : "container \"" + id + "\"";
  return conflict("Conflict. The container name \"/" + name + "\" is already in use by " + owner +
                  ". You have to remove (or rename) that container to be able to reuse that name.");
}

/// Whether the constraints keep the container off that node, whatever else is known of it.
bool is_excluded(ContainerWish const& wish, model::Node const& node) {
  return std::ranges::any_of(wish.constraints, [&](std::string const& text) {
    auto const constraint = model::parse_constraint(text);
    return constraint && !model::constraint_matches(*constraint, node);
  });
}

/// A volume that nobody shows may be on a node that does not answer. Made anew elsewhere, it would
/// be empty.
Result<void> check_missing(std::string const& name,
                           VolumePlaces const& places,
                           ContainerWish const& wish) {
  if (!places.nodes.empty()) {
    return {};
  }
  for (auto const& node : places.silent) {
    if (!is_excluded(wish, *node)) {
      auto const& host = node->description.hostname;
      return unavailable("volume " + name + " may be on node " + host +
                         ", which does not answer: wait for it, exclude it by the label " +
                         kConstraintLabel + " (node.hostname!=" + host +
                         "), or remove it (docker node rm)");
    }
  }
  return {};
}

}  // namespace

/// The containers of all nodes; those that do not answer get none.
asio::awaitable<std::vector<SeenContainer>> ClusterContainers::look_at_all(
    std::vector<NodeReason>* verdicts) const {
  std::vector<SeenContainer> all;
  auto const answers = co_await hosts_.ask_all("/containers/json?all=1");
  for (auto const& [node, document] : answers) {
    if (document) {
      auto const seen = seen_containers(node->id, *document);
      all.insert(all.end(), seen.begin(), seen.end());
      continue;
    }
    for (auto& verdict : *verdicts) {
      if (verdict.id == node->id.view() && verdict.filter.empty()) {
        verdict.filter = "engine";
        verdict.reason = "its engine does not answer";
      }
    }
  }
  co_return all;
}

/// All that a choice needs to know. `volumes` gets the places of those that are named. Errors: as
/// check_missing().
asio::awaitable<Result<ChoiceView>> ClusterContainers::look(Call const* call,
                                                            ContainerWish const* wish,
                                                            Places* volumes) {
  auto const looking = claims_.look();
  ChoiceView view;
  std::vector<model::Task> const question{stand_in(*wish, *call->snapshot)};
  view.verdicts = context_.ward.judge(*call->snapshot, question).at(0);
  auto containers = co_await look_at_all(&view.verdicts);
  view.containers = std::move(containers);
  view.this_node = call->snapshot->cluster->manager_node;
  for (auto const& name : wish->networks) {
    if (find_networks(*call->snapshot, name).empty()) {
      auto const local = co_await local_network(&context_.control, &name);
      if (local.is_object() && swarm_network_of(local).empty()) {
        view.local_networks.push_back(name);
      }
    }
  }
  for (auto const& name : wish->volumes) {
    auto places = co_await volumes_.places_of(name);
    volumes->insert_or_assign(name, std::move(places));
  }
  add_claimed(*looking, *volumes, view);
  for (auto const& [name, places] : *volumes) {
    auto const known =
        view.volumes.contains(name) ? Result<void>{} : check_missing(name, places, *wish);
    if (!known) {
      co_return known.error();
    }
  }
  co_return view;
}

/// What is being made counts as if it were there, with its volumes.
void ClusterContainers::add_claimed(Claims::Look const& looking,
                                    Places const& volumes,
                                    ChoiceView& view) {
  for (auto const& [name, places] : volumes) {
    if (!places.shared && !places.nodes.empty()) {
      view.volumes[name] = places.nodes;
    }
  }
  for (auto const& container : looking.claimed()) {
    bool const listed =
        !container.names.empty() && find_named(view.containers, container.names.front()) != nullptr;
    if (!listed) {
      view.containers.push_back(container);
    }
    for (auto const& name : container.volumes) {
      auto const places = volumes.find(name);
      if (places != volumes.end() && places->second.nodes.empty()) {
        view.volumes[name].insert(container.node);
      }
    }
  }
}

asio::awaitable<Result<Response>> ClusterContainers::create_on(ContainerHost const* host,
                                                               Call const* call,
                                                               OrderedJson body,
                                                               Places const* volumes) {
  for (auto const& [name, places] : *volumes) {
    auto const brought = co_await volumes_.bring(host, &places);
    if (!brought) {
      co_return in_context("volume " + name, brought.error());
    }
  }
  auto image = text_of_part(body, "Image");
  auto changed = *call;
  if (!image.empty()) {
    auto const known_as = co_await images_.bring(host, image);
    if (!known_as) {
      co_return known_as.error();
    }
    if (*known_as != image) {
      body[key_in(body, "Image")] = *known_as;
      changed.request.body = json_text(body);
    }
  }
  auto answer = co_await create_container(&attaching_, host, &changed);
  co_return answer;
}

asio::awaitable<Result<Response>> ClusterContainers::create(Call const* call) {
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto body = parse_object(call->request.body);
  if (!body.is_object()) {
    auto answer = co_await families_.containers.create(call);
    co_return answer;
  }
  auto const wish = wish_of(body, call->request);
  if (!wish) {
    co_return wish.error();
  }
  Places volumes;
  auto const view = co_await look(call, &*wish, &volumes);
  if (!view) {
    co_return view.error();
  }
  auto const* same = wish->name.empty() ? nullptr : find_named(view->containers, wish->name);
  if (same != nullptr) {
    co_return name_taken(wish->name, same->id);
  }
  auto const node = choose_node(*wish, *view);
  if (!node) {
    co_return node.error();
  }
  SeenContainer seen{*node, {}, {}, wish->project, wish->service, wish->volumes};
  if (!wish->name.empty()) {
    seen.names.push_back(wish->name);
  }
  auto const claim = claims_.claim(std::move(seen));
  auto const host = hosts_.host(*node);
  if (!host) {
    co_return host.error();
  }
  auto answer = co_await create_on(&*host, call, std::move(body), &volumes);
  if (auto const id = answer ? created_id(*answer) : std::string(); !id.empty()) {
    claim->made();
    hosts_.remember(id, *node);
  }
  co_return answer;
}

/// With the other volumes of its project, else where a container would be placed.
asio::awaitable<Result<Response>> ClusterContainers::create_volume(Call const* call) {
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  if (auto const plain = check_no_cluster_volume(call->request); !plain) {
    co_return plain.error();
  }
  auto const body = parse_object(call->request.body);
  auto const& labels = part_of(body, "Labels");
  ContainerWish wish;
  auto constraints = constraints_of(labels);
  if (!constraints) {
    co_return constraints.error();
  }
  wish.constraints = std::move(*constraints);
  wish.project = text_of_part(labels, kProjectLabel);
  if (auto name = text_of_part(body, "Name"); !name.empty()) {
    wish.volumes.push_back(std::move(name));
  }
  Places places;
  auto const view = co_await look(call, &wish, &places);
  if (!view) {
    co_return view.error();
  }
  model::NodeId node;
  if (!places.empty() && !places.begin()->second.nodes.empty()) {
    node = *places.begin()->second.nodes.begin();  // Its engine says whether it is the same.
  } else if (!wish.project.empty() && wish.constraints.empty()) {
    auto const of_project = co_await volumes_.node_of_project(wish.project);
    node = of_project;
  }
  auto const chosen = node.empty() ? choose_node(wish, *view) : Result<model::NodeId>(node);
  if (!chosen) {
    co_return chosen.error();
  }
  SeenContainer seen;
  seen.node = *chosen;
  seen.volumes = wish.volumes;
  auto const claim = claims_.claim(std::move(seen));
  auto const host = hosts_.host(*chosen);
  if (!host) {
    co_return host.error();
  }
  auto request = call->request;
  auto answer = co_await forward_to_engine(host->upstream, std::move(request));
  if (answer && answer->status == 201) {
    claim->made();
  }
  co_return answer;
}

asio::awaitable<Result<Response>> ClusterContainers::rename(Call const* call) {
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto const host = co_await hosts_.host_with(call->id);
  if (!host) {
    co_return host.error();
  }
  auto name = call->request.query_value("name");
  name.erase(0, name.starts_with('/') ? 1 : 0);
  auto const looking = claims_.look();
  std::vector<NodeReason> nobody;
  auto all = co_await look_at_all(&nobody);
  auto const claimed = looking->claimed();
  all.insert(all.end(), claimed.begin(), claimed.end());
  auto const* same = name.empty() ? nullptr : find_named(all, name);
  if (same != nullptr && same->node != host->node) {
    co_return name_taken(name, same->id);
  }
  SeenContainer seen;
  seen.node = host->node;
  seen.names = {name};
  auto const claim = claims_.claim(std::move(seen));
  auto request = call->request;
  auto answer = co_await forward_to_engine(host->upstream, std::move(request));
  if (answer && answer->status == 204) {
    claim->made();
  }
  co_return answer;
}

}  // namespace swarmward::api
