#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "api/route.h"
#include "api/routes/network_attach.h"

namespace swarmward::api {

/// Brings images of this host to the hosts of containers, so that what a client pulled or built
/// here is what runs there. Io thread only.
class ClusterImages {
 public:
  explicit ClusterImages(RouteContext const& context) : context_(context) {}

  /// Returns how the host's engine finds the image. Copied if its engine has none of that name, or
  /// another one. Errors: NotFound with the engine's text (this host has none: pull it first),
  /// those of the copy.
  asio::awaitable<Result<std::string>> bring(ContainerHost const* host, std::string reference);

 private:
  using Coming = std::pair<model::NodeId, std::string>;
  using Copies = std::map<Coming, std::shared_ptr<asio::steady_timer>>;
  class UnderWay;
  asio::awaitable<Result<void>> copy(ContainerHost const* host, std::string reference);

  RouteContext const& context_;
  /// Those under way; the timer is cancelled at the end.
  std::shared_ptr<Copies> copies_ = std::make_shared<Copies>();
};

}  // namespace swarmward::api
