#include "api/routes/network_attach.h"

#include "api/passthrough/forward.h"
#include "api/routes/network_lookup.h"
#include "api/routes/replies.h"
#include "base/percent_encode.h"
#include "model/attachment.h"
#include "wire/network.h"

namespace swarmward::api {

namespace {

asio::awaitable<Result<Response>> forward_unchanged(std::shared_ptr<Upstream const> engine,
                                                    Call const* call,
                                                    std::string path) {
  auto request = call->request;
  request.path = std::move(path);
  auto answer = co_await forward_to_engine(std::move(engine), std::move(request));
  co_return answer;
}

asio::awaitable<Result<EngineContainer>> find_container(std::shared_ptr<backends::Engine> engine,
                                                        std::string word) {
  if (word.empty()) {
    co_return invalid_argument("invalid name or ID supplied: \"\"");
  }
  auto path = "/containers/" + percent_encode(word) + "/json";
  auto const document = co_await engine->get_document(std::move(path));
  if (!document) {
    co_return document.error();
  }
  auto container = engine_container(*document);
  if (!container) {
    co_return unavailable("the engine's answer about the container is malformed");
  }
  co_return *container;
}

/// What the swarm may call so: its own word for a network that the engine knows; empty if the
/// network is the engine's own.
asio::awaitable<Result<std::string>> swarm_word(RouteContext const* context,
                                                state::Snapshot const* snapshot,
                                                std::string word) {
  if (snapshot->cluster) {
    auto const match = co_await match_network(&context->control, snapshot, &word);
    if (match.ambiguous > 0) {
      co_return invalid_argument("network " + word + " is ambiguous (" +
                                 std::to_string(match.ambiguous) + " matches found based on " +
                                 std::string(match.basis) + ")");
    }
    co_return match.swarm ? word : std::string();
  }
  auto const local = co_await local_network(&context->control, &word);
  auto const stands_for = local.is_object() ? swarm_network_of(local) : std::string();
  if (!local.is_object()) {
    co_return word;
  }
  co_return stands_for.empty() ? std::string() : word;
}

}  // namespace

ContainerHost this_host(SwarmControl& control) {
  return {{}, control.local_engine(), control.local_upstream()};
}

asio::awaitable<Result<std::vector<GivenPlace>>> places_for(Attaching const* attaching,
                                                            state::Snapshot const* snapshot,
                                                            model::NodeId node,
                                                            std::vector<AttachWish> wishes) {
  std::vector<AttachWish> asked;
  for (auto const& wish : wishes) {
    auto const word = co_await swarm_word(&attaching->context, snapshot, wish.network);
    if (!word) {
      co_return word.error();
    }
    if (!word->empty()) {
      asked.push_back(wish);
    }
  }
  std::vector<GivenPlace> given;
  if (asked.empty()) {
    co_return given;
  }
  auto question = asked;
  auto const places = co_await attaching->control.attach(std::move(node), std::move(question));
  if (!places) {
    co_return places.error();
  }
  for (std::size_t at = 0; at < asked.size(); ++at) {
    if (auto const& place = places->at(at)) {
      given.push_back({asked[at], *place});
    }
  }
  co_return given;
}

asio::awaitable<Result<Response>> connect_container(Attaching const* attaching,
                                                    ContainerHost const* host,
                                                    Call const* call) {
  auto body = parse_object(call->request.body);
  auto const known = co_await swarm_word(&attaching->context, call->snapshot.get(), call->id);
  if (!known) {
    co_return known.error();
  }
  if (known->empty() || !body.is_object()) {
    auto answer = co_await forward_unchanged(host->upstream, call, call->request.path);
    co_return answer;
  }
  auto const word = wire::connected_container_from_json(nlohmann::json(body));
  if (!word) {
    co_return word.error();
  }
  auto const container = co_await find_container(host->engine, *word);
  if (!container) {
    co_return container.error();
  }
  std::vector<AttachWish> wishes{wish_of_connect(call->id, body)};
  auto const given =
      co_await places_for(attaching, call->snapshot.get(), host->node, std::move(wishes));
  if (!given) {
    co_return given.error();
  }
  if (given->empty()) {
    auto answer = co_await forward_unchanged(host->upstream, call, call->request.path);
    co_return answer;
  }
  auto const& place = given->front().place;
  Result<Response> answer = empty_reply();
  if (!container->networks.contains(place.name)) {
    auto request = call->request;
    request.path = "/networks/" + place.name + "/connect";
    request.body = json_text(attached_connect(std::move(body), place));
    auto engines = co_await forward_to_engine(host->upstream, std::move(request));
    answer = std::move(engines);
    if (answer && answer->status == 200) {
      co_return answer;
    }
  } else if (container->running) {
    answer = conflict(container->name + " is already attached to network " + place.name);
  }
  std::vector<std::string> unused{place.id};
  auto const detached = co_await attaching->control.detach(host->node, std::move(unused));
  static_cast<void>(detached);  // It is given back by itself soon.
  co_return answer;
}

asio::awaitable<Result<Response>> disconnect_container(Attaching const* attaching,
                                                       ContainerHost const* host,
                                                       Call const* call) {
  auto const networks = find_networks(*call->snapshot, call->id);
  // The engine knows its part of the network by the name alone.
  auto const name = networks.size() == 1 ? networks.front()->name() : call->id;
  auto body = nlohmann::json::parse(call->request.body, nullptr, false);
  if (!body.is_object()) {
    body = nlohmann::json::object();
  }
  std::vector<std::string> places;
  if (auto const word = wire::connected_container_from_json(body)) {
    auto const container = co_await find_container(host->engine, *word);
    if (container && container->attachments.contains(name)) {
      places.push_back(container->attachments.at(name));
    }
  }
  auto answer =
      co_await forward_unchanged(host->upstream, call, "/networks/" + name + "/disconnect");
  if (answer && answer->status == 200 && !places.empty()) {
    auto const detached = co_await attaching->control.detach(host->node, std::move(places));
    static_cast<void>(detached);  // The node's runner notices as well.
  }
  co_return answer;
}

asio::awaitable<void> look_again(RouteContext const* context, model::NetworkId network) {
  std::vector<model::SeenAttachment> changed;
  auto const snapshot = context->store.snapshot();
  for (auto const& task : snapshot->tasks_of({})) {
    auto const engine = context->control.engine_of(task->node_id);
    bool const runs = model::is_attachment(*task) && task->status.container &&
                      task->status.state == model::TaskState::Running;
    if (!runs || !engine || task->spec->networks.at(0).target != network.view()) {
      continue;
    }
    auto id = task->status.container->container_id.str();
    auto const container = co_await engine->inspect_container(std::move(id));
    bool const gone = !container && container.error().code == ErrorCode::NotFound;
    if (gone || (container && !container->running)) {
      model::SeenAttachment seen;
      seen.task = task->id;
      seen.state = gone ? model::TaskState::Complete : model::TaskState::Ready;
      changed.push_back(std::move(seen));
    }
  }
  if (changed.empty()) {
    co_return;
  }
  state::Change change = [changed](state::Draft& draft) -> Result<void> {
    for (auto const& seen : changed) {
      if (auto const task = draft.view().find_task(seen.task)) {
        draft.put(model::as_seen(*task, seen, draft.now()));
      }
    }
    return {};
  };
  auto const written = co_await context->store.update(std::move(change));
  static_cast<void>(written);
}

}  // namespace swarmward::api
