#pragma once

#include <span>
#include <vector>

#include "api/route.h"

namespace swarmward::api {

class EventFeed;
struct EventRequest;

/// The events of the swarm and of the host's engine, as one stream.
class Events {
 public:
  using Engine = std::shared_ptr<backends::Engine>;

  explicit Events(RouteContext const& context) : context_(context) {}
  [[nodiscard]] static std::span<Route<Events> const> routes();

  asio::awaitable<Result<void>> stream(Call const* call);
  /// With those of other engines; one that goes away is left out from then on.
  asio::awaitable<Result<void>> stream_with(Call const* call, std::vector<Engine> others);

 private:
  /// What has happened before the stream begins, and where it goes on.
  struct Past {
    std::string records;
    std::optional<Time> next;  ///< The engine's part goes on from here; nothing: from now.
  };

  asio::awaitable<Result<Past>> read_past(EventRequest const* request, Engine engine);
  /// Has the feed read the other engine's events, if it answers.
  static asio::awaitable<void> open_other(std::shared_ptr<EventFeed> feed,
                                          Engine engine,
                                          std::string target);
  asio::awaitable<void> relay(Responder* responder, std::shared_ptr<EventFeed> feed);

  RouteContext const& context_;
};

}  // namespace swarmward::api
