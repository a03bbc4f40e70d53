#pragma once

#include "api/router.h"
#include "api/server/http_server.h"
#include "app/adoption.h"
#include "app/local_facts.h"
#include "app/membership.h"
#include "app/networks/network_doctor.h"
#include "app/ward_service.h"

namespace swarmward::app {

/// The API as clients see it: its handlers and the listeners of `-H` and `--cluster-host`. Io
/// thread only.
class ApiFront {
 public:
  /// All outlive the front.
  struct Parts {
    state::StateStore& store;
    Membership& membership;
    EngineDirectory& engines;
    Adoption& adoption;
    NetworkDoctor& network_doctor;
    api::AttachControl& attachments;
    LocalFacts const& facts;
    api::EventLog& events;
    api::ContainerIndex const& containers;
    Clock const& clock;
    RandomBytes random;
  };

  ApiFront(boost::asio::any_io_executor executor, Options const& options, Parts const& parts);

  /// On all hosts of the options. Errors: those of HttpServer, and of certificates and folders.
  Result<void> listen();
  void stop_accepting();
  /// Gives sessions a second to end by themselves, then ends them.
  boost::asio::awaitable<void> drain();

 private:
  /// `flag` is what asked for it.
  Result<void> listen_on_all(api::HttpServer& server,
                             std::string const& flag,
                             std::vector<std::string> const& hosts);
  Result<void> listen_on(api::HttpServer& server, std::string const& flag, std::string const& host);
  Result<void> in_tls(api::HttpServer& server, std::string const& flag, std::string const& host);

  boost::asio::any_io_executor executor_;
  Options const& options_;
  WardService ward_;
  api::SwarmApi api_;
  api::SwarmApi cluster_api_;
  api::HttpServer server_;
  api::HttpServer cluster_server_;
};

}  // namespace swarmward::app
