#pragma once

#include <span>

#include "api/route.h"

namespace swarmward::api {

class EventFeed;
struct EventRequest;

/// The events of the swarm and of the host's engine, as one stream.
class Events {
 public:
  explicit Events(RouteContext const& context) : context_(context) {}
  [[nodiscard]] static std::span<Route<Events> const> routes();

  asio::awaitable<Result<void>> stream(Call const* call);

 private:
  using Engine = std::shared_ptr<backends::Engine>;
  /// What has happened before the stream begins, and where it goes on.
  struct Past {
    std::string records;
    std::optional<Time> next;  ///< The engine's part goes on from here; nothing: from now.
  };

  asio::awaitable<Result<Past>> read_past(EventRequest const* request, Engine engine);
  asio::awaitable<void> relay(Responder* responder, std::shared_ptr<EventFeed> feed);

  RouteContext const& context_;
};

}  // namespace swarmward::api
