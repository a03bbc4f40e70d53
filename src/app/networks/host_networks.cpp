#include "app/networks/host_networks.h"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/networks/host_parts.h"
#include "backends/runner/network_body.h"
#include "base/log.h"
#include "mesh/apply/choose_backend.h"
#include "mesh/apply/xfrm.h"
#include "mesh/host_networks.h"

namespace swarmward::app {

namespace asio = boost::asio;

/// On the thread only.
struct HostNetworks::Work {
  explicit Work(asio::thread_pool& thread) : timer(thread) {}

  std::optional<HostParts> parts;
  std::unique_ptr<mesh::Agent> agent;
  mesh::AgentOptions options;
  std::string said;          ///< What went wrong last: told once.
  asio::steady_timer timer;  ///< Until the next look after what others may have removed.
};

namespace {

/// Source of the period: what administrators notice of a firewall that was started anew.
constexpr std::chrono::seconds kLookAfter{5};
/// Looks take at most one part in so many of the time, but are not put off longer than this; who
/// waits longer for one is told that the agent is stuck.
constexpr int kRest = 20;
constexpr std::chrono::seconds kLookAtLatest{15};

mesh::InspectedPlaces places_of(mesh::AgentOptions const& options, mesh::ChosenBackend backend) {
  auto const files = mesh::network_paths(options);
  mesh::InspectedPlaces places{
      .namespaces = files.namespaces, .state = files.state, .plan = files.plan, .underlay = {}};
  places.backend = std::move(backend);
  return places;
}

void tell(char const* what, Result<void> const& result) {
  if (!result) {
    room_log("mesh")->error("{} reason=\"{}\"", what, result.error().message);
  }
}

}  // namespace

HostNetworks::HostNetworks(Options const& options)
    : options_(options), work_(std::make_unique<Work>(thread_)) {}

HostNetworks::~HostNetworks() {
  asio::post(thread_, [this] {
    work_->timer.cancel();
    if (work_->agent) {
      work_->agent->stop();
    }
    work_->agent.reset();
  });
  thread_.join();
}

void HostNetworks::start(model::NodeId const& node) {
  mesh::AgentOptions wanted;
  wanted.plugin_name = backends::network_driver_of(node);
  // One name for each node, so that daemons which share a host do not meet.
  wanted.run_folder = std::filesystem::path("/run/swarmward") / wanted.plugin_name;
  wanted.state_folder = std::filesystem::path(options_.data_root) / "networks";
  asio::post(thread_, [this, wanted = std::move(wanted)]() mutable {
    work_->agent.reset();
    auto const backend = mesh::choose_backend(mesh::parse_backend(options_.mesh_backend));
    if (!backend) {
      tell("networks.not_started", backend.error());
      return;
    }
    room_log("mesh")->info(
        "networks.backend name={} iptables={}", mesh::to_text(backend->backend), backend->iptables);
    // Encryption marks packets by nftables, whatever shares connections.
    can_encrypt_ =
        mesh::kernel_can_encrypt() && mesh::choose_backend(mesh::Backend::Nftables).has_value();
    auto parts = work_->parts.emplace().list(can_encrypt_, *backend);
    if (!parts) {
      tell("networks.not_started", parts.error());
      return;
    }
    wanted.parts = std::move(*parts);
    work_->options = wanted;
    {
      std::lock_guard const lock(mutex_);
      inspectable_ = {.places = places_of(wanted, *backend), .health = {}};
    }
    note_pass({});
    work_->agent = std::make_unique<mesh::Agent>(std::move(wanted));
    tell("networks.not_started", work_->agent->start());
    look_after(kLookAfter);
  });
}

asio::awaitable<void> HostNetworks::apply(model::NetworkPlan plan) {
  auto const wanted = std::make_shared<model::NetworkPlan>(std::move(plan));
  std::function<void()> work = [this, wanted] {
    if (work_->agent) {
      auto const done = work_->agent->apply(std::move(*wanted));
      // What went wrong elsewhere stands until all was looked at.
      if (!done || work_->said.empty()) {
        carried_out(done);
      }
    }
  };
  co_await run(std::move(work));
}

/// Again and again, however often plans come, for firewalls are flushed and links removed behind
/// our back. Where that takes long, as with thousands of services, less often.
void HostNetworks::look_after(std::chrono::steady_clock::duration pause) {
  work_->timer.expires_after(pause);
  work_->timer.async_wait([this](boost::system::error_code const& error) {
    if (!error && work_->agent) {
      auto const begun = std::chrono::steady_clock::now();
      carried_out(work_->agent->reassert());
      auto const took = std::chrono::steady_clock::now() - begun;
      look_after(
          std::clamp<std::chrono::steady_clock::duration>(kRest * took, kLookAfter, kLookAtLatest));
    }
  });
}

void HostNetworks::carried_out(Result<void> const& done) {
  auto const said = done ? std::string() : done.error().message;
  if (said != work_->said && !done) {
    tell("networks.not_applied", done);
  }
  work_->said = said;
  note_pass(said);
}

void HostNetworks::note_pass(std::string error) {
  std::lock_guard const lock(mutex_);
  passed_ = std::chrono::steady_clock::now();
  if (inspectable_) {
    inspectable_->health.error = std::move(error);
  }
}

std::optional<HostNetworks::Inspectable> HostNetworks::inspectable() const {
  std::lock_guard const lock(mutex_);
  auto seen = inspectable_;
  if (seen) {
    auto const since = std::chrono::steady_clock::now() - passed_;
    seen->health.pass_seconds = std::chrono::duration_cast<std::chrono::seconds>(since).count();
  }
  return seen;
}

asio::awaitable<void> HostNetworks::leave() {
  std::function<void()> work = [this] { take_away(); };
  co_await run(std::move(work));
}

asio::awaitable<void> HostNetworks::run(std::function<void()> work) {
  auto const executor = co_await asio::this_coro::executor;
  auto const done = std::make_shared<asio::steady_timer>(executor);
  done->expires_at(asio::steady_timer::time_point::max());
  asio::post(thread_, [work = std::move(work), executor, done] {
    work();
    asio::post(executor, [done] { done->cancel(); });
  });
  co_await done->async_wait(asio::as_tuple(asio::use_awaitable));
}

void HostNetworks::take_away() {
  if (!work_->agent) {
    return;
  }
  {
    std::lock_guard const lock(mutex_);
    inspectable_.reset();
  }
  work_->timer.cancel();
  work_->agent->stop();
  tell("networks.not_removed", work_->agent->remove());
  work_->agent.reset();
  work_->parts.reset();
  std::error_code ignored;
  std::filesystem::remove_all(work_->options.state_folder, ignored);
  std::filesystem::remove_all(work_->options.run_folder, ignored);
}

}  // namespace swarmward::app
