#pragma once

#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "app/networks/host_networks.h"
#include "backends/engine.h"
#include "mesh/inspect/inspect.h"
#include "model/network_report.h"

namespace swarmward::app {

/// Looks at this host's networks on demand: on a thread of its own, so that it also tells of an
/// agent that hangs. Called on the io thread.
class NetworkInspector {
 public:
  /// All outlive the inspector. `engine` is this host's.
  NetworkInspector(boost::asio::any_io_executor executor,
                   HostNetworks const& networks,
                   std::shared_ptr<backends::Engine> engine)
      : executor_(std::move(executor)), networks_(networks), engine_(std::move(engine)) {}
  /// Waits for a look that is under way.
  ~NetworkInspector() { thread_.join(); }
  NetworkInspector(NetworkInspector const&) = delete;
  NetworkInspector& operator=(NetworkInspector const&) = delete;

  /// Errors: Unavailable where this host has no agent of networks; those of the look itself.
  boost::asio::awaitable<Result<model::NetworkReport>> inspect(model::NetworkQuestion question);

 private:
  boost::asio::awaitable<mesh::ObservedEngine> ask_engine();

  boost::asio::any_io_executor executor_;
  HostNetworks const& networks_;
  std::shared_ptr<backends::Engine> engine_;
  boost::asio::thread_pool thread_{1};
};

}  // namespace swarmward::app
