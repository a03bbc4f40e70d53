#include "app/api_front.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/host_files.h"
#include "base/log.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

/// Sessions get so long to end by themselves when the daemon stops.
constexpr std::chrono::milliseconds kDrain{1000};

WardSources sources_of(Options const& options, ApiFront::Parts const& parts) {
  auto sources = ward_sources(options);
  sources.engine = [&engines = parts.engines](model::Node const& node) {
    return engines.of(node).engine;
  };
  sources.worker = [&membership = parts.membership] { return membership.worker(); };
  sources.adopt = [&adoption = parts.adoption](api::AdoptRequest request) {
    return adoption.adopt(std::move(request));
  };
  sources.prepare_release = [&adoption = parts.adoption](model::Node node) {
    return adoption.prepare_release(std::move(node));
  };
  sources.finish_release = [&adoption = parts.adoption](model::Node node) {
    return adoption.finish_release(std::move(node));
  };
  sources.look_at_networks = [&doctor = parts.network_doctor](api::NetworkLook look) {
    return doctor.look(std::move(look));
  };
  return sources;
}

api::FrontOptions front_options(ApiFront::Parts const& parts) {
  api::FrontOptions front;
  front.engine = parts.engines.local().dialer;
  front.engine_facts = [&facts = parts.facts] { return facts.get(); };
  front.swarm_header = [&store = parts.store, &membership = parts.membership] {
    return api::swarm_header(*store.snapshot(), membership.worker().get());
  };
  return front;
}

}  // namespace

ApiFront::ApiFront(asio::any_io_executor executor, Options const& options, Parts const& parts)
    : executor_(std::move(executor)),
      options_(options),
      ward_(executor_, parts.store, parts.clock, parts.random, sources_of(options, parts)),
      api_(api::Scope::Host,
           parts.store,
           parts.membership,
           ward_,
           parts.attachments,
           parts.events,
           parts.containers,
           parts.clock,
           parts.random),
      cluster_api_(api::Scope::Cluster,
                   parts.store,
                   parts.membership,
                   ward_,
                   parts.attachments,
                   parts.events,
                   parts.containers,
                   parts.clock,
                   parts.random),
      server_(executor_, front_options(parts), api_),
      cluster_server_(executor_, front_options(parts), cluster_api_) {}

Result<void> ApiFront::listen() {
  auto listening = listen_on_all(server_, "-H", options_.hosts);
  return listening ? listen_on_all(cluster_server_, "--cluster-host", options_.cluster_hosts)
                   : listening;
}

Result<void> ApiFront::listen_on_all(api::HttpServer& server,
                                     std::string const& flag,
                                     std::vector<std::string> const& hosts) {
  for (auto const& host : hosts) {
    if (auto listening = listen_on(server, flag, host); !listening) {
      return listening;
    }
    room_log("app")->info("daemon.listening on={} by={}", host, flag);
  }
  return {};
}

/// TLS for the API, as dockerd has it.
Result<void> ApiFront::in_tls(api::HttpServer& server,
                              std::string const& flag,
                              std::string const& host) {
  auto context = load_front_tls(options_);
  if (!context) {
    return in_context(flag + " " + host, context.error());
  }
  auto const judge = [](std::string const& chain,
                        std::string const& from) -> Result<api::ClientIdentity> {
    return api::ClientIdentity{from, net::common_name(chain), chain};
  };
  auto const port = server.listen_tls(
      host.substr(6), [context = *context] { return context; }, judge);
  return port ? Result<void>{} : in_context(flag + " " + host, port.error());
}

Result<void> ApiFront::listen_on(api::HttpServer& server,
                                 std::string const& flag,
                                 std::string const& host) {
  if (host.starts_with("tcp://") && (options_.tls || options_.tls_verify)) {
    return in_tls(server, flag, host);
  }
  if (host.starts_with("tcp://")) {
    auto const port = server.listen_tcp(host.substr(6));
    return port ? Result<void>{} : in_context(flag + " " + host, port.error());
  }
  auto const path = host.substr(7);
  if (auto made = make_parent_directory(path); !made) {
    return made;
  }
  return server.listen_unix(path);
}

void ApiFront::stop_accepting() {
  server_.stop_accepting();
  cluster_server_.stop_accepting();
}

asio::awaitable<void> ApiFront::drain() {
  asio::steady_timer timer(executor_);
  auto const until = std::chrono::steady_clock::now() + kDrain;
  while (server_.sessions() + cluster_server_.sessions() > 0 &&
         std::chrono::steady_clock::now() < until) {
    timer.expires_after(std::chrono::milliseconds(20));
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  server_.close_all();
  cluster_server_.close_all();
}

}  // namespace swarmward::app
