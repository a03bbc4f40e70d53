#include "mesh/dns/server.h"

#include <algorithm>
#include <optional>

#include <boost/asio/post.hpp>
#include <sys/socket.h>

#include "base/log.h"

namespace swarmward::mesh {

namespace asio = boost::asio;

namespace {

/// Tells namespaces apart as long as the host runs; 0 where the kernel has no such option.
std::uint64_t namespace_cookie(asio::ip::udp::socket& socket) {
  std::uint64_t cookie = 0;
  socklen_t size = sizeof cookie;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) != 0) {
    return 0;
  }
  return cookie;
}

/// That of the calling thread.
std::uint64_t current_cookie(asio::any_io_executor const& executor) {
  asio::ip::udp::socket socket(executor);
  boost::system::error_code error;
  socket.open(asio::ip::udp::v4(), error);
  return error ? 0 : namespace_cookie(socket);
}

}  // namespace

/// What lives as long as a handler may run. On the strand only, except `strand` and `options`.
struct Dns::Core {
  Core(asio::io_context& io, DnsOptions given)
      : strand(asio::make_strand(io)),
        options(std::move(given)),
        upstreams(options.resolv_conf, options.engine_config) {}

  /// Those of the file without our own: a query that came back to us would go round for ever.
  [[nodiscard]] std::vector<asio::ip::address> servers() {
    auto servers = upstreams.servers();
    std::erase_if(servers, [this](auto const& server) {
      return std::ranges::find(own, server) != own.end();
    });
    return servers;
  }

  asio::strand<asio::io_context::executor_type> strand;
  DnsOptions const options;
  dns::Upstreams upstreams;
  std::shared_ptr<dns::Shared> shared = std::make_shared<dns::Shared>();
  /// Addresses that we listen on in the namespace that servers are asked from. Those in others are
  /// no danger: the same address is another host there.
  std::vector<asio::ip::address> own;
};

struct Dns::Listening {
  Address address;
  std::uint64_t cookie = 0;
  std::uint16_t port = 0;
  std::shared_ptr<dns::Listener> listener;
};

Dns::Dns(asio::io_context& io, DnsOptions options)
    : core_(std::make_shared<Core>(io, std::move(options))) {}

Dns::~Dns() {
  while (!listening_.empty()) {
    forget(std::string(listening_.begin()->first));
  }
}

Result<void> Dns::listen(std::string const& network_id,
                         NetNamespace const& where,
                         std::string const& node_address) {
  auto const address = parse_address(node_address);
  if (!address) {
    return invalid_argument("'" + node_address + "' is no address for names of a network");
  }
  std::optional<dns::ListenSockets> sockets;
  std::uint64_t cookie = 0;
  auto const opened = where.run([&]() -> Result<void> {
    cookie = current_cookie(core_->strand);
    auto const known = listening_.find(network_id);
    if (known != listening_.end()) {
      if (known->second.address == *address && known->second.cookie == cookie) {
        return {};
      }
      forget(network_id);
    }
    auto made = dns::open_sockets(core_->strand, *address, core_->options.port);
    if (!made) {
      return in_context("names of network " + network_id + " at " + node_address, made.error());
    }
    sockets.emplace(std::move(*made));
    return {};
  });
  if (!opened || !sockets) {
    return opened;
  }
  start(network_id, Listening{*address, cookie, 0, nullptr}, std::move(*sockets));
  return {};
}

void Dns::start(std::string const& network_id, Listening entry, dns::ListenSockets sockets) {
  dns::ForwardOptions forwarding;
  // The core is alive for as long as a listener is, which has this function.
  forwarding.servers = [core = core_] { return core->servers(); };
  forwarding.port = core_->options.upstream_port;
  forwarding.patience = core_->options.upstream_patience;
  forwarding.in_flight = core_->options.in_flight;
  entry.port = sockets.datagrams.local_endpoint().port();
  entry.listener = std::make_shared<dns::Listener>(
      network_id, std::move(sockets), core_->shared, forwarding, core_->options.limits);
  bool const at_home = entry.cookie == current_cookie(core_->strand);
  auto begin = [core = core_,
                listener = entry.listener,
                address = asio::ip::address_v4(entry.address.value),
                at_home] {
    if (at_home) {
      core->own.push_back(address);
    }
    listener->start();
  };
  asio::post(core_->strand, std::move(begin));
  room_log("mesh")->debug(
      "dns.listening network={} address={}", network_id, to_text(entry.address));
  listening_.insert_or_assign(network_id, std::move(entry));
}

void Dns::forget(std::string const& network_id) {
  auto const found = listening_.find(network_id);
  if (found == listening_.end()) {
    return;
  }
  auto end = [core = core_,
              listener = found->second.listener,
              address = asio::ip::address_v4(found->second.address.value)] {
    listener->close();
    auto const own = std::ranges::find(core->own, asio::ip::address(address));
    if (own != core->own.end()) {
      core->own.erase(own);
    }
  };
  asio::post(core_->strand, std::move(end));
  listening_.erase(found);
}

void Dns::set_networks(std::vector<model::SharedNetwork> const& networks) {
  // Made here, so that the strand only changes a pointer.
  names_ = std::make_shared<dns::Names const>(networks, *names_);
  asio::post(core_->strand, [core = core_, names = names_] { core->shared->names = names; });
}

std::uint16_t Dns::port(std::string const& network_id) const {
  auto const found = listening_.find(network_id);
  return found == listening_.end() ? 0 : found->second.port;
}

}  // namespace swarmward::mesh
