// How a host becomes a worker.

#include <algorithm>

#include "app/member/worker/worker.h"
#include "base/log.h"
#include "base/net/host_text.h"
#include "cluster/address.h"

namespace swarmward::app {

namespace asio = boost::asio;

asio::awaitable<Result<void>> Worker::join(wire::JoinRequest request, Host host) {
  auto const addresses = cluster::choose_member_addresses(
      {request.listen_addr, request.advertise_addr, request.data_path_addr},
      cluster::interface_addresses());
  if (!addresses) {
    co_return addresses.error();
  }
  WorkerRecord record;
  auto const& listen_on = addresses->listen;
  record.listen = net::without_brackets(listen_on.substr(0, listen_on.rfind(':')));
  bool const by_v6 = std::ranges::any_of(
      request.remote_addrs, [](std::string const& manager) { return manager.starts_with('['); });
  if (by_v6 && record.listen == "0.0.0.0") {
    record.listen = "::";  // Managers will know this host by an address of version 6.
  }
  record.advertise = addresses->advertise;
  record.data_path = addresses->data_path;
  // The port first: a host that cannot be reached shall not join.
  auto const port = listen(record.listen, settings_.agent_port);
  if (!port) {
    co_return port.error();
  }
  record.agent_port = *port;
  Result<Joined> joined = unavailable("no manager was given");
  for (auto const& manager : request.remote_addrs) {
    JoinQuestion question{manager,
                          request.join_token,
                          host.name,
                          host.engine_id,
                          record.advertise,
                          record.agent_port,
                          request.availability};
    joined = co_await join_swarm(executor_, std::move(question), &clock_);
    if (joined || joined.error().code != ErrorCode::Unavailable) {
      break;
    }
  }
  if (!joined) {
    listener_.reset();
    co_return joined.error();
  }
  record.node = joined->node;
  record.managers = joined->managers;
  auto stored = key_files().store(joined->identity, std::nullopt, random_);
  if (stored) {
    stored = tls_.use(std::move(joined->identity));
  }
  if (stored) {
    record_ = record;
    stored = file_.save(record);
  }
  if (!stored) {
    listener_.reset();
    record_.reset();
    tls_.clear();
    co_return stored.error();
  }
  // Whoever reads the list of nodes next finds this one at home.
  co_await beat_anyone();
  auto opened = open(std::move(record));
  room_log("cluster")->info("swarm.joined node={}", joined->node.view());
  co_return opened;
}

}  // namespace swarmward::app
