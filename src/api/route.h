#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "api/server/http_message.h"
#include "api/swarm_control.h"
#include "api/ward_control.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "state/state_store.h"

namespace swarmward::api {

class ContainerIndex;
class EventLog;

/// What the families work with. All of it outlives them.
struct RouteContext {
  state::StateStore& store;
  SwarmControl& control;
  WardControl& ward;
  EventLog& events;
  ContainerIndex const& containers;
  Clock const& clock;
  RandomBytes random;
};

/// One request on its way through a handler.
struct Call {
  Request request;
  std::string id;  ///< What stood for `{id}` in the path; empty if the pattern has none.
  std::shared_ptr<state::Snapshot const> snapshot;  ///< The state when the request came.
  Responder* responder = nullptr;                   ///< For handlers that stream.
  std::shared_ptr<WorkerView const> worker;  ///< Null unless this host is a worker of a swarm.
};

/// Answers from the snapshot alone.
template <class Family>
using Read = Result<Response> (Family::*)(Call const&) const;
/// Awaits the state store or an engine.
template <class Family>
using Act = asio::awaitable<Result<Response>> (Family::*)(Call const*);
/// Sends its answer itself; an error only before it has begun to.
template <class Family>
using Stream = asio::awaitable<Result<void>> (Family::*)(Call const*);

/// A line of a family's table.
template <class Family>
struct Route {
  std::string_view method;
  std::string_view pattern;  ///< "/services/{id}/update": `{id}` stands for one segment.
  std::variant<Read<Family>, Act<Family>, Stream<Family>> handler;
  ApiVersion since;  ///< The first API version that has it.
};

}  // namespace swarmward::api
