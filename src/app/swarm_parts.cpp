#include "app/swarm_parts.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "app/files/remote_task_files.h"
#include "app/store_codec.h"
#include "base/log.h"

namespace swarmward::app {

namespace asio = boost::asio;

Result<void> SwarmParts::open(std::vector<cluster::EngineEntry> const& listed) {
  auto disk = gate_.open();
  if (!disk) {
    return disk.error();
  }
  store_.emplace(state_context_.get_executor(), std::move(*disk), stored_codec(), clock_);
  make_loops();
  make_members(listed);
  watch_state();
  gate_.on_enter([this] { return enter(); });
  if (gate_.locked()) {
    room_log("app")->warn("state.locked cure=\"docker swarm unlock\"");
    return {};
  }
  return enter();
}

Result<void> SwarmParts::enter() {
  if (auto loaded = store_->load(); !loaded) {
    return loaded;
  }
  if (auto resumed = resume_membership(); !resumed) {
    return resumed;
  }
  membership_->resumed();
  runners_->adopt(*store_->snapshot());
  liveness_->expect_members();
  containers_.adopt(*store_->snapshot());
  begin_work();
  return {};
}

void SwarmParts::make_loops() {
  loop_.emplace(*store_, clock_, random_);
  driver_.emplace(*store_, *loop_, clock_);
  liveness_.emplace(*store_, clock_);
  reporter_.emplace(io_, *store_);
  plans_.emplace(io_, *store_, random_);
  attachments_.emplace(io_, *store_, random_);
  runners_.emplace(io_,
                   engines_,
                   *reporter_,
                   *attachments_,
                   *liveness_,
                   *plans_,
                   *store_,
                   clock_,
                   options_.label_policy);
}

void SwarmParts::make_members(std::vector<cluster::EngineEntry> const& listed) {
  inspector_.emplace(io_, networks_, engines_.local().engine);
  network_doctor_.emplace(io_, *store_, *plans_, board_, *inspector_);
  manager_.emplace(io_,
                   *store_,
                   gate_,
                   *liveness_,
                   tls_,
                   *plans_,
                   *attachments_,
                   board_,
                   networks_,
                   clock_,
                   random_,
                   options_.data_root);
  worker_.emplace(io_,
                  Worker::Settings{options_.data_root,
                                   engines_.local().dialer,
                                   options_.agent_port,
                                   &networks_,
                                   &*inspector_},
                  tls_,
                  clock_,
                  random_);
  attach_front_.emplace(*store_, *attachments_, *worker_);
  adoption_.emplace(*store_, engines_, io_, random_, options_.data_root);
  engines_.reach_others_by([this](model::Node const& node) {
    return node.access.agent_port != 0 ? manager_->dialer_to(node) : adoption_->dialer_to(node);
  });
  engines_.reach_agents_by(
      [this](model::Node const& node) { return manager_->dialer_to(node, kTaskFilesProtocol); });
  membership_.emplace(*store_,
                      *runners_,
                      engines_,
                      *manager_,
                      *worker_,
                      networks_,
                      gate_,
                      EngineClaim(options_.local_engine),
                      listed,
                      random_);
}

void SwarmParts::watch_state() {
  store_->watch([this](auto const& snapshot, auto const& touched) {
    plans_->published(*snapshot, touched);
    runners_->published(snapshot, touched);
    attachments_->published(touched);
    for (auto const& touch : touched.nodes) {
      if (touch.before && !touch.after && !touch.before->access.url.empty()) {
        asio::post(io_, [this, node = touch.before] { adoption_->erased(*node); });
      }
    }
  });
  store_->watch([this](auto const& /*snapshot*/, auto const& touched) {
    events_.published(touched);
    containers_.published(touched);
  });
}

void SwarmParts::begin_work() {
  state_thread_ = std::thread([this] { state_context_.run(); });
  driver_->start();
  auto const added = [](std::exception_ptr const& bug, Result<void> const& result) {
    if (bug) {
      std::rethrow_exception(bug);
    }
    if (!result) {
      room_log("app")->error("engines.not_added reason=\"{}\"", result.error().message);
    }
  };
  asio::co_spawn(io_, membership_->add_new_engines(), added);
}

Result<void> SwarmParts::resume_membership() {
  if (store_->snapshot()->cluster) {
    return manager_->take_office();
  }
  auto const resumed = worker_->resume();
  return resumed ? Result<void>{} : in_context("going on as a worker", resumed.error());
}

asio::awaitable<void> SwarmParts::stop() {
  co_await worker_->stop();
  runners_->stop();
  reporter_->stop();
}

void SwarmParts::end_thread() {
  state_guard_.reset();
  state_context_.stop();
  if (state_thread_.joinable()) {
    state_thread_.join();
  }
}

}  // namespace swarmward::app
