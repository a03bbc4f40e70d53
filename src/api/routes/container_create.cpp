#include "api/routes/container_create.h"

#include <algorithm>

#include "api/passthrough/attached_body.h"
#include "api/passthrough/forward.h"

namespace swarmward::api {

namespace {

/// From this version on an engine takes several endpoints at once.
constexpr ApiVersion kSeveralEndpoints{1, 44};

Request request_with(Request request, OrderedJson const& body) {
  request.body = json_text(body);
  return request;
}

std::vector<std::string> ids_of(std::vector<GivenPlace> const& given) {
  std::vector<std::string> ids;
  for (auto const& each : given) {
    ids.push_back(each.place.id);
  }
  return ids;
}

/// The networks which the engine did not take at once. The answer of one that was refused.
asio::awaitable<Result<Response>> connect_later(std::shared_ptr<Upstream const> engine,
                                                Call const* call,
                                                std::string container,
                                                std::vector<LaterConnect> later) {
  Response last;
  for (auto const& [network, endpoint] : later) {
    Request request = call->request;
    request.path = "/networks/" + network + "/connect";
    request.query.clear();
    OrderedJson const body{{"Container", container}, {"EndpointConfig", endpoint}};
    request = request_with(std::move(request), body);
    auto answer = co_await forward_to_engine(engine, std::move(request));
    if (!answer || answer->status != 200) {
      co_return answer;
    }
    last = std::move(*answer);
  }
  co_return last;
}

/// The container with its places, or nothing of it.
asio::awaitable<Result<Response>> create_attached(Attaching const* attaching,
                                                  ContainerHost const* host,
                                                  Call const* call,
                                                  OrderedJson body,
                                                  std::vector<GivenPlace> given) {
  auto const engine = host->upstream;
  auto const spoken = std::min(call->request.version, engine->facts.version);
  auto const endpoints = spoken < kSeveralEndpoints ? Endpoints::One : Endpoints::Any;
  auto create = attached_create(std::move(body), given, endpoints);
  auto request = request_with(call->request, create.body);
  auto answer = co_await forward_to_engine(engine, std::move(request));
  auto const container = answer ? created_id(*answer) : std::string();
  bool complete = !container.empty();
  if (complete && !create.later.empty()) {
    auto connected = co_await connect_later(engine, call, container, std::move(create.later));
    complete = connected && connected->status == 200;
    if (!complete) {
      auto const removed =
          co_await host->engine->remove_container(container, backends::KeepVolumes::No);
      static_cast<void>(removed);
      answer = std::move(connected);
    }
  }
  if (!complete) {
    auto ids = ids_of(given);
    auto const detached = co_await attaching->control.detach(host->node, std::move(ids));
    static_cast<void>(detached);  // They are given back by themselves soon.
  }
  co_return answer;
}

}  // namespace

std::string created_id(Response const& answer) {
  return answer.status == 201 ? text_of_part(OrderedJson::parse(answer.body, nullptr, false), "Id")
                              : std::string();
}

asio::awaitable<Result<Response>> create_container(Attaching const* attaching,
                                                   ContainerHost const* host,
                                                   Call const* call) {
  auto body = parse_object(call->request.body);
  std::vector<AttachWish> wishes;
  if (body.is_object()) {
    wishes = wishes_of_create(body);
  }
  std::vector<GivenPlace> given;
  if (!wishes.empty()) {
    auto found =
        co_await places_for(attaching, call->snapshot.get(), host->node, std::move(wishes));
    if (!found) {
      co_return found.error();
    }
    given = std::move(*found);
  }
  if (given.empty()) {
    auto request = call->request;
    auto answer = co_await forward_to_engine(host->upstream, std::move(request));
    co_return answer;
  }
  auto answer = co_await create_attached(attaching, host, call, std::move(body), std::move(given));
  co_return answer;
}

}  // namespace swarmward::api
