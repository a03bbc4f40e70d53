#include "app/member/worker/worker.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "app/files/task_file_places.h"
#include "base/log.h"

namespace swarmward::app {

namespace asio = boost::asio;

Worker::Worker(asio::any_io_executor executor,
               Settings settings,
               MemberTls& tls,
               Clock const& clock,
               RandomBytes random)
    : executor_(std::move(executor)),
      settings_(std::move(settings)),
      file_(settings_.data_root),
      tls_(tls),
      clock_(clock),
      random_(std::move(random)),
      clients_(executor_, tls_),
      plan_clients_(executor_, tls_),
      attach_clients_(executor_, tls_),
      question_clients_(executor_, tls_),
      timer_(executor_),
      plan_timer_(executor_) {}

cluster::KeyFiles Worker::key_files() const {
  return cluster::KeyFiles(settings_.data_root / "certificates");
}

Result<bool> Worker::resume() {
  auto record = file_.load();
  if (!record) {
    return record.error();
  }
  if (!*record) {
    return false;
  }
  auto identity = key_files().load(std::nullopt);
  if (!identity) {
    return identity.error();
  }
  if (auto used = tls_.use(std::move(*identity)); !used) {
    return used.error();
  }
  if (auto opened = open(std::move(**record)); !opened) {
    return opened.error();
  }
  return true;
}

Result<void> Worker::open(WorkerRecord record) {
  if (!listener_) {
    auto const port = listen(record.listen, static_cast<unsigned short>(record.agent_port));
    if (!port) {
      return port.error();
    }
    record.agent_port = *port;
  }
  record_ = std::move(record);
  task_files_.emplace(local_task_files(record_->node));
  error_.clear();
  watch_renewal();
  plan_.emplace(record_->node.str());
  settings_.networks->start(record_->node);
  asio::co_spawn(executor_, run(this, ++life_), asio::detached);
  asio::co_spawn(executor_, follow_networks(this, life_), asio::detached);
  return {};
}

Result<unsigned short> Worker::listen(std::string const& address, unsigned short port) {
  TunnelListener::Takers takers;
  takers.seen = [this](std::string const& manager) { manager_seen(manager); };
  takers.task_files = [this](net::StreamSocket connection) {
    if (task_files_) {  // Else it is closed: this host is not quite a member yet.
      task_files_->serve(std::move(connection));
    }
  };
  listener_.emplace(executor_, tls_, settings_.engine, std::move(takers));
  auto const listening = listener_->listen(address, port);
  if (!listening) {
    listener_.reset();
  }
  return listening;
}

asio::awaitable<void> Worker::leave() {
  ++life_;
  timer_.cancel();
  plan_timer_.cancel();
  co_await say_goodbye("leave");
  listener_.reset();
  task_files_.reset();
  record_.reset();
  clients_.reset();
  plan_clients_.reset();
  attach_clients_.reset();
  questions_.clear();
  question_clients_.reset();
  tls_.clear();
  error_.clear();
  seen_address_.clear();
  answered_at_.clear();
  file_.remove();
  if (auto removed = key_files().remove(); !removed) {
    room_log("cluster")->error("certificates.not_removed reason=\"{}\"", removed.error().message);
  }
  room_log("cluster")->info("swarm.left");
}

asio::awaitable<void> Worker::stop() {
  if (record_) {
    ++life_;
    timer_.cancel();
    plan_timer_.cancel();
    co_await say_goodbye("stop");
  }
  listener_.reset();
  task_files_.reset();
}

std::shared_ptr<api::WorkerView const> Worker::view() const {
  if (!record_) {
    return nullptr;
  }
  auto view = std::make_shared<api::WorkerView>();
  view->node = record_->node;
  view->address = record_->advertise.empty() ? seen_address_ : record_->advertise;
  view->error = error_;
  for (auto const& manager : record_->managers) {
    view->managers.push_back({manager.node, manager.address});
  }
  return view;
}

}  // namespace swarmward::app
